"""What was sold and given back, added up from indexes alone: hardly an order or a line is looked at.

SQLite would sort a million orders to group them by hour, and look each of them up to add up its lines. So the hours
are walked through, each being a range of one index; and items are added up over the range of orders that were placed
about those days, which is a range of another for each item, less the few in it that do not count. Refunds are a range
of a third for each day, and few beside the orders: each is looked up in its order, which knows the currency.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, bindparam, func, select, text, union_all

from cafe_graphql.core import reports
from cafe_graphql.core.menu import CafeInfo
from cafe_graphql.core.orders import Status
from cafe_graphql.core.reports import GivenBack, ItemSales, Sales, SalesReport, Span
from cafe_graphql.store.hot import Hot
from cafe_graphql.store.orders import lines, orders
from cafe_graphql.store.payments import refunds
from cafe_graphql.store.tables import COUNTS, DONE, ItemRow, table
from cafe_graphql.store.times import from_micros, to_micros

items = table(ItemRow)

MOST_AHEAD = timedelta(hours=14)
MOST_BEHIND = timedelta(hours=12)
"""How far the clocks of the world are ahead of UTC, and behind it."""

_counts = text(COUNTS)
_of_day = (_counts, orders.c.currency == bindparam("currency"), orders.c.business_date == bindparam("day"))
_from = orders.c.placed_at >= bindparam("begins", type_=BigInteger)
_before = orders.c.placed_at < bindparam("ends", type_=BigInteger)
_among = orders.c.id.between(bindparam("first_id"), bindparam("last_id"))

_NEXT_CURRENCY = Hot(select(func.min(orders.c.currency)).where(_counts, orders.c.currency > bindparam("last")))
_HAS_CURRENCY = Hot(
    select(orders.c.id)
    .where(_counts, orders.c.currency == bindparam("currency"))
    .where(orders.c.business_date.between(bindparam("first"), bindparam("last")))
    .limit(1)
)
_NEXT_SALE = Hot(select(func.min(orders.c.placed_at)).where(*_of_day, _from))
_order_sums: tuple[ColumnElement[Any], ...] = (func.count(), func.sum(orders.c.subtotal - orders.c.discount))
_SOLD = Hot(select(*_order_sums).where(*_of_day, _from, _before))
_FIRST_ID = Hot(select(orders.c.id).where(_from).order_by(orders.c.placed_at).limit(1))
_LAST_ID = Hot(select(orders.c.id).where(_before).order_by(orders.c.placed_at.desc()).limit(1))
_ITEMS = select(items.c.id, items.c.slug, items.c.name)
_line_sums: tuple[ColumnElement[Any], ...] = (
    func.count(),
    func.sum(lines.c.quantity),
    func.sum(lines.c.quantity * lines.c.unit_price - lines.c.discount),
)
_OF_ITEM = Hot(
    select(*_line_sums).where(
        lines.c.item_id == bindparam("item"), lines.c.order_id.between(bindparam("first_id"), bindparam("last_id"))
    )
)
_GIVEN_BACK = Hot(
    select(orders.c.currency, func.sum(refunds.c.amount))
    .select_from(refunds.join(orders, orders.c.id == refunds.c.order_id))
    .where(text(f"refunds.{DONE}"))
    .where(refunds.c.updated_at >= bindparam("begins", type_=BigInteger))
    .where(refunds.c.updated_at < bindparam("ends", type_=BigInteger))
    .group_by(orders.c.currency)
)


def sales(connection: Connection, cafe: CafeInfo, span: Span) -> SalesReport:
    """Add up what was sold and given back on these days; `Unanswerable` when it was in several currencies."""
    zone = ZoneInfo(cafe.time_zone)
    given_back = list(_given_back(connection, span, zone))
    currencies = [*_currencies(connection, span), *(back.currency for back in given_back)]
    currency = reports.one_currency(currencies, cafe.currency)
    by_hour = _sold(connection, span, currency, zone)
    return reports.report(span, currency, cafe.time_zone, by_hour, _items(connection, span), given_back)


def _currencies(connection: Connection, span: Span) -> Iterator[str]:
    """The currencies that orders of these days were taken in."""
    currency = ""
    while currency := _NEXT_CURRENCY.scalar(connection, {"last": currency}):
        bounds = {"currency": currency, "first": span.first.isoformat(), "last": span.last.isoformat()}
        if _HAS_CURRENCY.rows(connection, bounds):
            yield currency


def _sold(connection: Connection, span: Span, currency: str, zone: ZoneInfo) -> Iterator[Sales]:
    """What was sold in each hour of each day in which anything was."""
    for day in span.days():
        where: dict[str, Any] = {"currency": currency, "day": day.isoformat(), "begins": 0}
        while (micros := _NEXT_SALE.scalar(connection, where)) is not None:
            begins = from_micros(micros)
            ends = to_micros(reports.end_of_hour(begins, zone))
            [(count, revenue)] = _SOLD.rows(connection, {**where, "ends": ends})
            yield Sales(day, begins, count, revenue)
            where["begins"] = ends


def _given_back(connection: Connection, span: Span, zone: ZoneInfo) -> Iterator[GivenBack]:
    """What was given back on each day on which anything was, of orders in each currency."""
    for day in span.days():
        begins, ends = (to_micros(reports.begins(each, zone)) for each in (day, day + timedelta(days=1)))
        for currency, amount in _GIVEN_BACK.rows(connection, {"begins": begins, "ends": ends}):
            yield GivenBack(day, currency, amount)


def _items(connection: Connection, span: Span) -> Iterator[ItemSales]:
    """What was sold of each item: all about those days, less what does not count."""
    if (ids := _ids(connection, span)) is None:
        return
    too_many = {row[0]: row[1:] for row in connection.execute(_not_counted(span), ids)}
    for id, slug, name in connection.execute(_ITEMS).all():
        [(count, quantity, revenue)] = _OF_ITEM.rows(connection, {"item": id, **ids})
        less = too_many.get(id, (0, 0, 0))
        if count > less[0]:
            yield ItemSales(slug, name, quantity - less[1], revenue - less[2])


def _ids(connection: Connection, span: Span) -> dict[str, int] | None:
    """The first and the last of the orders placed while it was one of these days anywhere in the world, if any."""
    begins = to_micros(datetime.combine(span.first, time(), UTC) - MOST_AHEAD)
    ends = to_micros(datetime.combine(span.last, time(), UTC) + timedelta(days=1) + MOST_BEHIND)
    first = _FIRST_ID.scalar(connection, {"begins": begins})
    last = _LAST_ID.scalar(connection, {"ends": ends})
    return None if first is None or last is None else {"first_id": first, "last_id": last}


def _not_counted(span: Span) -> Select[Any]:
    """The sums of the lines in that range whose orders were called off, or are of a day beside the span."""
    called_off = select(orders.c.id).where(_among, orders.c.status == Status.CANCELLED.value)
    beside = select(orders.c.id).where(_among, _counts, orders.c.business_date.in_(map(str, _beside(span))))
    found = union_all(called_off, beside).subquery()
    return (
        select(lines.c.item_id, *_line_sums).where(lines.c.order_id.in_(select(found.c.id))).group_by(lines.c.item_id)
    )


def _beside(span: Span) -> Iterable[date]:
    """The days that it may be elsewhere while it is one of these days somewhere."""
    for days in (2, 1):
        yield span.first - timedelta(days=days)
        yield span.last + timedelta(days=days)
