"""History: one row for each change to an order, appended in the change's own transaction."""

from sqlalchemy import Connection, RowMapping, bindparam, insert, select

from cafe_graphql.core.orders import CancelReason, Status, StatusChanged
from cafe_graphql.store.tables import OrderEventRow, table
from cafe_graphql.store.times import from_micros, to_micros

events = table(OrderEventRow)

_ADD = insert(events)
_OF_ORDER = select(events).where(events.c.order_id == bindparam("order_id")).order_by(events.c.id)


def append(connection: Connection, order_id: int, change: StatusChanged) -> None:
    """Write down that an order's status changed."""
    data = {"from": change.before, "to": change.after, "reason": change.reason, "note": change.note}
    row = {
        "order_id": order_id,
        "kind": "status_changed",
        "at": to_micros(change.at),
        "actor": change.actor,
        "data": data,
    }
    connection.execute(_ADD, row)


def of_order(connection: Connection, order_id: int) -> list[StatusChanged]:
    """Give an order's history, oldest first."""
    return [_event(row) for row in connection.execute(_OF_ORDER, {"order_id": order_id}).mappings()]


def _event(row: RowMapping) -> StatusChanged:
    data = row["data"]
    return StatusChanged(
        at=from_micros(row["at"]),
        actor=row["actor"],
        before=data["from"] and Status(data["from"]),
        after=Status(data["to"]),
        reason=data["reason"] and CancelReason(data["reason"]),
        note=data["note"],
    )
