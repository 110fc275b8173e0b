"""The production profile on a real server: what is closed, and what every answer tells a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.latte import BROWSER
from tests.clients.streaming import Address
from tests.clients.wire import Answered, ask_graphql, exchange
from tests.running import running_cafe

KEY = "correct-horse-battery-staple"
SOFTWARE = ("graphiql", "graphql playground", "swagger", "apollo", "uvicorn", "fastapi", "starlette", "strawberry")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    variables = {"CAFE_PRODUCTION": "1", "CAFE_API_KEY": KEY, "CAFE_TRUSTED_PROXIES": "127.0.0.1"}
    with running_cafe(tmp_path_factory.mktemp("production") / "cafe.db", **variables) as url:
        host, port = url.removeprefix("http://").split(":")
        yield host, int(port)


def names_no_software(answered: Answered) -> bool:
    told = (str(answered.headers) + answered.body.decode()).lower()
    return not any(name in told for name in SOFTWARE)


@pytest.mark.parametrize("path", ["/graphql", "/graphql?query={cafe{name}}", "/docs", "/openapi.json", "/redoc"])
@pytest.mark.parametrize("accept", [BROWSER, "text/html"])
def test_there_are_no_pages_for_people(address: Address, path: str, accept: str) -> None:
    answered = exchange(address, "GET", path, Accept=accept)

    assert answered.status == 404
    assert names_no_software(answered)


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/graphql/assets/", "/graphql/assets/index.js"])
def test_programs_find_no_description_either(address: Address, path: str) -> None:
    answered = exchange(address, "GET", path, Accept="application/json")

    assert (answered.status, answered.json.keys()) == (404, {"detail"})


def test_a_closed_page_runs_nothing_and_is_framed_by_nobody(address: Address) -> None:
    headers = exchange(address, "GET", "/graphql", Accept="text/html").headers

    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_nobody_is_told_how_a_field_is_spelt(address: Address) -> None:
    told = ask_graphql(address, "{ menuItms { name } }").json["errors"][0]["message"]

    assert "Did you mean" not in told


def test_guests_are_served_and_charged(address: Address) -> None:
    answered = ask_graphql(address, "{ cafe { name } }")

    assert answered.json == {"data": {"cafe": {"name": "Corner Café"}}}
    assert answered.headers["ratelimit-limit"] == "1000000"
    assert exchange(address, "GET", "/private/orders", **{"X-API-Key": KEY}).status == 200


ADDRESSES = ["/", "/menu", "/orders", "/private/orders", "/nowhere", "/health/live", "/docs", "/graphql"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_is_data_and_nothing_else(address: Address, path: str) -> None:
    headers = exchange(address, "GET", path, Accept="application/json").headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


@pytest.mark.parametrize("path", ["/", "/graphql"])
def test_who_comes_by_https_is_told_to_come_by_nothing_else(address: Address, path: str) -> None:
    plain = exchange(address, "GET", path, Accept="application/json")
    secure = exchange(address, "GET", path, Accept="application/json", **{"X-Forwarded-Proto": "https"})

    assert "strict-transport-security" not in plain.headers
    assert secure.headers["strict-transport-security"] == "max-age=31536000"


def test_in_development_the_pages_are_open_and_nothing_is_promised(tmp_path: Path) -> None:
    with running_cafe(tmp_path / "cafe.db", CAFE_TRUSTED_PROXIES="127.0.0.1") as url:
        host, port = url.removeprefix("http://").split(":")
        secure = exchange((host, int(port)), "GET", "/graphql", Accept="text/html", **{"X-Forwarded-Proto": "https"})

    assert secure.status == 200
    assert "strict-transport-security" not in secure.headers
    assert secure.headers["cross-origin-opener-policy"] == "same-origin"
