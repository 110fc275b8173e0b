"""A real server process that is told to stop while many listen: everyone hears a clean end, and it is quick."""

import contextlib
import http.client
import signal
import time
from pathlib import Path

import pytest

from tests.clients.streaming import EVENTS, FLOOD, PARTS, knocking, post_by_hand, running, seated, streaming

MANY = 20


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_all_listeners_hear_the_end_within_two_seconds(log: Path, number: signal.Signals) -> None:
    with running(log) as (address, server), contextlib.ExitStack() as listening:
        sockets = [listening.enter_context(seated(address)) for _ in range(MANY)]
        for guest in sockets:
            guest.subscribe("a", "subscription { silence }")
            assert guest.ask("{ guest }") == {"data": {"guest": "Ada"}}
        events, parts = (
            [listening.enter_context(streaming(address, "subscription { silence }", kind)) for _ in range(MANY)]
            for kind in (EVENTS, PARTS)
        )
        for response in (*events, *parts):
            response.readline()

        server.send_signal(number)
        began = time.monotonic()

        assert [guest.farewell() for guest in sockets] == [(1001, "The server is stopping.")] * MANY
        assert [rest(response) for response in events] == [b"\nevent: complete\ndata:\n\n"] * MANY
        assert [rest(response) for response in parts] == [b"--graphql--\r\n"] * MANY
        server.wait(10)
        assert time.monotonic() - began < 2
    told = log.read_text()
    assert "Finished server process" in told
    assert "ERROR" not in told and "Traceback" not in told and "timeout" not in told


def rest(response: http.client.HTTPResponse) -> bytes:
    """Read to the end of a response, which is cut off if it does not end as HTTP has it."""
    return response.read()


def test_listeners_who_read_nothing_do_not_hold_up_the_stop(log: Path) -> None:
    with running(log) as (address, server), contextlib.ExitStack() as listening:
        for kind in (EVENTS, PARTS):
            listening.enter_context(post_by_hand(address, FLOOD, kind, buffer=4_096))
        deaf = listening.enter_context(knocking(address, max_queue=(1, 1), close_timeout=1))
        deaf.say("connection_init")
        deaf.subscribe("a", FLOOD)
        time.sleep(0.5)

        server.send_signal(signal.SIGTERM)
        began = time.monotonic()
        server.wait(10)

        assert time.monotonic() - began < 6
    assert "Traceback" not in log.read_text()


def test_a_mutation_under_way_is_carried_out_before_the_stop(log: Path) -> None:
    with running(log) as (address, server), seated(address) as guest:
        guest.subscribe("a", "mutation { callSlowly(number: 1) }")
        assert guest.ask("{ guest }") == {"data": {"guest": "Ada"}}
        began = time.monotonic()

        server.send_signal(signal.SIGTERM)
        assert guest.farewell() == (1001, "The server is stopping.")
        server.wait(10)

        assert 0.2 < time.monotonic() - began < 2
    assert "Traceback" not in log.read_text()
