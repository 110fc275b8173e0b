"""History as callers see it: a type for each kind of thing that happens to an order."""

from datetime import datetime
from typing import TypedDict

import strawberry

from cafe_graphql.core import orders
from cafe_graphql.schema import ids, payments
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.enums import CancelReason, Status
from cafe_graphql.schema.money import Money
from cafe_graphql.schema.payments import Payment


@strawberry.interface(description="Something that happened to an order.")
class OrderEvent:
    cursor: str = strawberry.field(description="Its place in history: give it back as a subscription's `after`.")
    at: datetime = strawberry.field(description="When it happened.")
    actor: str = strawberry.field(description="Who did it. `guest`.")


@strawberry.type(description="The order moved on, or was called off.")
class StatusChanged(OrderEvent):
    from_: Status | None = strawberry.field(name="from", description="Where it stood before; null: nowhere yet.")
    to: Status = strawberry.field(description="Where it stood then.")
    reason: CancelReason | None = strawberry.field(description="Why it was called off; null when it was not.")
    note: str | None = strawberry.field(description="What was said about it.")


@strawberry.type(description="A line was made, or was found not to be.")
class LineDone(OrderEvent):
    line_id: strawberry.ID = strawberry.field(description="The line's `id`.")
    is_done: bool = strawberry.field(description="Whether it is made.")


@strawberry.type(description="The order will be ready at another time than promised.")
class EstimateChanged(OrderEvent):
    estimated_ready_at: datetime | None = strawberry.field(description="When it should be ready now.")


@strawberry.interface(description="What happened to money for an order.")
class MoneyMoved(OrderEvent):
    amount: Money = strawberry.field(description="How much.")
    source: strawberry.Private[orders.MoneyMoved]
    order: strawberry.Private[orders.Order]

    @strawberry.field(description="The payment as it is now.")
    async def payment(self, info: Info) -> Payment:
        found = await payments.find(info, self.order, self.source.payment)
        assert found is not None  # history tells of no other
        return found


@strawberry.type(description="A card is asked for money, which is held back from what is due meanwhile.")
class PaymentStarted(MoneyMoved):
    pass


@strawberry.type(description="Money was paid.")
class PaymentRecorded(MoneyMoved):
    pass


@strawberry.type(description="A card was not charged; what it was asked for is due again.")
class PaymentFailed(MoneyMoved):
    reason: str = strawberry.field(description="Why, fit to show a guest.")


@strawberry.type(description="Money of a payment is to be given back.")
class RefundStarted(MoneyMoved):
    reason: str | None = strawberry.field(description="What for.")


@strawberry.type(description="Money of a payment was given back, the way that it came.")
class RefundRecorded(MoneyMoved):
    reason: str | None = strawberry.field(description="What for.")


@strawberry.type(description="Money of a payment could not be given back.")
class RefundFailed(MoneyMoved):
    reason: str = strawberry.field(description="Why not.")


TYPES = (
    StatusChanged,
    LineDone,
    EstimateChanged,
    PaymentStarted,
    PaymentRecorded,
    PaymentFailed,
    RefundStarted,
    RefundRecorded,
    RefundFailed,
)
"""Every type of event: nothing but the interface refers to them, so the schema is told of them."""


class _Common(TypedDict):
    cursor: str
    at: datetime
    actor: str


class _Told(_Common):
    amount: Money
    source: orders.MoneyMoved
    order: orders.Order


def of(event: orders.Event, order: orders.Order) -> OrderEvent:
    """Put what happened to an order into words."""
    common = _Common(cursor=ids.event_cursor(event.id), at=event.at, actor=event.actor)
    match event.change:
        case orders.StatusChanged(before, after, reason, note):
            return StatusChanged(**common, from_=before, to=after, reason=reason, note=note)
        case orders.LineDone(index, is_done):
            return LineDone(**common, line_id=ids.line_id(order, index), is_done=is_done)
        case orders.EstimateChanged(estimate):
            return EstimateChanged(**common, estimated_ready_at=estimate)
        case moved:
            return _money_moved(moved, common, order)


def _money_moved(moved: orders.MoneyMoved, common: _Common, order: orders.Order) -> MoneyMoved:
    amount = Money(minor_units=moved.amount, currency=order.totals.currency)
    told = _Told(**common, amount=amount, source=moved, order=order)
    match moved:
        case orders.PaymentStarted():
            return PaymentStarted(**told)
        case orders.PaymentRecorded():
            return PaymentRecorded(**told)
        case orders.PaymentFailed(reason=why):
            return PaymentFailed(**told, reason=why)
        case orders.RefundStarted(reason=reason):
            return RefundStarted(**told, reason=reason)
        case orders.RefundRecorded(reason=reason):
            return RefundRecorded(**told, reason=reason)
        case orders.RefundFailed(reason=why):
            return RefundFailed(**told, reason=why)
