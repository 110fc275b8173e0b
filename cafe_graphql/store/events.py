"""History: one row for each change to an order, appended in the change's own transaction."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select

from cafe_graphql.core.orders import (
    CancelReason,
    Change,
    EstimateChanged,
    Event,
    LineDone,
    PaymentFailed,
    PaymentRecorded,
    PaymentStarted,
    RefundFailed,
    RefundRecorded,
    RefundStarted,
    Status,
    StatusChanged,
)
from cafe_graphql.store.hot import Hot
from cafe_graphql.store.tables import OrderEventRow, table
from cafe_graphql.store.times import from_micros, to_micros

events = table(OrderEventRow)

_ADD = Hot(insert(events), [column.key for column in events.c if column.key != "id"])
_OF_ORDER = select(events).where(events.c.order_id == bindparam("order_id")).order_by(events.c.id)
_AFTER = select(events).where(events.c.id > bindparam("after")).order_by(events.c.id).limit(bindparam("limit"))
_OF_ORDER_AFTER = _AFTER.where(events.c.order_id == bindparam("order_id"))
_LAST = select(func.max(events.c.id))


def append(connection: Connection, order_id: int, at: datetime, actor: str, change: Change) -> None:
    """Write down what happened to an order; rows are numbered in the order of commit, without a gap."""
    kind, data = _written(change)
    row = {"order_id": order_id, "kind": kind, "at": to_micros(at), "actor": actor, "data": data}
    _ADD.run(connection, row)


def of_order(connection: Connection, order_id: int) -> list[Event]:
    """Give an order's history, oldest first."""
    return [_event(row) for row in connection.execute(_OF_ORDER, {"order_id": order_id}).mappings()]


def after(connection: Connection, cursor: int, order_id: int | None, limit: int) -> list[Event]:
    """Give what happened after the event `cursor`, to one order or to any, oldest first, at most `limit` events."""
    statement = _AFTER if order_id is None else _OF_ORDER_AFTER
    found = {"after": cursor, "limit": limit, "order_id": order_id}
    return [_event(row) for row in connection.execute(statement, found).mappings()]


def last(connection: Connection) -> int:
    """Give the number of the latest event; 0 before the first."""
    return connection.execute(_LAST).scalar() or 0


def _written(change: Change) -> tuple[str, dict[str, Any]]:
    match change:
        case StatusChanged(before, to, reason, note):
            return "status_changed", {"from": before, "to": to, "reason": reason, "note": note}
        case LineDone(index, is_done):
            return "line_done", {"index": index, "is_done": is_done}
        case EstimateChanged(estimate):
            return "estimate_changed", {"estimated_ready_at": estimate and to_micros(estimate)}
        case _:
            return _KINDS[type(change)], asdict(change)


def _event(row: RowMapping) -> Event:
    return Event(row["id"], row["order_id"], from_micros(row["at"]), row["actor"], _READ[row["kind"]](row["data"]))


def _status_changed(data: Mapping[str, Any]) -> StatusChanged:
    before, reason = data["from"], data["reason"]
    return StatusChanged(
        before=None if before is None else Status(before),
        after=Status(data["to"]),
        reason=None if reason is None else CancelReason(reason),
        note=data["note"],
    )


def _line_done(data: Mapping[str, Any]) -> LineDone:
    return LineDone(data["index"], data["is_done"])


def _estimate_changed(data: Mapping[str, Any]) -> EstimateChanged:
    micros = data["estimated_ready_at"]
    return EstimateChanged(None if micros is None else from_micros(micros))


def _money_moved(change: Callable[..., Change], data: Mapping[str, Any]) -> Change:
    return change(**data)


_MONEY_MOVED: Mapping[str, type[Change]] = {
    "payment_started": PaymentStarted,
    "payment_recorded": PaymentRecorded,
    "payment_failed": PaymentFailed,
    "refund_started": RefundStarted,
    "refund_recorded": RefundRecorded,
    "refund_failed": RefundFailed,
}
_KINDS: Mapping[type[Change], str] = {change: kind for kind, change in _MONEY_MOVED.items()}

_READ: Mapping[str, Callable[[Mapping[str, Any]], Change]] = {
    "status_changed": _status_changed,
    "line_done": _line_done,
    "estimate_changed": _estimate_changed,
    **{kind: partial(_money_moved, change) for kind, change in _MONEY_MOVED.items()},
}
