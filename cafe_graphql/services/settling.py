"""Settling: what the book notes of payments and refunds, in the transaction of whoever calls.

A payment is written down first, then its card is authorised, that is noted, then the amount is taken, and that is
noted. So whenever the café dies, the book says what may have been asked, and the gateway what was. Nothing here is
noted twice when it is told twice, at whatever step, by whomever.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cafe_graphql.core import orders, payments
from cafe_graphql.core.orders import CancelReason, EstimateChanged, Order, Status, StatusChanged
from cafe_graphql.core.payments import UNDER_WAY, Method, Payment, PaymentState, Refund, RefundState
from cafe_graphql.core.people import HOUSE
from cafe_graphql.gateways.cards import Answer, GivenBack, Standing
from cafe_graphql.services import receipting, rewarding, stocking
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import events, kitchen
from cafe_graphql.store import orders as order_book
from cafe_graphql.store import payments as till
from cafe_graphql.store.database import Connection

UNANSWERED = "The card terminal has not answered yet."
CANCELLED = "The order was cancelled."
GIVEN_BACK = "All that was paid was given back."
UNHEARD = "The card terminal knows nothing of it: nothing was taken."

_BECOMES = {
    Standing.UNKNOWN: PaymentState.VOIDED,
    Standing.AUTHORISED: PaymentState.AUTHORISED,
    Standing.CAPTURED: PaymentState.PAID,
    Standing.DECLINED: PaymentState.DECLINED,
    Standing.VOIDED: PaymentState.VOIDED,
}


@dataclass(frozen=True, slots=True)
class Noted:
    """A payment and its order, as the book has them now."""

    payment: Payment
    order: Order


def begin(
    connection: Connection, cafe: Cafe, order: Order, method: Method, amount: int, actor: str, at: datetime
) -> Noted:
    """Write a payment down: cash is paid, and what a card is to be asked for is held back from what is due."""
    gateway = cafe.gateway.name if method is Method.CARD else None
    payment = till.add(connection, secrets.token_urlsafe(12), order.id, method, amount, gateway, actor, at)
    takings = order.takings.awaiting(amount)
    if method is Method.CASH:
        paid = till.change(connection, payment, PaymentState.PAID, at)
        return _receive(connection, cafe, replace(order, takings=takings), paid, at)
    events.append(connection, order.id, at, actor, orders.PaymentStarted(payment.public_id, amount))
    return Noted(payment, order_book.change_takings(connection, order, takings, at))


def note(connection: Connection, cafe: Cafe, payment_id: int, answer: Answer) -> Noted:
    """Note what the gateway says of a payment that is under way; one that is over stays as it is."""
    payment, order, at = _found(connection, cafe, payment_id)
    state = _BECOMES[answer.standing]
    if payment.state not in UNDER_WAY or (payment.state is state and payment.reason is None):
        return Noted(payment, order)
    reason = None if state in payments.COUNTED else answer.reason or UNHEARD
    payment = till.change(connection, payment, state, at, answer.reference, answer.card, reason)
    if state is PaymentState.PAID:
        return _receive(connection, cafe, order, payment, at)
    if reason is None:
        return Noted(payment, order)
    failed = orders.PaymentFailed(payment.public_id, payment.amount, reason)
    events.append(connection, order.id, at, payment.actor, failed)
    return Noted(payment, order_book.change_takings(connection, order, order.takings.released(payment.amount), at))


def unanswered(connection: Connection, cafe: Cafe, payment_id: int) -> Noted:
    """Note that nobody waits for the gateway any more, so that whoever comes first may ask it what it did."""
    payment, order, at = _found(connection, cafe, payment_id)
    if payment.state in UNDER_WAY:
        payment = till.change(connection, payment, payment.state, at, reason=UNANSWERED)
    return Noted(payment, order)


def start_refunds(
    connection: Connection,
    cafe: Cafe,
    order: Order,
    shares: Iterable[tuple[Payment, int]],
    reason: str | None,
    actor: str,
    at: datetime,
) -> list[Refund]:
    """Write down what is given back of which payments: cash is gone, and what goes to a card is still to be sent."""
    return [_start_refund(connection, cafe, order.id, *share, reason, actor, at) for share in shares]


def note_refund(connection: Connection, cafe: Cafe, refund_id: int, given: GivenBack) -> Refund:
    """Note what came of a refund; of one that is over already, nothing."""
    refund = till.refund_by_id(connection, refund_id)
    if refund.state is not RefundState.PENDING:
        return refund
    order = order_book.by_id(connection, refund.order_id)
    at = max(cafe.clock(), order.updated_at)
    if given.failure is None:
        return _refund(connection, cafe, order, refund, at)
    payment = till.by_id(connection, refund.payment_id)
    failed = orders.RefundFailed(payment.public_id, refund.amount, given.failure)
    events.append(connection, order.id, at, refund.actor, failed)
    failed_refund = till.change_refund(connection, refund, RefundState.FAILED, at, given.failure)
    with_it = order_book.change_takings(connection, order, order.takings.kept(refund.amount), at)
    _paid_up(connection, cafe, order, with_it, at)
    return failed_refund


def refund_unanswered(connection: Connection, cafe: Cafe, refund_id: int) -> Refund:
    """Note that nobody waits for the gateway any more, so that whoever comes first may ask it again."""
    refund = till.refund_by_id(connection, refund_id)
    if refund.state is not RefundState.PENDING:
        return refund
    return till.change_refund(connection, refund, RefundState.PENDING, max(cafe.clock(), refund.updated_at), UNANSWERED)


def called_off(connection: Connection, cafe: Cafe, order: Order, actor: str, at: datetime) -> Order:
    """Write down that cards are given back what they have paid for an order just cancelled. Cash waits at the till."""
    if not order.takings.refundable:
        return order
    by_card = [each for each in refundables(connection, order) if each[0].method is Method.CARD]
    start_refunds(connection, cafe, order, reversed(by_card), CANCELLED, actor, at)
    return order_book.by_id(connection, order.id)


def refundables(connection: Connection, order: Order) -> list[tuple[Payment, int]]:
    """Give an order's payments, oldest first, each with what may still be given back of it."""
    under_way: dict[int, int] = {}
    for refund in till.refunds_of_order(connection, order.id):
        if refund.state is RefundState.PENDING:
            under_way[refund.payment_id] = under_way.get(refund.payment_id, 0) + refund.amount
    found = till.of_orders(connection, [order.id])[order.id]
    return [(each, most) for each in found if (most := payments.refundable(each, under_way.get(each.id, 0)))]


def refused(connection: Connection, order: Order) -> frozenset[int]:
    """Give the numbers of an order's payments of which a refund has failed."""
    refunds = till.refunds_of_order(connection, order.id)
    return frozenset(refund.payment_id for refund in refunds if refund.state is RefundState.FAILED)


def _paid_up(connection: Connection, cafe: Cafe, before: Order, order: Order, at: datetime) -> None:
    """Do what follows when all of an order is paid for the first time."""
    if before.was_paid_up or not order.was_paid_up:
        return
    if order.waits_for_payment:
        _admit(connection, cafe, order, at)
    paid = [each for each in till.of_order(connection, order.id) if each.state is PaymentState.PAID]
    receipting.issue(connection, cafe, order, paid, at)


def _refunded(connection: Connection, cafe: Cafe, order: Order, refund: Refund, payment: Payment, at: datetime) -> None:
    """Do what follows from money that was given back; `order` is as it stands without it.

    Whoever gives all of it back before anybody has begun to make the order has called it off: nothing could be paid for
    it any more, and the kitchen would make it for nobody. Given back later, it is a good turn, and the order goes on.
    """
    rewarding.settle(connection, order, at)
    receipting.issue_refund(connection, cafe, order, payment, refund, at)
    if order.status is Status.PLACED and order.is_given_back and order.takings.is_settled:
        _call_off(connection, cafe, order, at)


def _call_off(connection: Connection, cafe: Cafe, order: Order, at: datetime) -> None:
    order_book.change_status(connection, order, Status.CANCELLED, None, at)
    rewarding.give_back(connection, order, at)
    stocking.put_back(connection, cafe, HOUSE, order, at)
    change = StatusChanged(order.status, Status.CANCELLED, CancelReason.OTHER, GIVEN_BACK)
    events.append(connection, order.id, at, HOUSE.name, change)


def _receive(connection: Connection, cafe: Cafe, order: Order, payment: Payment, at: datetime) -> Noted:
    """Count in a payment that was held back until now; if the order was cancelled meanwhile, it is to go back."""
    recorded = orders.PaymentRecorded(payment.public_id, payment.amount)
    events.append(connection, order.id, at, payment.actor, recorded)
    with_it = order_book.change_takings(connection, order, order.takings.received(payment.amount), at)
    rewarding.settle(connection, with_it, at)
    _paid_up(connection, cafe, order, with_it, at)
    order = order_book.by_id(connection, order.id)
    if order.status is Status.CANCELLED:
        order = called_off(connection, cafe, order, HOUSE.name, at)
    return Noted(payment, order)


def _start_refund(
    connection: Connection,
    cafe: Cafe,
    order_id: int,
    payment: Payment,
    amount: int,
    reason: str | None,
    actor: str,
    at: datetime,
) -> Refund:
    order = order_book.by_id(connection, order_id)
    refund = till.add_refund(connection, secrets.token_urlsafe(12), payment, amount, reason, actor, at)
    takings = order.takings.returning(amount)
    if payment.method is Method.CASH:
        return _refund(connection, cafe, replace(order, takings=takings), refund, at)
    events.append(connection, order_id, at, actor, orders.RefundStarted(payment.public_id, amount, reason))
    order_book.change_takings(connection, order, takings, at)
    return refund


def _refund(connection: Connection, cafe: Cafe, order: Order, refund: Refund, at: datetime) -> Refund:
    """Count out a refund that was set aside until now."""
    done = till.change_refund(connection, refund, RefundState.DONE, at)
    payment = till.by_id(connection, refund.payment_id)
    recorded = orders.RefundRecorded(payment.public_id, refund.amount, refund.reason)
    events.append(connection, order.id, at, refund.actor, recorded)
    order = order_book.change_takings(connection, order, order.takings.returned(refund.amount), at)
    _refunded(connection, cafe, order, done, payment, at)
    return done


def _found(connection: Connection, cafe: Cafe, payment_id: int) -> tuple[Payment, Order, datetime]:
    payment = till.by_id(connection, payment_id)
    order = order_book.by_id(connection, payment.order_id)
    return payment, order, max(cafe.clock(), order.updated_at)


def _admit(connection: Connection, cafe: Cafe, order: Order, at: datetime) -> None:
    """Let the kitchen see an order that has waited to be paid; its promise counts from now."""
    ready_at = order.pickup_at
    if ready_at is None:
        about = cafe.menu_at(connection).cafe
        ready_at = kitchen.seen(connection, about, None, at).free_at(about.stations) + order.work
    order_book.admit(connection, order, ready_at)
    if ready_at != order.estimated_ready_at:
        events.append(connection, order.id, at, HOUSE.name, EstimateChanged(ready_at))
