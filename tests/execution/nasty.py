"""A kitchen where everything that can go wrong does, at places that a seed decides: so it does so every time."""

# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Annotated, Any, NewType, Union

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

Sugar = NewType("Sugar", int)


def _sugar(value: Any) -> int | None:
    if value == 5:
        return None
    if value == 4:
        raise ValueError("too sweet")
    return int(value)


@strawberry.enum
class Roast(Enum):
    LIGHT = "light"
    MEDIUM = strawberry.enum_value("medium", name="MIDDLE")
    DARK = 3
    BLACK = 3


@strawberry.interface
class Named:
    name: str
    label: str | None


@strawberry.interface
class Aged:
    age: int | None


@strawberry.input
class Topping:
    name: str
    amount: int = 1
    roasts: list[Roast] | None = None
    below: list[Topping] = strawberry.field(default_factory=list)
    when: datetime | None = strawberry.UNSET


@strawberry.type
class Leaves:
    text: str
    text_or_null: str | None
    count: int
    count_or_null: int | None
    ratio: float
    ratio_or_null: float | None
    flag: bool
    flag_or_null: bool | None
    id: strawberry.ID
    id_or_null: strawberry.ID | None
    roast: Roast
    roast_or_null: Roast | None
    price: Decimal
    day: date | None
    at: datetime
    sugar: Sugar
    sugar_or_null: Sugar | None
    counts: list[int]
    texts_or_null: list[str | None] | None
    grid: list[list[int]]
    grid_or_null: list[list[int | None] | None] | None
    roasts: list[Roast]


@strawberry.type
class Cup(Named, Aged):
    leaves: Leaves
    leaves_or_null: Leaves | None
    friend: Named
    friend_or_null: Named | None
    cups: list[Cup]
    cups_or_null: list[Cup | None] | None
    anything: Annotated[Anything, strawberry.lazy("tests.execution.nasty")]
    things: list[Annotated[Anything, strawberry.lazy("tests.execution.nasty")] | None]
    rows: list[list[Named]] | None
    seed: strawberry.Private[int]

    @strawberry.field
    def greeting(
        self, info: strawberry.Info, times: int = 1, word: str | None = "Hi", roast: Roast = Roast.DARK
    ) -> str:
        return f"{word} {roast.name} {info.path.as_list()} {info.field_name} {info.context}" * times

    @strawberry.field
    def topped(self, topping: Topping, more: list[Topping] | None = None) -> str | None:
        return repr((topping, more))

    @strawberry.field
    def shaky(self) -> str | None:
        return _shaken(self.seed, lambda: "steady")

    @strawberry.field
    def shaky_cup(self) -> Cup:
        return _shaken(self.seed + 1, lambda: self)

    @strawberry.field
    def poured(self) -> list[int]:
        return (number // (self.seed % 3) for number in range(3))  # type: ignore[return-value]

    @strawberry.field
    async def slow(self, info: strawberry.Info, times: int = 1) -> str:
        await asyncio.sleep(0)
        return f"{info.path.as_list()}" * times

    @strawberry.field
    async def slow_and_shaky(self) -> Cup | None:
        await asyncio.sleep(0)
        return _shaken(self.seed + 2, lambda: self)

    @strawberry.field
    async def slow_and_shaky_text(self) -> str:
        return _shaken(self.seed + 3, lambda: "steady")


@strawberry.type
class Plate(Named, Aged):
    size: int
    on: Cup | None

    @strawberry.field
    def parent(self, info: strawberry.Info, root: Any = None) -> str:
        return f"{type(self).__name__} {info.root_value is None} {info.return_type is str}"


@strawberry.type
class Spoon:
    length: int
    engraved: str | None


Anything = Annotated[Union[Cup, Plate, Spoon], strawberry.union("Anything")]  # noqa: UP007 (read by Strawberry)


class FinePlate(Plate):
    """A class that the schema has not heard of."""


class LikeASpoon:
    length, engraved = 3, "alike"


class Awaited:
    """Something to await again and again."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __await__(self) -> Generator[Any, Any, object]:
        yield from asyncio.sleep(0).__await__()
        return self.value


class Broken(Exception):
    pass


def _shaken(seed: int, good: Callable[[], Any]) -> Any:
    match seed % 9:
        case 0:
            raise Broken(f"broken {seed}")
        case 1:
            return None
        case 2:
            raise GraphQLError("refused", extensions={"code": "REFUSED", "seed": seed})
        case 3:
            return Broken(f"returned {seed}")
    return good()


class Kitchen:
    """Makes things of which one in `1 / nastiness` values is not what the schema says."""

    def __init__(self, seed: int, nastiness: float) -> None:
        self.random = Random(seed)
        self.nastiness = nastiness

    def maybe(self, good: object) -> Any:
        if self.random.random() >= self.nastiness:
            return good
        odd = [
            None,
            Broken("held"),
            Awaited(good),
            strawberry.UNSET,
            7,
            "seven",
            7.0,
            2**40,
            float("nan"),
            True,
            [],
            [None],
        ]
        return self.random.choice([*odd, {}, {"a": 1}, object(), Roast.DARK, (1, 2), {3}, iter([1]), LikeASpoon()])

    def leaves(self) -> Leaves:
        instant = datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=2)))
        good: dict[str, Any] = {
            "text": "é\u2028\"", "text_or_null": None, "count": -(2**31), "count_or_null": 2**31 - 1, "ratio": 0.1,
            "ratio_or_null": 3, "flag": False, "flag_or_null": True, "id": strawberry.ID("x"), "id_or_null": 12,
            "roast": Roast.MEDIUM, "roast_or_null": Roast.BLACK, "price": Decimal("1.50"), "day": instant.date(),
            "at": instant, "sugar": self.random.randrange(6), "sugar_or_null": self.random.randrange(6),
            "counts": (1, 2), "texts_or_null": ["a", None], "grid": [[1], [], [2, 3]],
            "grid_or_null": [None, [None, 4]], "roasts": [Roast.LIGHT, Roast.DARK],
        }  # fmt: skip
        held = {name: self.maybe(value) for name, value in good.items()}
        for name in ("counts", "texts_or_null", "roasts"):
            if isinstance(held[name], (list, tuple)):
                held[name] = [self.maybe(value) for value in held[name]]
        leaves = Leaves(**held)
        if self.random.random() < self.nastiness * 5:
            delattr(leaves, self.random.choice(list(good)))
        return leaves

    def cup(self, depth: int = 2) -> Cup:
        def below() -> Any:
            return self.maybe(self.cup(depth - 1) if depth else self.plate(0))

        def cups() -> Any:
            return self.maybe(
                [self.maybe(self.cup(depth - 1)) for _ in range(self.random.randrange(3))] if depth else []
            )

        return Cup(
            name=self.maybe("cup"),
            label=self.maybe(None),
            age=self.maybe(3),
            leaves=self.maybe(self.leaves()),
            leaves_or_null=self.maybe(None),
            friend=below(),
            friend_or_null=self.maybe(self.plate(depth)),
            cups=cups(),
            cups_or_null=cups(),
            anything=self.anything(depth),
            things=self.maybe([self.anything(depth) for _ in range(3)]),
            rows=self.maybe([[below()], []]),
            seed=self.random.randrange(1_000) if self.nastiness else 8,
        )

    def plate(self, depth: int) -> Plate:
        kind = FinePlate if self.random.random() < self.nastiness else Plate
        return kind(
            name=self.maybe("plate"), label=self.maybe("fine"), age=self.maybe(None), size=self.maybe(5),
            on=self.maybe(self.cup(depth - 2) if depth > 1 else None),
        )  # fmt: skip

    def anything(self, depth: int) -> Any:
        if self.random.random() < 0.5:
            return self.maybe(self.plate(depth))
        return self.maybe(Spoon(length=self.maybe(3), engraved=None))


@strawberry.type
class Query:
    @strawberry.field
    def cup(self, info: strawberry.Info) -> Cup:
        return info.context.served

    @strawberry.field
    def cup_or_null(self, info: strawberry.Info) -> Cup | None:
        return info.context.served

    @strawberry.field
    def named(self, info: strawberry.Info) -> list[Named | None] | None:
        return [info.context.served, info.context.served.friend, info.context.served.friend_or_null]

    @strawberry.field
    async def slow_cup(self, info: strawberry.Info, fail: bool = False) -> Cup | None:
        await asyncio.sleep(0)
        if fail:
            raise Broken("slow")
        return info.context.served

    @strawberry.field
    async def slow_cups(self, info: strawberry.Info) -> list[Cup]:
        return [info.context.served] * 2

    @strawberry.field
    def number(self, of: int, roast: Roast | None = None, by: list[int] | None = None) -> int:
        return of

    @strawberry.field
    def odd(self, of: int) -> int | None:
        return _shaken(of, lambda: of)


@strawberry.type
class Mutation:
    @strawberry.mutation
    def pour(self, info: strawberry.Info, into: str) -> Cup:
        info.context.done.append(into)
        return info.context.served

    @strawberry.mutation
    async def pour_slowly(self, info: strawberry.Info, into: str, topping: Topping | None = None) -> Cup | None:
        info.context.done.append(f"begin {into}")
        await asyncio.sleep(0)
        info.context.done.append(f"end {into}")
        return _shaken(len(into), lambda: info.context.served)

    @strawberry.mutation
    def spill(self, info: strawberry.Info, what: int) -> int | None:
        info.context.done.append(str(what))
        return _shaken(what, lambda: what)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def cups(self, info: strawberry.Info, count: int = 1) -> AsyncGenerator[Cup]:
        for _ in range(count):
            yield info.context.served


class Guest:
    """The context: what is served to it, and what it had done."""

    def __init__(self, served: Cup) -> None:
        self.served = served
        self.done: list[str] = []

    def __str__(self) -> str:
        return "guest"


schema = strawberry.Schema(
    Query,
    Mutation,
    Subscription,
    types=[Plate, Spoon],
    config=StrawberryConfig(scalar_map={Sugar: strawberry.scalar(name="Sugar", serialize=_sugar, parse_value=_sugar)}),
)
