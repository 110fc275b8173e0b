"""Slow listeners, dead ones, and the stop of the server: streams end cleanly, and leave nothing behind."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator

import pytest

from cafe_graphql.web.streams.keeping import Limits, Streams
from tests.clients.streaming import (
    EVENTS,
    FLOOD,
    PARTS,
    Address,
    knocking,
    nobody_listens,
    post_by_hand,
    seated,
    serving,
    streaming,
    wait_until,
)

LIMITS = Limits(heartbeat=0.2, patience=0.4, goodbye=0.2)


@pytest.fixture
def place(caplog: pytest.LogCaptureFixture) -> Iterator[tuple[Address, Streams]]:
    with serving(LIMITS) as where:
        yield where
    assert [record for record in caplog.records if record.exc_info or record.levelname == "ERROR"] == []


def test_a_socket_that_answers_pings_stays_open(place: tuple[Address, Streams]) -> None:
    address, _ = place
    with seated(address) as guest:
        for _ in range(5):
            assert guest.hear() == {"type": "ping"}
            guest.say("pong")


def test_so_does_one_that_says_anything_else(place: tuple[Address, Streams]) -> None:
    address, _ = place
    with seated(address) as guest:
        for _ in range(5):
            assert guest.hear() == {"type": "ping"}
            guest.say("complete", id="whatever")


def test_a_socket_that_answers_nothing_is_closed_and_may_come_again(place: tuple[Address, Streams]) -> None:
    address, streams = place
    with seated(address) as guest:
        guest.subscribe("a", "subscription { silence }")
        began = time.monotonic()

        assert guest.farewell() == (1013, "A ping was not answered.")
        assert 0.4 < time.monotonic() - began < 2
        wait_until(lambda: nobody_listens(streams))


def test_a_socket_that_takes_nothing_is_closed_and_costs_no_memory(place: tuple[Address, Streams]) -> None:
    address, streams = place
    with knocking(address, max_queue=(1, 1)) as guest:
        guest.say("connection_init")
        guest.subscribe("a", FLOOD)
        wait_until(lambda: len(streams) == 1)
        wait_until(lambda: nobody_listens(streams))
        heard = 0
        with contextlib.suppress(Exception):
            while True:
                guest.connection.recv(timeout=1)
                heard += 1

        assert heard < 10_000
        assert guest.connection.close_code in (1013, 1006)  # it is told, if it reads on soon enough


def read(caller: socket.socket) -> Iterator[bytes]:
    """Give all of a response that comes in chunks."""
    while chunk := caller.recv(65_536):
        yield chunk
        if chunk.endswith(b"0\r\n\r\n"):
            return


@pytest.mark.parametrize("accept", [EVENTS, PARTS])
def test_a_response_that_nobody_reads_is_ended_and_its_source_closed(
    place: tuple[Address, Streams], accept: str
) -> None:
    address, streams = place
    with post_by_hand(address, FLOOD, accept, buffer=4_096) as caller:
        wait_until(lambda: len(streams) == 1)
        wait_until(lambda: nobody_listens(streams))
        taken = b"".join(read(caller))

        assert len(taken) < 100_000_000
        assert taken.endswith(b"0\r\n\r\n"), "the response ends as HTTP has it"
        assert b"complete" not in taken[-100:] and not taken.endswith(b"--graphql--\r\n\r\n0\r\n\r\n")


def test_a_listener_who_reads_slowly_but_steadily_gets_everything(place: tuple[Address, Streams]) -> None:
    address, _ = place
    with streaming(address, "subscription { packets(count: 400, size: 10000) }", EVENTS) as response:
        taken = b""
        while chunk := response.read(100_000):
            taken += chunk
            time.sleep(0.02)

        assert taken.count(b"event: next") == 400
        assert taken.endswith(b"event: complete\ndata:\n\n")


def test_a_long_replay_lets_others_have_their_turn() -> None:
    """A source that never waits would otherwise keep the event loop to itself until it is through."""
    from cafe_graphql.web.streams.stream import Stream

    async def took_turns() -> int:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        async def send(message: object) -> None: ...

        stream, task = Stream(Streams(), {"type": "http"}, send), asyncio.create_task(other())
        for _ in range(160):
            await stream.send({"type": "http.response.body"})
        task.cancel()
        return turns

    assert asyncio.run(took_turns()) >= 9
