"""What holds operations back, however they come in: what they may cost, how many wait at once, and for how long."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import Any, TypeVar

from starlette.types import Scope

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Answer, Outcome
from cafe_graphql.execution.engine import Charge
from cafe_graphql.web.callers import Called
from cafe_graphql.web.gate import Gate
from cafe_graphql.web.rates import Header, RateLimiter
from cafe_graphql.web.waiting import Begun, Deadline, Deadlines, begin

T = TypeVar("T")

OPERATION_SECONDS = 10.0

CODE = "OPERATION_TIMEOUT"


@dataclass(frozen=True, slots=True)
class Restraints:
    """One for each worker. Without `rates` nobody is charged; `seconds` is how long an operation may take."""

    rates: RateLimiter | None = None
    gate: Gate = field(default_factory=Gate)
    seconds: float = OPERATION_SECONDS
    _deadlines: Deadlines = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_deadlines", Deadlines(self.seconds))

    def charge(self, scope: Scope, context: Called) -> Charge | None:
        """Give what charges a caller, in the form that the engine wants it."""
        return None if self.rates is None else partial(self.rates.charge, scope, context)

    def headers(self, context: Called, answer: object) -> tuple[Header, ...]:
        """Give what a charged answer tells of the budget; nothing for one that was not charged."""
        if self.rates is None or context.rate is None:
            return ()
        is_refused = isinstance(answer, Answer) and answer.outcome is Outcome.THROTTLED
        return self.rates.headers(context.rate, is_refused=is_refused)

    async def carry_out(self, act: Callable[[], Coroutine[Any, Any, T]], late: Callable[[], bool]) -> T:
        """Carry an act out when there is room for it.

        Raise `Refused` when there is none, and `Overdue` when it has taken too long: `late` is called first, and may
        say by False that it must not be ended, for it may have changed something; then it is carried out to its end.
        """
        if self.gate.is_full:
            return await self.in_turn(act, late)
        begun = begin(act())
        return await self.rest(begun, late) if isinstance(begun, Begun) else begun

    def rest(self, begun: Begun[T], late: Callable[[], bool]) -> Awaitable[T]:
        """Carry on what has begun when there was room for it, and waits."""
        return begun.within(_Inside(self.gate, self._deadlines, late))

    async def in_turn(self, act: Callable[[], Coroutine[Any, Any, T]], late: Callable[[], bool]) -> T:
        """Carry an act out when it is its turn to have room."""
        await self.gate.turn()
        try:
            with Deadline(self._deadlines, late):
                return await act()
        finally:
            self.gate.leave()

    def overdue(self, *, is_mutation: bool) -> Answer:
        """Give what the caller is told of an operation that has taken too long.

        The status is 503, as for everything that is to be repeated: 504 is a gateway's word of another server, and 408
        would blame the caller. Scripts repeat any 5xx by the README's rule, with the same idempotency key.
        """
        message = f"This took longer than {self.seconds:g} seconds"
        if is_mutation:
            message += (
                ", and goes on: its outcome is unknown. Repeat it with the same idempotency key to learn of it "
                "without doing it twice."
            )
        else:
            message += " and was ended. Ask for less at once, or try again."
        return Answer(Outcome.OVERDUE, {"errors": [errors.plain(message, CODE)]})


class _Inside(Deadline):
    """A deadline, and a place at the gate until it is over."""

    __slots__ = ("_gate",)

    def __init__(self, gate: Gate, deadlines: Deadlines, late: Callable[[], bool]) -> None:
        super().__init__(deadlines, late)
        self._gate = gate

    def __enter__(self) -> None:
        self._gate.enter()
        super().__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._gate.leave()
        super().__exit__(kind, error, _)
