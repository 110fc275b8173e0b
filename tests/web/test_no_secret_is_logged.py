"""What callers send to be known by is in no log, not even when something breaks just then."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from cafe_graphql.app import create_app
from cafe_graphql.config import Settings
from cafe_graphql.services import ordering
from cafe_graphql.services.cafe import Cafe
from tests.clients import house
from tests.clients.serving import serve
from tests.clients.streaming import Address, seated
from tests.clients.wire import ask_graphql, exchange
from tests.execution.corner import TillIsOnFire
from tests.running import running_cafe

SECRET = "hunter2-is-no-good-key"
SENT = {
    "Authorization": f"Bearer {SECRET}",
    "Cookie": f"session={SECRET}",
    "User-Agent": SECRET,
    "Referer": f"https://shop.example/?key={SECRET}",
}


@pytest.fixture
def address(tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Iterator[Address]:
    """Serve a café in which everything is on fire."""

    def on_fire(*_: Any, **__: Any) -> Any:
        raise TillIsOnFire("everything")

    caplog.set_level(logging.INFO)
    with serve(
        create_app(Settings(database_url=f"sqlite:///{tmp_path}/cafe.db", api_key=SecretStr(SECRET))),
        **{**house.FLAGS, "lifespan": "on", "log_level": "info"},
    ) as address:
        monkeypatch.setattr(ordering, "latest", on_fire)
        monkeypatch.setattr(Cafe, "menu", on_fire)
        yield address


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"/orders?key={SECRET}", None),
        ("GET", f"/menu?key={SECRET}", None),
        ("POST", f"/orders?key={SECRET}", b'{"item_id": 1, "size": "' + SECRET.encode() + b'"}'),
        ("GET", f"/graphql?query={{menu{{version}}}}&key={SECRET}", None),
        (
            "POST",
            f"/graphql?key={SECRET}",
            f'{{"query": "{{menu{{version}}}}", "variables": {{"k": "{SECRET}"}}}}'.encode(),
        ),
    ],
)
def test_by_http(
    address: Address,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    method: str,
    path: str,
    body: bytes | None,
) -> None:
    answered = exchange(
        address, method, path, body, **SENT, Accept="application/json", **{"Content-Type": "application/json"}
    )

    printed, failed = capfd.readouterr()
    assert "TillIsOnFire: everything" in logged(caplog)
    assert SECRET not in logged(caplog) + printed + failed
    assert SECRET.encode() not in answered.body and b"everything" not in answered.body
    assert "errorId" in answered.body.decode()


def test_by_socket(address: Address, caplog: pytest.LogCaptureFixture) -> None:
    with seated(address, token=SECRET, headers=SENT) as guest:
        told = guest.ask("{ menu { version } }")

    assert "errorId" in told["errors"][0]["extensions"]
    assert "TillIsOnFire: everything" in logged(caplog)
    assert SECRET not in logged(caplog)


def test_where_nothing_breaks(tmp_path: Path) -> None:
    with running_cafe(tmp_path / "cafe.db", CAFE_API_KEY=SECRET) as url:
        host, port = url.removeprefix("http://").split(":")
        address = (host, int(port))
        assert exchange(address, "GET", f"/{SECRET}", **SENT).status == 404
        assert exchange(address, "GET", "/orders", **SENT, **{"X-API-Key": SECRET}).status == 401
        assert exchange(address, "GET", "/orders", **{"X-API-Key": f"{SECRET}-wrong"}).status == 401
        assert exchange(address, "GET", f"/private/orders?key={SECRET}", **SENT).status == 200
        assert ask_graphql(address, "{", **SENT).status == 200
        assert exchange(address, "GET", f"/graphql?query={SECRET}", **SENT, Accept="application/json").status == 200

    assert SECRET not in (tmp_path / "cafe.log").read_text()


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Give what was logged, but by the server of each request: it does so only because pytest listens."""
    formatter = logging.Formatter("%(name)s %(message)s")
    return "\n".join(formatter.format(record) for record in caplog.records if record.name != "uvicorn.access")
