"""The engine asks the price first: what costs too much, or cannot be paid for, is not run."""

import asyncio
from typing import Any

from graphql import build_schema

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Answer, Outcome
from cafe_graphql.execution.cost import Costs, Slicing
from cafe_graphql.execution.engine import Charge, Engine, Request
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.execution.subscriptions import Subscription
from tests.execution import board, corner

COSTS = Costs(sizes={"Query.drinks": 30}, weights={"Query.guest": 7, "Mutation.order": 5}, limit=40)
NO_MONEY = RequestError(Outcome.THROTTLED, [errors.plain("Come back in a minute.", "RATE_LIMITED")])


def run(query: str, *, charge: Charge | None = None, costs: Costs | None = COSTS, **request: Any) -> Answer:
    engine = Engine(corner.schema._schema, costs=costs)
    return asyncio.run(engine.run(Request(query, **request), "Ada", charge=charge))


def test_an_operation_beyond_the_limit_is_told_its_cost_and_is_not_run() -> None:
    assert run("{ guest drinks(count: 3) { name } twice: drinks(count: 1) { name } }") == Answer(
        Outcome.TOO_LARGE,
        {
            "errors": [
                {
                    "message": "This operation is estimated to cost 69; at most 40 is allowed. "
                    "Ask for fewer fields within lists, or for shorter lists.",
                    "extensions": {"code": "COST_LIMIT_EXCEEDED", "limit": 40, "found": 69},
                }
            ]
        },
    )


def test_who_asks_for_the_cost_is_told_it_beside_the_answer() -> None:
    assert run("{ guest }", extensions={"cost": True}).payload == {
        "data": {"guest": "Ada"},
        "extensions": {"cost": {"estimated": 7, "limit": 40}},
    }
    assert "extensions" not in run("{ guest }", extensions={"cost": "please"}).payload
    assert "extensions" not in run("{ guest }", extensions={"cost": True}, costs=None).payload


def test_the_cost_is_charged_before_anything_runs() -> None:
    charged: list[int] = []

    async def charge(cost: int) -> None:
        charged.append(cost)
        raise NO_MONEY

    answer = run('mutation { order(item: "Latte") }', charge=charge)

    assert charged == [5]
    assert answer == Answer(
        Outcome.THROTTLED,
        {"errors": [{"message": "Come back in a minute.", "extensions": {"code": "RATE_LIMITED"}}]},
    )


def test_an_operation_that_is_refused_for_its_cost_is_not_charged() -> None:
    charged: list[int] = []

    async def charge(cost: int) -> None:
        charged.append(cost)

    assert run("{ drinks(count: 3) { name again: name } }", charge=charge).outcome is Outcome.TOO_LARGE
    assert charged == []


def test_a_subscription_is_charged_once_and_a_query_beside_it_too() -> None:
    charged: list[int] = []

    async def charge(cost: int) -> None:
        charged.append(cost)

    async def listen() -> None:
        engine = Engine(board.schema._schema, costs=Costs(weights={"Subscription.counted": 3, "Query.guest": 7}))
        opened = await engine.open(Request("subscription { counted(to: 3) }"), "Ada", lambda: "Ada", charge=charge)
        assert isinstance(opened, Subscription)
        assert [event async for event in opened] == [b'{"data":{"counted":%d}}' % number for number in (1, 2, 3)]
        answered = await engine.open(Request("{ guest }"), "Ada", lambda: "Ada", charge=charge)
        assert isinstance(answered, Answer) and answered.outcome is Outcome.ANSWERED

    asyncio.run(listen())

    assert charged == [3, 7]


def test_a_subscription_that_cannot_be_paid_for_is_not_opened() -> None:
    async def charge(cost: int) -> None:
        raise NO_MONEY

    engine = board.engine()
    opened = asyncio.run(engine.open(Request("subscription { calls { number } }"), "", lambda: "", charge=charge))

    assert isinstance(opened, Answer) and opened.outcome is Outcome.THROTTLED
    assert board.board.listening == 0


def test_what_variables_leave_open_is_worked_out_for_each_request() -> None:
    schema = build_schema("type Query { drinks(first: Int): [Drink] } type Drink { name: String }")
    engine = Engine(schema, costs=Costs(slicing={"Query.drinks": Slicing("first", 100)}, limit=40))
    query = "query ($n: Int) { drinks(first: $n) { name } }"

    def outcome(n: int) -> Outcome:
        return asyncio.run(engine.run(Request(query, variables={"n": n}), None)).outcome

    assert [outcome(n) for n in (39, 40, 39)] == [Outcome.ANSWERED, Outcome.TOO_LARGE, Outcome.ANSWERED]
