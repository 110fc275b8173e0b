"""What other rooms raise is spoken as a refusal if somebody translates it, and masked as an accident if nobody does."""

import asyncio
from typing import Any

import pytest
from graphql import GraphQLError

from cafe_graphql.execution.answers import Answer, Outcome
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.execution.subscriptions import SourceFailed, Subscription
from tests.execution import board, corner


def spoken(error: Exception) -> GraphQLError | None:
    if isinstance(error, corner.TillIsOnFire):
        return GraphQLError("The kitchen is busy.", extensions={"code": "BUSY", "retryAfter": 5})
    return None


def run(query: str, **options: Any) -> Answer:
    return asyncio.run(Engine(corner.schema._schema, **options).run(Request(query), "Ada"))


def test_a_field_is_refused_in_the_words_of_whoever_translates(caplog: pytest.LogCaptureFixture) -> None:
    answer = run("{ safe drink { name recipe } }", translate=spoken)

    assert answer.outcome is Outcome.PARTLY_ANSWERED
    assert answer.payload == {
        "data": None,
        "errors": [
            {
                "message": "The kitchen is busy.",
                "locations": [{"line": 1, "column": 21}],
                "path": ["drink", "recipe"],
                "extensions": {"code": "BUSY", "retryAfter": 5},
            },
        ],
    }
    assert caplog.records == []


def test_what_is_not_translated_is_an_accident() -> None:
    def silent(error: Exception) -> GraphQLError | None:
        return None

    def without_code(error: Exception) -> GraphQLError | None:
        return GraphQLError("TillIsOnFire")

    for translate in (silent, without_code, None):
        [error] = run("{ safe }", translate=translate).payload["errors"]
        assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
        assert "TillIsOnFire" not in error["message"]


def test_a_translation_that_fails_hides_nothing_of_the_accident(caplog: pytest.LogCaptureFixture) -> None:
    def broken(error: Exception) -> GraphQLError | None:
        raise KeyError("no words")

    [error] = run("{ safe }", translate=broken).payload["errors"]

    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    kinds = [type(record.exc_info[1]) for record in caplog.records if record.exc_info]
    assert kinds == [KeyError, corner.TillIsOnFire]


def test_graphql_errors_are_never_translated() -> None:
    asked: list[Exception] = []

    def translate(error: Exception) -> GraphQLError | None:
        asked.append(error)
        return None

    codes = [
        e["extensions"]["code"]
        for e in run("{ till cellar nickname(of: null) }", translate=translate).payload["errors"]
    ]

    assert codes == ["FORBIDDEN", "INTERNAL_SERVER_ERROR", "BAD_USER_INPUT"]
    assert asked == []


def test_the_fields_and_the_source_of_a_subscription_are_translated_too() -> None:
    async def listen() -> tuple[bytes, list[dict[str, Any]]]:
        engine = Engine(board.schema._schema, translate=spoken)
        calls = await engine.open(Request("subscription { ownCalls { number recipe } }"), "", lambda: "")
        fire = await engine.open(Request("subscription { fire }"), "", lambda: "")
        assert isinstance(calls, Subscription) and isinstance(fire, Subscription)
        board.board.call(7)
        heard = await anext(calls)
        await calls.aclose()
        await anext(fire)
        with pytest.raises(SourceFailed) as failed:
            await anext(fire)
        return heard, failed.value.errors

    heard, errors = asyncio.run(listen())

    assert b'"message":"The kitchen is busy."' in heard and b'"path":["ownCalls","recipe"]' in heard
    assert errors == [
        {
            "message": "The kitchen is busy.",
            "locations": [{"line": 1, "column": 16}],
            "path": ["fire"],
            "extensions": {"code": "BUSY", "retryAfter": 5},
        }
    ]


def test_so_is_a_source_that_does_not_open() -> None:
    class Closed(Exception):
        pass

    schema = board.schema._schema
    assert schema.subscription_type
    field = schema.subscription_type.fields["kitchen"]

    def closed(*_: object, **__: object) -> None:
        raise Closed

    async def opened() -> Answer | Subscription:
        engine = Engine(schema, translate=lambda _: GraphQLError("We are closed.", extensions={"code": "CLOSED"}))
        return await engine.open(Request("subscription { kitchen }"), "", lambda: "")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(field, "subscribe", closed)
        answer = asyncio.run(opened())

    assert isinstance(answer, Answer) and answer.outcome is Outcome.UNOPENED
    assert [(error["message"], error["extensions"]) for error in answer.payload["errors"]] == [
        ("We are closed.", {"code": "CLOSED"})
    ]
