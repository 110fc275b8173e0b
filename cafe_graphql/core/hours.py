"""Opening hours: whether the café is open at an instant, and when that changes, right across DST."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Open on `weekday` (0 is Monday) from `opens` until `closes`, local time; `closes` at 00:00 is midnight.

    A period that closes at or before its opening ends on the following day.
    """

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Hours:
    """The week's opening periods; none at all means always open."""

    periods: tuple[Period, ...] = ()

    def is_open(self, at: datetime, time_zone: str) -> bool:
        """Tell whether the café is open at the UTC instant `at`."""
        return not self.periods or any(start <= at < end for start, end in self._spans(at, time_zone, 0))

    def next_change(self, at: datetime, time_zone: str) -> datetime | None:
        """Give the UTC instant at which `is_open` flips next; None when it never does."""
        return next((edge for edge in self._edges(at, time_zone) if edge > at and self._flips(edge, time_zone)), None)

    def next_opening(self, at: datetime, time_zone: str) -> datetime | None:
        """Give the first instant from `at` on at which the café is open; None without opening hours."""
        return at if self.is_open(at, time_zone) else self.next_change(at, time_zone)

    def _flips(self, edge: datetime, time_zone: str) -> bool:
        return self.is_open(edge, time_zone) != self.is_open(edge - timedelta(microseconds=1), time_zone)

    def _edges(self, at: datetime, time_zone: str) -> Sequence[datetime]:
        # A week would do, but for an opening at an hour that the clocks skip on its day of this one.
        return sorted({edge for span in self._spans(at, time_zone, 15) for edge in span})

    def _spans(self, at: datetime, time_zone: str, days: int) -> Iterator[tuple[datetime, datetime]]:
        """Every opening from the day before `at` to so many days after it, as UTC instants."""
        zone = ZoneInfo(time_zone)
        today = at.astimezone(zone).date()
        for day in (today + timedelta(days=n) for n in range(-1, days + 1)):
            for period in self.periods:
                if period.weekday == day.weekday():
                    yield self._span(day, period, zone)

    @staticmethod
    def _span(day: date, period: Period, zone: ZoneInfo) -> tuple[datetime, datetime]:
        last = day if period.opens < period.closes else day + timedelta(days=1)
        return (
            datetime.combine(day, period.opens, zone).astimezone(UTC),
            datetime.combine(last, period.closes, zone).astimezone(UTC),
        )
