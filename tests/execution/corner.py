"""A small café for the tests of engine and door: a field for each thing that can happen."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import date
from typing import Annotated, NewType

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from cafe_graphql.execution.engine import Engine

Sugar = NewType("Sugar", int)


def _sugar(value: object) -> int:
    if value == "machine":
        raise KeyError("/srv/secret/sugar.db")
    if not isinstance(value, int) or not 0 <= value <= 5:
        raise ValueError("sugar comes in 0 to 5 spoons")
    return value


class TillIsOnFire(Exception):
    """An accident: nobody raised it on purpose, and its words are for the log only."""


@strawberry.input
class LineInput:
    item: str
    quantity: int


@strawberry.type
class Drink:
    name: str

    @strawberry.field
    def recipe(self) -> str:
        raise TillIsOnFire("/srv/secret/recipes.db")


@strawberry.type
class Query:
    @strawberry.field
    def drink(self, name: str = "Latte") -> Drink:
        return Drink(name=name)

    @strawberry.field
    def drinks(self, count: int) -> list[Drink | None]:
        return [Drink(name="Latte")] * count

    @strawberry.field
    async def slow_drink(self) -> Drink:
        await asyncio.sleep(0)
        return Drink(name="Cold brew")

    @strawberry.field
    def sweetened(self, spoons: Sugar) -> int:
        return spoons

    @strawberry.field
    def baked_on(self, day: date) -> date:
        return day

    @strawberry.field
    def price(self, lines: list[LineInput]) -> int:
        return sum(line.quantity for line in lines)

    @strawberry.field
    def guest(self, info: strawberry.Info) -> str:
        return str(info.context)

    @strawberry.field
    def nickname(self, of: strawberry.Maybe[str]) -> str | None:
        return of.value if of else None

    @strawberry.field
    def tables(self) -> int | None:
        return 2**40

    @strawberry.field
    def owner(self) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field
    def till(self) -> int | None:
        raise GraphQLError("The till is for staff.", extensions={"code": "FORBIDDEN"})

    @strawberry.field
    async def safe(self) -> int | None:
        await asyncio.sleep(0)
        raise TillIsOnFire("/srv/secret/safe.db")

    @strawberry.field
    def cellar(self) -> int | None:
        raise GraphQLError("psql://cellar: connection refused")


@strawberry.type
class Mutation:
    @strawberry.mutation
    def order(self, item: str) -> str:
        return f"One {item}"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncGenerator[Annotated[int, "seconds"]]:
        yield 1


schema = strawberry.Schema(
    Query,
    Mutation,
    Subscription,
    config=StrawberryConfig(scalar_map={Sugar: strawberry.scalar(name="Sugar", serialize=int, parse_value=_sugar)}),
)


def engine() -> Engine:
    """Give a fresh engine over the small café."""
    return Engine(schema._schema)
