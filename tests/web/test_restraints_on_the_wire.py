"""How long an operation may take and how many may wait, over HTTP and sockets."""

import json
import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from cafe_graphql.web.bodies import Bodies
from cafe_graphql.web.gate import Gate
from cafe_graphql.web.restraints import Restraints
from cafe_graphql.web.streams.keeping import Limits
from tests.clients.streaming import EVENTS, Address, Guest, knocking, seated, serving, streaming, wait_until
from tests.clients.wire import Answered, ask_graphql, exchange
from tests.execution import board

ENDED = "This took longer than 0.2 seconds and was ended. Ask for less at once, or try again."
UNKNOWN = (
    "This took longer than 0.2 seconds, and goes on: its outcome is unknown. "
    "Repeat it with the same idempotency key to learn of it without doing it twice."
)
SLOW = "{ steeped(seconds: 30) }"
SOON = "{ steeped(seconds: 0.5) }"


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing of this is an accident."""
    yield
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.fixture(scope="module")
def hurried() -> Iterator[Address]:
    with serving(restraints=Restraints(seconds=0.2)) as (address, _):
        yield address


def told(answered: Answered) -> tuple[int, str, str]:
    [error] = answered.json["errors"]
    return answered.status, error["extensions"]["code"], error["message"]


class TestTheTimeLimit:
    def test_a_query_that_takes_too_long_is_ended(self, hurried: Address) -> None:
        before = board.board.poured_away

        assert told(ask_graphql(hurried, SLOW)) == (503, "OPERATION_TIMEOUT", ENDED)
        assert board.board.poured_away == before + 1
        assert ask_graphql(hurried, "{ guest }").json == {"data": {"guest": "Ada"}}

    def test_a_mutation_goes_on_and_its_caller_is_told_what_to_do(self, hurried: Address) -> None:
        answered = ask_graphql(hurried, "mutation { callSlowly(number: 41) }")

        assert told(answered) == (503, "OPERATION_TIMEOUT", UNKNOWN)
        wait_until(lambda: 41 in board.board.called)

    def test_the_same_on_a_socket_whose_other_operations_go_on(self, hurried: Address) -> None:
        with seated(hurried) as guest:
            guest.subscribe("silent", "subscription { silence }")
            for operation, query, message in (
                ("slow", SLOW, ENDED),
                ("call", "mutation { callSlowly(number: 42) }", UNKNOWN),
            ):
                guest.subscribe(operation, query)
                error = {"message": message, "extensions": {"code": "OPERATION_TIMEOUT"}}
                assert guest.hear() == {"id": operation, "type": "error", "payload": [error]}
            wait_until(lambda: 42 in board.board.called)
            guest.subscribe("call", "{ guest }")  # nothing more came of the first, and its id is free
            assert guest.hear()["payload"] == {"data": {"guest": "Ada"}}

    def test_a_subscription_lasts_as_long_as_it_likes(self, hurried: Address) -> None:
        with seated(hurried) as guest:
            guest.subscribe("calls", "subscription { ownCalls { number } }")
            time.sleep(0.5)
            ask_graphql(hurried, "mutation { call(number: 43) }")
            while guest.hear()["payload"]["data"]["ownCalls"]["number"] != 43:
                pass


def test_past_the_queue_it_is_503_at_once_and_whoever_is_inside_is_answered() -> None:
    with serving(restraints=Restraints(gate=Gate(2, 1))) as (address, _):
        answers: list[Answered] = []
        threads = [threading.Thread(target=lambda: answers.append(ask_graphql(address, SOON))) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    sent_away = [answered for answered in answers if answered.status == 503]
    assert len(answers) == 20
    assert {answered.json["data"]["steeped"] for answered in answers if answered.status == 200} == {"Tea"}
    assert 3 <= 20 - len(sent_away) < 20
    for answered in sent_away:
        assert told(answered) == (503, "SERVICE_UNAVAILABLE", "Too much is under way here. Try again in a second.")
        assert answered.headers["retry-after"] == "1"


def test_on_a_socket_it_is_an_error_of_the_operation() -> None:
    with serving(restraints=Restraints(gate=Gate(1, 0))) as (address, _), seated(address) as guest:
        guest.subscribe("a", SOON)
        guest.subscribe("b", SOON)
        error = guest.hear()
        assert (error["id"], error["payload"][0]["extensions"]["code"]) == ("b", "SERVICE_UNAVAILABLE")
        assert guest.hear() == {"id": "a", "type": "next", "payload": {"data": {"steeped": "Tea"}}}


class TestBodiesThatComeWithTheirHeads:
    @staticmethod
    def told(caller: socket.socket, query: bytes) -> bytes:
        """Send a whole request at once, which does not announce how long it is, and give the response."""
        head = b"POST /graphql HTTP/1.1\r\nHost: cafe\r\nContent-Type: application/json\r\n"
        caller.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(query), query))
        return caller.recv(65_536)

    def test_they_are_read_one_after_the_other_and_may_be_no_longer_than_others(self) -> None:
        with serving(bodies=Bodies(30)) as (address, _), socket.create_connection(address, timeout=5) as caller:
            for _ in range(2):
                assert self.told(caller, b'{"query": "{ guest }"}').endswith(b'\r\n\r\n{"data":{"guest":"Ada"}}')
            refused = self.told(caller, b'{"query": "{ guest guest guest guest }"}')

        head, _, body = refused.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 413 ")
        assert json.loads(body)["errors"] == [
            {
                "message": "The body is larger than the 30 bytes that are read here.",
                "extensions": {"code": "PAYLOAD_TOO_LARGE"},
            }
        ]


class TestSlowBodies:
    @staticmethod
    def begin(address: Address) -> socket.socket:
        caller = socket.create_connection(address, timeout=5)
        caller.sendall(b"POST /graphql HTTP/1.1\r\nHost: cafe\r\nContent-Type: application/json\r\n")
        caller.sendall(b'Content-Length: 22\r\n\r\n{"que')
        return caller

    def test_a_body_that_does_not_come_is_a_408_and_the_end_of_the_connection(self) -> None:
        with serving(bodies=Bodies(seconds=0.2)) as (address, _), self.begin(address) as caller:
            answer = b""
            while more := caller.recv(65_536):
                answer += more

        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 408 ") and b"connection: close" in head
        assert json.loads(body)["errors"] == [
            {"message": "The body was not here within 0.2 seconds.", "extensions": {"code": "REQUEST_TIMEOUT"}}
        ]

    def test_slow_callers_keep_out_each_other_and_nobody_else(self) -> None:
        with serving(bodies=Bodies(slow=2)) as (address, _):
            slow = [self.begin(address), self.begin(address)]
            time.sleep(1.0)  # until both are taken for slow, on a busy machine too
            with self.begin(address) as third:
                assert third.recv(65_536).startswith(b"HTTP/1.1 503 ")
            assert ask_graphql(address, "{ guest }").status == 200

            slow[0].sendall(b'ry": "{ guest }"}')
            assert b'{"data":{"guest":"Ada"}}' in slow[0].recv(65_536)
            for caller in slow:
                caller.close()


class TestStreams:
    def test_a_worker_keeps_so_many(self) -> None:
        full = (1013, "Too many streams are open here. Try again in a second.")
        with serving(Limits(streams=2)) as (address, streams):
            with seated(address) as first, seated(address) as second:
                with knocking(address) as third:
                    assert third.farewell() == full
                with streaming(address, "subscription { counted(to: 1) }", EVENTS) as refused:
                    assert (refused.status, refused.headers["retry-after"]) == (503, "1")
                assert self.is_heard(first) and self.is_heard(second)
            wait_until(lambda: len(streams) == 0)
            with seated(address) as guest:
                assert self.is_heard(guest)

    def test_from_one_address_come_only_so_many_of_them(self) -> None:
        with serving(Limits(streams_each=1)) as (address, _), seated(address) as first:
            with knocking(address) as second:
                assert second.farewell() == (
                    1013,
                    "From one address, 1 streams are open at most. Try again in a second.",
                )
            assert self.is_heard(first)

    @staticmethod
    def is_heard(guest: Guest) -> bool:
        return bool(guest.ask("{ guest }") == {"data": {"guest": "Ada"}})


def test_a_refused_stream_closes_its_source() -> None:
    with serving(Limits(streams=0)) as (address, _):
        for _ in range(3):
            with streaming(address, "subscription { silence }", EVENTS) as refused:
                assert refused.status == 503
        assert ask_graphql(address, "{ listening }").json == {"data": {"listening": 0}}
        assert exchange(address, "GET", "/elsewhere").status == 404
