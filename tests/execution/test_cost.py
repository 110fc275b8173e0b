"""What an operation costs is told before it runs: fields times the sizes of the lists they stand under."""

from typing import Any

import pytest
from graphql import OperationDefinitionNode, build_schema, parse

from cafe_graphql.execution.cost import Costs, Pricing, Slicing
from cafe_graphql.execution.estimates import ASTRONOMICAL, Estimate
from cafe_graphql.execution.given import Given

SCHEMA = build_schema("""
    type Query { menu: Menu! orders(first: Int = 20, after: String): OrderPage problems: [Problem!]! any: Drink }
    type Mutation { signIn(password: String): Boolean }
    type Menu { items: [Item!]! tags: [String!]! shelves: [[Item]] }
    type Item { name: String items: [Item!]! page(first: Int!): [Item!]! }
    type OrderPage { nodes: [Order!]! edges: [Edge!]! total: Int! }
    type Edge { node: Order! }
    type Order { id: ID! lines: [Item!]! }
    interface Problem { code: String! }
    type Sold implements Problem { code: String! left: Int! instead: [Item!]! }
    type Closed implements Problem { code: String! opens: String! }
    union Drink = Item | Order
""")
COSTS = Costs(
    sizes={"Menu.items": 50, "Item.items": 10, "Order.lines": 4, "Query.problems": 3},
    slicing={"Query.orders": Slicing("first", 100, ("nodes", "edges")), "Item.page": Slicing("first", 30)},
    weights={"Mutation.signIn": 100, "OrderPage.total": 50},
)


def estimate(text: str) -> Estimate:
    document = parse(text)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return Pricing(SCHEMA, COSTS, document).estimate(operation)


def cost(text: str, **variables: Any) -> int:
    return estimate(text).value(Given(variables))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ menu { __typename } }", 2),
        ("{ menu { items { name } } }", 1 + 1 + 50),
        ("{ menu { items { items { name } } } }", 1 + 1 + 50 * (1 + 10)),
        ("{ menu { tags } }", 2),  # entries that are leaves are free
        ("{ menu { shelves { name } } }", 1 + 1 + 10),  # nothing is known of it
        ("mutation { signIn }", 100),
        ("{ orders { nodes { id } } }", 1 + 1 + 20),
        ("{ orders(first: 3) { nodes { id } } }", 1 + 1 + 3),
        ("{ orders(first: 3) { edges { node { id lines { name } } } total } }", 1 + 50 + 1 + 3 * (1 + 1 + 1 + 4)),
        ("{ orders(first: 1000000000) { nodes { id } } }", 1 + 1 + 100),  # it will be refused, and gives no more
        ("{ orders(first: -5) { nodes { id } } }", 1 + 1),
        ("{ menu { items { page(first: 7) { name } } } }", 1 + 1 + 50 * (1 + 7)),
        ("{ __schema { types { name } } }", 10_000),
        ('{ __type(name: "Item") { name } }', 500),
    ],
)
def test_fields_count_as_often_as_the_lists_above_them_are_long(text: str, expected: int) -> None:
    assert estimate(text) == Estimate(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ menu { items { name name } } menu { items { name } } }", 52),
        ("{ menu { a: items { name } items { name } } }", 1 + 2 * 51),
        ("{ ...M ...M menu { items { name } } } fragment M on Query { menu { ...I ...I } } "
         "fragment I on Menu { items { name } }", 52),
        ("{ menu { items { ... on Item { ...N } ...N } } } fragment N on Item { name }", 52),
    ],
    ids=["twice", "under two names", "by fragments", "by fragments within each other"],
)  # fmt: skip
def test_what_is_merged_counts_once(text: str, expected: int) -> None:
    assert cost(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ problems { code } }", 1 + 3),
        ("{ problems { code ... on Sold { left instead { name } } ... on Closed { opens } } }", 1 + 3 * (1 + 1 + 11)),
        ("{ any { ... on Item { name } ... on Order { id lines { name } } } }", 1 + (1 + 1 + 4)),
        ("{ any { __typename } }", 2),
        ("{ problems { ... on Problem { code } ... { code } } }", 1 + 3),
    ],
)
def test_of_types_that_exclude_each_other_the_dearest_counts(text: str, expected: int) -> None:
    assert cost(text) == expected


@pytest.mark.parametrize(
    ("variables", "size"),
    [
        ({"n": 3}, 3),
        ({"n": 3.0}, 3),
        ({}, 20),
        ({"n": None}, 100),
        ({"n": "3"}, 100),
        ({"n": True}, 100),
        ({"n": 10**30}, 100),
        ({"n": -1}, 0),
    ],
)
def test_a_variable_says_how_long_a_list_is(variables: dict[str, Any], size: int) -> None:
    text = "query ($n: Int) { orders(first: $n) { nodes { id lines { name } } } menu { items { name } } }"

    assert estimate(text).terms
    assert cost(text, **variables) == 52 + 2 + size * (1 + 1 + 4)


def test_a_variables_own_default_goes_before_the_arguments() -> None:
    assert cost("query ($n: Int = 5) { orders(first: $n) { nodes { id } } }") == 2 + 5


def test_variables_within_variables_and_within_types_are_worked_out() -> None:
    text = """query ($n: Int, $m: Int!) {
        any { ... on Item { page(first: $n) { page(first: $m) { name } } }
          ... on Order { lines { page(first: 2) { name } } } }
    }"""

    assert cost(text, n=2, m=3) == 1 + max(1 + 2 * (1 + 3), 1 + 4 * (1 + 2))
    assert cost(text, n=9, m=9) == 1 + 1 + 9 * (1 + 9)


def test_what_is_astronomical_is_not_counted_further() -> None:
    assert cost("{ menu { items {" + " items {" * 14 + " name" + " }" * 17) == ASTRONOMICAL
    nest = "query ($n: Int!) { menu { items {" + " page(first: $n) {" * 14 + " name" + " }" * 17
    assert cost(nest, n=30) == ASTRONOMICAL
