"""A schema of tickets that have a field for each way in which an input can be given, left out or wrong."""

# mypy: disable-error-code="no-any-return"

from dataclasses import field
from datetime import date
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from tests.execution.questions import Scalars

Sugar = NewType("Sugar", int)


def _sugar(value: object) -> int | None:
    if type(value) is not int or value == 4:
        raise GraphQLError("no sugar")
    return None if value == 5 else value


@strawberry.enum
class Roast(Enum):
    LIGHT = "light"
    DARK = strawberry.enum_value("dark", name="DARKEST")


@strawberry.input
class Extra:
    name: str
    amount: int = 1
    sugar: Sugar | None = strawberry.UNSET


@strawberry.input(one_of=True)
class Tip:
    percent: int | None = strawberry.UNSET
    cash: Decimal | None = strawberry.UNSET
    extra: Extra | None = strawberry.UNSET


@strawberry.input
class Line:
    item: strawberry.ID
    is_hot: bool
    extras: list[Extra] = strawberry.field(default_factory=list)
    roasts: list[Roast | None] | None = None
    note: str | None
    always: list[Extra] = strawberry.field(default_factory=lambda: [Extra(name="spoon")])


@strawberry.input
class Ticket:
    lines: list[Line | None]
    tip: Tip | None = None
    first: Extra | None = strawberry.UNSET
    table: list[list[int]] | None = None
    day: date | None = None
    ratio: float = 0.5
    roast: Roast = Roast.DARK

    seen: strawberry.Private[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.ratio == 7:
            raise ValueError("a ratio of seven")


@strawberry.type
class Query:
    @strawberry.field
    def told(self, ticket: Ticket, more: list[Ticket] | None = None, word: str = "so", times: int = 1) -> str:
        words = f"{ticket} {more} {word}" * times
        ticket.lines.clear()  # of the one who was given it, and nobody else
        if more:
            more.clear()
        return words

    @strawberry.field
    def hot(self, roasts: list[Roast] | None = None, sugar: Sugar | None = None, line: Line | None = None) -> str:
        return f"{roasts} {sugar} {line}"

    @strawberry.field
    def seen(self, info: strawberry.Info, ticket: Ticket | None = None) -> str:
        return repr(info.variable_values)

    @strawberry.field
    async def slowly(self, info: strawberry.Info, ticket: Ticket, tip: Tip | None = None) -> str:
        words = f"{ticket} {tip} {info.variable_values}"
        ticket.lines.clear()
        return words


SCALARS: Scalars = {
    "Int": lambda random: random.choice([0, 1, 12, -1]),
    "Float": lambda random: random.choice([0.25, 3]),
    "String": lambda random: random.choice(["", "oat", "é"]),
    "ID": lambda random: random.choice(["latte", 3]),
    "Boolean": lambda random: random.random() < 0.5,
    "Date": lambda random: "2026-05-01",
    "Decimal": lambda random: random.choice(["1.50", "2"]),
    "Sugar": lambda random: random.randrange(4),
}

ODD: list[Any] = [
    None, "", "oat", 0, 2.0, 4, 5, 7, 7.5, 2**40, True, [], [None], {}, {"name": "foam"}, {"foam": 1}, [[1], 2],
]  # fmt: skip


def spoiled(value: Any, random: Random, share: float) -> Any:
    """Give a value of which some share of all that is in it is something else now, too much, or missing."""
    if random.random() < share:
        return random.choice(ODD)
    if isinstance(value, list):
        return [spoiled(each, random, share) for each in value]
    if isinstance(value, dict):
        kept = {name: spoiled(each, random, share) for name, each in value.items() if random.random() >= share}
        return {**kept, "foam": 1} if random.random() < share else kept
    return value


schema = strawberry.Schema(
    Query,
    config=StrawberryConfig(scalar_map={Sugar: strawberry.scalar(name="Sugar", serialize=int, parse_value=_sugar)}),
)
