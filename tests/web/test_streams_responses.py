"""Subscriptions as one long HTTP response: Server-Sent Events, and the multipart protocol."""

import json
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from typing import Any

import pytest

from cafe_graphql.web.streams.keeping import Limits, Streams
from tests.clients.latte import BROWSER, GRAPHQL, JSON, LATTE
from tests.clients.streaming import (
    EVENTS,
    PARTS,
    Address,
    call,
    nobody_listens,
    serving,
    streaming,
    wait_until,
)

COUNT = "subscription { counted(to: 2) }"
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Address, Streams]]:
    with serving(Limits(heartbeat=0.2)) as where:
        yield where


@pytest.fixture
def address(place: tuple[Address, Streams]) -> Iterator[Address]:
    address, streams = place
    yield address
    wait_until(lambda: nobody_listens(streams))


def body(address: Address, query: str, accept: str, **options: Any) -> tuple[int, str, bytes]:
    """Give status, media type and the whole body."""
    with streaming(address, query, accept, **options) as response:
        return response.status, response.headers["content-type"], response.read()


def parts(body: bytes) -> list[Any]:
    """Take a multipart body apart as any library for mail would."""
    message = BytesParser().parsebytes(b"content-type: multipart/mixed; boundary=graphql\r\n\r\n" + body)
    assert message.defects == []
    found = message.get_payload()
    assert isinstance(found, list) and all(isinstance(part, Message) for part in found)
    return [json.loads(str(part.get_payload())) for part in found if isinstance(part, Message)]


class TestEvents:
    def test_each_answer_is_an_event_and_the_end_is_one_too(self, address: Address) -> None:
        assert body(address, COUNT, EVENTS) == (
            200,
            "text/event-stream; charset=utf-8",
            b":\n\n"
            b'event: next\ndata: {"data":{"counted":1}}\n\n'
            b'event: next\ndata: {"data":{"counted":2}}\n\n'
            b"event: complete\ndata:\n\n",
        )

    def test_nobody_may_keep_them_or_hold_them_back(self, address: Address) -> None:
        with streaming(address, COUNT, EVENTS) as response:
            assert response.headers["cache-control"] == "no-store"
            assert response.headers["x-accel-buffering"] == "no"
            assert response.headers["vary"] == "Accept"

    def test_an_event_comes_when_it_happens(self, address: Address) -> None:
        with streaming(address, "subscription { ownCalls { number } }", EVENTS) as response:
            assert response.readline() == b":\n"
            call(address, 7)
            while (line := response.readline()) in (b":\n", b"\n", b"event: next\n"):
                pass
            assert line == b'data: {"data":{"ownCalls":{"number":7}}}\n'

    def test_a_source_that_breaks_gives_one_masked_error_and_ends(self, address: Address) -> None:
        _, _, told = body(address, "subscription { fire }", EVENTS)

        _, first, second, end, rest = told.split(b"\n\n")
        assert first == b'event: next\ndata: {"data":{"fire":1}}'
        [error] = json.loads(second.removeprefix(b"event: next\ndata: "))["errors"]
        assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
        assert (end, rest) == (b"event: complete\ndata:", b"")

    @pytest.mark.parametrize(
        ("query", "answer"),
        [
            ("{ drink { name } }", LATTE),
            ('mutation { order(item: "Latte") }', {"data": {"order": "One Latte"}}),
        ],
    )
    def test_who_reads_nothing_else_gets_a_single_answer_as_a_stream(
        self, address: Address, query: str, answer: Any
    ) -> None:
        written = json.dumps(answer, separators=(",", ":")).encode()

        assert body(address, query, EVENTS) == (
            200,
            "text/event-stream; charset=utf-8",
            b":\n\nevent: next\ndata: " + written + b"\n\nevent: complete\ndata:\n\n",
        )

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("subscription {", b"GRAPHQL_PARSE_FAILED"),
            ("subscription { soup }", b"GRAPHQL_VALIDATION_FAILED"),
            ("subscription { kitchen }", b"FORBIDDEN"),
        ],
    )
    def test_what_cannot_run_is_told_in_a_stream_that_was_accepted(
        self, address: Address, query: str, code: bytes
    ) -> None:
        status, _, told = body(address, query, EVENTS)

        assert status == 200
        assert told.startswith(b':\n\nevent: next\ndata: {"errors":[') and code in told
        assert told.endswith(b"]}\n\nevent: complete\ndata:\n\n")

    def test_a_comment_is_sent_now_and_then(self, address: Address) -> None:
        with streaming(address, "subscription { silence }", EVENTS) as response:
            assert [response.readline() for _ in range(6)] == [b":\n", b"\n"] * 3

    def test_an_event_source_may_ask_by_get(self, address: Address) -> None:
        assert body(address, COUNT, EVENTS, method="GET")[2].count(b"event: next") == 2

    def test_but_not_from_another_site_and_never_to_change_anything(self, address: Address) -> None:
        elsewhere = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}
        assert body(address, COUNT, EVENTS, method="GET", headers=elsewhere)[0] == 400
        told = body(address, 'mutation { order(item: "Latte") }', EVENTS, method="GET")[2]
        assert b"METHOD_NOT_ALLOWED" in told and b"One Latte" not in told


class TestParts:
    def test_each_answer_is_the_payload_of_a_part(self, address: Address) -> None:
        status, media, told = body(address, COUNT, PARTS)

        assert (status, media) == (200, 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0')
        assert told == (
            b"\r\n--graphql"
            b'\r\ncontent-type: application/json\r\n\r\n{"payload":{"data":{"counted":1}}}\r\n--graphql'
            b'\r\ncontent-type: application/json\r\n\r\n{"payload":{"data":{"counted":2}}}\r\n--graphql--\r\n'
        )
        assert parts(told) == [{"payload": {"data": {"counted": number}}} for number in (1, 2)]

    def test_a_source_that_breaks_is_an_error_of_the_transport(self, address: Address) -> None:
        first, last = parts(body(address, "subscription { till }", PARTS)[2])

        assert first == {"payload": {"data": {"till": 1}}}
        assert (last["payload"], last["errors"][0]["message"]) == (None, "The till is closed.")

    def test_a_field_that_fails_is_an_error_of_its_payload(self, address: Address) -> None:
        first, second = parts(body(address, "subscription { tooLarge }", PARTS)[2])

        assert first.keys() == {"payload"} and first["payload"]["data"] is None
        assert second == {"payload": {"data": {"tooLarge": 2}}}

    def test_an_empty_part_is_sent_now_and_then(self, address: Address) -> None:
        beat = [b"--graphql\r\n", b"content-type: application/json\r\n", b"\r\n", b"{}\r\n"]
        with streaming(address, "subscription { silence }", PARTS) as response:
            assert [response.readline() for _ in range(9)] == [b"\r\n", *beat, *beat]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (EVENTS, EVENTS),
        ("*/*", EVENTS),
        ("text/*", EVENTS),
        (f"{JSON}, {EVENTS};q=0.1", EVENTS),
        (URQL, EVENTS),
        (PARTS, "multipart/mixed"),
        ('multipart/mixed; subscriptionSpec="1.0", application/json', "multipart/mixed"),
        (f"{PARTS},{GRAPHQL},{JSON};q=0.9", "multipart/mixed"),
        (f"{PARTS};q=0.5, {EVENTS};q=0.4", "multipart/mixed"),
        (f"{PARTS};q=0.5, {EVENTS}", EVENTS),
        (f"{EVENTS};q=0, */*", "multipart/mixed"),
        # Streams that are not ours, or not wanted: so it is a request that cannot be answered.
        ("multipart/mixed, application/json", JSON),
        ("multipart/mixed;deferSpec=20220824, application/json", JSON),
        (f"{JSON}, {EVENTS};q=0", JSON),
        (GRAPHQL, GRAPHQL),
    ],
)
def test_a_subscription_is_streamed_as_its_caller_likes_best(address: Address, accept: str, media: str) -> None:
    status, chosen, told = body(address, COUNT, accept)

    assert chosen.partition(";")[0] == media
    if media in (JSON, GRAPHQL):
        assert (status, json.loads(told)["errors"][0]["extensions"]["code"]) == (
            {JSON: 200, GRAPHQL: 400}[media],
            "BAD_REQUEST",
        )


@pytest.mark.parametrize("accept", [URQL, "*/*", f"{EVENTS}, {JSON};q=0.1", f"{PARTS}, {JSON}", BROWSER])
def test_a_query_is_not_streamed_to_who_can_read_json(address: Address, accept: str) -> None:
    status, media, told = body(address, "{ drink { name } }", accept)

    assert (status, media.partition(";")[0], json.loads(told)) == (
        200,
        JSON if "graphql-r" not in accept else GRAPHQL,
        LATTE,
    )


@pytest.mark.parametrize("accept", [EVENTS, PARTS])
def test_a_listener_who_leaves_closes_the_source(address: Address, accept: str) -> None:
    for _ in range(5):
        with streaming(address, "subscription { silence }", accept) as response:
            response.readline()
