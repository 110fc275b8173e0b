"""Charging: the conversation with the gateway, one question after another, outside of any transaction.

Whoever goes on from where a payment or refund stands comes to the same end: who asked for it, or who finds it later.
"""

from collections.abc import Iterable
from dataclasses import replace

from cafe_graphql.core.errors import Away
from cafe_graphql.core.money import Money
from cafe_graphql.core.orders import Order, Status
from cafe_graphql.core.payments import Payment, PaymentState, Refund, RefundState
from cafe_graphql.gateways.cards import Answer, Charge, GivenBack, Standing
from cafe_graphql.services import settling
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.settling import Noted
from cafe_graphql.store import orders as order_book
from cafe_graphql.store import payments as till
from cafe_graphql.store.database import Connection


async def charge(cafe: Cafe, asked: Noted, token: str | None) -> Noted:
    """Charge a card for a payment that is written down; without an answer it stays under way."""
    try:
        answer = await cafe.gateway.authorise(_charge(asked.order, asked.payment), token)
    except Away:
        return await cafe.store.write(settling.unanswered, cafe, asked.payment.id)
    return await _follow(cafe, asked.payment.id, answer)


async def look_up(cafe: Cafe, payment: Payment) -> Noted:
    """Go on with a payment that was left under way. One that the gateway never heard of is given up for good."""
    order = await cafe.store.read(order_book.by_id, payment.order_id)
    charge = _charge(order, payment)
    try:
        answer = await cafe.gateway.look_up(charge)
        if answer.standing is Standing.UNKNOWN:
            answer = await cafe.gateway.void(charge)
    except Away:
        return await cafe.store.write(settling.unanswered, cafe, payment.id)
    return await _follow(cafe, payment.id, answer)


async def give_back(cafe: Cafe, refunds: Iterable[Refund]) -> list[Refund]:
    """Send those of the refunds that are still to be made to their cards, and give all as they are then."""
    return [await _give_back(cafe, each) if each.state is RefundState.PENDING else each for each in refunds]


async def give_back_for(cafe: Cafe, order: Order) -> Order:
    """Send what is to be given back for an order just cancelled, if anything is, and give the order as it is then."""
    if not order.takings.refunding:
        return order
    await give_back(cafe, await cafe.store.read(till.refunds_of_order, order.id))
    return await cafe.store.read(order_book.by_id, order.id)


async def _follow(cafe: Cafe, payment_id: int, answer: Answer) -> Noted:
    """Note how a payment stands, and take what is set aside; or give it up, where nobody wants it any more."""
    noted = await cafe.store.write(settling.note, cafe, payment_id, answer)
    if answer.standing is Standing.AUTHORISED and noted.payment.state is not PaymentState.PAID:
        is_wanted = noted.payment.state is PaymentState.AUTHORISED and noted.order.status is not Status.CANCELLED
        ask = cafe.gateway.capture if is_wanted else cafe.gateway.void
        try:
            answer = await ask(_charge(noted.order, noted.payment))
        except Away:
            return await cafe.store.write(settling.unanswered, cafe, payment_id)
        noted = await cafe.store.write(settling.note, cafe, payment_id, answer)
    if noted.order.status is Status.CANCELLED:
        return replace(noted, order=await give_back_for(cafe, noted.order))
    return noted


async def _give_back(cafe: Cafe, refund: Refund) -> Refund:
    payment, order = await cafe.store.read(_paid, refund)
    if payment.gateway != cafe.gateway.name:
        elsewhere = GivenBack(f"The card was taken by “{payment.gateway}”, which is not connected any more.")
        return await cafe.store.write(settling.note_refund, cafe, refund.id, elsewhere)
    try:
        given = await cafe.gateway.refund(_charge(order, payment), refund.public_id, refund.amount)
    except Away:
        return await cafe.store.write(settling.refund_unanswered, cafe, refund.id)
    return await cafe.store.write(settling.note_refund, cafe, refund.id, given)


def _paid(connection: Connection, refund: Refund) -> tuple[Payment, Order]:
    return till.by_id(connection, refund.payment_id), order_book.by_id(connection, refund.order_id)


def _charge(order: Order, payment: Payment) -> Charge:
    return Charge(payment.public_id, Money(payment.amount, order.totals.currency), payment.reference)
