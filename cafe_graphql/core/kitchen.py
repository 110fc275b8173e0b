"""The kitchen: when what is asked for now could be ready, and how much can be picked up at once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cafe_graphql.core.menu import CafeInfo


@dataclass(frozen=True, slots=True)
class Kitchen:
    """The kitchen at the UTC instant `at`: when each busy station is free again, and how full a pickup slot is.

    A station makes one order after another, so it is busy until the last of the orders promised on it. What should have
    been ready by now counts as made: a café that ticks nothing off would else be told that it is days behind.
    `taken` counts the orders for the slot that a draft asks for.
    """

    at: datetime
    busy_until: tuple[datetime, ...] = ()
    taken: int = 0

    def free_at(self, stations: int) -> datetime:
        """Give the instant at which one of so many stations can begin something new."""
        busy = sorted(self.busy_until, reverse=True)[:stations]
        return max(self.at, busy[-1]) if len(busy) == stations else self.at


@dataclass(frozen=True, slots=True)
class Slot:
    """A time in which orders are picked up, by UTC instants; `remaining`: how many more can be."""

    starts_at: datetime
    ends_at: datetime
    remaining: int


def slot_of(cafe: CafeInfo, at: datetime) -> tuple[datetime, datetime]:
    """Give the bounds of the slot that an instant lies in; slots are counted from local midnight."""
    zone = ZoneInfo(cafe.time_zone)
    midnight = datetime.combine(at.astimezone(zone).date(), time(), zone).astimezone(UTC)
    length = timedelta(minutes=cafe.slot_minutes)
    starts_at = midnight + (at - midnight) // length * length
    return starts_at, starts_at + length


def slots(cafe: CafeInfo, day: date, now: datetime, pickups: Sequence[datetime]) -> Iterator[Slot]:
    """Give the day's slots that have not begun and lie in opening hours, less the `pickups` that are promised."""
    taken = Counter(slot_of(cafe, pickup)[0] for pickup in pickups)
    starts_at, ends_at = bounds(cafe, day)
    length = timedelta(minutes=cafe.slot_minutes)
    while starts_at < ends_at:
        if starts_at >= now and cafe.hours.is_open(starts_at, cafe.time_zone):
            yield Slot(starts_at, starts_at + length, max(0, cafe.slot_capacity - taken[starts_at]))
        starts_at += length


def bounds(cafe: CafeInfo, day: date) -> tuple[datetime, datetime]:
    """Give the UTC instants between which a calendar day lies in the café's time zone."""
    zone = ZoneInfo(cafe.time_zone)
    begins, ends = (datetime.combine(d, time(), zone).astimezone(UTC) for d in (day, day + timedelta(days=1)))
    return begins, ends
