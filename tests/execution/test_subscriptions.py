"""Subscriptions: what one listener hears, and what many share."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import pytest
from graphql import GraphQLError

from cafe_graphql.execution.answers import Answer, Outcome
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.execution.sharing import SharedAnswers
from cafe_graphql.execution.subscriptions import SourceFailed, Subscription
from tests.execution import board

CALLS = "subscription { calls { number text } }"


def guest() -> object:
    return "Ada"


async def listen(engine: Engine, query: str, *, renew: Callable[[], object] = guest, **request: Any) -> Subscription:
    opened = await engine.open(Request(query, **request), "Ada", renew)
    assert isinstance(opened, Subscription), opened
    return opened


async def hear(listener: Subscription) -> Any:
    return json.loads(await asyncio.wait_for(anext(listener), 2))


def heard(query: str, **request: Any) -> tuple[list[Any], list[dict[str, Any]]]:
    """Give all answers of a subscription that ends, and the errors that ended it."""

    async def to_the_end() -> tuple[list[Any], list[dict[str, Any]]]:
        listener = await listen(board.engine(), query, **request)
        answers: list[Any] = []
        try:
            async for answer in listener:
                answers.append(json.loads(answer))
        except SourceFailed as failed:
            return answers, failed.errors
        return answers, []

    return asyncio.run(to_the_end())


def test_a_subscription_gives_an_answer_for_each_event_and_ends_with_its_source() -> None:
    query = "subscription ($n: Int!) { counted(to: $n) }"

    assert heard(query, variables={"n": 3}) == ([{"data": {"counted": n}} for n in (1, 2, 3)], [])


def test_a_query_or_a_mutation_is_opened_to_a_single_answer() -> None:
    async def opened(query: str, **more: Any) -> object:
        return await board.engine().open(Request(query), "Ada", guest, **more)

    assert asyncio.run(opened("{ guest }")) == Answer(Outcome.ANSWERED, {"data": {"guest": "Ada"}})
    assert asyncio.run(opened("mutation { call(number: 7) }")) == Answer(Outcome.ANSWERED, {"data": {"call": 1}})
    refused = asyncio.run(opened("mutation { call(number: 7) }", allow_mutation=False))
    assert isinstance(refused, Answer) and refused.outcome is Outcome.UNSAFE


@pytest.mark.parametrize(
    ("query", "outcome", "code"),
    [
        ("subscription {", Outcome.UNPARSABLE, "GRAPHQL_PARSE_FAILED"),
        ("subscription { soup }", Outcome.INVALID, "GRAPHQL_VALIDATION_FAILED"),
        ("subscription ($n: Int!) { counted(to: $n) }", Outcome.UNCOERCED, "BAD_USER_INPUT"),
        ("subscription { kitchen }", Outcome.UNOPENED, "FORBIDDEN"),
    ],
)
def test_what_cannot_be_opened_is_answered_with_the_reason(query: str, outcome: Outcome, code: str) -> None:
    answer = asyncio.run(board.engine().open(Request(query), "Ada", guest))

    assert isinstance(answer, Answer) and answer.outcome is outcome
    assert [error["extensions"]["code"] for error in answer.payload["errors"]] == [code]
    assert "data" not in answer.payload


def test_a_source_that_breaks_is_told_once_under_an_id_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    answers, [error] = heard("subscription { burnt: fire }")

    assert answers == [{"data": {"burnt": 1}}]
    error_id = error["extensions"]["errorId"]
    assert error == {
        "message": f"Something went wrong on our side. Quote error id {error_id} if you report it.",
        "locations": [{"line": 1, "column": 16}],
        "path": ["burnt"],
        "extensions": {"code": "INTERNAL_SERVER_ERROR", "errorId": error_id},
    }
    assert [record.getMessage() for record in caplog.records] == [f"Accident {error_id} in burnt"]


def test_a_source_that_refuses_to_go_on_does_so_in_its_own_words(caplog: pytest.LogCaptureFixture) -> None:
    answers, [error] = heard("subscription { ...Till } fragment Till on Subscription { till }")

    assert answers == [{"data": {"till": 1}}]
    assert error == {"message": "The till is closed.", "extensions": {"code": "FORBIDDEN"}}
    assert caplog.records == []


def test_a_field_that_fails_spoils_its_own_event_only() -> None:
    [first, second], errors = heard("subscription { tooLarge }")

    assert (first["data"], second, errors) == (None, {"data": {"tooLarge": 2}}, [])
    assert first["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"


def run(test: Callable[[Engine], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test(board.engine()))


def test_a_thousand_listeners_cost_the_work_of_one() -> None:
    async def test(engine: Engine) -> None:
        listeners = [await listen(engine, CALLS) for _ in range(1_000)]
        hearing = asyncio.gather(*map(hear, listeners))
        await asyncio.sleep(0)
        board.board.call(7)

        assert await hearing == [{"data": {"calls": {"number": 7, "text": "Order 7"}}}] * 1_000
        assert board.board.work == 1

    run(test)


def test_what_is_asynchronous_in_an_answer_is_waited_for_together() -> None:
    async def test(engine: Engine) -> None:
        listeners = [await listen(engine, "subscription { calls { slowly } }") for _ in range(100)]
        board.board.call(7)

        assert await asyncio.gather(*map(hear, listeners)) == [{"data": {"calls": {"slowly": 7}}}] * 100
        assert board.board.work == 1

    run(test)


def test_a_listener_who_leaves_does_not_take_the_answer_of_the_others_along() -> None:
    async def test(engine: Engine) -> None:
        first, second = [await listen(engine, "subscription { calls { slowly } }") for _ in range(2)]
        board.board.call(7)
        leaving, staying = asyncio.create_task(hear(first)), asyncio.create_task(hear(second))
        await asyncio.sleep(0.001)
        leaving.cancel()

        assert await staying == {"data": {"calls": {"slowly": 7}}}
        assert board.board.work == 1

    run(test)


def test_each_distinct_operation_and_each_set_of_variables_is_worked_out_by_itself() -> None:
    async def test(engine: Engine) -> None:
        sized = "subscription ($size: Int!) { calls { text(size: $size) } }"
        board.board.call(7)
        told = [
            await hear(await listen(engine, CALLS)),
            await hear(await listen(engine, sized, variables={"size": 1})),
            await hear(await listen(engine, sized, variables={"size": 2})),
            await hear(await listen(engine, sized, variables={"size": 2})),
        ]

        assert [answer["data"]["calls"]["text"] for answer in told] == ["Order 7", "x", "xx", "xx"]
        assert board.board.work == 3

    run(test)


def test_without_a_share_key_nobody_hears_what_was_meant_for_another() -> None:
    async def test(engine: Engine) -> None:
        query = "subscription { ownCalls { heardBy text } }"
        ada, grace = [await listen(engine, query, renew=partial(str, name)) for name in ("Ada", "Grace")]
        board.board.call(7)

        assert (await hear(ada))["data"]["ownCalls"]["heardBy"] == "Ada"
        assert (await hear(grace))["data"]["ownCalls"]["heardBy"] == "Grace"
        assert board.board.work == 2

    run(test)


def test_each_event_is_seen_in_a_context_of_its_own() -> None:
    async def test(engine: Engine) -> None:
        names = iter(("first", "second"))
        listener = await listen(engine, "subscription { ownCalls { heardBy } }", renew=lambda: next(names))
        board.board.call(1)
        board.board.call(2)

        assert [(await hear(listener))["data"]["ownCalls"]["heardBy"] for _ in range(2)] == ["first", "second"]

    run(test)


def test_a_guest_who_may_listen_no_more_is_told_so_and_others_are_not() -> None:
    def expired() -> object:
        raise GraphQLError("Sign in again.", extensions={"code": "UNAUTHENTICATED"})

    async def test(engine: Engine) -> None:
        ada, grace = await listen(engine, CALLS, renew=expired), await listen(engine, CALLS)
        board.board.call(7)

        with pytest.raises(SourceFailed) as failed:
            await hear(ada)
        assert [error["message"] for error in failed.value.errors] == ["Sign in again."]
        assert await hear(grace) == {"data": {"calls": {"number": 7, "text": "Order 7"}}}

    run(test)


def test_closing_a_subscription_closes_its_source() -> None:
    async def test(engine: Engine) -> None:
        listener = await listen(engine, CALLS)
        board.board.call(7)
        await hear(listener)
        assert board.board.listening == 1

        await listener.aclose()
        assert board.board.listening == 0

    run(test)


class TestSharedAnswers:
    @pytest.fixture
    def counted(self) -> Callable[[], bytes]:
        numbers = iter(range(100))
        return lambda: b"%d" % next(numbers)

    def test_the_oldest_answers_go_first(self, counted: Callable[[], bytes]) -> None:
        async def test() -> None:
            shared = SharedAnswers(max_answers=2)
            assert [await shared.once(key, counted) for key in "abaca"] == [b"0", b"1", b"0", b"2", b"0"]
            assert len(shared) == 2
            assert await shared.once("b", counted) == b"3"

        asyncio.run(test())

    def test_long_answers_push_out_as_many_others_as_they_are_long(self) -> None:
        async def test() -> None:
            shared = SharedAnswers(max_bytes=100)
            for key in "abcd":
                await shared.once(key, lambda: b"." * 25)
            assert len(shared) == 4
            await shared.once("e", lambda: b"." * 60)
            assert len(shared) == 2

        asyncio.run(test())

    def test_a_failure_is_told_to_all_who_wait_and_not_kept(self, counted: Callable[[], bytes]) -> None:
        async def broken() -> bytes:
            await asyncio.sleep(0)
            raise OSError("the till is on fire")

        async def test() -> None:
            shared = SharedAnswers()
            waiting = [shared.once("a", broken) for _ in range(3)]
            told = await asyncio.gather(*waiting, return_exceptions=True)
            assert [str(error) for error in told] == ["the till is on fire"] * 3
            assert await shared.once("a", counted) == b"0"

        asyncio.run(test())
