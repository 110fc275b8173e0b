"""Where a caller has reached us, by what it says: a host is a name and a port, and never more than that."""

from typing import Any

import pytest

from cafe_graphql.web import sites


def scope(host: str | None, **more: Any) -> dict[str, Any]:
    headers = [(b"accept", b"*/*")] + ([] if host is None else [(b"host", host.encode("latin-1"))])
    return {"type": "http", "scheme": "http", "headers": headers, **more}


@pytest.mark.parametrize(
    ("request_", "site"),
    [
        (scope("127.0.0.1:8000"), "http://127.0.0.1:8000"),
        (scope("cafe.example", scheme="https"), "https://cafe.example"),
        (scope("[::1]:8000"), "http://[::1]:8000"),
        (scope("cafe.example", scheme="wss", type="websocket"), "https://cafe.example"),
        (scope("till.local", scheme="ws", type="websocket"), "http://till.local"),
        (scope("cafe.example", root_path="/corner"), "http://cafe.example/corner"),
        (scope(None), ""),
        (scope(None, root_path="/corner"), "/corner"),
    ],
)
def test_a_link_begins_with_what_the_caller_has_called_us(request_: dict[str, Any], site: str) -> None:
    assert sites.of(request_) == site


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example/path?",
        'x"><script>',
        "user@evil.example",
        "a b",
        "cafe.example:99999999",
        "caf\xe9",
        "a" * 300,
    ],
)
def test_what_is_no_host_begins_no_link(host: str) -> None:
    assert sites.of(scope(host)) == ""
