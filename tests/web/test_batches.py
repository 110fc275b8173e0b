"""Several requests in one body."""

from typing import Any

import pytest
from starlette.types import Scope

from cafe_graphql.web.counters import MemoryCounters
from cafe_graphql.web.endpoint import GraphQLEndpoint
from cafe_graphql.web.rates import RateLimiter
from cafe_graphql.web.restraints import Restraints
from cafe_graphql.web.statuses import DRAFT_2026_08
from tests.clients.called import Guest, ada
from tests.clients.latte import ASK_LATTE, GRAPHQL, JSON, LATTE, UTF8, endpoint, refusal
from tests.clients.raw import post
from tests.clients.streaming import serving
from tests.clients.wire import exchange
from tests.execution import board, corner

CALL = {"query": "mutation { call(number: 7) }"}
STREAMS_TOO = "text/event-stream, application/json;q=0.1"


def test_a_batch_is_answered_in_its_order_each_as_if_it_were_alone() -> None:
    batch = [ASK_LATTE, {"query": "{ soup }"}, {"query": "query ($n: String!) { drink(name: $n) { name } }"}, ASK_LATTE]

    reply = post(endpoint(), batch)

    latte, soup, nameless, again = reply.json
    assert (reply.status, reply.headers["content-type"]) == (200, GRAPHQL + UTF8)
    assert latte == again == LATTE
    assert [answer["errors"][0]["extensions"]["code"] for answer in (soup, nameless)] == [
        "GRAPHQL_VALIDATION_FAILED",
        "BAD_USER_INPUT",
    ]


def test_mutations_run_one_after_the_other() -> None:
    app = GraphQLEndpoint(board.engine(), ada)
    batch = [{"query": f"mutation {{ callSlowly(number: {number}) }}"} for number in (3, 1)] + [{"query": "{ called }"}]

    assert post(app, batch).json == [
        {"data": {"callSlowly": 1}},
        {"data": {"callSlowly": 2}},
        {"data": {"called": [3, 1]}},
    ]


def test_one_request_in_an_array_is_answered_in_an_array() -> None:
    assert post(endpoint(), [ASK_LATTE], accept=JSON).json == [LATTE]
    assert post(endpoint(profile=DRAFT_2026_08), [ASK_LATTE], accept="*/*").json == [LATTE]


def test_subscriptions_are_refused_whatever_else_is_accepted() -> None:
    [told, latte] = post(endpoint(), [{"query": "subscription { ticks }"}, ASK_LATTE], accept=STREAMS_TOO).json

    assert told["errors"][0]["message"].startswith("A subscription gives many answers")
    assert latte == LATTE


def test_who_reads_streams_only_gets_no_batch() -> None:
    assert refusal(post(endpoint(), [ASK_LATTE], accept="text/event-stream"))[:2] == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("batch", "code", "message"),
    [
        ([], "BAD_REQUEST", "There is no request in this batch."),
        ([CALL] * 6, "BATCH_LIMIT_EXCEEDED", "A batch has at most 5 requests, and this one has 6."),
        ([1] * 10_000, "BATCH_LIMIT_EXCEEDED", "A batch has at most 5 requests, and this one has 10000."),
        ([CALL, 1], "BAD_REQUEST", "A request is a JSON object with a query."),
        ([CALL, None], "BAD_REQUEST", "A request is a JSON object with a query."),
        ([[CALL]], "BAD_REQUEST", "A request is a JSON object with a query."),
        ([CALL, {}], "BAD_REQUEST", "The request has no query."),
    ],
)
def test_what_is_no_batch_is_refused_before_any_of_it_runs(batch: list[Any], code: str, message: str) -> None:
    app = GraphQLEndpoint(board.engine(), ada)

    assert refusal(post(app, batch)) == (400, code, message)
    assert board.board.called == []


def test_data_that_json_has_no_words_for_spoils_its_own_answer_only(caplog: pytest.LogCaptureFixture) -> None:
    async def unspeakable(scope: Scope) -> Guest:
        return Guest("\ud800")

    guest, latte = post(GraphQLEndpoint(corner.engine(), unspeakable), [{"query": "{ guest }"}, ASK_LATTE]).json

    assert guest["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert latte == LATTE
    assert len(caplog.records) == 1


def test_each_is_charged_and_those_that_are_too_much_say_so() -> None:
    restraints = Restraints(RateLimiter(2, MemoryCounters(), clock=lambda: 30.0))

    reply = post(GraphQLEndpoint(corner.engine(), ada, restraints=restraints), [ASK_LATTE] * 3)

    *paid, refused = reply.json
    assert paid == [LATTE, LATTE]
    assert refused["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert (reply.headers["ratelimit-remaining"], reply.headers["retry-after"]) == ("0", "30")


def test_an_overdue_query_is_ended_alone_and_an_overdue_mutation_ends_the_batch() -> None:
    slow_query = b'[{"query": "{ steeped(seconds: 9) }"}, {"query": "mutation { call(number: 1) }"}]'
    slow_call = b'[{"query": "mutation { callSlowly(number: 2) }"}, {"query": "mutation { call(number: 3) }"}]'
    with serving(restraints=Restraints(seconds=0.1)) as (address, _):
        first = exchange(address, "POST", "/graphql", slow_query, **{"Content-Type": JSON})
        second = exchange(address, "POST", "/graphql", slow_call, **{"Content-Type": JSON})

    assert first.json[0]["errors"][0]["extensions"]["code"] == "OPERATION_TIMEOUT"
    assert first.json[1] == {"data": {"call": 1}}
    assert (second.status, second.json["errors"][0]["extensions"]["code"]) == (503, "OPERATION_TIMEOUT")
    assert board.board.called == [1, 2]  # the server stopped when all was done
