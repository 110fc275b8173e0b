"""How often one may call: who pays, what is told, and what happens when nothing is left."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from cafe_graphql.core.rates import RateLimit
from cafe_graphql.execution.answers import Outcome
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.web import addresses
from cafe_graphql.web.counters import MemoryCounters
from cafe_graphql.web.endpoint import GraphQLEndpoint
from cafe_graphql.web.rates import WRONG_TRIES, RateLimiter
from cafe_graphql.web.refusals import Refused
from cafe_graphql.web.restraints import Restraints
from tests.clients.called import Guest, ada
from tests.clients.latte import ASK_LATTE, LATTE, refusal
from tests.clients.raw import post
from tests.execution import corner

EIGHT = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
HOME: dict[str, Any] = {"client": ("203.0.113.7", 50_000)}
OTHER: dict[str, Any] = {"client": ("203.0.113.8", 50_000)}


class Clock:
    """Stands until it is moved; `Clock(20)` is twenty seconds past eight."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return EIGHT.timestamp() + self.seconds


def limiter(limit: int, clock: Clock | None = None) -> RateLimiter:
    return RateLimiter(limit, MemoryCounters(), clock=clock or Clock(20))


def charged(rates: RateLimiter, scope: dict[str, Any], cost: int, caller: str = "") -> RateLimit | dict[str, Any]:
    """Charge an operation, and give what is left, or what its caller is told."""
    guest = Guest("Ada")
    guest.caller = caller
    try:
        asyncio.run(rates.charge(scope, guest, cost))
    except RequestError as refused:
        [told] = refused.errors
        return told if refused.outcome is Outcome.THROTTLED else {}
    assert guest.rate is not None
    return guest.rate


def left(remaining: int, limit: int = 100) -> RateLimit:
    return RateLimit(limit, remaining, datetime(2026, 5, 4, 8, 1, tzinfo=UTC))


class TestTheBudget:
    def test_costs_add_up_until_nothing_is_left(self) -> None:
        rates = limiter(100)

        assert charged(rates, HOME, 60) == left(40)
        assert charged(rates, HOME, 40) == left(0)
        assert charged(rates, HOME, 1) == {
            "message": "This costs 1, and 0 is left: wait 40 seconds.",
            "extensions": {"code": "RATE_LIMITED"},
        }

    def test_it_is_full_again_on_the_minute(self) -> None:
        clock = Clock(20)
        rates = limiter(100, clock)
        charged(rates, HOME, 100)

        clock.seconds = 59.5
        assert charged(rates, HOME, 1) == {
            "message": "This costs 1, and 0 is left: wait 1 second.",
            "extensions": {"code": "RATE_LIMITED"},
        }
        clock.seconds = 60
        assert charged(rates, HOME, 1) == RateLimit(100, 99, datetime(2026, 5, 4, 8, 2, tzinfo=UTC))

    def test_what_is_refused_costs_nothing(self) -> None:
        rates = limiter(100)
        charged(rates, HOME, 60)

        assert isinstance(charged(rates, HOME, 41), dict)
        assert charged(rates, HOME, 40) == left(0)

    def test_what_costs_more_than_a_minute_gives_is_not_told_to_wait(self) -> None:
        assert charged(limiter(100), HOME, 101) == {
            "message": "This costs 101, and 100 is all that one may ask in a minute: ask for less at once.",
            "extensions": {"code": "RATE_LIMITED"},
        }

    def test_a_known_caller_has_a_budget_wherever_it_calls_from_and_a_guest_that_of_its_address(self) -> None:
        rates = limiter(100)
        charged(rates, HOME, 100)

        assert charged(rates, HOME, 30, "key:7") == left(70)
        assert charged(rates, OTHER, 30, "key:7") == left(40)
        assert charged(rates, OTHER, 30) == left(70)


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        (("203.0.113.7", 1), "203.0.113.7"),
        (("::ffff:203.0.113.7", 1), "203.0.113.7"),
        (("2001:db8:1:2:aaaa:bbbb:cccc:dddd", 1), "2001:db8:1:2::/64"),
        (("2001:db8:1:2::1", 1), "2001:db8:1:2::/64"),
        (("2001:db8:1:3::1", 1), "2001:db8:1:3::/64"),
        (("fe80::1%eth0", 1), "fe80::/64"),
        (("unknown", 0), "nowhere"),
        (("", 0), "nowhere"),
        (None, "nowhere"),
    ],
)
def test_whoever_can_change_an_address_at_will_gains_nothing_by_it(client: object, counted: str) -> None:
    assert addresses.of({"client": client}) == counted


class TestWrongCredentials:
    def test_an_address_that_guesses_is_told_to_wait_until_the_minute_is_over(self) -> None:
        clock = Clock(20)
        rates = limiter(300_000, clock)
        for _ in range(WRONG_TRIES):
            asyncio.run(rates.blame(HOME))

        with pytest.raises(Refused) as refused:
            asyncio.run(rates.blame(HOME))

        assert (refused.value.status, refused.value.code, refused.value.headers) == (
            429,
            "RATE_LIMITED",
            ((b"retry-after", b"40"),),
        )
        assert refused.value.message == "Credentials that are wrong were sent too often from here: wait 40 seconds."
        asyncio.run(rates.blame(OTHER))
        clock.seconds = 60
        asyncio.run(rates.blame(HOME))

    def test_it_does_not_touch_the_budget_for_operations(self) -> None:
        rates = limiter(100)
        asyncio.run(rates.blame(HOME))

        assert charged(rates, HOME, 1) == left(99)


class TestAnAddress:
    def test_it_has_the_budgets_of_ten_callers_however_many_there_are(self) -> None:
        rates = limiter(100)

        taken = [asyncio.run(rates.take_for(HOME, f"person:{number}", 100))[1] for number in range(12)]

        assert taken == [True] * 10 + [False] * 2
        assert asyncio.run(rates.take_for(OTHER, "person:12", 100))[1]

    def test_a_caller_who_is_refused_uses_up_nothing_of_the_others(self) -> None:
        rates = limiter(100)
        for _ in range(50):
            asyncio.run(rates.take_for(HOME, "key:7", 80))

        taken = [asyncio.run(rates.take_for(HOME, f"person:{number}", 100))[1] for number in range(10)]

        assert taken == [True] * 9 + [False]


class TestTheEndpoint:
    def test_an_answer_says_what_is_left(self) -> None:
        reply = post(GraphQLEndpoint(corner.engine(), ada, restraints=Restraints(limiter(100))), ASK_LATTE)

        told = {name: value for name, value in reply.headers.items() if "r" in name and "limit" in name}
        assert (reply.status, reply.json) == (200, LATTE)
        assert told == {"ratelimit-limit": "100", "ratelimit-remaining": "99", "ratelimit-reset": "40"}
        assert "retry-after" not in reply.headers

    def test_when_nothing_is_left_it_says_when_to_come_again(self) -> None:
        endpoint = GraphQLEndpoint(corner.engine(), ada, restraints=Restraints(limiter(1)))
        post(endpoint, ASK_LATTE)

        reply = post(endpoint, ASK_LATTE)

        assert refusal(reply) == (429, "RATE_LIMITED", "This costs 1, and 0 is left: wait 40 seconds.")
        assert (reply.headers["retry-after"], reply.headers["ratelimit-remaining"]) == ("40", "0")

    def test_who_reads_plain_json_is_refused_with_the_same_status(self) -> None:
        endpoint = GraphQLEndpoint(corner.engine(), ada, restraints=Restraints(limiter(1)))
        post(endpoint, ASK_LATTE)

        assert post(endpoint, ASK_LATTE, accept="application/json").status == 429

    def test_a_document_that_does_not_run_is_paid_for_by_its_length(self) -> None:
        endpoint = GraphQLEndpoint(corner.engine(), ada, restraints=Restraints(limiter(500)))
        soup = {"query": "{ soup }"}

        replies = [post(endpoint, soup) for _ in range(3)]

        assert [reply.status for reply in replies] == [400, 400, 429]
        assert [reply.headers["ratelimit-remaining"] for reply in replies] == ["299", "98", "98"]


def test_being_refused_is_no_accident(caplog: pytest.LogCaptureFixture) -> None:
    endpoint = GraphQLEndpoint(corner.engine(), ada, restraints=Restraints(limiter(1)))
    for _ in range(3):
        post(endpoint, ASK_LATTE)

    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
