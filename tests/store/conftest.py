"""What tests of the store share: books that have seen three busy days."""

import asyncio
import random
from datetime import timedelta
from pathlib import Path

import pytest

from cafe_graphql.core.drafts import Draft, LineDraft
from cafe_graphql.core.orders import QUEUED, Status
from cafe_graphql.core.people import GUEST
from cafe_graphql.services import ordering
from cafe_graphql.services.cafe import Cafe
from tests.services.books import NOON, Clock, execute, opened

ITEMS = ["latte", "cappuccino", "espresso", "bagel"]


@pytest.fixture(scope="session")
def busy_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give books of three hundred orders over three days, most of them done."""
    file, chance, clock = tmp_path_factory.mktemp("books") / "busy.db", random.Random(7), Clock(NOON)

    async def place_all(cafe: Cafe) -> None:
        for _ in range(300):
            clock.passes(timedelta(minutes=chance.choice([0, 1, 5, 30])))
            lines = [LineDraft(chance.choices(ITEMS, [6, 3, 3, 1])[0]) for _ in range(chance.randint(1, 3))]
            await ordering.place(cafe, GUEST, Draft(tuple(lines)))

    with opened(file, clock) as cafe:
        asyncio.run(place_all(cafe))
    for order_id in range(1, 301):
        status = chance.choices(list(Status), [1, 1, 2, 1, 30, 5])[0]
        minutes = chance.choice([0, 0, 3, 10, 3000])
        change = f"status = '{status}', updated_at = placed_at / 60000000 * 60000000 + 60000000 + {minutes} * 60000000"
        promise = "estimated_ready_at" if status in QUEUED else "NULL"
        execute(file, f"UPDATE orders SET {change}, queue_promise = {promise} WHERE id = {order_id}")
    return file
