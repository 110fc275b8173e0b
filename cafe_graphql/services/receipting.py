"""Issuing receipts, within the act that an order is paid by or money given back; and finding one by its token."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from cafe_graphql.core import payments
from cafe_graphql.core import receipts as law
from cafe_graphql.core.orders import Order
from cafe_graphql.core.payments import Payment
from cafe_graphql.core.receipts import Kind, Receipt, Refund, Sale
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import receipts
from cafe_graphql.store.database import Connection


def issue(connection: Connection, cafe: Cafe, order: Order, paid_by: Iterable[Payment], at: datetime) -> Receipt:
    """Issue the receipt of a sale, as these payments have paid it wholly; an order that has one already keeps it."""
    for known in receipts.of_order(connection, order.id):
        if known.kind is Kind.SALE:
            return known
    return _filed(connection, cafe, order, law.sale(order, paid_by), at)


def issue_refund(
    connection: Connection, cafe: Cafe, order: Order, payment: Payment, refund: payments.Refund, at: datetime
) -> Receipt:
    """Issue a receipt for money that was given back of a payment, whether or not all of the order had been paid."""
    issued = receipts.of_order(connection, order.id)
    return _filed(connection, cafe, order, law.refund(payment, refund.amount, refund.reason, issued), at)


async def find(cafe: Cafe, token: str) -> Receipt | None:
    """Find a receipt by its token, which is given to whoever may see the order."""
    return await cafe.store.read(receipts.by_token, token)


def _filed(connection: Connection, cafe: Cafe, order: Order, contents: Sale | Refund, at: datetime) -> Receipt:
    receipt = Receipt(
        sequence=receipts.next_sequence(connection),
        token=secrets.token_urlsafe(24),
        issued_at=at,
        issuer=law.issuer(cafe.menu_at(connection).cafe),
        order=order.number,
        currency=order.totals.currency,
        contents=contents,
    )
    receipts.add(connection, order.id, receipt)
    return receipt
