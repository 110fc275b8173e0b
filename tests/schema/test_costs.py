"""Every list has a size, so that what a question costs is known before it is answered."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_introspection_query,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)

from cafe_graphql.app import pricing
from cafe_graphql.core.people import GUEST
from cafe_graphql.execution.answers import Answer
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.schema import costs
from cafe_graphql.schema.context import Context
from cafe_graphql.schema.root import core_schema
from tests.schema.conftest import Window

WHOLE_MENU = """{ menu { version
  categories { id slug name }
  items { id slug name description imageUrl category { id } price { minorUnits formatted } calories allergens diets
    availability { isAvailable reason }
    optionGroups { id slug name minSelections maxSelections
      options { id slug name priceDelta { minorUnits formatted } isDefault maxQuantity addsAllergens removesAllergens
        availability { isAvailable reason } } } } } }"""


def fields() -> Iterator[tuple[str, GraphQLField]]:
    for name, type_ in core_schema().type_map.items():
        if isinstance(type_, GraphQLObjectType) and not name.startswith("__"):
            yield from ((f"{name}.{field}", definition) for field, definition in type_.fields.items())


def test_every_list_of_objects_has_a_size() -> None:
    lists = {
        coordinate
        for coordinate, field in fields()
        if is_list_type(get_nullable_type(field.type)) and not is_leaf_type(get_named_type(field.type))
    }
    definitions = dict(fields())
    sliced = {
        f"{get_named_type(definitions[coordinate].type)}.{name}" if names else coordinate
        for coordinate, (_, _, names) in costs.SLICING.items()
        for name in names or ("",)
    }

    assert lists == {*costs.SIZES, *sliced}


def test_costs_are_of_fields_and_arguments_that_there_are() -> None:
    definitions = dict(fields())

    assert costs.WEIGHTS.keys() <= definitions.keys()
    for coordinate, (argument, _, _) in costs.SLICING.items():
        assert argument.partition(".")[0] in definitions[coordinate].args


def nested(times: int) -> str:
    return "{ menu { items {" + " category { items {" * times + " name" + " } }" * times + " } } }"


@pytest.mark.parametrize(
    ("query", "estimated"),
    [
        (WHOLE_MENU, 11_534),
        (nested(1), 602),
        (nested(2), 6_102),
        (get_introspection_query(), 10_000),
        ("{ orders(first: 100) { nodes { id number status totals { total { formatted } } } totalCount } }", 721),
    ],
    ids=["the whole menu", "its categories", "and theirs", "the schema", "a page of orders"],
)
def test_what_people_ask_is_well_within_the_limit(window: Window, query: str, estimated: int) -> None:
    answer = ask(window, query)

    assert answer.payload["extensions"] == {"cost": {"estimated": estimated, "limit": 50_000}}
    assert count(answer.payload["data"]) <= estimated * 1.01


def test_walking_the_menu_in_circles_is_beyond_it(window: Window) -> None:
    [error] = ask(window, nested(3)).payload["errors"]

    assert error["extensions"] == {"code": "COST_LIMIT_EXCEEDED", "limit": 50_000, "found": 61_102}


def count(data: object) -> int:
    """Count the fields of an answer."""
    if isinstance(data, dict):
        return sum(1 + count(value) for value in data.values())
    return sum(map(count, data)) if isinstance(data, list) else 0


def ask(window: Window, query: str, **variables: object) -> Answer:
    engine = Engine(core_schema(), costs=pricing())
    request = Request(query, variables=variables, extensions={"cost": True})
    return window.loop.run_until_complete(engine.run(request, Context(window.cafe, GUEST)))


def order(lines: int, options: int) -> dict[str, Any]:
    choice = {"group": "milk", "option": "yak"}
    return {"lines": [{"item": "latte", "options": [choice] * options}] * lines}


@pytest.mark.parametrize("aliases", [1, 20])
def test_quotes_cost_by_what_is_to_be_looked_through(window: Window, aliases: int) -> None:
    fields = " ".join(f"q{n}: quote(input: $i) {{ problems {{ code message }} }}" for n in range(aliases))

    told = ask(window, f"query ($i: OrderInput!) {{ {fields} }}", i=order(95, 39)).payload

    each = 20 + 5 * 95 * (1 + 2 * 39) + 1 + 95 * 2  # itself, every value that is sent, and the problems of each line
    if aliases == 1:
        assert told["extensions"]["cost"]["estimated"] == each
    else:
        assert told["errors"][0]["extensions"] == {"code": "COST_LIMIT_EXCEEDED", "limit": 50_000, "found": 20 * each}


def test_a_list_in_a_variable_of_its_own_or_written_out_costs_the_same(window: Window) -> None:
    lines = order(3, 1)["lines"]
    asked: list[tuple[str, dict[str, Any]]] = [
        ("query ($i: OrderInput!) { quote(input: $i) { lines { index } } }", {"i": {"lines": lines}}),
        ("query ($l: [OrderLineInput!]!) { quote(input: { lines: $l }) { lines { index } } }", {"l": lines}),
        (
            "{ quote(input: { lines: ["
            + '{ item: "latte", options: { group: "milk", option: "yak" } } ' * 3
            + "] }) { lines { index } } }",
            {},
        ),
    ]

    told = [ask(window, query, **variables).payload["extensions"]["cost"]["estimated"] for query, variables in asked]

    assert told == [20 + 5 * 9 + 1 + 3] * 3
