"""How often one may call: a budget of cost for each caller and minute."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from starlette.types import Scope

from cafe_graphql.core.rates import RateLimit
from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Outcome
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.web import addresses
from cafe_graphql.web.callers import Called
from cafe_graphql.web.counters import WINDOW, Counters
from cafe_graphql.web.refusals import Refused

Header = tuple[bytes, bytes]

CODE = "RATE_LIMITED"

# The names of draft-ietf-httpapi-ratelimit-headers up to its version 06, with the reset in seconds: they are what
# clients and gateways read today. Later versions put all of it into one field, RateLimit, whose form has changed
# twice and is no standard yet.
EXPOSED = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After")
LIMIT, REMAINING, RESET, RETRY = (name.lower().encode() for name in EXPOSED)

WRONG_TRIES = 100
"""How often credentials may be wrong in a minute, from one address."""

CALLERS_AN_ADDRESS = 10
"""So many callers' budgets may be used up from one address: people share one, but being many gets nobody more."""


class RateLimiter:
    """Gives each caller `limit` of cost a minute: by who it is, and by the address where nobody says who it is.

    What is refused costs nothing, so that something smaller may still be asked.
    """

    def __init__(self, limit: int, counters: Counters, *, clock: Callable[[], float] = time.time) -> None:
        self._limit = limit
        self._told_limit: Header = (LIMIT, b"%d" % limit)
        self._counters = counters
        self._clock = clock
        self._reset = (-1, datetime.now(UTC))

    async def charge(self, scope: Scope, called: Called, cost: int) -> None:
        """Take the cost of an operation, and note in `called.rate` what is left; raise RequestError if it is too much.

        In the manner that `Engine.run` and `open` want it, once scope and caller are bound.
        """
        called.rate, is_enough = await self.take_for(scope, called.caller, cost)
        if not is_enough:
            told = errors.plain(self.excuse(called.rate, cost), CODE)
            raise RequestError(Outcome.THROTTLED, [told])

    async def take_for(self, scope: Scope, caller: str, cost: int) -> tuple[RateLimit, bool]:
        """Take a cost from the budget of a caller and of the address, or of a guest's address as if it were a caller.

        Give what is left of the caller's, and whether there was enough; when there was not, nothing is taken.
        """
        window, address = int(self._clock()) // WINDOW, addresses.of(scope)
        keys = (caller, f"all/{address}") if caller else (address,)
        counters = self._counters
        used = counters.add_now(keys, window, cost) or await counters.add(keys, window, cost)
        is_crowded = len(used) > 1 and used[1] > self._limit * CALLERS_AN_ADDRESS
        if used[0] <= self._limit and not is_crowded:
            return RateLimit(self._limit, self._limit - used[0], self._end_of(window)), True
        used = await self._counters.add(keys, window, -cost)
        left = 0 if is_crowded else max(0, self._limit - used[0])
        return RateLimit(self._limit, left, self._end_of(window)), False

    async def blame(self, scope: Scope) -> None:
        """Count an attempt with wrong credentials, and raise `Refused` once there were too many from its address.

        They are counted apart from operations, and refused alone: whoever shares an address with a guesser, and is
        known, goes on.
        """
        window = int(self._clock()) // WINDOW
        [tries] = await self._counters.add([f"wrong/{addresses.of(scope)}"], window, 1)
        if tries > WRONG_TRIES:
            rate = RateLimit(self._limit, 0, self._end_of(window))
            seconds = self.seconds_left(rate)
            message = f"Credentials that are wrong were sent too often from here: wait {_seconds(seconds)}."
            raise Refused(429, CODE, message, ((RETRY, b"%d" % seconds),))

    def headers(self, rate: RateLimit, *, is_refused: bool) -> tuple[Header, ...]:
        """Say to a program what is left of its budget, and when to come again."""
        reset = _reset(self.seconds_left(rate))
        told = (self._told_limit, (REMAINING, b"%d" % rate.remaining), reset)
        return (*told, (RETRY, reset[1])) if is_refused else told

    def excuse(self, rate: RateLimit, cost: int) -> str:
        """Say to a person why a cost was refused."""
        if cost > rate.limit:
            return f"This costs {cost}, and {rate.limit} is all that one may ask in a minute: ask for less at once."
        return f"This costs {cost}, and {rate.remaining} is left: wait {_seconds(self.seconds_left(rate))}."

    def seconds_left(self, rate: RateLimit) -> int:
        """Give the whole seconds until a budget is full again; at least one."""
        return max(1, math.ceil(_timestamp(rate.reset_at) - self._clock()))

    def _end_of(self, window: int) -> datetime:
        if self._reset[0] != window:
            self._reset = (window, datetime.fromtimestamp((window + 1) * WINDOW, UTC))
        return self._reset[1]


@lru_cache(maxsize=2)
def _timestamp(reset_at: datetime) -> float:
    return reset_at.timestamp()


@lru_cache(maxsize=WINDOW + 1)
def _reset(seconds: int) -> Header:
    return RESET, b"%d" % seconds


def _seconds(number: int) -> str:
    return f"{number} second{'s' * (number != 1)}"
