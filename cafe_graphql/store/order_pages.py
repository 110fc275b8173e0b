"""The order book by pages: keyset reads that cost the same however many orders there are."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select, union_all
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from cafe_graphql.core.orders import Filter, Order, Sort
from cafe_graphql.store.orders import lines, load, orders
from cafe_graphql.store.times import to_micros

_BEYOND = 2**62

_FEW = 500
"""As many orders as can be looked at one by one for a page."""

Columns = ReadOnlyColumnCollection[str, Any]

Key = tuple[int, int]
"""Where a page begins: the `updated_at` (microseconds) and the number of the last order of the page before."""


def page(connection: Connection, wanted: Filter, sort: Sort, after: Key | None, first: int) -> list[Order]:
    """Give up to `first` orders that follow `after`.

    Orders are placed in the order of their ids, so sorting by id sorts by the time of placing. Each status is a range
    of its own index; several are read one by one and merged, so that a rare one is found without scanning the rest.
    """
    if not is_bounded(wanted, sort) and (few := _few(connection, wanted)) is not None:
        return load(connection, connection.execute(_among(few, wanted, sort, after, first)).mappings().all())
    statement, id = _statement(wanted, sort)
    statement = statement.where(*_conditions(wanted, orders.c, id)).limit(first)
    if after is not None:
        statement = statement.where(_follows(after, sort, orders.c.updated_at, id))
    statement = statement.order_by(*_order_by(sort, orders.c.updated_at, id))
    if wanted.statuses is not None:
        statement = _merged([statement.where(orders.c.status == status) for status in wanted.statuses], sort, first)
    return load(connection, connection.execute(statement).mappings().all())


def is_bounded(wanted: Filter, sort: Sort) -> bool:
    """Tell whether one index finds a page without passing over other orders, however many there are.

    Where it does not, a page is still quick if one of its conditions leaves few orders, or all of them are common.
    """
    if wanted.number is not None:
        return wanted == Filter(number=wanted.number) and sort is not Sort.UPDATED_AT_DESC
    if wanted.customer_id is not None:
        return wanted == Filter(customer_id=wanted.customer_id) and sort is not Sort.UPDATED_AT_DESC
    if sort is Sort.UPDATED_AT_DESC:
        return wanted.item_id is None and wanted.placed_after is None and wanted.placed_before is None
    return wanted.updated_after is None and (wanted.item_id is None or wanted.statuses is None)


def count(connection: Connection, wanted: Filter) -> int:
    """Count the orders that `wanted` asks for; looks at every one of them."""
    statement = select(func.count()).select_from(orders).where(*_all_conditions(wanted, orders.c))
    return connection.execute(statement).scalar_one()


def _few(connection: Connection, wanted: Filter) -> Sequence[int] | None:
    """The orders that some one condition leaves, where they are so few that each can be looked at."""
    for condition in _narrow(wanted):
        ids = connection.execute(condition.limit(_FEW + 1)).scalars().all()
        if len(ids) <= _FEW:
            return ids
    return None


def _narrow(wanted: Filter) -> Iterator[Select[int]]:
    """For each condition that might leave few orders: those orders, read from its index alone."""
    if wanted.number is not None:
        yield select(orders.c.id).where(orders.c.number == wanted.number)
    if wanted.customer_id is not None:
        yield select(orders.c.id).where(orders.c.customer_id == wanted.customer_id)
    if wanted.item_id is not None:
        yield select(lines.c.order_id).where(lines.c.item_id == wanted.item_id)
    if wanted.updated_after is not None:
        yield select(orders.c.id).where(orders.c.updated_at > to_micros(wanted.updated_after))
    if wanted.statuses is not None:
        yield select(orders.c.id).where(orders.c.status.in_(wanted.statuses))
    if wanted.placed_after is not None or wanted.placed_before is not None:
        yield select(orders.c.id).where(*_placed(wanted, orders.c.id))


def _among(ids: Sequence[int], wanted: Filter, sort: Sort, after: Key | None, first: int) -> Select[Any]:
    """Read the page from these orders alone; the limit keeps SQLite from walking another index to them."""
    rows = select(orders).where(orders.c.id.in_(ids)).limit(_FEW).subquery()
    statement = select(rows).where(*_all_conditions(wanted, rows.c)).limit(first)
    if after is not None:
        statement = statement.where(_follows(after, sort, rows.c.updated_at, rows.c.id))
    return statement.order_by(*_order_by(sort, rows.c.updated_at, rows.c.id))


def _merged(branches: Sequence[Select[Any]], sort: Sort, first: int) -> Select[Any]:
    if not branches:
        return select(orders).where(false())
    rows = union_all(*(select(branch.subquery()) for branch in branches)).subquery()
    return select(rows).order_by(*_order_by(sort, rows.c.updated_at, rows.c.id)).limit(first)


def _statement(wanted: Filter, sort: Sort) -> tuple[Select[Any], ColumnElement[int]]:
    """What to read from, and the column there that is the order's id.

    Orders of one item are found through that item's lines, which its index holds in the order of ids.
    """
    if wanted.item_id is None:
        return select(orders), orders.c.id
    if sort is Sort.UPDATED_AT_DESC:
        return select(orders).where(_has_item(wanted.item_id, orders.c.id)), orders.c.id
    of_item = select(orders).join(lines, lines.c.order_id == orders.c.id).where(lines.c.item_id == wanted.item_id)
    return of_item.group_by(lines.c.order_id), lines.c.order_id


def _order_by(sort: Sort, updated_at: ColumnElement[int], id: ColumnElement[int]) -> list[ColumnElement[int]]:
    match sort:
        case Sort.PLACED_AT_DESC:
            return [id.desc()]
        case Sort.PLACED_AT_ASC:
            return [id.asc()]
        case Sort.UPDATED_AT_DESC:
            return [updated_at.desc(), id.desc()]


def _follows(after: Key, sort: Sort, updated_at: ColumnElement[int], id: ColumnElement[int]) -> ColumnElement[bool]:
    last_updated_at, last_id = after
    match sort:
        case Sort.PLACED_AT_DESC:
            return id < last_id
        case Sort.PLACED_AT_ASC:
            return id > last_id
        case Sort.UPDATED_AT_DESC:
            return and_(updated_at <= last_updated_at, or_(updated_at < last_updated_at, id < last_id))


def _all_conditions(wanted: Filter, of: Columns) -> Iterator[ColumnElement[bool]]:
    yield from _conditions(wanted, of, of.id)
    if wanted.statuses is not None:
        yield of.status.in_(wanted.statuses)
    if wanted.item_id is not None:
        yield _has_item(wanted.item_id, of.id)


def _conditions(wanted: Filter, of: Columns, id: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
    yield from _placed(wanted, id)
    if wanted.updated_after is not None:
        yield of.updated_at > to_micros(wanted.updated_after)
    if wanted.number is not None:
        yield of.number == wanted.number
    if wanted.customer_id is not None:
        yield of.customer_id == wanted.customer_id


def _placed(wanted: Filter, id: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
    if wanted.placed_after is not None:
        yield id > func.coalesce(_nearest(wanted.placed_after, before=True), 0)
    if wanted.placed_before is not None:
        yield id < func.coalesce(_nearest(wanted.placed_before, before=False), _BEYOND)


def _nearest(instant: datetime, *, before: bool) -> ColumnElement[int]:
    """The id of the last order placed until `instant`, or of the first from it on."""
    placed_at, micros = orders.alias().c, to_micros(instant)
    condition = placed_at.placed_at <= micros if before else placed_at.placed_at >= micros
    towards = placed_at.placed_at.desc() if before else placed_at.placed_at.asc()
    return select(placed_at.id).where(condition).order_by(towards).limit(1).scalar_subquery()


def _has_item(item_id: int, id: ColumnElement[int]) -> ColumnElement[bool]:
    return select(lines.c.id).where(lines.c.order_id == id, lines.c.item_id == item_id).exists()
