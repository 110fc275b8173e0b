"""In production nothing that is said tells a name of the schema that was not in the request."""

import asyncio
import re
from typing import Any

import pytest

from cafe_graphql.execution.answers import Answer, Outcome
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.schema.root import core_schema
from tests.execution import corner

MISFIT = {
    "errors": [
        {
            "message": "This operation does not fit the schema; check it against the published schema.",
            "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
        }
    ]
}
ORDER = "query ($input: OrderInput!) { quote(input: $input) { problems { code } } }"


def run(query: str, *, hide_schema: bool = True, **request: Any) -> Answer:
    engine = Engine(corner.schema._schema, hide_schema=hide_schema)
    return asyncio.run(engine.run(Request(query, **request), "Ada"))


@pytest.mark.parametrize(
    "query",
    [
        "{ drinc { name } }",
        "{ drink }",
        "{ drink { nam recip } }",
        "{ drink(nam: 1) { name } }",
        "{ price }",
        '{ price(lines: [{ item: "Latte" }]) }',
        "{ price(lines: [{ itm: 1, quantity: 1 }]) }",
        "{ sweetened(spoons: 9) }",
        "query ($l: LineInpt) { price(lines: $l) }",
        "mutation { ordr }",
        "fragment D on Drnk { name } { drink { ...D } }",
        "{ drink(name: $name) { name } }",
    ],
)
def test_a_document_that_does_not_fit_is_told_so_and_nothing_else(query: str) -> None:
    assert run(query) == Answer(Outcome.INVALID, MISFIT)
    assert run(query, hide_schema=False).payload != MISFIT


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { types { name } } }",
        '{ x: __type(name: "Drink") { name } }',
        "{ ...S } fragment S on Query { ... { __schema { queryType { name } } } }",
        "{ drinc { __schema } }",
    ],
)
def test_introspection_is_refused(query: str) -> None:
    assert run(query) == Answer(
        Outcome.INVALID,
        {
            "errors": [
                {
                    "message": "This server does not tell its schema here; use the published one.",
                    "extensions": {"code": "INTROSPECTION_DISABLED"},
                }
            ]
        },
    )


def test_what_an_answer_is_may_be_asked() -> None:
    assert run("{ __typename drink { __typename } }").payload == {
        "data": {"__typename": "Query", "drink": {"__typename": "Drink"}}
    }


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ({}, [""]),
        (None, [""]),
        ({"lins": []}, ["", ""]),
        ({"lines": [{"item": "latte", "quantity": "two"}]}, [" at .lines[0].quantity"]),
        ({"lines": [{"item": "latte", "options": [{}]}]}, [" at .lines[0].options[0]"] * 2),
        ({"lines": [], "tip": 1}, [" at .tip"]),
        ({"lines": [], "pickupAt": "noon"}, [" at .pickupAt"]),
    ],
)
def test_variables_are_told_by_the_places_that_were_sent(value: object, places: list[str]) -> None:
    engine = Engine(core_schema(), hide_schema=True)

    answer = asyncio.run(engine.run(Request(ORDER, variables={"input": value}), None))

    assert answer.outcome is Outcome.UNCOERCED
    said = [error["message"] for error in answer.payload["errors"]]
    assert said == [f"Variable '$input' has invalid value{place}." for place in places]
    assert {error["extensions"]["code"] for error in answer.payload["errors"]} == {"BAD_USER_INPUT"}


def test_nothing_is_said_of_an_object_of_which_one_field_is_wanted() -> None:
    engine = Engine(core_schema(), hide_schema=True)

    answer = asyncio.run(engine.run(Request(ORDER, variables={"input": {"lines": [], "tip": {}}}), None))

    assert [error["message"] for error in answer.payload["errors"]] == ["A value of the input does not fit."]


def test_nor_of_arguments_that_turn_out_wrong_when_they_are_read() -> None:
    query = 'query ($n: Int = 1) { price(lines: [{ item: "Latte", quantity: $n }]) }'

    [error] = run(query, variables={"n": None}).payload["errors"]

    assert error["message"] == "A value of the input does not fit."
    assert (error["path"], error["extensions"]) == (["price"], {"code": "BAD_USER_INPUT"})


def test_names_are_confirmed_by_no_message_however_near_the_guess() -> None:
    """As `clairvoyance` does: every name of the schema, misspelt, wherever it might go."""
    engine = Engine(core_schema(), hide_schema=True)
    names = {field for type_ in core_schema().type_map.values() for field in getattr(type_, "fields", {})}
    said: set[str] = set()
    for name in names:
        for query in (f"{{ {name}z }}", f"{{ menu {{ {name} {name}z }} }}", f"mutation {{ placeOrder({name}z: 1) }}"):
            answer = asyncio.run(engine.run(Request(query), None, allow_mutation=False))
            said |= {error["message"] for error in answer.payload["errors"]}

    assert said == {MISFIT["errors"][0]["message"]}
    assert not any(re.search(rf"\b{name}\b", message) for name in names - {"path", "at"} for message in said)
