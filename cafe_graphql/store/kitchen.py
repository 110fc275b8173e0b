"""What the kitchen has before it, read from the orders in the queue."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, or_, select

from cafe_graphql.core import kitchen
from cafe_graphql.core.kitchen import Kitchen
from cafe_graphql.core.menu import CafeInfo
from cafe_graphql.core.orders import QUEUED, Order, Status
from cafe_graphql.store import findings
from cafe_graphql.store.hot import Hot
from cafe_graphql.store.orders import PROMISES, load, orders
from cafe_graphql.store.times import from_micros, to_micros

MAX_QUEUE = 200
"""How many tickets are read at once."""

MAX_POSITION = 999
"""The furthest back in the queue that anybody is told."""

_BUSY = Hot(
    select(orders.c.queue_promise)
    .where(orders.c.queue_promise > bindparam("at"), orders.c.pickup_at.is_(None))
    .order_by(orders.c.queue_promise.desc())
    .limit(bindparam("stations"))
)
_QUEUE = (
    select(orders)
    .where(
        orders.c.queue_promise >= bindparam("promise"),
        or_(orders.c.queue_promise > bindparam("promise"), orders.c.id > bindparam("id")),
    )
    .order_by(orders.c.queue_promise, orders.c.id)
    .limit(MAX_QUEUE)
)
_BEFORE = (
    select(orders.c.id)
    .where(
        orders.c.queue_promise <= bindparam("promise"),
        or_(orders.c.queue_promise < bindparam("promise"), orders.c.id < bindparam("id")),
    )
    .limit(MAX_POSITION)
    .subquery()
)
_POSITION = select(func.count()).select_from(_BEFORE)
_PICKUPS = Hot(
    select(orders.c.pickup_at).where(
        orders.c.pickup_at >= bindparam("begins"),
        orders.c.pickup_at < bindparam("ends"),
        orders.c.status != Status.CANCELLED.value,
    )
)


def seen(connection: Connection, cafe: CafeInfo, pickup_at: datetime | None, at: datetime) -> Kitchen:
    """Give the kitchen at the instant `at`, as far as it matters to an order for `pickup_at`."""
    if pickup_at is None:
        return Kitchen(at, busy_until=busy_until(connection, at, cafe.stations))
    return Kitchen(at, taken=len(pickups(connection, *kitchen.slot_of(cafe, pickup_at))))


def busy_until(connection: Connection, at: datetime, stations: int) -> tuple[datetime, ...]:
    """Give the latest promises still to be kept, one for each busy station."""
    found, now = findings.of(connection), to_micros(at)
    known = found.get(PROMISES)
    if known is not None and known[0] == stations:
        promises = sorted(known[1], reverse=True)[:stations]
    else:
        promises = [micros for (micros,) in _BUSY.rows(connection, {"at": now, "stations": stations})]
    found[PROMISES] = stations, promises
    return tuple([from_micros(micros) for micros in promises if micros > now])


def pickups(connection: Connection, begins: datetime, ends: datetime) -> list[datetime]:
    """Give the times between two instants at which guests will come, for orders that still stand."""
    bounds = {"begins": to_micros(begins), "ends": to_micros(ends)}
    return [from_micros(micros) for (micros,) in _PICKUPS.rows(connection, bounds)]


def queue(connection: Connection, after: Order | None = None) -> list[Order]:
    """Give the orders to be made that follow `after`, the oldest promise first, at most `MAX_QUEUE`."""
    place = {"promise": -1, "id": 0}
    if after is not None and after.estimated_ready_at is not None:
        place = {"promise": to_micros(after.estimated_ready_at), "id": after.id}
    return load(connection, connection.execute(_QUEUE, place).mappings().all())


def position(connection: Connection, order: Order) -> int | None:
    """Give an order's place in the queue, from 1; None when it is not in it, or too far back to count."""
    if order.status not in QUEUED or order.waits_for_payment or order.estimated_ready_at is None:
        return None
    promise = {"promise": to_micros(order.estimated_ready_at), "id": order.id}
    before = connection.execute(_POSITION, promise).scalar_one()
    return before + 1 if before < MAX_POSITION else None
