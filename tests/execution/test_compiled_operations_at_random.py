"""Compiled operations answer as graphql-core's executor does, whatever is asked and whatever goes wrong.

Every run asks the same questions, unless CAFE_TEST_EXAMPLES says how many to make up anew for each test.
"""

import asyncio
import gc
import os
from random import Random, SystemRandom

import pytest
from graphql import GraphQLObjectType

from tests.execution import nasty
from tests.execution.comparing import Pair
from tests.execution.questions import Maker, Question, Scalars

AT_RANDOM = os.environ.get("CAFE_TEST_EXAMPLES")
EXAMPLES = int(AT_RANDOM or 250)
FIRST = SystemRandom().randrange(2**40) if AT_RANDOM else 0

SCALARS: Scalars = {
    "Int": lambda random: random.choice([0, 1, 2, 3, 9, 12, -1]),
    "String": lambda random: random.choice(["", "ab", 'é"\\\n', "word"]),
    "Boolean": lambda random: random.random() < 0.5,
    "DateTime": lambda random: "2026-05-01T08:30:00Z",
}


def types(pair: Pair) -> dict[str, GraphQLObjectType | None]:
    return {"query": pair.schema.query_type, "mutation": pair.schema.mutation_type}


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")  # graphql-core leaves some
@pytest.mark.parametrize("nastiness", [0, 0.003, 0.03])
@pytest.mark.parametrize("kind", ["query", "mutation"])
def test_any_operation_is_answered_alike(kind: str, nastiness: float) -> None:
    pair = Pair(nasty.schema._schema)
    root = types(pair)[kind]
    assert root is not None

    async def ask_all() -> None:
        for seed in range(FIRST, FIRST + EXAMPLES):
            maker = Maker(pair.schema, Random(seed), SCALARS)
            question = maker.question(root, kind)
            for asked in (question, flipped(question)):
                guests: list[nasty.Guest] = []

                def guest() -> nasty.Guest:
                    guests.append(nasty.Guest(nasty.Kitchen(seed // 5, nastiness).cup()))  # noqa: B023
                    return guests[-1]  # noqa: B023

                await pair.same(asked, guest)
                assert not guests or guests[0].done == guests[1].done

    asyncio.run(ask_all())
    gc.collect()

    assert pair.seen["in parts"] > EXAMPLES / 4
    assert pair.seen["with errors"] > EXAMPLES / 10
    if kind == "query":
        assert pair.seen["whole"] > EXAMPLES / 4


def flipped(question: Question) -> Question:
    """Ask the same with all switches the other way."""
    variables = {name: not value if name.startswith("s") else value for name, value in question.variables.items()}
    return Question(question.text, variables)
