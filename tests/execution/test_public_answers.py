"""Public answers are made once for each version; what is not the same for everybody is never kept."""

import asyncio
from typing import Any

import pytest

from cafe_graphql.execution.answers import Answer, Outcome, body_of, to_json
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.execution.public import MAX_KEY_BYTES, PublicAnswers, is_public
from tests.execution import blackboard
from tests.execution.blackboard import Wall
from tests.execution.comparing import Pair

PRIVATE = {
    "another root field": "{ board { text } guest }",
    "a field that says something else each time": "{ board { readAt } }",
    "one that is skipped": "{ board { text readAt @skip(if: true) } }",
    "one in a fragment": "{ board { ...F } } fragment F on Board { below { ...G } } fragment G on Board { readAt }",
    "one behind an interface": "{ board { below { ... on Board { readAt } } } }",
    "one that waits": "{ board { comments } }",
    "one with a permission": "{ board { secret } }",
    "one that turns out to wait": "{ late }",
    "a mutation": "mutation { board { text } }",
}


def ask(engine: Engine, wall: Wall, query: str, **variables: Any) -> Answer:
    return asyncio.run(engine.run(Request(query, variables=variables), wall))


def test_a_public_answer_is_made_once() -> None:
    engine, wall = blackboard.engine(), Wall()

    bodies = [body_of(ask(engine, wall, "{ board { text loud } }")) for _ in range(3)]

    assert bodies == [b'{"data":{"board":{"text":"Soup","loud":"SOUP!"}}}'] * 3
    assert wall.readings == [""]


def test_a_new_version_is_seen_at_once() -> None:
    engine, wall = blackboard.engine(), Wall()
    before = ask(engine, wall, "{ board { text } }")
    wall.write("Salad")

    after = ask(engine, wall, "{ board { text } }")

    assert (body_of(before), body_of(after)) == (
        b'{"data":{"board":{"text":"Soup"}}}',
        b'{"data":{"board":{"text":"Salad"}}}',
    )
    assert before.finished and after.finished and before.finished.digest != after.finished.digest


@pytest.mark.parametrize("query", PRIVATE.values(), ids=PRIVATE.keys())
def test_nothing_private_is_kept(query: str) -> None:
    engine, wall = blackboard.engine(), Wall()

    answers = [ask(engine, wall, query) for _ in range(2)]

    assert [(answer.outcome, answer.finished) for answer in answers] == [(Outcome.ANSWERED, None)] * 2


def test_answers_with_errors_are_not_kept() -> None:
    engine, wall = blackboard.engine(), Wall()

    answers = [ask(engine, wall, "{ board { torn } }") for _ in range(2)]

    assert [(answer.outcome, answer.finished) for answer in answers] == [(Outcome.PARTLY_ANSWERED, None)] * 2
    assert len(wall.readings) >= 2


def test_who_asks_for_something_else_gets_something_else() -> None:
    engine, wall = blackboard.engine(), Wall()
    query = "query ($name: String!, $light: Light) { board(name: $name, light: $light) { text } }"

    ask(engine, wall, query, name="a", light={"colour": "red", "watts": 3})
    ask(engine, wall, query, light={"watts": 3, "colour": "red"}, name="a", nobody="asked")
    ask(engine, wall, query, name="b")
    ask(engine, wall, "query ($name: String!) { board(name: $name) { text } }", name="a")

    assert wall.readings == ["a", "b", "a"]


def test_long_variables_are_not_kept() -> None:
    engine, wall = blackboard.engine(), Wall()
    query = "query ($name: String!) { board(name: $name) { text } }"

    for _ in range(2):
        ask(engine, wall, query, name="x" * MAX_KEY_BYTES)

    assert len(wall.readings) == 2


def test_introspection_is_kept() -> None:
    engine, wall = blackboard.engine(), Wall()
    query = '{ __typename __type(name: "Board") { fields { name } } __schema { types { name } } }'

    answers = [ask(engine, wall, query) for _ in range(2)]

    assert answers[0] is answers[1]
    assert body_of(answers[0]).startswith(b'{"data":{"__typename":"Query","__type":{"fields":[{"name":"text"}')


def test_what_is_kept_can_be_wrapped_in_other_json() -> None:
    engine = blackboard.engine()

    answer = ask(engine, Wall(), "{ board { text } }")

    assert to_json({"id": 1, "payload": answer.payload}) == b'{"id":1,"payload":{"data":{"board":{"text":"Soup"}}}}'


def test_no_more_is_kept_than_there_is_room_for() -> None:
    pair = Pair(blackboard.schema._schema)
    kept = PublicAnswers(pair.schema, blackboard.PUBLIC, max_answers=3, max_bytes=200)
    operation = pair.prepared("query ($name: String!) { board(name: $name) { text } }")

    def keep(name: str) -> None:
        kept.keep(operation, {"name": name}, Wall(), Answer(Outcome.ANSWERED, {"data": name}))

    def is_kept(name: str) -> bool:
        return kept.find(operation, {"name": name}, Wall()) is not None

    for name in "abc":
        keep(name)
    assert is_kept("a")
    keep("d")
    assert [name for name in "abcd" if is_kept(name)] == ["a", "c", "d"]
    keep("e" * 70)  # 81 bytes of JSON and as many of variables
    assert [name for name in "acd" if is_kept(name)] == ["d"] and is_kept("e" * 70)
    keep("f" * 100)
    assert len(kept) == 0  # it alone is more than there is room for


def test_fragments_within_fragments_are_read_once() -> None:
    pair = Pair(blackboard.schema._schema)
    text = "{ board { ...F0 } } fragment F200 on Board { text } " + " ".join(
        f"fragment F{n} on Board {{ a: below {{ ...F{n + 1} }} b: below {{ ...F{n + 1} }} }}" for n in range(200)
    )

    assert is_public(pair.schema, pair.prepared(text), blackboard.PUBLIC)
    private = pair.prepared(text.replace("F200 on Board { text }", "F200 on Board { readAt }"))
    assert not is_public(pair.schema, private, blackboard.PUBLIC)
