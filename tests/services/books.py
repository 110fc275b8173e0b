"""A café's books on a real file, the built-in menu in them, and a clock that tests set."""

import asyncio
import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

from cafe_graphql.core.orders import Filter, Order, Sort
from cafe_graphql.services import key_cutting, menu_editing
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import order_pages

T = TypeVar("T")

NOON = datetime(2026, 5, 1, 16, 0, tzinfo=UTC)
"""A Friday noon in New York, where the Corner Café is."""


@dataclass
class Clock:
    """A clock that stands still until a test moves it on."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def passes(self, time: timedelta) -> None:
        self.now += time


@contextmanager
def opened(file: Path, clock: Clock | None = None) -> Iterator[Cafe]:
    """Give the café whose books are in this file, made if need be, until the block ends."""
    found(file)
    cafe = asyncio.run(_open(file))
    cafe.clock = clock or Clock()
    try:
        yield cafe
    finally:
        cafe.store.close()


def found(file: Path) -> None:
    """Make the books of a new café, unless there are some."""
    if not file.exists():
        shutil.copyfile(_fresh_books(), file)


@cache
def _fresh_books() -> Path:
    """Make the books of a café that has just been founded, once for all tests: it takes longer than most of them."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    file = Path(folder) / "cafe.db"
    asyncio.run(_open(file)).store.close()
    return file


async def _open(file: Path) -> Cafe:
    cafe = await menu_editing.open_cafe(f"sqlite:///{file}")
    await menu_editing.ensure_menu(cafe)
    await key_cutting.ensure_signing_key(cafe)
    return cafe


def at_once(acts: Iterable[Callable[[], Awaitable[T]]]) -> list[T]:
    """Let all of them do it in the same moment, and give what each got."""

    async def everybody() -> list[T]:
        return await asyncio.gather(*(act() for act in acts))

    return asyncio.run(everybody())


def counted(file: Path) -> dict[str, int]:
    """Count the rows of every table."""
    with closing(sqlite3.connect(file)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names}


def all_orders(cafe: Cafe) -> list[Order]:
    """Give every order in the book, oldest first."""
    return asyncio.run(cafe.store.read(order_pages.page, Filter(), Sort.PLACED_AT_ASC, None, 10_000))


def written(file: Path) -> bytes:
    """Give every byte that the café has written to its disk."""
    return b"".join(each.read_bytes() for each in sorted(file.parent.glob(f"{file.name}*")) if "-shm" not in each.name)


def execute(file: Path, sql: str) -> None:
    """Change the file behind the café's back."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(sql)
