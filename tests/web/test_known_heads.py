"""A head that comes again byte for byte is not parsed again, and nobody can tell but by the time."""

import asyncio
import json
from collections.abc import Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cafe_graphql.web import heads, outbox
from cafe_graphql.web.heads import Heads, noted
from cafe_graphql.web.outbox import Outbox
from tests.running import KEY
from tests.web.lines import open_cafe
from tests.web.wires import conversation

CAFE_NAME, CURRENCY, BOOKS = "{ cafe { name } }", "{cafe{currency}}", "{ orders { totalCount } }"
START = b"POST /graphql HTTP/1.1\r\nHost: cafe\r\n"
PLAIN = START + b"Content-Length: 4\r\n\r\n"


HEADS = [
    PLAIN,
    START + b"\r\n",
    START + b"Content-Length: 0\r\n\r\n",
    START + b"Content-Length: 04\r\n\r\n",
    START + b"Content-Length: +4\r\n\r\n",
    START + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\n",
    START + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n",
    START + b"Content-Length: 5\r\n\r\n",
    START + b"Transfer-Encoding: chunked\r\n\r\n",
    START + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n",
    START + b"Connection: keep-alive\r\nContent-Length: 4\r\n\r\n",
    START + b"Connection: close\r\nContent-Length: 4\r\n\r\n",
    START + b"Expect: 100-continue\r\nContent-Length: 4\r\n\r\n",
    START + b"Upgrade: h2c\r\nConnection: upgrade\r\nContent-Length: 4\r\n\r\n",
    START.replace(b"POST", b"GET") + b"\r\n",
    START.replace(b"POST /graphql", b"GET http://cafe") + b"\r\n",
    START + b"X: 1\r\n" * heads.MAX_HEADERS + b"Content-Length: 4\r\n\r\n",
    START.replace(b"1.1", b"1.0") + b"Content-Length: 4\r\n\r\n",
    START.replace(b"/graphql", b"/graphql?query={a}") + b"Content-Length: 4\r\n\r\n",
    b"\r\n" + PLAIN,
    b"\r\n\r\n" + PLAIN,
    b"\r\n\r\n",
    PLAIN.replace(b"\r\n", b"\n"),
    START + b"Content-Length : 4\r\n\r\n",
    START + b"X-Long: " + b"a" * heads.MAX_BYTES + b"\r\nContent-Length: 4\r\n\r\n",
]
BODIES = [b"", b"abcd", b"ABCD", b"abcde", b"\r\n\r\n", b"4\r\nabcd\r\n0\r\n\r\n", PLAIN + b"abcd"]


@cache
def known() -> Heads:
    """All that can be known of these heads, whatever came behind them."""
    found = Heads()
    for head, body in product(HEADS, BODIES):
        asyncio.run(conversation([head + body], {heads.STATE: found}))
    return found


def check(pieces: list[bytes]) -> None:
    """What is said here behind a first request comes to the same with known heads and an outbox, and without."""
    said = [PLAIN + b"abcd", *pieces]
    state = {heads.STATE: known(), outbox.STATE: Outbox()}
    assert asyncio.run(conversation(said, state)) == asyncio.run(conversation(said, {}))


@pytest.mark.parametrize("head", HEADS)
def test_whatever_is_sent_is_read_as_the_parser_reads_it(head: bytes) -> None:
    for body in BODIES:
        check([head + body, PLAIN + b"ABCD"])


REQUESTS = st.builds(bytes.__add__, st.sampled_from(HEADS), st.sampled_from(BODIES))


@given(st.lists(REQUESTS, min_size=1, max_size=5).map(b"".join), st.data())
def test_however_it_is_torn_apart(said: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(said)), max_size=3)))
    check([said[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True)])


def test_what_got_no_exchange_is_not_known() -> None:
    wrong = b"GET http://cafe HTTP/1.1\r\nHost: cafe\r\n\r\n"
    known = Heads()

    answers = [asyncio.run(conversation([PLAIN + b"abcd", wrong], {heads.STATE: known})) for _ in range(2)]

    assert answers[0] == answers[1]
    assert known.get(wrong) is None


def test_an_app_that_fails_behind_the_start_of_its_response_is_a_500() -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        raise LookupError

    written, is_over = asyncio.run(conversation([PLAIN + b"abcd"], {}, failing))

    assert written.startswith(b"HTTP/1.1 500 ")
    assert is_over


def test_a_known_head_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    parse = HttpToolsProtocol.data_received

    def counted(connection: HttpToolsProtocol, data: bytes) -> None:
        parsed.append(data)
        parse(connection, data)

    monkeypatch.setattr(HttpToolsProtocol, "data_received", counted)

    written, is_over = asyncio.run(conversation([PLAIN + b"%04d" % k for k in range(5)], {heads.STATE: Heads()}))

    assert parsed == [PLAIN + b"0000"]
    assert [written.count(b"b'%04d'" % k) for k in range(5)] == [1] * 5
    assert not is_over


def test_each_request_is_answered_by_what_it_says_and_who_says_it(tmp_path: Path) -> None:
    with open_cafe(tmp_path / "cafe.db", response_cache="off") as (app, line):
        names = [line.ask(CAFE_NAME) for _ in range(2)]
        currencies = [line.ask(CURRENCY) for _ in range(2)]
        books = [line.ask(BOOKS, X_API_Key=KEY) for _ in range(3)]
        wrong = [line.ask(BOOKS, X_API_Key=KEY[:-1] + "!") for _ in range(3)]

    assert names == [{"data": {"cafe": {"name": "Corner Café"}}}] * 2
    assert currencies == [{"data": {"cafe": {"currency": "USD"}}}] * 2
    assert books == [{"data": {"orders": {"totalCount": 0}}}] * 3
    assert [answer["errors"][0]["extensions"]["code"] for answer in wrong] == ["UNAUTHENTICATED"] * 3
    assert app.asked == 10


def test_a_key_that_was_revoked_opens_nothing_on_a_known_head(tmp_path: Path) -> None:
    create = 'mutation { createApiKey(name: "till", scopes: [ORDERS_READ]) { secret apiKey { id } } }'
    with open_cafe(tmp_path / "cafe.db") as (_, line):
        made = line.ask(create, X_API_Key=KEY)["data"]["createApiKey"]
        before = [line.ask(BOOKS, X_API_Key=made["secret"]) for _ in range(3)]
        line.ask(f'mutation {{ revokeApiKey(id: "{made["apiKey"]["id"]}") {{ apiKey {{ id }} }} }}', X_API_Key=KEY)
        after = line.ask(BOOKS, X_API_Key=made["secret"])

    assert all("errors" not in answer for answer in before), json.dumps(before)
    assert after["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def scope_of(*headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {"type": "http", "http_version": "1.1", "client": ("192.0.2.7", 4711), "state": {}, "headers": list(headers)}


def kept(count: int) -> Sequence[bool]:
    known = Heads()
    requests = [b"POST /%d HTTP/1.1\r\n\r\n" % number for number in range(count)]
    for request in requests:
        known.keep(request, scope_of(), 0)
    return [known.get(request) is not None for request in requests]


def test_so_many_heads_are_kept_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "MAX_KEPT", 3)

    assert kept(5) == [False, False, True, True, True]


def test_what_is_the_connections_own_is_not_kept_of_it() -> None:
    known, request = Heads(), b"GET / HTTP/1.1\r\n\r\n"
    known.keep(request, scope_of(), 0)
    head = known.get(request)

    assert head is not None
    assert head.scope.keys().isdisjoint(("server", "client", "scheme", "state"))


def test_what_follows_from_a_head_is_found_out_once_and_a_refusal_each_time() -> None:
    asked: list[str] = []

    def find_out(scope: Scope) -> int:
        asked.append("found")
        return len(scope["headers"])

    def refuse(scope: Scope) -> int:
        asked.append("refused")
        raise LookupError

    scope = {**scope_of(), heads.NOTES: {}}
    assert [noted(scope, find_out) for _ in range(3)] == [0, 0, 0]
    for _ in range(2):
        with pytest.raises(LookupError):
            noted(scope, refuse)

    assert asked == ["found", "refused", "refused"]
