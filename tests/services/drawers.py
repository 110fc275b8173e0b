"""A cash drawer: money that came or went, written down with its receipt in one act, as paying does."""

from collections.abc import Sequence
from datetime import datetime

from cafe_graphql.core.orders import Order
from cafe_graphql.core.payments import Method, Payment, PaymentState, RefundState
from cafe_graphql.core.receipts import Receipt
from cafe_graphql.services import receipting
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import payments
from cafe_graphql.store.database import Connection

CARD = "Visa ····4242"


async def take(cafe: Cafe, order: Order, *amounts: int) -> Receipt:
    """Take cash for an order, or a card's money after the first, and give the receipt."""

    def act(connection: Connection) -> Receipt:
        return receipting.issue(connection, cafe, order, _paid(connection, order, amounts, cafe.clock()), cafe.clock())

    return await cafe.store.write(act)


async def give_back(cafe: Cafe, order: Order, amount: int, reason: str | None = None) -> Receipt:
    """Give back some of the last payment for an order, and give the receipt."""

    def act(connection: Connection) -> Receipt:
        payment, at = payments.of_order(connection, order.id)[-1], cafe.clock()
        refund = payments.add_refund(connection, f"r-{payment.id}-{amount}", payment, amount, reason, "ana", at)
        refund = payments.end_refund(connection, refund, RefundState.DONE, at)
        return receipting.issue_refund(connection, cafe, order, payment, refund, at)

    return await cafe.store.write(act)


def _paid(connection: Connection, order: Order, amounts: Sequence[int], at: datetime) -> list[Payment]:
    return [
        payments.change(
            connection,
            payments.add(
                connection,
                f"p-{order.id}-{place}",
                order.id,
                Method.CARD if place else Method.CASH,
                PaymentState.PENDING,
                amount,
                None,
                "guest",
                at,
            ),
            PaymentState.PAID,
            at,
            card=CARD if place else None,
        )
        for place, amount in enumerate(amounts)
    ]
