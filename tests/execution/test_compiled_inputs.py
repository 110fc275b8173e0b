"""What comes in variables is read at once as graphql-core, Strawberry, the limits and the cost would read it apart."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from graphql import is_input_object_type

from cafe_graphql.execution.answers import Outcome
from cafe_graphql.execution.compiled.compiler import Compiler
from cafe_graphql.execution.compiled.inputs import Readers
from cafe_graphql.execution.compiled.variables import Read
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.execution.estimates import Values
from cafe_graphql.execution.given import Given
from cafe_graphql.execution.limits import DEFAULT_LIMITS, Limits, check_variables
from cafe_graphql.schema import root
from tests.execution import ticket
from tests.execution.comparing import Pair
from tests.execution.questions import Maker, Question
from tests.execution.test_compiled_operations_at_random import EXAMPLES, FIRST

TWICE = "query ($t: Ticket!, $m: [Ticket!]) { a: told(ticket: $t, more: $m) b: told(ticket: $t, more: $m) }"
LATTE = {"item": "latte", "isHot": True}


def read(pair: Pair, text: str, variables: dict[str, Any]) -> Read:
    found = pair.compiler.read(pair.prepared(text), variables)
    assert found is not None
    return found


def refusal(reads: Callable[[], object]) -> list[dict[str, Any]]:
    """Give the errors that something is refused with; none if it is not."""
    try:
        reads()
    except RequestError as refused:
        return [*refused.errors]
    return []


def answer(text: str, variables: dict[str, Any]) -> dict[str, Any] | None:
    return asyncio.run(Pair(ticket.schema._schema).same(Question(text, variables), lambda: None)).data


@pytest.mark.parametrize("share", [0, 0.02, 0.2])
def test_any_variables_are_taken_alike(share: float) -> None:
    pair = Pair(ticket.schema._schema)
    query = pair.schema.query_type
    assert query is not None

    async def ask_all() -> None:
        for seed in range(FIRST, FIRST + EXAMPLES * 4):
            random = Random(seed)
            question = Maker(pair.schema, random, ticket.SCALARS).question(query)
            variables = {name: ticket.spoiled(value, random, share) for name, value in question.variables.items()}
            await pair.same(Question(question.text, variables), lambda: None)

    asyncio.run(ask_all())

    assert pair.seen["without errors"] > EXAMPLES / 2
    assert pair.seen["with errors"] > EXAMPLES / 10


@pytest.mark.parametrize("share", [0, 0.02, 0.2])
def test_any_variables_are_bounded_and_counted_alike(share: float) -> None:
    pair = Pair(ticket.schema._schema)
    operation = pair.prepared(TWICE)
    types = {"t": pair.schema.type_map["Ticket"], "m": pair.schema.type_map["Ticket"]}
    were_read = 0

    for seed in range(FIRST, FIRST + EXAMPLES * 4):
        random = Random(seed)
        limits = Limits(
            values=random.choice([5, 20, 80]),
            value_depth=random.choice([3, 8, 16]),
            list_length=random.choice([1, 2, 9]),
            text_length=random.choice([4, 10, 99]),
        )
        maker = Maker(pair.schema, random, ticket.SCALARS)
        variables = {name: ticket.spoiled(maker._input(type_), random, share) for name, type_ in types.items()}  # type: ignore[arg-type]
        variables["m"] = [variables["m"]]
        compiler = Compiler(pair.schema, None, limits=limits, from_first_use=True)
        refused = refusal(lambda: check_variables(variables, limits))  # noqa: B023
        assert refusal(lambda: compiler.read(operation, variables)) == refused  # noqa: B023
        if not refused:
            found = compiler.read(operation, variables)
            assert found is not None
            assert [Values(1, name).value(found) for name in types] == [
                Values(1, name).value(Given(variables)) for name in types
            ]
            were_read += found.made is not None

    assert were_read > (EXAMPLES / 10 if share < 0.1 else 0)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({}, "tip=None, first=UNSET, table=None"),
        ({"tip": None, "first": None, "table": None}, "tip=None, first=None, table=None"),
        ({"tip": {"percent": 3}}, "tip=Tip(percent=3, cash=UNSET, extra=UNSET), first=UNSET"),
        ({"first": {"name": "oat"}, "table": []}, "first=Extra(name='oat', amount=1, sugar=UNSET), table=[]"),
    ],
)
def test_what_is_left_out_differs_from_what_is_null(given: dict[str, Any], taken: str) -> None:
    variables = {"t": {"lines": [], **given}}

    assert read(Pair(ticket.schema._schema), TWICE, variables).made is not None
    found = answer(TWICE, variables)

    assert found is not None and taken in found["a"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"lines": LATTE}, "lines=[Line(item='latte'"),  # one stands for a list of one
        ({"lines": [], "table": 3}, "table=[[3]]"),
    ],
)
def test_what_is_unusual_is_left_to_those_who_know(given: dict[str, Any], words: str) -> None:
    assert read(Pair(ticket.schema._schema), TWICE, {"t": given}).made is None
    found = answer(TWICE, {"t": given})

    assert found is not None and words in found["a"]


@pytest.mark.parametrize(
    "tip",
    [{}, {"percent": None}, {"percent": 3, "cash": "1"}, {"percent": 3, "cash": None}, {"foam": 1}, 3],
)
def test_a_tip_is_one_of_several(tip: Any) -> None:
    pair = Pair(ticket.schema._schema)
    question = Question("query ($t: Ticket!) { told(ticket: $t) }", {"t": {"lines": [], "tip": tip}})

    result = asyncio.run(pair.same(question, lambda: None))

    assert result.data is not None and list(result.data) == ["request error"]


def test_each_resolver_has_an_input_of_its_own() -> None:
    found = answer(TWICE, {"t": {"lines": [LATTE]}, "m": [{"lines": [LATTE]}]})

    assert found is not None and found["a"] == found["b"]
    assert found["a"].count("latte") == 2


def test_resolvers_still_see_what_graphql_made_of_variables() -> None:
    text = "query ($t: Ticket!, $n: Int = 3) { seen(ticket: $t) told(ticket: $t, times: $n) }"

    found = answer(text, {"t": {"lines": [], "table": [[1]]}})

    assert found is not None
    assert found["seen"].startswith("{'t': {'lines': [], 'tip': None, 'table': [[1]], 'day': None, 'ratio': 0.5, ")
    assert found["seen"].endswith("'n': 3}")


def test_variables_that_nobody_defined_are_bounded_too() -> None:
    pair = Pair(ticket.schema._schema)
    variables = {"t": {"lines": []}, "foam": ["milk"] * 1_000}

    assert read(pair, TWICE, variables).made is not None
    with pytest.raises(RequestError):
        read(pair, TWICE, {**variables, "foam": ["milk"] * 1_001})


def test_too_much_is_refused_in_the_same_words_at_every_use() -> None:
    engine = Engine(ticket.schema._schema)
    request = Request("query ($t: Ticket!) { told(ticket: $t) }", variables={"t": {"lines": [None] * 1_001}})

    answers = [asyncio.run(engine.run(request, None)) for _ in range(3)]

    assert [each.outcome for each in answers] == [Outcome.TOO_LARGE] * 3
    assert answers[0] == answers[1] == answers[2]


def test_every_input_of_the_cafe_is_read_at_once() -> None:
    schema = root.schema
    readers = Readers(schema, DEFAULT_LIMITS)
    inputs = [type_ for type_ in schema._schema.type_map.values() if is_input_object_type(type_)]

    assert inputs
    assert [type_.name for type_ in inputs if readers.of(type_) is None] == []
