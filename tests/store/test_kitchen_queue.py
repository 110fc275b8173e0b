"""The kitchen's questions look at the queue alone, however long the order book is."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from cafe_graphql.core.orders import QUEUED, Order
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import kitchen
from tests.services.books import NOON, all_orders, opened
from tests.store.watching import watched_reads

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (lambda c, _: kitchen.busy_until(c, NOON, 2), "ix_orders_queue"),
        (lambda c, _: kitchen.queue(c), "ix_orders_queue"),
        (lambda c, order: kitchen.position(c, order), "ix_orders_queue"),
        (lambda c, _: kitchen.pickups(c, NOON, NOON + DAY), "ix_orders_pickup"),
    ],
    ids=["busy until", "queue", "position", "pickups"],
)
def test_the_kitchen_reads_an_index_of_its_own(
    busy_books: Path, ask: Callable[[Connection, Order], Any], index: str
) -> None:
    with opened(busy_books) as cafe:
        waiting = next(order for order in all_orders(cafe) if order.status in QUEUED)
        plan = _plan(cafe, lambda connection: ask(connection, waiting))

    assert any(f"INDEX {index}" in step for step in plan), plan
    assert not any("SCAN orders" in step or "TEMP B-TREE" in step for step in plan), plan


def _plan(cafe: Cafe, ask: Callable[[Connection], Any]) -> list[str]:
    """How SQLite carries out the first statement of a question, with its parameters bound as they are."""
    with watched_reads(cafe.store) as asked:
        cafe.store.read_now(ask)
    statement = next(sql for sql in asked if sql.startswith("SELECT"))
    return [row[3] for row in cafe.store._driver.execute(f"EXPLAIN QUERY PLAN {statement}")]
