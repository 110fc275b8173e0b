"""The order book by pages: keyset reads that cost the same however many orders there are."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    false,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from cafe_graphql.core.orders import Filter, Order, Sort
from cafe_graphql.store import shelf
from cafe_graphql.store.hot import Hot
from cafe_graphql.store.orders import lines, orders
from cafe_graphql.store.shelf import HEAD
from cafe_graphql.store.times import to_micros

_BEYOND = 2**62

_FEW = 500
"""As many orders as can be looked at one by one for a page."""

Columns = ReadOnlyColumnCollection[str, Any]

Key = tuple[int, int]
"""Where a page begins: the `updated_at` (microseconds) and the number of the last order of the page before."""


_FINDING: dict[Hashable, Hot] = {}

_SINGLE = attrgetter(*(field.name for field in fields(Filter) if field.name != "statuses"))
"""What a filter asks for besides statuses, of which there may be several."""


def page(connection: Connection, wanted: Filter, sort: Sort, after: Key | None, first: int) -> list[Order]:
    """Give up to `first` orders that follow `after`.

    Orders are placed in the order of their ids, so sorting by id sorts by the time of placing. Each status is a range
    of its own index; several are read one by one and merged, so that a rare one is found without scanning the rest.
    """
    values = _values(wanted, after, first)
    if not is_bounded(wanted, sort) and (few := _few(connection, wanted, values)) is not None:
        rows = connection.execute(_among(few, wanted, sort, after is not None), values).all()
        return shelf.orders(connection, [(row.id, row.version, row.updated_at) for row in rows])
    return shelf.orders(connection, _finding(wanted, sort, after is not None).rows(connection, values))


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
    return connection.execute(statement, _values(wanted, None, 0)).scalar_one()


def _finding(wanted: Filter, sort: Sort, continues: bool) -> Hot:
    """The statement that finds a page; one for all filters that ask for the same kinds of things."""
    asked = tuple([value is not None for value in _SINGLE(wanted)])
    kind = (asked, wanted.statuses and len(wanted.statuses), sort, continues)
    if (known := _FINDING.get(kind)) is None:
        known = _FINDING[kind] = Hot(_page(wanted, sort, continues))
    return known


def _page(wanted: Filter, sort: Sort, continues: bool) -> Select[Any]:
    statement, id = _statement(wanted, sort)
    statement = statement.where(*_conditions(wanted, orders.c, id)).limit(bindparam("first"))
    if continues:
        statement = statement.where(_follows(sort, orders.c.updated_at, id))
    statement = statement.order_by(*_order_by(sort, orders.c.updated_at, id))
    if wanted.statuses is None:
        return statement
    each = [
        statement.where(orders.c.status == bindparam(f"its_status_{index}")) for index in range(len(wanted.statuses))
    ]
    return _merged(each, sort)


def _values(wanted: Filter, after: Key | None, first: int) -> dict[str, object]:
    """What the statements here take, by the names that they have for it."""
    return {
        "first": first,
        "last_updated_at": after and after[0],
        "last_id": after and after[1],
        "item_id": wanted.item_id,
        "number": wanted.number,
        "customer_id": wanted.customer_id,
        "placed_after": wanted.placed_after and to_micros(wanted.placed_after),
        "placed_before": wanted.placed_before and to_micros(wanted.placed_before),
        "updated_after": wanted.updated_after and to_micros(wanted.updated_after),
        **{f"its_status_{index}": status.value for index, status in enumerate(wanted.statuses or ())},
    }


def _few(connection: Connection, wanted: Filter, values: dict[str, object]) -> Sequence[int] | None:
    """The orders that some one condition leaves, where they are so few that each can be looked at."""
    for condition in _narrow(wanted):
        ids = connection.execute(condition.limit(_FEW + 1), values).scalars().all()
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


def _among(ids: Sequence[int], wanted: Filter, sort: Sort, continues: bool) -> Select[Any]:
    """Read the page from these orders alone; the limit keeps SQLite from walking another index to them."""
    rows = select(orders).where(orders.c.id.in_(ids)).limit(_FEW).subquery()
    statement = select(rows.c.id, rows.c.version, rows.c.updated_at).where(*_all_conditions(wanted, rows.c))
    statement = statement.limit(bindparam("first"))
    if continues:
        statement = statement.where(_follows(sort, rows.c.updated_at, rows.c.id))
    return statement.order_by(*_order_by(sort, rows.c.updated_at, rows.c.id))


def _merged(branches: Sequence[Select[Any]], sort: Sort) -> Select[Any]:
    if not branches:
        return select(*HEAD).where(false())
    rows = union_all(*(select(branch.subquery()) for branch in branches)).subquery()
    return select(rows).order_by(*_order_by(sort, rows.c.updated_at, rows.c.id)).limit(bindparam("first"))


def _statement(wanted: Filter, sort: Sort) -> tuple[Select[Any], ColumnElement[int]]:
    """What to read from, and the column there that is the order's id.

    Orders of one item are found through that item's lines, which its index holds in the order of ids.
    """
    if wanted.item_id is None:
        return select(*HEAD), orders.c.id
    if sort is Sort.UPDATED_AT_DESC:
        return select(*HEAD).where(_has_item(orders.c.id)), orders.c.id
    of_item = select(*HEAD).join(lines, lines.c.order_id == orders.c.id).where(lines.c.item_id == bindparam("item_id"))
    return of_item.group_by(lines.c.order_id), lines.c.order_id


def _order_by(sort: Sort, updated_at: ColumnElement[int], id: ColumnElement[int]) -> list[ColumnElement[int]]:
    match sort:
        case Sort.PLACED_AT_DESC:
            return [id.desc()]
        case Sort.PLACED_AT_ASC:
            return [id.asc()]
        case Sort.UPDATED_AT_DESC:
            return [updated_at.desc(), id.desc()]


def _follows(sort: Sort, updated_at: ColumnElement[int], id: ColumnElement[int]) -> ColumnElement[bool]:
    last_updated_at, last_id = (bindparam(name, type_=BigInteger) for name in ("last_updated_at", "last_id"))
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
        yield _has_item(of.id)


def _conditions(wanted: Filter, of: Columns, id: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
    yield from _placed(wanted, id)
    if wanted.updated_after is not None:
        yield of.updated_at > bindparam("updated_after")
    if wanted.number is not None:
        yield of.number == bindparam("number")
    if wanted.customer_id is not None:
        yield of.customer_id == bindparam("customer_id")


def _placed(wanted: Filter, id: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
    if wanted.placed_after is not None:
        yield id > func.coalesce(_nearest("placed_after", before=True), 0)
    if wanted.placed_before is not None:
        yield id < func.coalesce(_nearest("placed_before", before=False), _BEYOND)


def _nearest(instant: str, *, before: bool) -> ColumnElement[int]:
    """The id of the last order placed until the instant of this name, or of the first from it on."""
    placed_at, micros = orders.alias().c, bindparam(instant, type_=BigInteger)
    condition = placed_at.placed_at <= micros if before else placed_at.placed_at >= micros
    towards = placed_at.placed_at.desc() if before else placed_at.placed_at.asc()
    return select(placed_at.id).where(condition).order_by(towards).limit(1).scalar_subquery()


def _has_item(id: ColumnElement[int]) -> ColumnElement[bool]:
    return select(lines.c.id).where(lines.c.order_id == id, lines.c.item_id == bindparam("item_id")).exists()
