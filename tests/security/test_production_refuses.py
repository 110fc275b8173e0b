"""What is not safe does not start in production, and says why; the first minute in development is as easy as ever."""

import re
from pathlib import Path

import httpx2
import pytest

from cafe_graphql.config import PRODUCTION_LIMIT
from tests.running import cafe, running_cafe
from tests.security.production import KEY, ask, caller, in_production

NO_LIMIT = f"it is none; set it from 1 to 100000000, or leave it out for {PRODUCTION_LIMIT}"
UNSAFE = {
    "CAFE_CORS_ORIGINS=*": "CAFE_CORS_ORIGINS: * lets the pages of every site read answers; name the origins",
    "CAFE_API_KEY=beans-and-water": "CAFE_API_KEY: it can be guessed; take 24 characters or more",
    "CAFE_OIDC_ISSUER=http://people.example": (
        "CAFE_OIDC_ISSUER: whoever is on the way there can say who somebody is; take one at https://"
    ),
    "CAFE_RATE_LIMIT=0": f"CAFE_RATE_LIMIT: {NO_LIMIT}",
    "CAFE_RATE_LIMIT=2000000000": f"CAFE_RATE_LIMIT: {NO_LIMIT}",
    "CAFE_RELOAD=1": "--reload: it watches the code, and drops everybody when that changes; leave it out",
    "CAFE_TRUSTED_PROXIES=10.0.0.1,0.0.0.0/0": (
        "CAFE_TRUSTED_PROXIES: whoever calls could say that it calls from elsewhere; name your proxies alone"
    ),
    "CAFE_TRUSTED_PROXIES=::/0": (
        "CAFE_TRUSTED_PROXIES: whoever calls could say that it calls from elsewhere; name your proxies alone"
    ),
}


@pytest.mark.parametrize(("setting", "message"), UNSAFE.items(), ids=UNSAFE)
def test_it_does_not_start_with_a_setting_that_is_not_safe(tmp_path: Path, setting: str, message: str) -> None:
    name, _, value = setting.partition("=")
    variables = {"CAFE_PRODUCTION": "1", "CAFE_API_KEY": KEY, name: value}

    said = cafe("serve", database=tmp_path / "cafe.db", **variables)

    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr.splitlines() == ["CAFE_PRODUCTION refuses what is not safe:", message]
    assert not (tmp_path / "cafe.db").exists()


def test_it_starts_with_settings_that_are_safe(tmp_path: Path) -> None:
    safe = {
        "CAFE_CORS_ORIGINS": "https://shop.example",
        "CAFE_RATE_LIMIT": "1000000",
        "CAFE_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8",
        "CAFE_WORKERS": "1",
    }
    with in_production(tmp_path, **safe) as url, caller(url) as guest:
        answer = guest.post("/graphql", json={"query": "{ cafe { name } }"}, headers={"Origin": "https://shop.example"})

    assert answer.json() == {"data": {"cafe": {"name": "Corner Café"}}}
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert answer.headers["ratelimit-limit"] == "1000000"


def test_the_first_minute_takes_no_setting_at_all(tmp_path: Path) -> None:
    log = tmp_path / "cafe.log"
    with running_cafe(tmp_path / "cafe.db", CAFE_API_KEY="") as url:
        [key] = re.findall(r"Manager key, shown this once: (\S+)", log.read_text())
        with caller(url) as guest, caller(url, **{"X-API-Key": key}) as manager:
            page = guest.get("/graphql", headers={"Accept": "text/html"})
            typo = ask(guest, "{ menuItm(slug: 1) { name } }")
            schema = ask(guest, "{ __schema { queryType { name } } }")
            orders = ask(manager, "{ orders { totalCount } viewer { scopes } }")["data"]

    assert page.status_code == 200 and "playground" in page.text
    assert "Did you mean 'menuItem'" in typo["errors"][0]["message"]
    assert schema["data"]["__schema"]["queryType"]["name"] == "Query"
    assert orders["orders"]["totalCount"] == 0 and len(orders["viewer"]["scopes"]) == 8


def test_in_production_the_first_key_is_printed_too_and_nothing_else_of_use(tmp_path: Path) -> None:
    log = tmp_path / "cafe.log"
    with in_production(tmp_path, CAFE_API_KEY="") as url:
        [key] = re.findall(r"Manager key, shown this once: (\S+)", log.read_text())
        with httpx2.Client(base_url=url, trust_env=False) as anybody:
            assert anybody.get("/orders", headers={"X-API-Key": key}).status_code == 200
    with in_production(tmp_path, CAFE_API_KEY=""):
        pass

    assert log.read_text().count("Manager key") == 1
