"""Points in the store: what each account has, and the ledger of every movement, which adds up to it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from cafe_graphql.core.loyalty import Account, Moved, Movement, MovementKind
from cafe_graphql.store.hot import Hot
from cafe_graphql.store.people import people
from cafe_graphql.store.tables import PointsRow, table
from cafe_graphql.store.times import from_micros, to_micros

ledger = table(PointsRow)

_ACCOUNT = Hot(select(people.c.points, people.c.points_owed).where(people.c.id == bindparam("customer_id")))
_ADD = Hot(insert(ledger), [column.key for column in ledger.c if column.key != "id"])
_OF_ORDER = (
    select(ledger.c.kind, func.sum(ledger.c.points - ledger.c.owed))
    .where(ledger.c.order_id == bindparam("order_id"))
    .group_by(ledger.c.kind)
)
_LATEST = (
    select(ledger)
    .where(ledger.c.customer_id == bindparam("customer_id"))
    .order_by(ledger.c.id.desc())
    .limit(bindparam("count"))
)


def account(connection: Connection, customer_id: int) -> Account:
    """Give what a person has, who must be there."""
    [(points, owed)] = _ACCOUNT.rows(connection, {"customer_id": customer_id})
    return Account(points, owed)


def move(
    connection: Connection, customer_id: int, order_id: int, kind: MovementKind, after: Account, at: datetime
) -> None:
    """Make an account what it is after a movement, and write that down."""
    before = account(connection, customer_id)
    row = {"customer_id": customer_id, "order_id": order_id, "kind": kind.value, "at": to_micros(at)}
    _ADD.run(connection, row | {"points": after.points - before.points, "owed": after.owed - before.owed})
    now = {"points": after.points, "points_owed": after.owed}
    connection.execute(update(people).where(people.c.id == customer_id).values(now))


def moved(connection: Connection, order_id: int) -> Moved:
    """Add up what an order has moved so far."""
    sums = {MovementKind(kind): total for kind, total in connection.execute(_OF_ORDER, {"order_id": order_id})}
    return Moved(
        earned=sums.get(MovementKind.EARNED, 0) + sums.get(MovementKind.TAKEN_BACK, 0),
        redeemed=-sums.get(MovementKind.REDEEMED, 0),
        given_back=sums.get(MovementKind.GIVEN_BACK, 0),
    )


def latest(connection: Connection, customer_id: int, count: int) -> list[Movement]:
    """Give a customer's movements, at most `count`, the latest first."""
    found = connection.execute(_LATEST, {"customer_id": customer_id, "count": count}).mappings()
    return [_movement(row) for row in found]


def _movement(row: Mapping[Any, Any]) -> Movement:
    return Movement(MovementKind(row["kind"]), row["points"], row["owed"], row["order_id"], from_micros(row["at"]))
