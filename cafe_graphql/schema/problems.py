"""Problems and warnings as callers see them: one interface, and a type for each way out."""

from datetime import datetime
from typing import TypedDict

import strawberry

from cafe_graphql.core import money, problems
from cafe_graphql.schema.enums import ProblemCode, Status, WarningCode
from cafe_graphql.schema.money import Money

MAX_ALLOWED = 100
"""Of a longer menu, only the first items are named to each line that asks for one that is not there."""


@strawberry.interface(description="One reason for which something was refused.")
class Problem:
    code: ProblemCode = strawberry.field(description="For programs to branch on.")
    message: str = strawberry.field(description="For people to read.")
    path: list[str] = strawberry.field(
        description='Where in the arguments it lies. `["lines", "0", "options", "1", "option"]`.'
    )


@strawberry.type(description="A problem that its message says all about.")
class BasicProblem(Problem):
    pass


@strawberry.type(description="Something was named that is not there.")
class UnknownChoiceProblem(Problem):
    given: str = strawberry.field(description="What was named.")
    allowed: list[str] = strawberry.field(description="What could have been; of a long menu, the first 100 items.")
    did_you_mean: str | None = strawberry.field(description="What was probably meant; null when nothing is near.")


@strawberry.type(description="Too few or too many options of one group.")
class SelectionCountProblem(Problem):
    group: str = strawberry.field(description="The slug of the group. `size`.")
    min: int = strawberry.field(description="How many must be chosen at least.")
    max: int | None = strawberry.field(description="How many may be chosen at most; null: no limit.")
    given: int = strawberry.field(description="How many were chosen, quantities counted.")


@strawberry.type(description="A number, or a count of things, that is too small or too large.")
class OutOfRangeProblem(Problem):
    min: int = strawberry.field(description="The least that is allowed.")
    max: int | None = strawberry.field(description="The most that is allowed; null: no limit.")
    value: int = strawberry.field(description="What was given.")


@strawberry.type(description="A text that is longer than fits.")
class TextTooLongProblem(Problem):
    max_length: int = strawberry.field(description="How many characters fit.")
    length: int = strawberry.field(description="How many it has.")


@strawberry.type(description="There is not enough left of an ingredient.")
class StockProblem(Problem):
    available: int = strawberry.field(description="How many can still be made, of all in the order that need it.")
    requested: int = strawberry.field(description="How many of those were asked for.")


@strawberry.type(description="The café is closed at that time.")
class ClosedProblem(Problem):
    next_opens_at: datetime | None = strawberry.field(description="When it opens next; null when it does not know.")


@strawberry.type(description="The order comes to another total than the caller expected; nothing was placed.")
class PriceChangedProblem(Problem):
    expected: Money = strawberry.field(description="The total that came as `expectedTotalMinorUnits`.")
    actual: Money = strawberry.field(description="The total now: place it again with this one, if the guest agrees.")


@strawberry.type(description="The order is past the point where this can be done.")
class StatusProblem(Problem):
    current: Status = strawberry.field(description="Where the order stands.")
    allowed: list[Status] = strawberry.field(description="Where it would have to stand.")


TYPES = (
    BasicProblem,
    UnknownChoiceProblem,
    SelectionCountProblem,
    OutOfRangeProblem,
    TextTooLongProblem,
    StockProblem,
    ClosedProblem,
    PriceChangedProblem,
    StatusProblem,
)
"""Every type of problem: nothing but the interface refers to them, so the schema is told of them."""


@strawberry.type(description="Something worth knowing that stops nothing.")
class Warning:
    code: WarningCode = strawberry.field(description="For programs to branch on.")
    message: str = strawberry.field(description="For people to read.")
    path: list[str] = strawberry.field(description='Where in the arguments it lies. `["lines", "0", "options"]`.')

    @classmethod
    def of(cls, warning: problems.Warning) -> "Warning":
        return cls(code=warning.code, message=warning.message, path=list(warning.path))


class _Common(TypedDict):
    code: ProblemCode
    message: str
    path: list[str]


def of(problem: problems.Problem) -> Problem:
    """Put a problem of the core into words."""
    common = _Common(code=problem.code, message=problem.message, path=list(problem.path))
    match problem:
        case problems.UnknownChoice(given=given, allowed=allowed, did_you_mean=meant):
            return UnknownChoiceProblem(**common, given=given, allowed=list(allowed[:MAX_ALLOWED]), did_you_mean=meant)
        case problems.SelectionCount(group=group, min=low, max=high, given=count):
            return SelectionCountProblem(**common, group=group, min=low, max=high, given=count)
        case problems.OutOfRange(min=low, max=high, value=number):
            return OutOfRangeProblem(**common, min=low, max=high, value=number)
        case problems.TextTooLong(max_length=max_length, length=length):
            return TextTooLongProblem(**common, max_length=max_length, length=length)
        case problems.Shortage(available=available, requested=requested):
            return StockProblem(**common, available=available, requested=requested)
        case problems.Closed(next_opens_at=opens):
            return ClosedProblem(**common, next_opens_at=opens)
        case problems.PriceChanged(expected=expected, actual=actual):
            return PriceChangedProblem(**common, expected=_money(expected), actual=_money(actual))
        case problems.WrongStatus(current=current, allowed=statuses):
            return StatusProblem(**common, current=Status(current), allowed=list(map(Status, statuses)))
    return BasicProblem(**common)


def _money(amount: money.Money) -> Money:
    return Money(minor_units=amount.minor, currency=amount.currency)
