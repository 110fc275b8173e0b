"""A board that calls out orders: subscriptions for the tests of engine and streams, one for each thing that happens."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager

import strawberry
from graphql import GraphQLError

from cafe_graphql.execution.engine import Engine
from tests.execution import corner


class Board:
    """What was called so far, and who listens; `work` counts how often the fields of a call were run.

    `poured_away` is how many teas were ended while they steeped.
    """

    def __init__(self) -> None:
        self.called: list[int] = []
        self.listening = 0
        self.work = 0
        self.poured_away = 0
        self._news = asyncio.Event()

    def call(self, number: int) -> None:
        self.called.append(number)
        self._news.set()
        self._news = asyncio.Event()

    async def read(self, after: int) -> AsyncGenerator[int]:
        """Give each call from the place `after`, and go on with those to come; nothing is queued for a listener."""
        with self._listener():
            while True:
                while after < len(self.called):
                    after += 1
                    yield self.called[after - 1]
                await self._news.wait()

    async def silence(self) -> None:
        with self._listener():
            await asyncio.Event().wait()

    @contextmanager
    def _listener(self) -> Iterator[None]:
        self.listening += 1
        try:
            yield
        finally:
            self.listening -= 1


board = Board()


@strawberry.type
class Call:
    number: int
    share_key: strawberry.Private[object] = None

    @strawberry.field
    def text(self, info: strawberry.Info, size: int = 0) -> str:
        board.work += 1
        return f"Order {self.number}" if not size else "x" * size

    @strawberry.field
    async def slowly(self) -> int:
        board.work += 1
        await asyncio.sleep(0.01)
        return self.number

    @strawberry.field
    def heard_by(self, info: strawberry.Info) -> str:
        return str(info.context)

    @strawberry.field
    def recipe(self) -> str | None:
        raise corner.TillIsOnFire("/srv/secret/recipes.db")


@strawberry.type
class Query(corner.Query):
    @strawberry.field
    def listening(self) -> int:
        return board.listening

    @strawberry.field
    def called(self) -> list[int]:
        return board.called

    @strawberry.field
    async def steeped(self, seconds: float) -> str:
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            board.poured_away += 1
            raise
        return "Tea"

    @strawberry.field
    def poured_away(self) -> int:
        return board.poured_away


@strawberry.type
class Mutation(corner.Mutation):
    @strawberry.mutation
    def call(self, number: int) -> int:
        board.call(number)
        return len(board.called)

    @strawberry.mutation
    async def call_slowly(self, number: int) -> int:
        await asyncio.sleep(0.3)
        board.call(number)
        return len(board.called)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def calls(self, after: int = 0) -> AsyncGenerator[Call]:
        place = after
        async with aclosing(board.read(after)) as numbers:
            async for number in numbers:
                place += 1
                yield Call(number=number, share_key=("call", place))

    @strawberry.subscription
    async def own_calls(self) -> AsyncGenerator[Call]:
        async with aclosing(board.read(0)) as numbers:
            async for number in numbers:
                yield Call(number=number)

    @strawberry.subscription
    async def counted(self, to: int) -> AsyncGenerator[int]:
        for number in range(1, to + 1):
            yield number

    @strawberry.subscription
    async def packets(self, count: int, size: int) -> AsyncGenerator[str]:
        for number in range(count):
            yield f"{number}:".ljust(size, "x")

    @strawberry.subscription
    async def silence(self) -> AsyncGenerator[int]:
        await board.silence()
        yield 0

    @strawberry.subscription
    async def fire(self) -> AsyncGenerator[int]:
        yield 1
        raise corner.TillIsOnFire("/srv/secret/fire.db")

    @strawberry.subscription
    async def till(self) -> AsyncGenerator[int]:
        yield 1
        raise GraphQLError("The till is closed.", extensions={"code": "FORBIDDEN"})

    @strawberry.subscription
    async def too_large(self) -> AsyncGenerator[int]:
        yield 2**40
        yield 2

    @strawberry.subscription
    def kitchen(self) -> AsyncGenerator[int]:
        raise GraphQLError("The kitchen is for staff.", extensions={"code": "FORBIDDEN"})


schema = strawberry.Schema(Query, Mutation, Subscription, config=corner.schema.config)


def engine() -> Engine:
    """Give a fresh engine before an empty board."""
    global board
    board = Board()
    return Engine(schema._schema)
