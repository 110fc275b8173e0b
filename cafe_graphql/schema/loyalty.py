"""Points as callers see them: what earns them and what they are worth, and how a customer came by theirs."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from cafe_graphql.core import loyalty
from cafe_graphql.core.points import Scheme
from cafe_graphql.schema.enums import PointsMovementKind
from cafe_graphql.schema.money import Money

if TYPE_CHECKING:
    from cafe_graphql.schema.orders import Order

MAX_MOVEMENTS = 100


@strawberry.type(description="What earns a customer points, and what they are worth.")
class LoyaltyScheme:
    points: int = strawberry.field(description="So many points are earned …")
    per: Money = strawberry.field(
        description="… for every whole amount of this, money off taken off, tips and tax aside."
    )
    worth: Money = strawberry.field(description="What a point takes off when it is redeemed.")

    @classmethod
    def of(cls, scheme: Scheme, currency: str) -> "LoyaltyScheme":
        return cls(
            points=scheme.points,
            per=Money(minor_units=scheme.per, currency=currency),
            worth=Money(minor_units=scheme.worth, currency=currency),
        )


@strawberry.type(description="A line of a customer's ledger of points.")
class PointsMovement:
    kind: PointsMovementKind = strawberry.field(description="Why they came or went.")
    points: int = strawberry.field(description="By how much the points to redeem grew; negative: shrank.")
    owed: int = strawberry.field(
        description="By how much it grew what is owed: points taken back that were spent already; negative: was paid."
    )
    at: datetime = strawberry.field(description="When.")
    order: Annotated["Order", strawberry.lazy("cafe_graphql.schema.orders")] = strawberry.field(
        description="The order that they were earned with, or spent on."
    )

    @classmethod
    def of(cls, movement: loyalty.Movement, order: "Order") -> "PointsMovement":
        return cls(kind=movement.kind, points=movement.points, owed=movement.owed, at=movement.at, order=order)
