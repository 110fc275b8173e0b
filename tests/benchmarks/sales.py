"""How long the figures of a million orders take, by day, hour and item, and whether they are exact.

    .venv/bin/python -m tests.benchmarks.sales               a million orders in a year
    .venv/bin/python -m tests.benchmarks.sales ORDERS FILE   so many, in a file that is kept and used again

The orders are written by SQL, as placing them would take minutes; the report is read as the server reads it.
"""

import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cafe_graphql.core.people import HOUSE
from cafe_graphql.core.reports import SalesReport
from cafe_graphql.services import reporting
from cafe_graphql.services.cafe import Cafe
from tests.services.books import opened

NEW_YORK = ZoneInfo("America/New_York")
NEW_YEAR = datetime(2025, 1, 1, 12, tzinfo=UTC)
OPEN_SECONDS = 12 * 60 * 60

EVERY = 10
"""Of so many orders half of one's money is given back, some hours after: far oftener than in any café."""

_ORDER = """INSERT INTO orders (id, public_id, tracking_token, business_date, sequence, number, status, version,
  currency, subtotal, adjustments, discount, total, placed_at, updated_at, work_seconds, placed_by)
  VALUES (?, ?, ?, ?, ?, ?, ?, 5, 'USD', ?, '[]', ?, ?, ?, ?, 60, 'guest')"""
_LINE = """INSERT INTO order_lines (order_id, item_id, name, quantity, choices, allergens, unit_price, discount)
  VALUES (?, ?, 'as sold', ?, ?, '["milk"]', ?, ?)"""
_PAYMENT = """INSERT INTO payments (id, public_id, order_id, method, state, amount, refunded, actor, created_at,
  updated_at) SELECT id, public_id, id, 'cash', 'paid', total, total / ?2, 'till', placed_at, placed_at FROM orders
  WHERE id % ?1 = 0"""
_REFUND = """INSERT INTO refunds (public_id, order_id, payment_id, state, amount, actor, created_at, updated_at)
  SELECT public_id, order_id, id, CASE id % 50 WHEN 0 THEN 'failed' ELSE 'done' END, refunded, 'till', created_at,
  created_at + (id % 20000) * 1000000 FROM payments"""
_CHOICES = (
    '[{"group_slug":"size","group_name":"Size","option_slug":"small","option_name":"Small","quantity":1,"price":0}]'
)


def main(orders: str = "1000000", kept: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(kept or f"{folder}/cafe.db")
        is_new = not file.exists()
        with opened(file) as cafe:
            if is_new:
                fill(file, int(orders))
            asyncio.run(_measure(cafe, file))


async def _measure(cafe: Cafe, file: Path) -> None:
    for first, last in ((date(2025, 1, 1), date(2025, 12, 31)), (date(2025, 6, 1), date(2025, 6, 1))):
        for _ in range(3):
            report, took, stalled = await _timed(cafe, first, last)
            print(f"{first} to {last}: {report.orders:,} orders, {took:.2f} s, the loop waited {stalled * 1e3:.0f} ms")
        with closing(sqlite3.connect(file)) as connection:
            assert (report.orders, report.revenue) == _counted(connection, first, last)
            assert report.refunds == _given_back(connection, first, last) > 0
            assert sum(item.revenue for item in report.by_item) == report.revenue


async def _timed(cafe: Cafe, first: date, last: date) -> tuple[SalesReport, float, float]:
    """Give the report, the seconds it took, and the longest that the event loop stood still meanwhile."""
    start = time.perf_counter()
    task = asyncio.create_task(reporting.sales(cafe, HOUSE, first, last))
    stalled = 0.0
    while not task.done():
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        stalled = max(stalled, time.perf_counter() - before - 0.001)
    return task.result(), time.perf_counter() - start, stalled


def _counted(connection: sqlite3.Connection, first: date, last: date) -> tuple[int, int]:
    """Count the plain way, row by row."""
    rows = connection.execute("SELECT business_date, status, subtotal - discount FROM orders")
    counted = [total for day, status, total in rows if str(first) <= day <= str(last) and status != "cancelled"]
    return len(counted), sum(counted)


def _given_back(connection: sqlite3.Connection, first: date, last: date) -> int:
    """Count the refunds the plain way, too."""
    rows = connection.execute("SELECT updated_at, amount FROM refunds WHERE state = 'done'")
    given_back = ((datetime.fromtimestamp(at / 1e6, NEW_YORK).date(), amount) for at, amount in rows)
    return sum(amount for day, amount in given_back if first <= day <= last)


def fill(file: Path, orders: int) -> None:
    """Write so many orders of the year 2025 into a café's books."""
    chance = random.Random(7)
    with closing(sqlite3.connect(file)) as connection, connection:
        items = [row[0] for row in connection.execute("SELECT id FROM items")]
        for block in range(0, orders, 10_000):
            made = [_order(chance, items, n, orders) for n in range(block, min(block + 10_000, orders))]
            connection.executemany(_ORDER, [order for order, _ in made])
            connection.executemany(_LINE, [line for _, lines in made for line in lines])
        connection.execute(_PAYMENT, (EVERY, 2))
        connection.execute(_REFUND)


def _order(chance: random.Random, items: list[int], n: int, orders: int) -> tuple[tuple[Any, ...], list[Any]]:
    lines = list(_lines(chance, items, n + 1))
    subtotal = sum(quantity * price for _, _, quantity, _, price, _ in lines)
    discount = sum(line[-1] for line in lines)
    day, of_day = divmod(n * 365, orders)
    at = NEW_YEAR + timedelta(days=day, seconds=of_day * OPEN_SECONDS // orders, microseconds=n % 365)
    micros = round(at.timestamp()) * 1_000_000 + n % 365
    status = "cancelled" if chance.random() < 0.03 else "completed"
    local = at.astimezone(NEW_YORK).date().isoformat()
    names = (f"{n:032x}", f"t{n:031x}", local, n, f"A-{n % 999:03d}")
    return (n + 1, *names, status, subtotal, discount, subtotal - discount, micros, micros), lines


def _lines(chance: random.Random, items: list[int], order_id: int) -> Iterator[tuple[int, int, int, str, int, int]]:
    off = chance.choice((0, 0, 0, 10))
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3))):
        quantity, price = chance.choice((1, 1, 1, 2)), chance.randrange(220, 600, 5)
        yield order_id, chance.choice(items), quantity, _CHOICES, price, quantity * price * off // 100


if __name__ == "__main__":
    main(*sys.argv[1:])
