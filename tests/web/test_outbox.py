"""Responses of one turn of the event loop leave together; none is lost, late or out of order by it."""

import asyncio
from collections.abc import Callable
from itertools import count

import pytest

from cafe_graphql.web import outbox
from cafe_graphql.web.outbox import PATIENCE, Outbox
from cafe_graphql.web.wire import BoundedHttp
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


async def test_what_is_held_for_somebody_who_is_gone_is_let_go() -> None:
    connection, wire = await held()

    connection.connection_lost(None)
    await asyncio.sleep(0)

    assert wire.written == b""
