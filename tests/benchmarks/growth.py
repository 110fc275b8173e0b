"""What grows with the café and what must not: pages and placing by the orders in the book, the menu by its items.

    .venv/bin/python -m tests.benchmarks.growth            with a thousand orders, and with a million
    .venv/bin/python -m tests.benchmarks.growth 20000      with as many as that instead of a million

Microseconds of processor time, as in `tests.benchmarks.answers`. Commits wait for the disk, whose time is not in them.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from cafe_graphql.core import menu_file
from cafe_graphql.core.people import HOUSE
from cafe_graphql.execution.answers import body_of
from cafe_graphql.execution.engine import Request
from cafe_graphql.schema.context import Context
from cafe_graphql.services import menu_editing
from cafe_graphql.services.cafe import Cafe
from tests.benchmarks import answers
from tests.benchmarks.answers import OPERATIONS, answering, engines, quickest
from tests.benchmarks.sales import fill

AT_ONCE = 32
CATEGORIES = 8

HEAD = """
[cafe]
name = "Corner Café"
currency = "USD"
time_zone = "UTC"

[[option_groups]]
slug = "size"
name = "Size"
min = 1
max = 1
options = [
  { slug = "small", name = "Small", price = "0.00", default = true },
  { slug = "medium", name = "Medium", price = "0.50" },
  { slug = "large", name = "Large", price = "1.00" },
]

[[option_groups]]
slug = "milk"
name = "Milk"
min = 0
max = 1
options = [{ slug = "oat", name = "Oat", price = "0.60" }, { slug = "almond", name = "Almond", price = "0.50" }]
"""


async def main(many: str = "1000000") -> None:
    """Print a row for each thing that may grow."""
    answers.TURN_SECONDS = 1.0  # long enough to feel the checkpoints
    with tempfile.TemporaryDirectory() as folder:
        await _orders(Path(folder), (1_000, int(many)))
        await _items(Path(folder), (64, 640))


async def _orders(folder: Path, sizes: tuple[int, int]) -> None:
    _head("orders in the book", sizes)
    cafes = [await _busy(folder / f"{size}.db", size) for size in sizes]
    for operation in ("orders", "place"):
        costs = []
        for cafe in cafes:
            answer = answering(engines()["compiled"], cafe, operation)
            many = AT_ONCE if operation == "place" else 1
            costs.append(await quickest(_at_once(answer, many)) / many)
        _row(operation, costs)
    for cafe in cafes:
        cafe.store.close()


async def _busy(file: Path, orders: int) -> Cafe:
    cafe = await menu_editing.open_cafe(f"sqlite:///{file}")
    await menu_editing.ensure_menu(cafe)
    fill(file, orders)
    return cafe


def _at_once(answer: Callable[[], Awaitable[bytes]], many: int) -> Callable[[], Awaitable[bytes]]:
    async def all_of_them() -> bytes:
        return b"".join(await asyncio.gather(*(answer() for _ in range(many))))

    return all_of_them


async def _items(folder: Path, sizes: tuple[int, int]) -> None:
    _head("items on the menu", sizes)
    cafes = [await _with_menu(folder / f"menu{size}.db", size) for size in sizes]
    for operation in ("items", "nested"):
        for engine in ("compiled", "kept"):
            _row(
                f"{operation}, {engine}",
                [await quickest(answering(engines()[engine], cafe, operation)) for cafe in cafes],
            )
        lengths = [await _length(cafe, operation) for cafe in cafes]
        _row(f"{operation}, bytes", lengths, "  ")
    for cafe in cafes:
        cafe.store.close()


async def _with_menu(file: Path, items: int) -> Cafe:
    cafe = await menu_editing.open_cafe(f"sqlite:///{file}")
    await menu_editing.load(cafe, menu_file.read(HEAD + _menu(items)))
    return cafe


def _menu(items: int) -> str:
    categories = [f'[[categories]]\nslug = "c{n}"\nname = "Category {n}"\n' for n in range(CATEGORIES)]
    rows = [
        f'[[items]]\nslug = "item-{n}"\nname = "Item {n}"\ncategory = "c{n % CATEGORIES}"\nprice = "3.50"\n'
        'option_groups = ["size", "milk"]\n'
        for n in range(items)
    ]
    return "\n".join([*categories, *rows])


async def _length(cafe: Cafe, operation: str) -> float:
    query, variables = OPERATIONS[operation]
    answer = await engines()["kept"].run(Request(query, variables=variables), Context(cafe, HOUSE))
    return len(body_of(answer))


def _head(what: str, sizes: tuple[int, int]) -> None:
    print(f"{what:24}" + "".join(f"{size:>14,}" for size in sizes) + f"{'ratio':>10}")


def _row(name: str, figures: list[float], unit: str = "µs") -> None:
    print(f"{name:24}" + "".join(f"{figure:11.1f} {unit}" for figure in figures) + f"{figures[1] / figures[0]:10.2f}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
