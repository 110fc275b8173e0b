"""Responses of one turn of the event loop leave together; none is lost, late or out of order by it."""

import asyncio
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from cafe_graphql.web import outbox
from cafe_graphql.web.endpoint import Response, _send
from cafe_graphql.web.outbox import PATIENCE, Outbox
from cafe_graphql.web.wire import BoundedHttp
from tests.web.lines import open_cafe, request
from tests.web.wires import Wire, connected

pytestmark = pytest.mark.anyio

FIRST = b"POST /graphql HTTP/1.1\r\nHost: cafe\r\nContent-Length: 4\r\n\r\nabcd"
SECOND = FIRST.replace(b"abcd", b"efgh")


class Guest:
    """A connection that notes when what it holds is sent."""

    def __init__(self, name: str, sent: list[str]) -> None:
        self._name, self._sent = name, sent

    def send_held(self) -> None:
        self._sent.append(self._name)


async def test_what_is_ready_in_one_turn_leaves_before_the_next() -> None:
    sent: list[str] = []
    outbox = Outbox(clock=lambda: 0.0)

    outbox.add(Guest("latte", sent))
    outbox.add(Guest("mocha", sent))
    asyncio.get_running_loop().call_soon(sent.append, "the next turn")
    before = list(sent)
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert (before, sent) == ([], ["latte", "mocha", "the next turn"])


async def test_nobody_waits_long_for_others_of_a_long_turn() -> None:
    sent: list[str] = []
    clock = count(0.0, PATIENCE)
    outbox = Outbox(clock=lambda: next(clock))

    outbox.add(Guest("latte", sent))
    first = list(sent)
    outbox.add(Guest("mocha", sent))

    assert (first, sent) == ([], ["latte", "mocha"])


async def held() -> tuple[BoundedHttp, Wire]:
    """Give a connection whose first response is ready, and has not left."""
    connection, wire = connected({outbox.STATE: Outbox()})
    connection.data_received(FIRST)
    for _ in range(10):
        if connection._held is not None:
            break
        await asyncio.sleep(0)
    assert (wire.written, connection._held is None) == (b"", False)
    return connection, wire


ENDS: list[Callable[[BoundedHttp], object]] = [
    BoundedHttp.shutdown,
    BoundedHttp.eof_received,
    BoundedHttp.close,
    lambda connection: connection._end(408),
]


@pytest.mark.parametrize("end", ENDS)
async def test_a_response_that_is_ready_is_sent_whatever_ends_the_connection(
    end: Callable[[BoundedHttp], object],
) -> None:
    connection, wire = await held()

    end(connection)

    assert wire.written.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"abcd" in wire.written


async def test_a_response_is_sent_though_the_app_fails_behind_it() -> None:
    async def failing(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": [(b"content-length", b"4")]})
        await send({"type": "http.response.body", "body": b"sour"})
        raise LookupError

    connection, wire = connected({outbox.STATE: Outbox()}, failing)
    connection.data_received(FIRST)
    for _ in range(10):
        await asyncio.sleep(0)

    assert wire.written.startswith(b"HTTP/1.1 500 ")
    assert wire.written.endswith(b"sour")
    assert wire.is_over


async def test_a_response_that_ends_its_connection_ends_it() -> None:
    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        await _send(send, Response(408, ((b"connection", b"close"),), b"sour"), bodiless=False)

    connection, wire = connected({outbox.STATE: Outbox()}, refuse)
    connection.data_received(FIRST)
    for _ in range(10):
        await asyncio.sleep(0)

    assert wire.written.count(b"connection: close") == 1
    assert wire.written.endswith(b"sour")
    assert wire.is_over


async def test_one_that_cannot_be_sent_keeps_no_other_back(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def send_held(self) -> None:
            raise OSError("the milk is sour")

    sent: list[str] = []
    outbox = Outbox(clock=lambda: 0.0)

    outbox.add(Broken())
    outbox.add(Guest("mocha", sent))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert sent == ["mocha"]
    assert "A response could not be sent" in caplog.text


async def test_what_rests_too_long_is_closed_behind_its_response() -> None:
    connection, wire = await held()
    connection.timeout_keep_alive = 0

    connection.timeout_keep_alive_handler()

    assert b"abcd" in wire.written
    assert wire.is_over


async def test_responses_leave_in_the_order_of_their_requests() -> None:
    connection, wire = await held()

    connection.data_received(SECOND + FIRST)
    for _ in range(10):
        await asyncio.sleep(0)

    first, second = (wire.written.index(body) for body in (b"abcd", b"efgh"))
    assert wire.written.count(b"HTTP/1.1 200 OK") == 3
    assert wire.written.rindex(b"abcd") > second > first


def test_a_socket_opened_behind_a_request_begins_behind_its_answer(tmp_path: Path) -> None:
    upgrade = (
        b"GET /graphql HTTP/1.1\r\nHost: cafe\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    )
    with open_cafe(tmp_path / "cafe.db") as (_, line):
        line.say(request("{ __typename }") + upgrade)
        answer = line.hear()
        switched = line._heard.readline()

    assert answer == {"data": {"__typename": "Query"}}
    assert switched.startswith(b"HTTP/1.1 101 ")


async def test_what_is_held_for_somebody_who_is_gone_is_let_go() -> None:
    connection, wire = await held()

    connection.connection_lost(None)
    await asyncio.sleep(0)

    assert wire.written == b""
