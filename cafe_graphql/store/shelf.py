"""The shelf: orders that were read before. An order changes its version whenever anything of it changes, so one of the
same version is the same, and only its head need be read to be sure."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from cafe_graphql.core.orders import Order
from cafe_graphql.store import orders as order_book
from cafe_graphql.store.times import to_micros

Head = tuple[int, int, int]
"""What tells an order, as it is, from every other: its number in the store, its version, and its `updated_at`."""

HEAD = (order_book.orders.c.id, order_book.orders.c.version, order_book.orders.c.updated_at)

MAX_KEPT = 2_000
"""Orders that are kept for each connection that reads, of about 2 KiB each."""


def orders(connection: Connection, heads: Sequence[Head]) -> list[Order]:
    """Give the orders with these heads, in their order. Not for acts: what an act has written may yet be undone."""
    kept: dict[int, tuple[Head, Order]] = connection.info.setdefault("orders", {})
    missing = [head[0] for head in heads if (known := kept.get(head[0])) is None or known[0] != head]
    fresh = order_book.by_ids(connection, missing) if missing else {}
    found = [fresh.get(head[0]) or kept[head[0]][1] for head in heads]
    _keep(kept, fresh.values())
    return found


def _keep(kept: dict[int, tuple[Head, Order]], fresh: Iterable[Order]) -> None:
    for order in fresh:
        kept.pop(order.id, None)  # so that it counts as the latest
        kept[order.id] = ((order.id, order.version, to_micros(order.updated_at)), order)
    while len(kept) > MAX_KEPT:
        del kept[next(iter(kept))]
