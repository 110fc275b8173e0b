"""The engine answers: data, refusals in their own words, and accidents under an id."""

import asyncio
import logging
from typing import Any

import pytest

from cafe_graphql.execution.answers import Answer, Outcome, to_json
from cafe_graphql.execution.engine import Engine, Request
from tests.execution import corner


def run(query: str | None, *, context: object = "Ada", allow_mutation: bool = True, **request: Any) -> Answer:
    engine = corner.engine()
    return asyncio.run(engine.run(Request(query, **request), context, allow_mutation=allow_mutation))


def masked(answer: Answer) -> list[dict[str, Any]]:
    """Check that each error tells nothing but one id, and give the errors without it."""
    ids = {error["extensions"].pop("errorId") for error in answer.payload["errors"]}
    assert len(ids) == 1
    (error_id,) = ids
    assert len(error_id) == 12
    for error in answer.payload["errors"]:
        assert error.pop("message") == (
            f"Something went wrong on our side. Quote error id {error_id} if you report it."
        )
    return list(answer.payload["errors"])


def accident(path: list[str | int], column: int) -> dict[str, Any]:
    return {
        "locations": [{"line": 1, "column": column}],
        "path": path,
        "extensions": {"code": "INTERNAL_SERVER_ERROR"},
    }


def test_a_query_is_answered() -> None:
    assert run("{ drink { name } }") == Answer(Outcome.ANSWERED, {"data": {"drink": {"name": "Latte"}}})


def test_async_and_plain_resolvers_are_answered_together() -> None:
    answer = run("{ drink { name } slowDrink { name } }")

    assert answer.payload == {"data": {"drink": {"name": "Latte"}, "slowDrink": {"name": "Cold brew"}}}
    assert to_json(answer.payload) == b'{"data":{"drink":{"name":"Latte"},"slowDrink":{"name":"Cold brew"}}}'


def test_plain_resolvers_never_wait_for_the_event_loop() -> None:
    coroutine = corner.engine().run(Request("{ drink { name } }"), None)

    with pytest.raises(StopIteration) as done:
        coroutine.send(None)

    assert done.value.value.payload == {"data": {"drink": {"name": "Latte"}}}


def test_resolvers_see_the_context() -> None:
    assert run("{ guest }", context="Grace").payload == {"data": {"guest": "Grace"}}


def test_a_mutation_runs_only_where_it_is_allowed() -> None:
    order = 'mutation { order(item: "Latte") }'

    assert run(order).payload == {"data": {"order": "One Latte"}}
    assert run(order, allow_mutation=False) == Answer(
        Outcome.UNSAFE,
        {
            "errors": [
                {
                    "message": "This is a mutation, and only reading is allowed here: send it by POST.",
                    "extensions": {"code": "METHOD_NOT_ALLOWED"},
                }
            ]
        },
    )


def test_a_subscription_is_not_answered_as_if_it_were_a_query() -> None:
    answer = run("subscription { ticks }")

    assert answer.outcome is Outcome.UNSUPPORTED
    assert answer.payload["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


def test_the_hash_of_a_query_alone_is_refused_in_the_words_that_clients_know() -> None:
    answer = run(None, extensions={"persistedQuery": {"version": 1, "sha256Hash": "ab" * 32}})

    assert answer.outcome is Outcome.UNSUPPORTED
    assert answer.payload == {
        "errors": [
            {
                "message": "PersistedQueryNotSupported",
                "extensions": {"code": "PERSISTED_QUERY_NOT_SUPPORTED"},
            }
        ]
    }


def test_variables_that_do_not_fit_are_told_five_at_a_time_and_nothing_runs() -> None:
    query = "query ($lines: [LineInput!]!) { price(lines: $lines) }"

    answer = run(query, variables={"lines": [{"item": "Latte", "quantity": "two"}] * 9})

    assert answer.outcome is Outcome.UNCOERCED
    assert "data" not in answer.payload
    assert answer.payload["errors"] == [
        {
            "message": f"Variable '$lines' has invalid value at [{index}].quantity: "
            "Int cannot represent non-integer value: 'two'",
            "locations": [{"line": 1, "column": 8}],
            "extensions": {"code": "BAD_USER_INPUT"},
        }
        for index in range(5)
    ]


def test_a_variable_that_turns_out_null_inside_an_argument_is_the_callers_mistake() -> None:
    query = 'query ($n: Int = 1) { price(lines: [{ item: "Latte", quantity: $n }]) }'

    answer = run(query, variables={"n": None})

    assert answer.payload["data"] is None
    [error] = answer.payload["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert error["path"] == ["price"]
    assert error["message"].startswith("Argument 'lines' has invalid value at [0].quantity")


@pytest.mark.parametrize("query", ["{ guest @skip(if: $s) }", "{ drink { name @include(if: $s) } }"])
def test_so_is_one_that_turns_out_null_in_a_directive(query: str) -> None:
    answer = run(f"query ($s: Boolean = true) {query}", variables={"s": None})

    assert [error["extensions"] for error in answer.payload["errors"]] == [{"code": "BAD_USER_INPUT"}]


def test_what_strawberry_refuses_to_read_is_the_callers_mistake_too() -> None:
    answer = run("{ nickname(of: null) }")

    assert [error["extensions"] for error in answer.payload["errors"]] == [{"code": "BAD_USER_INPUT"}]
    assert run('{ nickname(of: "Ada") }').payload == {"data": {"nickname": "Ada"}}


def test_a_refusal_is_spoken_as_it_was_raised() -> None:
    assert run("{ till }") == Answer(
        Outcome.PARTLY_ANSWERED,
        {
            "errors": [
                {
                    "message": "The till is for staff.",
                    "locations": [{"line": 1, "column": 3}],
                    "path": ["till"],
                    "extensions": {"code": "FORBIDDEN"},
                }
            ],
            "data": {"till": None},
        },
    )


@pytest.mark.parametrize(
    ("field", "data"),
    [("safe", {"safe": None}), ("cellar", {"cellar": None}), ("tables", {"tables": None}), ("owner", None)],
    ids=["an exception", "a GraphQLError nobody meant for guests", "an Int out of range", "a missing value"],
)
def test_an_accident_is_masked(field: str, data: object) -> None:
    answer = run(f"{{ {field} }}")

    assert masked(answer) == [accident([field], 3)]
    assert answer.payload["data"] == data
    assert answer.outcome is Outcome.PARTLY_ANSWERED


def test_an_accident_is_logged_with_its_traceback_under_the_id_that_the_caller_sees(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = run("{ safe }")

    [record] = caplog.records
    error_id = answer.payload["errors"][0]["extensions"]["errorId"]
    assert (record.name, record.levelno) == ("cafe_graphql", logging.ERROR)
    assert record.getMessage() == f"Accident {error_id} in safe"
    assert record.exc_info is not None and isinstance(record.exc_info[1], corner.TillIsOnFire)


def test_an_accident_on_each_item_of_a_list_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    answer = run("{ drinks(count: 3) { name recipe again: recipe } }")

    assert masked(answer) == [accident(["drinks", index, "recipe"], 27) for index in range(3)]
    assert [record.getMessage().split(" in ")[1] for record in caplog.records] == ["drinks.0.recipe"]


def test_a_scalar_that_breaks_instead_of_refusing_is_an_accident(caplog: pytest.LogCaptureFixture) -> None:
    answer = run("query ($s: Sugar!) { sweetened(spoons: $s) }", variables={"s": "machine"})

    assert answer.outcome is Outcome.UNCOERCED
    assert masked(answer) == [
        {"locations": [{"line": 1, "column": 8}], "extensions": {"code": "INTERNAL_SERVER_ERROR"}}
    ]
    assert len(caplog.records) == 1


def test_a_scalar_refuses_a_variable_in_its_own_words() -> None:
    answer = run("query ($d: Date!) { bakedOn(day: $d) }", variables={"d": "yesterday"})

    assert answer.payload["errors"] == [
        {
            "message": "Variable '$d' has invalid value: Value cannot represent a Date: \"yesterday\". "
            "Invalid isoformat string: 'yesterday'",
            "locations": [{"line": 1, "column": 8}],
            "extensions": {"code": "BAD_USER_INPUT"},
        }
    ]


def test_deeply_nested_variables_are_refused_and_not_followed() -> None:
    nest: Any = "Latte"
    for _ in range(900):
        nest = [nest]

    answer = run("query ($lines: [LineInput!]!) { price(lines: $lines) }", variables={"lines": nest})

    assert answer.outcome is Outcome.TOO_LARGE
    assert answer.payload["errors"][0]["extensions"] == {"code": "VARIABLES_LIMIT_EXCEEDED", "limit": 16, "found": 17}


def test_an_accident_outside_any_field_is_masked_too(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise corner.TillIsOnFire("/srv/secret/engine.db")

    monkeypatch.setattr(Engine, "_executor", broken)

    answer = run("{ guest }")

    assert answer.outcome is Outcome.BROKEN
    assert masked(answer) == [{"extensions": {"code": "INTERNAL_SERVER_ERROR"}}]
    assert len(caplog.records) == 1
