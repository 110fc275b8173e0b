"""The order book by pages: keyset reads that cost the same however many orders there are."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select, union_all

from cafe_graphql.core.orders import Filter, Order, Sort
from cafe_graphql.store.orders import lines, load, orders
from cafe_graphql.store.times import to_micros

_BEYOND = 2**62

Key = tuple[int, int]
"""Where a page begins: the `updated_at` (microseconds) and the number of the last order of the page before."""


def page(connection: Connection, wanted: Filter, sort: Sort, after: Key | None, first: int) -> list[Order]:
    """Give up to `first` orders that follow `after`.

    Orders are placed in the order of their ids, so sorting by id sorts by the time of placing. Each status is a range
    of its own index; several are read one by one and merged, so that a rare one is found without scanning the rest.
    """
    statement, id = _statement(wanted, sort)
    statement = statement.where(*_conditions(wanted, id)).limit(first)
    if after is not None:
        statement = statement.where(_follows(after, sort, id))
    statement = statement.order_by(*_order_by(sort, orders.c.updated_at, id))
    if wanted.statuses is not None:
        statement = _merged([statement.where(orders.c.status == status) for status in wanted.statuses], sort, first)
    return load(connection, connection.execute(statement).mappings().all())


def count(connection: Connection, wanted: Filter) -> int:
    """Count the orders that `wanted` asks for; looks at every one of them."""
    conditions = list(_conditions(wanted, orders.c.id))
    if wanted.statuses is not None:
        conditions.append(orders.c.status.in_(wanted.statuses))
    if wanted.item_id is not None:
        conditions.append(_has_item(wanted.item_id))
    return connection.execute(select(func.count()).select_from(orders).where(*conditions)).scalar_one()


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
        return select(orders).where(_has_item(wanted.item_id)), orders.c.id
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


def _follows(after: Key, sort: Sort, id: ColumnElement[int]) -> ColumnElement[bool]:
    updated_at, last_id = after
    match sort:
        case Sort.PLACED_AT_DESC:
            return id < last_id
        case Sort.PLACED_AT_ASC:
            return id > last_id
        case Sort.UPDATED_AT_DESC:
            column = orders.c.updated_at
            return and_(column <= updated_at, or_(column < updated_at, id < last_id))


def _conditions(wanted: Filter, id: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
    if wanted.placed_after is not None:
        yield id > func.coalesce(_nearest(wanted.placed_after, before=True), 0)
    if wanted.placed_before is not None:
        yield id < func.coalesce(_nearest(wanted.placed_before, before=False), _BEYOND)
    if wanted.updated_after is not None:
        yield orders.c.updated_at > to_micros(wanted.updated_after)
    if wanted.number is not None:
        yield orders.c.number == wanted.number


def _nearest(instant: datetime, *, before: bool) -> ColumnElement[int]:
    """The id of the last order placed until `instant`, or of the first from it on."""
    placed_at, micros = orders.alias().c, to_micros(instant)
    condition = placed_at.placed_at <= micros if before else placed_at.placed_at >= micros
    towards = placed_at.placed_at.desc() if before else placed_at.placed_at.asc()
    return select(placed_at.id).where(condition).order_by(towards).limit(1).scalar_subquery()


def _has_item(item_id: int) -> ColumnElement[bool]:
    return select(lines.c.id).where(lines.c.order_id == orders.c.id, lines.c.item_id == item_id).exists()
