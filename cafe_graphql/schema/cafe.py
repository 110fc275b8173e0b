"""The café itself: who it is and when it is open."""

from datetime import date, datetime
from enum import Enum
from math import ceil
from typing import Annotated

import strawberry

from cafe_graphql.core import hours, kitchen
from cafe_graphql.core.drafts import Draft
from cafe_graphql.core.validation import MAX_DAYS_AHEAD
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.loyalty import LoyaltyScheme
from cafe_graphql.store import kitchen as stored_kitchen

NOTHING = Draft(())


@strawberry.enum(description="A day of the week.")
class Weekday(Enum):
    MONDAY = strawberry.enum_value(0, description="The first day of the week, as in ISO 8601.")
    TUESDAY = strawberry.enum_value(1, description="The second day.")
    WEDNESDAY = strawberry.enum_value(2, description="The third day.")
    THURSDAY = strawberry.enum_value(3, description="The fourth day.")
    FRIDAY = strawberry.enum_value(4, description="The fifth day.")
    SATURDAY = strawberry.enum_value(5, description="The sixth day.")
    SUNDAY = strawberry.enum_value(6, description="The seventh day.")


@strawberry.type(description="A time of the week at which the café is open, in its own time zone.")
class OpeningPeriod:
    weekday: Weekday = strawberry.field(description="The day on which it begins.")
    opens_at: str = strawberry.field(description='Local time. `"07:00"`.')
    closes_at: str = strawberry.field(
        description='Local time, `"18:00"`; at or before `opensAt` it is the next day\'s, and `"00:00"` is midnight.'
    )

    @classmethod
    def of(cls, period: hours.Period) -> "OpeningPeriod":
        opens, closes = (f"{time:%H:%M}" for time in (period.opens, period.closes))
        return cls(weekday=Weekday(period.weekday), opens_at=opens, closes_at=closes)


@strawberry.type(description="A time in which orders are picked up.")
class PickupSlot:
    starts_at: datetime = strawberry.field(description="When it begins.")
    ends_at: datetime = strawberry.field(description="When it ends.")
    remaining: int = strawberry.field(description="How many more orders can be picked up in it.")


@strawberry.type(description="The café itself.")
class Cafe:
    name: str = strawberry.field(description="What it is called.")
    currency: str = strawberry.field(description="ISO 4217 code of all its prices. `USD`.")
    time_zone: str = strawberry.field(description="IANA name of the zone its clock shows. `America/New_York`.")
    hours: list[OpeningPeriod] = strawberry.field(description="When it is open; empty: always.")
    is_open: bool = strawberry.field(description="Whether it is open now.")
    next_change_at: datetime | None = strawberry.field(description="When `isOpen` flips next; null when it never does.")
    loyalty: LoyaltyScheme | None = strawberry.field(description="How customers come by points; null without any.")

    @strawberry.field(description="Minutes until the kitchen can begin something new; 0: at once.")
    def current_wait_minutes(self, info: Info) -> int:
        seen = info.context.cafe.kitchen(NOTHING)
        return ceil((seen.free_at(info.context.menu.source.cafe.stations) - seen.at).total_seconds() / 60)

    @strawberry.field(description="When orders can be picked up on a day: what of it is still to come and open.")
    async def pickup_slots(
        self, info: Info, date: Annotated[date, strawberry.argument(description="A day of the café's own calendar.")]
    ) -> list[PickupSlot]:
        cafe, now = info.context.menu.source.cafe, info.context.cafe.clock()
        if abs((date - now.date()).days) > MAX_DAYS_AHEAD + 1:
            return []
        pickups = await info.context.cafe.store.read(stored_kitchen.pickups, *kitchen.bounds(cafe, date))
        return [
            PickupSlot(starts_at=slot.starts_at, ends_at=slot.ends_at, remaining=slot.remaining)
            for slot in kitchen.slots(cafe, date, now, pickups)
        ]

    @classmethod
    def now(cls, info: Info) -> "Cafe":
        cafe, at = info.context.menu.source.cafe, info.context.cafe.clock()
        return cls(
            name=cafe.name,
            currency=cafe.currency,
            time_zone=cafe.time_zone,
            hours=[OpeningPeriod.of(period) for period in cafe.hours.periods],
            is_open=cafe.hours.is_open(at, cafe.time_zone),
            next_change_at=cafe.hours.next_change(at, cafe.time_zone),
            loyalty=LoyaltyScheme.of(cafe.loyalty, cafe.currency) if cafe.loyalty else None,
        )
