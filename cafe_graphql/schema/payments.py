"""Payments as callers see them, and what is sent to make one."""

from datetime import datetime

import strawberry

from cafe_graphql.core import payments
from cafe_graphql.core.orders import Order
from cafe_graphql.schema import ids
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.enums import PaymentMethod, PaymentState
from cafe_graphql.schema.ids import Node
from cafe_graphql.schema.money import Money
from cafe_graphql.services.paying import Asked


@strawberry.type(description="Money for an order, or on its way to be.")
class Payment(Node):
    method: PaymentMethod = strawberry.field(description="How it is paid.")
    status: PaymentState = strawberry.field(description="How far it has come; only `PAID` is money.")
    amount: Money = strawberry.field(description="How much.")
    refunded: Money = strawberry.field(description="How much of it was given back.")
    reference: str | None = strawberry.field(
        description="What the card terminal calls it; null for cash, and until it has answered. `pi_3MtwBwLkdIwHu7ix`."
    )
    card: str | None = strawberry.field(description="Which card, as receipts say it; null for cash. `Visa ····4242`.")
    reason: str | None = strawberry.field(description="Why there is no money, or none yet; null when there is.")
    created_at: datetime = strawberry.field(description="When it was asked for.")

    @classmethod
    def of(cls, payment: payments.Payment, order: Order) -> "Payment":
        currency = order.totals.currency
        return cls(
            id=ids.encode("Payment", f"{order.public_id}/{payment.public_id}"),
            method=payment.method,
            status=payment.state,
            amount=Money(minor_units=payment.amount, currency=currency),
            refunded=Money(minor_units=payment.refunded, currency=currency),
            reference=payment.reference,
            card=payment.card,
            reason=payment.reason,
            created_at=payment.created_at,
        )


@strawberry.input(description="How an order is paid.")
class PaymentInput:
    method: PaymentMethod = strawberry.field(description="Cash, which staff take at the till, or a card.")
    amount_minor_units: int | None = strawberry.field(
        default=None, description="How much, in minor units: a part, for example; all that is due when omitted. `250`."
    )
    token: str | None = strawberry.field(
        default=None, description="What stands for the card, as Stripe.js gives it; never its number. `pm_card_visa`."
    )

    def to_core(self) -> Asked:
        return Asked(self.method, self.amount_minor_units, self.token)


async def of_order(info: Info, order: Order) -> list[Payment]:
    """Give an order's payments that are money or may become it, oldest first."""
    found = await info.context.payments.load(order.id)
    return [Payment.of(payment, order) for payment in found if payment.state in payments.COUNTED]


async def find(info: Info, order: Order, public_id: str) -> Payment | None:
    """Find one of an order's payments, whatever came of it."""
    found = await info.context.payments.load(order.id)
    return next((Payment.of(payment, order) for payment in found if payment.public_id == public_id), None)
