"""What an answer costs the engine: by graphql-core's executor, compiled, and kept as bytes.

    .venv/bin/python -m tests.benchmarks.answers

Microseconds of processor time from the request, parsed, to the bytes; the quickest of several turns. On the built-in
menu, with twenty orders in the book. Orders and what is placed go to the database, which is most of their time.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from cafe_graphql.app import take_over_garbage
from cafe_graphql.core.people import HOUSE
from cafe_graphql.execution.answers import body_of
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.execution.public import PublicFields
from cafe_graphql.schema import public
from cafe_graphql.schema.context import Context
from cafe_graphql.schema.root import core_schema
from cafe_graphql.services import menu_editing
from cafe_graphql.services.cafe import Cafe

TURNS = 5
TURN_SECONDS = 0.2

LINES = [
    {"item": "latte", "options": [{"group": "size", "option": "medium"}, {"group": "milk", "option": "oat"}]},
    {"item": "espresso", "quantity": 2},
]
GROUPS = "optionGroups{name options{name priceDelta{minorUnits}}}"
NESTED = f"{{menu{{categories{{name items{{name price{{minorUnits}}{GROUPS}}}}}}}}}"
PLACE = "mutation($i:OrderInput!){placeOrder(input:$i){order{id status totals{total{minorUnits}}}problems{code}}}"
OPERATIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "items": ("{menu{items{name price{minorUnits}}}}", {}),
    "nested": (NESTED, {}),
    "item": ("query($s:String!){menuItem(slug:$s){name price{minorUnits}}}", {"s": "latte"}),
    "orders": ("{orders(first:20){nodes{id status totals{total{minorUnits}}lines{quantity item{name}}}}}", {}),
    "place": (PLACE, {"i": {"lines": LINES}}),
}  # fmt: skip


async def main() -> None:
    """Print a row for each operation."""
    with tempfile.TemporaryDirectory() as folder:
        cafe = await menu_editing.open_cafe(f"sqlite:///{Path(folder) / 'cafe.db'}")
        await menu_editing.ensure_menu(cafe)
        for _ in range(20):
            await answering(engines()["compiled"], cafe, "place")()
        print(f"{'':8}" + "".join(f"{name:>12}" for name in engines()))
        for operation in sys.argv[1:] or OPERATIONS:
            costs = [await quickest(answering(engine, cafe, operation)) for engine in engines().values()]
            print(f"{operation:8}" + "".join(f"{cost:9.1f} µs" for cost in costs))
        cafe.store.close()


def engines() -> dict[str, Engine]:
    kept = PublicFields(public.ROOTS, public.VOLATILE, public.version)
    return {
        "executor": Engine(core_schema(), compiles=False),
        "compiled": Engine(core_schema()),
        "kept": Engine(core_schema(), public=kept),
    }


def answering(engine: Engine, cafe: Cafe, operation: str) -> Callable[[], Awaitable[bytes]]:
    query, variables = OPERATIONS[operation]
    request = Request(query, variables=variables)

    async def answer() -> bytes:
        body = body_of(await engine.run(request, Context(cafe, HOUSE)))
        assert body.startswith(b'{"data":'), body  # errors would come first
        return body

    return answer


async def quickest(answer: Callable[[], Awaitable[bytes]]) -> float:
    """Give the processor time of one answer in microseconds."""
    for _ in range(3):
        await answer()
    take_over_garbage()
    return min([await _turn(answer) for _ in range(TURNS)])


async def _turn(answer: Callable[[], Awaitable[bytes]]) -> float:
    count, began, end = 0, time.process_time(), time.perf_counter() + TURN_SECONDS
    while time.perf_counter() < end:
        await answer()
        count += 1
    return (time.process_time() - began) / count * 1e6


if __name__ == "__main__":
    asyncio.run(main())
