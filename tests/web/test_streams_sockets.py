"""GraphQL over WebSockets, to the letter: what is said how, and what is answered."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from cafe_graphql.web.streams.keeping import Limits, Streams
from tests.clients.house import Visitor
from tests.clients.streaming import Address, Guest, call, knocking, nobody_listens, seated, serving, wait_until

REVOKED = {"message": "This key was revoked.", "extensions": {"code": "UNAUTHENTICATED"}}
CALLS = "subscription { calls { number heardBy } }"


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Address, Streams]]:
    with serving(Limits(init=0.4, operations=3)) as where:
        yield where


@pytest.fixture
def address(place: tuple[Address, Streams]) -> Iterator[Address]:
    address, streams = place
    yield address
    wait_until(lambda: nobody_listens(streams))


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Nothing that a caller does is an error of ours; the tests of accidents clear the log."""
    yield caplog
    assert [record for record in caplog.records if record.exc_info or record.levelno >= logging.WARNING] == []


def following(operation_id: str, data: Any) -> dict[str, Any]:
    return {"id": operation_id, "type": "next", "payload": {"data": data}}


def complete(operation_id: str) -> dict[str, Any]:
    return {"id": operation_id, "type": "complete"}


class TestTheHandshake:
    def test_the_protocol_is_chosen_by_its_exact_name(self, address: Address) -> None:
        with knocking(address, "graphql-ws", "graphql-transport-ws") as guest:
            assert guest.connection.subprotocol == "graphql-transport-ws"

    def test_a_client_of_the_legacy_protocol_is_told_that_it_is_not_spoken(self, address: Address) -> None:
        with knocking(address, "graphql-ws") as guest:
            assert guest.farewell() == (4406, "Subprotocol not acceptable")

    @pytest.mark.parametrize("offered", ["Graphql-Transport-WS", "mqtt"])
    def test_so_is_a_client_of_any_other(self, address: Address, offered: str) -> None:
        with knocking(address, offered) as guest:
            assert guest.connection.subprotocol is None
            assert guest.farewell() == (4406, "Subprotocol not acceptable")

    def test_whoever_admits_handshakes_may_send_one_away(self, address: Address) -> None:
        with pytest.raises(InvalidStatus) as refused, knocking(address, origin="https://elsewhere.example"):
            pass
        assert refused.value.response.status_code == 403

    def test_there_are_sockets_at_the_endpoint_only(self, address: Address) -> None:
        with knocking(address, path="/graphql/") as guest:
            assert guest.connection.subprotocol == "graphql-transport-ws"
        with pytest.raises(InvalidStatus) as refused, knocking(address, path="/kitchen"):
            pass
        assert refused.value.response.status_code == 403


class TestTheInitialisation:
    def test_what_connection_init_carries_is_handed_to_the_context(self, address: Address) -> None:
        with seated(address, token="Grace") as guest:
            assert guest.ask("{ guest }") == {"data": {"guest": "Grace"}}

    def test_it_may_carry_nothing(self, address: Address) -> None:
        with knocking(address) as guest:
            guest.say("connection_init", payload=None)
            assert guest.hear() == {"type": "connection_ack"}

    def test_it_does_not_come_and_the_socket_is_closed(self, address: Address) -> None:
        with knocking(address) as guest:
            assert guest.farewell() == (4408, "Connection initialisation timeout")

    def test_once_it_has_come_there_is_no_hurry(self, address: Address) -> None:
        with seated(address) as guest:
            with pytest.raises(TimeoutError):
                guest.connection.recv(timeout=0.6)
            assert guest.ask("{ guest }") == {"data": {"guest": "Ada"}}

    def test_it_comes_twice_and_the_socket_is_closed(self, address: Address) -> None:
        with seated(address) as guest:
            guest.say("connection_init")
            assert guest.farewell() == (4429, "Too many initialisation requests")

    def test_nothing_runs_before_it(self, address: Address) -> None:
        with knocking(address) as guest:
            guest.subscribe("1", "{ guest }")
            assert guest.farewell() == (4401, "Unauthorized")

    @pytest.mark.parametrize(
        ("token", "farewell"),
        [("unknown", (4401, "This key is not known.")), ("banned", (4403, "This guest is not let in."))],
    )
    def test_who_is_not_let_in_is_told_why(self, address: Address, token: str, farewell: tuple[int, str]) -> None:
        with knocking(address) as guest:
            guest.say("connection_init", payload={"token": token})
            assert guest.farewell() == farewell

    def test_an_accident_in_it_is_logged_and_not_told(self, address: Address, log: pytest.LogCaptureFixture) -> None:
        with knocking(address) as guest:
            guest.say("connection_init", payload={"token": "fire"})
            assert guest.farewell() == (4500, "Internal server error")
        assert [record.name for record in log.records] == ["cafe_graphql"]
        log.clear()


class TestRenewing:
    """Who calls is found out once; whether they still may is asked for each operation and event."""

    def test_an_operation_of_a_caller_who_may_no_more_is_refused_in_plain_words(self, address: Address) -> None:
        with seated(address, token="Bob") as guest, shown_the_door("Bob"):
            guest.subscribe("a", "{ guest }")
            assert guest.hear() == {"id": "a", "type": "error", "payload": [REVOKED]}

    def test_a_listener_who_may_no_more_hears_so_at_the_next_event(self, address: Address) -> None:
        with seated(address, token="Eve") as guest:
            guest.subscribe("calls", "subscription { ownCalls { number heardBy } }")
            call(address, 51)
            assert skip_to(guest, 51)["heardBy"] == "Eve"
            with shown_the_door("Eve"):
                call(address, 52)
                told = guest.hear()
            assert (told["id"], told["type"]) == ("calls", "error")
            assert [(error["message"], error["extensions"]) for error in told["payload"]] == [
                (REVOKED["message"], REVOKED["extensions"])
            ]


class TestOperations:
    def test_a_subscription_gives_its_answers_and_ends(self, address: Address) -> None:
        with seated(address) as guest:
            guest.subscribe("a", "subscription ($n: Int!) { counted(to: $n) }", variables={"n": 2})
            expected = [following("a", {"counted": 1}), following("a", {"counted": 2}), complete("a")]
            assert [guest.hear() for _ in range(3)] == expected

    def test_queries_and_mutations_are_answered_too(self, address: Address) -> None:
        with seated(address) as guest:
            assert guest.ask('mutation { order(item: "Latte") }') == {"data": {"order": "One Latte"}}
            assert guest.ask("{ till }")["data"] == {"till": None}

    def test_listeners_on_several_sockets_hear_of_a_change(self, address: Address) -> None:
        with seated(address) as ada, seated(address, token="Grace") as grace:
            for guest in (ada, grace):
                guest.subscribe("calls", "subscription { ownCalls { number heardBy } }")
            call(address, 41)

            assert [skip_to(guest, 41)["heardBy"] for guest in (ada, grace)] == ["Ada", "Grace"]

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("subscription {", "GRAPHQL_PARSE_FAILED"),
            ("{ soup }", "GRAPHQL_VALIDATION_FAILED"),
            ("query ($n: Int!) { drinks(count: $n) { name } }", "BAD_USER_INPUT"),
            ("query A { guest } query B { guest }", "OPERATION_RESOLUTION_FAILURE"),
            ("subscription { kitchen }", "FORBIDDEN"),
        ],
    )
    def test_what_cannot_run_is_an_error_and_its_neighbours_go_on(
        self, address: Address, query: str, code: str
    ) -> None:
        with seated(address) as guest:
            guest.subscribe("silent", "subscription { silence }")
            guest.subscribe("wrong", query)
            told = guest.hear()
            assert (told["id"], told["type"]) == ("wrong", "error")
            assert [error["extensions"]["code"] for error in told["payload"]] == [code]

            assert guest.ask("{ guest listening }")["data"]["listening"] == 1

    def test_a_source_that_breaks_ends_its_operation_with_one_masked_error(
        self, address: Address, log: pytest.LogCaptureFixture
    ) -> None:
        with seated(address) as guest:
            guest.subscribe("fire", "subscription { fire }")
            assert guest.hear() == following("fire", {"fire": 1})
            told = guest.hear()
            assert (told["id"], told["type"], len(told["payload"])) == ("fire", "error", 1)
            assert told["payload"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
            assert guest.ask("{ guest }") == {"data": {"guest": "Ada"}}
        assert len(log.records) == 1
        log.clear()

    def test_a_client_that_completes_hears_no_more_and_its_source_is_closed(self, address: Address) -> None:
        with seated(address) as guest:
            guest.subscribe("a", "subscription { silence }")
            assert guest.ask("{ listening }") == {"data": {"listening": 1}}
            guest.say("complete", id="a")
            guest.say("complete", id="nobody knows this one")
            assert guest.ask("{ listening }") == {"data": {"listening": 0}}

            guest.subscribe("a", "subscription { counted(to: 1) }")
            assert [guest.hear(), guest.hear()] == [following("a", {"counted": 1}), complete("a")]

    def test_a_client_that_leaves_closes_its_sources(self, address: Address) -> None:
        with seated(address) as guest:
            guest.subscribe("a", "subscription { silence }")
            guest.subscribe("b", CALLS)

    def test_a_mutation_is_carried_out_even_if_its_client_leaves(self, address: Address) -> None:
        with seated(address) as guest:
            guest.subscribe("a", "mutation { callSlowly(number: 99) }")
            guest.say("complete", id="a")
            guest.ask("{ guest }")

        with seated(address) as guest:
            guest.subscribe("b", CALLS)
            assert skip_to(guest, 99)

    def test_an_id_is_in_use_and_the_socket_is_closed(self, address: Address) -> None:
        with seated(address) as guest:
            guest.subscribe("a", "subscription { silence }")
            guest.subscribe("a", "{ guest }")
            assert guest.farewell() == (4409, "Subscriber for a already exists")

    def test_more_operations_than_are_allowed_are_refused_one_by_one(self, address: Address) -> None:
        with seated(address) as guest:
            for operation_id in "abcd":
                guest.subscribe(operation_id, "subscription { silence }")
            told = guest.hear()
            assert (told["id"], told["type"]) == ("d", "error")
            assert told["payload"] == [
                {
                    "message": "At most 3 operations run on one socket at once.",
                    "extensions": {"code": "TOO_MANY_OPERATIONS"},
                }
            ]


class TestPings:
    def test_a_ping_is_answered_with_what_it_carries(self, address: Address) -> None:
        with knocking(address) as guest:
            guest.say("ping")
            guest.say("ping", payload={"sent": 1})
            assert [guest.hear(), guest.hear()] == [{"type": "pong"}, {"type": "pong", "payload": {"sent": 1}}]

    def test_a_pong_that_nobody_asked_for_is_fine(self, address: Address) -> None:
        with seated(address) as guest:
            guest.say("pong", payload={})
            assert guest.ask("{ guest }") == {"data": {"guest": "Ada"}}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", "A message is JSON"),
        ("{", "A message is JSON"),
        ('{"type":"ping","payload":{"a":"\\ud800"}}', "A message is JSON"),
        ("[" * 5_000, "A message is JSON"),
        ("[]", "A message is a JSON object"),
        ('[{"type":"ping"}]', "A message is a JSON object"),
        ("null", "A message is a JSON object"),
        (b'{"type":"ping"}', "Messages are text, not binary"),
        ('{"type":"ping"' + " " * 1_100_000 + "}", "A message has at most 1048576 characters"),
        ("{}", "A message has one of these types: connection_init, subscribe, complete, ping, pong"),
        ('{"type":["ping"]}', "A message has one of these types: connection_init, subscribe, complete, ping, pong"),
        ('{"type":"next"}', "A message has one of these types: connection_init, subscribe, complete, ping, pong"),
        ('{"type":"ping","payload":[]}', "The payload of ping is an object"),
        ('{"type":"subscribe","payload":{}}', "An id is a string of 1 to 255 characters"),
        ('{"type":"subscribe","id":1,"payload":{}}', "An id is a string of 1 to 255 characters"),
        ('{"type":"complete","id":""}', "An id is a string of 1 to 255 characters"),
        ('{"type":"subscribe","id":"a"}', "The payload of subscribe is an object"),
        ('{"type":"subscribe","id":"a","payload":{}}', "The request has no query."),
        ('{"type":"subscribe","id":"a","payload":{"query":1}}', "The parameter query must be a string."),
    ],
)
def test_what_is_no_message_closes_the_socket_with_the_reason(address: Address, said: str | bytes, reason: str) -> None:
    with seated(address) as guest:
        guest.connection.send(said)
        assert guest.farewell() == (4400, reason)


def test_text_that_is_not_utf_8_closes_the_socket_quietly(address: Address) -> None:
    with seated(address) as guest:
        guest.connection.send(b"\xff\xfe", text=True)
        assert guest.farewell()[0] == 1007


@contextmanager
def shown_the_door(name: str) -> Iterator[None]:
    Visitor.gone.add(name)
    try:
        yield
    finally:
        Visitor.gone.remove(name)


def skip_to(guest: Guest, number: int) -> Any:
    """Hear calls until this one, and give it."""
    while True:
        message = guest.hear()
        for called in message["payload"]["data"].values():
            if called["number"] == number:
                return called
