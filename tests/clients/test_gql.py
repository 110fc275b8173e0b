"""A Python script at the café with `gql`, which checks every query against the schema before sending it."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from gql import Client, GraphQLRequest, gql
from gql.client import AsyncClientSession
from gql.transport.aiohttp import AIOHTTPTransport
from graphql import GraphQLError

from tests.running import WITH_KEY

T = TypeVar("T")

LATTE = gql('{ menuItem(slug: "latte") { name price { formatted } } }')
QUOTE = gql("""
    query Quote($input: OrderInput!) {
      quote(input: $input) {
        totals { total { minorUnits } }
        problems { code path ... on UnknownChoiceProblem { didYouMean allowed } }
      }
    }
""")
PLACE = gql("""
    mutation Place($input: OrderInput!, $key: String, $expected: Int) {
      placeOrder(input: $input, idempotencyKey: $key, expectedTotalMinorUnits: $expected) {
        replayed
        order { id number totals { total { minorUnits } } }
        problems { code ... on PriceChangedProblem { expected { minorUnits } actual { minorUnits } } }
      }
    }
""")
ORDERS = gql("""
    query Orders($after: String) {
      orders(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
    }
""")


def latte(milk: str = "oat") -> dict[str, Any]:
    options = [{"group": "size", "option": "medium"}, {"group": "milk", "option": milk}]
    return {"lines": [{"item": "latte", "options": options}]}


def at_the_cafe(url: str, visit: Callable[[AsyncClientSession], Awaitable[T]]) -> T:
    """Connect, read the schema, and do what the guest came for."""

    async def run() -> T:
        client = Client(
            transport=AIOHTTPTransport(f"{url}/graphql", headers=WITH_KEY), fetch_schema_from_transport=True
        )
        async with client as session:
            return await visit(session)

    return asyncio.run(run())


async def ask(session: AsyncClientSession, question: GraphQLRequest, **variables: object) -> dict[str, Any]:
    return await session.execute(GraphQLRequest(question, variable_values=variables))


def test_just_the_lattes_name_and_price_can_be_had(cafe_server: str) -> None:
    answer = at_the_cafe(cafe_server, lambda session: ask(session, LATTE))

    assert answer == {"menuItem": {"name": "Latte", "price": {"formatted": "$3.50"}}}


def test_a_quote_is_placed_at_its_price_and_replayed_under_the_same_key(cafe_server: str) -> None:
    async def visit(session: AsyncClientSession) -> tuple[Any, Any, Any]:
        quote = (await ask(session, QUOTE, input=latte()))["quote"]
        order = {"input": latte(), "key": str(uuid.uuid4()), "expected": quote["totals"]["total"]["minorUnits"]}
        return quote, await ask(session, PLACE, **order), await ask(session, PLACE, **order)

    quote, placed, again = at_the_cafe(cafe_server, visit)

    assert quote == {"totals": {"total": {"minorUnits": 400}}, "problems": []}
    assert placed["placeOrder"]["order"]["totals"]["total"]["minorUnits"] == 400
    assert (placed["placeOrder"]["replayed"], placed["placeOrder"]["problems"]) == (False, [])
    assert again["placeOrder"] == {**placed["placeOrder"], "replayed": True}


def test_a_misspelt_milk_is_explained_in_a_type_of_its_own(cafe_server: str) -> None:
    answer = at_the_cafe(cafe_server, lambda session: ask(session, QUOTE, input=latte("oats")))

    assert answer["quote"]["problems"] == [
        {
            "code": "UNKNOWN_OPTION",
            "path": ["lines", "0", "options", "1", "option"],
            "didYouMean": "oat",
            "allowed": ["dairy", "oat", "almond", "soy"],
        }
    ]


def test_an_order_at_a_price_of_yesterday_is_refused_with_both_prices(cafe_server: str) -> None:
    answer = at_the_cafe(cafe_server, lambda session: ask(session, PLACE, input=latte(), expected=350))

    prices = {"expected": {"minorUnits": 350}, "actual": {"minorUnits": 400}}
    problems = [{"code": "PRICE_CHANGED", **prices}]
    assert answer["placeOrder"] == {"replayed": False, "order": None, "problems": problems}


def test_the_order_book_is_read_a_page_at_a_time(cafe_server: str) -> None:
    async def visit(session: AsyncClientSession) -> tuple[list[str], list[str]]:
        placed = [(await ask(session, PLACE, input=latte()))["placeOrder"]["order"]["id"] for _ in range(3)]
        first = (await ask(session, ORDERS))["orders"]
        assert first["pageInfo"]["hasNextPage"] is True
        second = (await ask(session, ORDERS, after=first["pageInfo"]["endCursor"]))["orders"]
        return placed, [order["id"] for page in (first, second) for order in page["nodes"]]

    placed, read = at_the_cafe(cafe_server, visit)

    assert read[:3] == placed[::-1]


def test_a_question_that_the_cafe_has_no_word_for_never_leaves_the_script(cafe_server: str) -> None:
    with pytest.raises(GraphQLError, match="Cannot query field 'prize' on type 'MenuItem'"):
        at_the_cafe(cafe_server, lambda session: ask(session, gql('{ menuItem(slug: "latte") { prize } }')))
