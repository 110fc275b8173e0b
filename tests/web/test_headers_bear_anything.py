"""Whatever is sent to the real server, in headers, URLs or bodies: it is never its own fault."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.clients.streaming import Address
from tests.running import running_cafe

LATTE = json.dumps({"item_id": 1, "size": "small"}).encode()
QUERY = b'{"query": "{ cafe { name } }"}'
JSON = b"application/json"

values = st.sampled_from(
    [
        b"",
        b" ",
        b",",
        b";;;=",
        b"\x00",
        b"null",
        b"\xff\xfe\xfd",
        "Bearer café".encode(),
        "Bearer ☕".encode(),
        b"Bearer",
        b"Bearer ",
        b"Bearer a.b.c",
        b"Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
        b"Bearer " + b"x" * 20_000,
        b"Basic dTpw",
        b"Basic \xff",
        b'Digest username=""',
        b"0",
        b"-1",
        b"1e9",
        b"9" * 5_000,
        b"a=b; c=d",
        b"=" * 3_000,
        b"\t",
        b"*/*;q=1e999",
        b"application/json;q=nan",
        b'application/json; charset="\\"',
        b"http://[",
        b"https://\xff.example",
        b"::1, 127.0.0.1, \xff",
        b'for="["',
        b"gzip, br, zstd",
        b"bytes=0-1,2-",
        b"chunked, identity",
        b"upgrade",
        b"h2c",
        b"100-continue",
    ]
) | st.binary(max_size=60).filter(lambda value: b"\n" not in value and b"\r" not in value)
names = st.sampled_from(
    [
        b"Authorization",
        b"X-API-Key",
        b"Cookie",
        b"Origin",
        b"Accept",
        b"Accept-Encoding",
        b"Accept-Language",
        b"Content-Type",
        b"Content-Encoding",
        b"Host",
        b"Forwarded",
        b"X-Forwarded-For",
        b"X-Forwarded-Proto",
        b"If-None-Match",
        b"If-Modified-Since",
        b"Range",
        b"Expect",
        b"Referer",
        b"Sec-Fetch-Site",
        b"Sec-Fetch-Mode",
        b"Access-Control-Request-Method",
        b"Access-Control-Request-Headers",
        b"Sec-WebSocket-Key",
        b"Sec-WebSocket-Version",
        b"Sec-WebSocket-Protocol",
        b"TE",
        b"X-" + b"y" * 200,
    ]
)
headers = st.lists(st.tuples(names, values), max_size=6).flatmap(
    lambda pairs: st.sampled_from([pairs, pairs * 2])  # each of them twice, too
)
targets = st.sampled_from(
    [
        b"/graphql",
        b"/graphql?query={cafe{name}}",
        b"/graphql?query=%ff&variables={{",
        b"/graphql?" + b"&".join([b"query={cafe{name}}"] * 40),
        b"/graphql/",
        b"//graphql",
        b"/orders",
        b"/orders/",
        b"/orders?first=%00&first=-1",
        b"/private/orders",
        b"/menu?" + b"x" * 10_000,
        b"/docs",
        b"/openapi.json",
        b"/health/live",
        b"/health/ready",
        b"/graphql/assets/..%2f..%2fconfig.py",
        b"/graphql/assets/%00",
        b"/%c0%ae%c0%ae/etc/passwd",
        b"/\xff",
        b"*",
        b"http://elsewhere.example/graphql",
    ]
)
methods = st.sampled_from(b"GET POST HEAD OPTIONS PUT DELETE PATCH TRACE QUERY CONNECT".split())
bodies = (
    st.sampled_from(
        [b"", LATTE, QUERY, b"[" + QUERY + b"]", b"[]", b"[[" * 5_000, b"\x00", b"null", LATTE[:-1], b"\xff"]
    )
    | st.binary(max_size=80)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["item_id", "size", "milk", "query", "variables"]), inner, max_size=3)
        ),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode())
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Address, Path]]:
    """Serve a café that reads all headers there are, and give where, and its log."""
    folder = tmp_path_factory.mktemp("anything")
    variables = {
        "CAFE_API_KEY": "beans-and-water",
        "CAFE_TRUSTED_PROXIES": "127.0.0.1",
        "CAFE_CORS_ORIGINS": "https://shop.example",
    }
    with running_cafe(folder / "cafe.db", **variables) as url:
        host, port = url.removeprefix("http://").split(":")
        yield (host, int(port)), folder / "cafe.log"


def told(address: Address, request: bytes) -> bytes:
    """Send bytes, say that no more will come, and read whatever is answered."""
    answer = b""
    with socket.create_connection(address, timeout=15) as caller, suppress(ConnectionError):
        caller.sendall(request)
        caller.shutdown(socket.SHUT_WR)
        while more := caller.recv(65_536):
            answer += more
    return answer


def check(answer: bytes, log: Path) -> None:
    for line in answer.split(b"\r\n"):
        assert not line.startswith(b"HTTP/1.1 5"), answer
    written = log.read_text(errors="replace")
    assert "Traceback" not in written and "ERROR" not in written, written[-3_000:]
    assert b"Traceback" not in answer and b"site-packages" not in answer


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(method=methods, target=targets, pairs=headers, body=bodies, is_json=st.booleans())
def test_whatever_is_sent(
    place: tuple[Address, Path],
    method: bytes,
    target: bytes,
    pairs: list[tuple[bytes, bytes]],
    body: bytes,
    is_json: bool,
) -> None:
    address, log = place
    usual = [(b"Host", b"cafe"), (b"Connection", b"close"), (b"Content-Length", b"%d" % len(body))]
    if is_json:
        usual.append((b"Content-Type", JSON))
    head = b"".join(b"%b: %b\r\n" % pair for pair in usual + pairs)

    check(told(address, b"%b %b HTTP/1.1\r\n%b\r\n%b" % (method, target, head, body)), log)


@settings(max_examples=150, deadline=None)
@given(garbage=st.binary(max_size=300) | st.binary(max_size=100).map(lambda text: b"GET /menu HTTP/1.1\r\n" + text))
def test_what_is_no_http(place: tuple[Address, Path], garbage: bytes) -> None:
    address, log = place

    check(told(address, garbage + b"\r\n\r\n"), log)


@settings(max_examples=100, deadline=None)
@given(pairs=headers)
def test_a_handshake(place: tuple[Address, Path], pairs: list[tuple[bytes, bytes]]) -> None:
    address, log = place
    usual = {
        b"Host": b"cafe",
        b"Upgrade": b"websocket",
        b"Connection": b"Upgrade",
        b"Sec-WebSocket-Key": b"dGhlIHNhbXBsZSBub25jZQ==",
        b"Sec-WebSocket-Version": b"13",
        b"Sec-WebSocket-Protocol": b"graphql-transport-ws",
    }
    head = b"".join(b"%b: %b\r\n" % pair for pair in [*usual.items(), *pairs])

    check(told(address, b"GET /graphql HTTP/1.1\r\n%b\r\n" % head), log)


def test_many_headers_and_long_ones(place: tuple[Address, Path]) -> None:
    address, log = place
    for head in (
        b"".join(b"X-%d: y\r\n" % number for number in range(5_000)),
        b"Authorization: Bearer a\r\n" * 1_000,
        b"Cookie: " + b"a=b; " * 20_000 + b"\r\n",
    ):
        request = b"POST /graphql HTTP/1.1\r\nHost: cafe\r\nConnection: close\r\nContent-Type: application/json\r\n"
        check(told(address, b"%b%bContent-Length: %d\r\n\r\n%b" % (request, head, len(QUERY), QUERY)), log)
