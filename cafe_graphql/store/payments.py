"""Payments and refunds in the store, and the keys that keep either from being made twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, func, insert, or_, select, text, update

from cafe_graphql.core.payments import COUNTED, Method, Payment, PaymentState, Refund, RefundState
from cafe_graphql.store.hot import Hot
from cafe_graphql.store.tables import UNDER_WAY, MoneyKeyRow, PaymentRow, RefundRow, table
from cafe_graphql.store.times import from_micros, to_micros

payments = table(PaymentRow)
refunds = table(RefundRow)
keys = table(MoneyKeyRow)

_ADD_PAYMENT = Hot(insert(payments), [column.key for column in payments.c if column.key != "id"])
_ADD_REFUND = Hot(insert(refunds), [column.key for column in refunds.c if column.key != "id"])
_REMEMBER = Hot(insert(keys), [column.key for column in keys.c])
_REMEMBERED = select(keys).where(keys.c.actor == bindparam("actor"), keys.c.key == bindparam("key"))
_OF_ORDERS = select(payments).where(payments.c.order_id.in_(bindparam("ids", expanding=True))).order_by(payments.c.id)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a key has made, by numbers in the store, and the fingerprint of the input it came with."""

    fingerprint: str
    made: tuple[int, ...]


def add(
    connection: Connection,
    public_id: str,
    order_id: int,
    method: Method,
    amount: int,
    gateway: str | None,
    actor: str,
    at: datetime,
) -> Payment:
    """Write down that a payment is asked for, and give it."""
    row = {
        "public_id": public_id,
        "order_id": order_id,
        "method": method,
        "state": PaymentState.PENDING,
        "amount": amount,
        "refunded": 0,
        "gateway": gateway,
        "reference": None,
        "card": None,
        "reason": None,
        "actor": actor,
        "created_at": to_micros(at),
        "updated_at": to_micros(at),
    }
    return by_id(connection, _ADD_PAYMENT.run(connection, row))


def change(
    connection: Connection,
    payment: Payment,
    state: PaymentState,
    at: datetime,
    reference: str | None = None,
    card: str | None = None,
    reason: str | None = None,
) -> Payment:
    """Move a payment on, with what the gateway has said of it; a reference and a card once known stay."""
    changed = replace(
        payment,
        state=state,
        reference=reference or payment.reference,
        card=card or payment.card,
        reason=reason,
        updated_at=from_micros(to_micros(at)),
    )
    columns = {name: getattr(changed, name) for name in ("state", "reference", "card", "reason")}
    values = {**columns, "updated_at": to_micros(at)}
    connection.execute(update(payments).where(payments.c.id == payment.id).values(values))
    return changed


def by_id(connection: Connection, payment_id: int) -> Payment:
    """Give the payment with this number in the store, which must be there."""
    return _payment(connection.execute(select(payments).where(payments.c.id == payment_id)).mappings().one())


def by_public_id(connection: Connection, public_id: str) -> Payment | None:
    """Give the payment that callers know by this id."""
    row = connection.execute(select(payments).where(payments.c.public_id == public_id)).mappings().first()
    return None if row is None else _payment(row)


def of_orders(connection: Connection, order_ids: Iterable[int]) -> dict[int, list[Payment]]:
    """Give every payment for these orders, by the orders' numbers, oldest first."""
    found: dict[int, list[Payment]] = {order_id: [] for order_id in order_ids}
    for row in connection.execute(_OF_ORDERS, {"ids": list(found)}).mappings():
        found[row["order_id"]].append(_payment(row))
    return found


def of_order(connection: Connection, order_id: int) -> list[Payment]:
    """Give the payments for one order that are money or may become it, oldest first."""
    return [payment for payment in of_orders(connection, [order_id])[order_id] if payment.state in COUNTED]


def take_unanswered(connection: Connection, gateway: str, before: datetime, at: datetime, limit: int) -> list[Payment]:
    """Take on payments at this gateway that nobody asks about any more, oldest first: for others they are under way.

    That is so when their last asker has said so, by a reason, or has not touched them since an instant: it may be dead.
    """
    left = or_(payments.c.reason.is_not(None), payments.c.updated_at <= to_micros(before))
    waiting = select(payments).where(text(UNDER_WAY), left, payments.c.gateway == gateway)
    found = _payments(connection, waiting.order_by(payments.c.id).limit(limit))
    return [change(connection, payment, payment.state, at) for payment in found]


def count_under_way(connection: Connection) -> int:
    """Count the payments and refunds, at whatever gateway, of which it is not known yet what comes of them."""
    counts = [select(func.count()).select_from(rows).where(text(UNDER_WAY)) for rows in (payments, refunds)]
    return sum(connection.execute(count).scalar_one() for count in counts)


def add_refund(
    connection: Connection, public_id: str, payment: Payment, amount: int, reason: str | None, actor: str, at: datetime
) -> Refund:
    """Write down that so much of a payment is to be given back, and give the refund."""
    row = {
        "public_id": public_id,
        "order_id": payment.order_id,
        "payment_id": payment.id,
        "state": RefundState.PENDING,
        "amount": amount,
        "reason": reason,
        "failure": None,
        "actor": actor,
        "created_at": to_micros(at),
        "updated_at": to_micros(at),
    }
    return refund_by_id(connection, _ADD_REFUND.run(connection, row))


def change_refund(
    connection: Connection, refund: Refund, state: RefundState, at: datetime, failure: str | None = None
) -> Refund:
    """Move a refund on; what is done is counted on its payment, too."""
    ended = {"state": state, "failure": failure, "updated_at": to_micros(at)}
    connection.execute(update(refunds).where(refunds.c.id == refund.id).values(ended))
    if state is RefundState.DONE:
        more = {"refunded": payments.c.refunded + refund.amount}
        connection.execute(update(payments).where(payments.c.id == refund.payment_id).values(more))
    return refund_by_id(connection, refund.id)


def refund_by_id(connection: Connection, refund_id: int) -> Refund:
    """Give the refund with this number in the store, which must be there."""
    return _refund(connection.execute(select(refunds).where(refunds.c.id == refund_id)).mappings().one())


def refunds_of_order(connection: Connection, order_id: int) -> list[Refund]:
    """Give everything that was given back of an order, or was to be, oldest first."""
    return _refunds(connection, select(refunds).where(refunds.c.order_id == order_id).order_by(refunds.c.id))


def take_unanswered_refunds(
    connection: Connection, gateway: str, before: datetime, at: datetime, limit: int
) -> list[Refund]:
    """Take on refunds at this gateway that nobody asks about any more, oldest first: for others they are under way."""
    left = or_(refunds.c.failure.is_not(None), refunds.c.updated_at <= to_micros(before))
    waiting = select(refunds).where(text(f"refunds.{UNDER_WAY}"), left)
    at_gateway = waiting.join(payments, payments.c.id == refunds.c.payment_id).where(payments.c.gateway == gateway)
    found = _refunds(connection, at_gateway.order_by(refunds.c.id).limit(limit))
    return [change_refund(connection, refund, refund.state, at) for refund in found]


def remembered(connection: Connection, actor: str, key: str) -> Remembered | None:
    """Give what this actor's key has made, if it has made anything."""
    row = connection.execute(_REMEMBERED, {"actor": actor, "key": key}).mappings().first()
    return None if row is None else Remembered(row["fingerprint"], tuple(row["made"]))


def remember(connection: Connection, actor: str, key: str, fingerprint: str, made: Sequence[int]) -> None:
    """Note what a key has made."""
    _REMEMBER.run(connection, {"actor": actor, "key": key, "fingerprint": fingerprint, "made": list(made)})


def _payments(connection: Connection, statement: Select[Any]) -> list[Payment]:
    return [_payment(row) for row in connection.execute(statement).mappings()]


def _refunds(connection: Connection, statement: Select[Any]) -> list[Refund]:
    return [_refund(row) for row in connection.execute(statement).mappings()]


def _payment(row: RowMapping) -> Payment:
    return Payment(
        id=row["id"],
        public_id=row["public_id"],
        order_id=row["order_id"],
        method=Method(row["method"]),
        state=PaymentState(row["state"]),
        amount=row["amount"],
        refunded=row["refunded"],
        gateway=row["gateway"],
        reference=row["reference"],
        card=row["card"],
        reason=row["reason"],
        actor=row["actor"],
        created_at=from_micros(row["created_at"]),
        updated_at=from_micros(row["updated_at"]),
    )


def _refund(row: RowMapping) -> Refund:
    return Refund(
        id=row["id"],
        public_id=row["public_id"],
        order_id=row["order_id"],
        payment_id=row["payment_id"],
        state=RefundState(row["state"]),
        amount=row["amount"],
        reason=row["reason"],
        failure=row["failure"],
        actor=row["actor"],
        created_at=from_micros(row["created_at"]),
        updated_at=from_micros(row["updated_at"]),
    )
