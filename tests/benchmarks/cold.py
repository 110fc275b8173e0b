"""What an operation costs that was never seen before: here, and in Strawberry as it comes.

    .venv/bin/python -m tests.benchmarks.cold

Microseconds of processor time, as in `tests.benchmarks.answers`; each text is asked once. Parsing and validating are
most of it. The second row is what a stream of new operations costs us, kept and dropped again.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from cafe_graphql.app import pricing
from cafe_graphql.core.people import HOUSE
from cafe_graphql.execution.answers import body_of
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.schema.context import Context
from cafe_graphql.schema.root import core_schema, schema
from cafe_graphql.services import menu_editing
from cafe_graphql.services.cafe import Cafe
from tests.benchmarks.answers import OPERATIONS, answering, engines, quickest


async def main() -> None:
    """Print a row for each operation."""
    with tempfile.TemporaryDirectory() as folder:
        cafe = await menu_editing.open_cafe(f"sqlite:///{Path(folder) / 'cafe.db'}")
        await menu_editing.ensure_menu(cafe)
        for _ in range(20):
            await answering(engines()["compiled"], cafe, "place")()
        print(f"{'':8}{'ours':>14}{'Strawberry':>14}{'ratio':>10}")
        for operation in ("items", "item", "orders"):
            costs = [await quickest(ask(cafe, texts(operation))) for ask in (_ours, _strawberrys)]
            print(f"{operation:8}" + "".join(f"{cost:11.1f} µs" for cost in costs) + f"{costs[0] / costs[1]:10.2f}")
        cafe.store.close()


def texts(operation: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the operation again and again, each time with another alias."""
    query, variables = OPERATIONS[operation]
    return ((f"{query.removesuffix('}')} x{number}: __typename}}", variables) for number in count())


def _ours(cafe: Cafe, asked: Iterator[tuple[str, dict[str, Any]]]) -> Callable[[], Awaitable[bytes]]:
    engine = Engine(core_schema(), costs=pricing())

    async def answer() -> bytes:
        query, variables = next(asked)
        return _checked(body_of(await engine.run(Request(query, variables=variables), Context(cafe, HOUSE))))

    return answer


def _strawberrys(cafe: Cafe, asked: Iterator[tuple[str, dict[str, Any]]]) -> Callable[[], Awaitable[bytes]]:
    async def answer() -> bytes:
        query, variables = next(asked)
        result = await schema.execute(query, variables, context_value=Context(cafe, HOUSE))
        return _checked(orjson.dumps({"data": result.data, **({"errors": 1} if result.errors else {})}))

    return answer


def _checked(body: bytes) -> bytes:
    assert b'"errors"' not in body, body
    return body


if __name__ == "__main__":
    asyncio.run(main())
