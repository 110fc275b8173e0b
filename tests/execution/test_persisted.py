"""Automatic persisted queries: a hash alone, then once with its text, then the hash alone for good."""

import asyncio
from typing import Any

import pytest

from cafe_graphql.execution.answers import Answer, Outcome
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.execution.persisted import AutomaticDocuments, sha256_of
from tests.execution import corner

LATTE = "{ drink { name } }"
GUEST = "{ guest }"


def hashed(text: str, **more: Any) -> dict[str, Any]:
    """Give the extension by which Apollo's clients and urql name a document."""
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256_of(text), **more}}


def window(documents: AutomaticDocuments) -> Engine:
    return Engine(corner.schema._schema, persisted=documents)


def ask(engine: Engine, query: str | None = None, **request: Any) -> Answer:
    return asyncio.run(engine.run(Request(query, **request), "Ada"))


def code(answer: Answer) -> str:
    [error] = answer.payload["errors"]
    return str(error["extensions"]["code"])


def test_a_hash_is_known_from_the_first_time_that_its_text_came_with_it() -> None:
    engine, data = window(AutomaticDocuments()), {"data": {"drink": {"name": "Latte"}}}

    assert ask(engine, extensions=hashed(LATTE)) == Answer(
        Outcome.UNSUPPORTED,
        {"errors": [{"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}]},
    )
    assert ask(engine, LATTE, extensions=hashed(LATTE, miss=True)).payload == data  # as urql says it
    assert ask(engine, extensions=hashed(LATTE)).payload == data
    assert ask(engine, document_id=f"sha256:{sha256_of(LATTE)}").payload == data
    assert ask(engine, LATTE).payload == data


def test_a_text_that_came_without_a_hash_is_not_known_by_it() -> None:
    engine = window(AutomaticDocuments())

    assert ask(engine, LATTE).outcome is Outcome.ANSWERED
    assert code(ask(engine, extensions=hashed(LATTE))) == "PERSISTED_QUERY_NOT_FOUND"


def test_a_hash_must_be_that_of_the_text() -> None:
    documents = AutomaticDocuments()
    engine = window(documents)

    for _ in range(2):
        assert code(ask(engine, GUEST, extensions=hashed(LATTE))) == "PERSISTED_QUERY_HASH_MISMATCH"
        assert len(documents) == 0
    ask(engine, LATTE, extensions=hashed(LATTE))
    assert code(ask(engine, GUEST, extensions=hashed(LATTE))) == "PERSISTED_QUERY_HASH_MISMATCH"


@pytest.mark.parametrize("text", ["{ drinc }", "{", "{ " + "a " * 3_000 + "}"])
def test_only_valid_documents_are_kept(text: str) -> None:
    documents = AutomaticDocuments()

    assert "data" not in ask(window(documents), text, extensions=hashed(text)).payload
    assert len(documents) == 0


@pytest.mark.parametrize(
    "named",
    [
        True,
        {},
        {"version": 1},
        {"version": 1, "sha256Hash": 5},
        {"version": 2, "sha256Hash": "ab" * 32},
        {"sha256Hash": "ab" * 32},
        {"version": 1, "sha256Hash": "AB" * 32},
        {"version": 1, "sha256Hash": "ab" * 16},
    ],
)
def test_a_hash_that_is_none_is_refused(named: object) -> None:
    answer = ask(window(AutomaticDocuments()), extensions={"persistedQuery": named})

    assert (answer.outcome, code(answer)) == (Outcome.UNSUPPORTED, "BAD_REQUEST")


def test_a_request_without_anything_is_refused() -> None:
    assert code(ask(window(AutomaticDocuments()))) == "BAD_REQUEST"


def test_the_document_used_longest_ago_is_forgotten_first() -> None:
    documents = AutomaticDocuments(max_documents=2)
    engine = window(documents)
    for text in (LATTE, GUEST):
        ask(engine, text, extensions=hashed(text))
    ask(engine, extensions=hashed(LATTE))

    ask(engine, "{ tables }", extensions=hashed("{ tables }"))

    assert len(documents) == 2
    assert ask(engine, extensions=hashed(LATTE)).outcome is Outcome.ANSWERED
    assert code(ask(engine, extensions=hashed(GUEST))) == "PERSISTED_QUERY_NOT_FOUND"


def test_what_is_kept_is_bounded_in_characters_too() -> None:
    documents = AutomaticDocuments(max_characters=len(LATTE))
    engine = window(documents)

    for text in (LATTE, GUEST, LATTE + " "):
        ask(engine, text, extensions=hashed(text))

    assert len(documents) == 1
    assert ask(engine, extensions=hashed(GUEST)).outcome is Outcome.ANSWERED


def test_a_mutation_is_known_by_its_hash_and_still_not_run_where_only_reading_is_allowed() -> None:
    engine, order = window(AutomaticDocuments()), 'mutation { order(item: "Latte") }'
    ask(engine, order, extensions=hashed(order))

    answer = asyncio.run(engine.run(Request(None, extensions=hashed(order)), "Ada", allow_mutation=False))

    assert answer.outcome is Outcome.UNSAFE
