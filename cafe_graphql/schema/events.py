"""History as callers see it: a type for each kind of thing that happens to an order."""

from datetime import datetime
from typing import TypedDict

import strawberry

from cafe_graphql.core import orders
from cafe_graphql.schema import ids
from cafe_graphql.schema.enums import CancelReason, Status


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


TYPES = (StatusChanged, LineDone, EstimateChanged)
"""Every type of event: nothing but the interface refers to them, so the schema is told of them."""


class _Common(TypedDict):
    cursor: str
    at: datetime
    actor: str


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
