"""The day's figures: what was sold, by item, by hour and by day, and which orders count.

Every order counts but those called off, paid or not. It belongs to the day on which it was placed by the café's own
calendar (its `business_date`, whatever the café's time zone has become since), and to the hour that the café's clocks
showed. Revenue is what the lines came to with their options, as sold, less money off, of which each line has its part:
what was charged for what was sold. Tips are the staff's and added tax is the state's, and no part of it; tax that
prices include is. So the revenues by item, by hour and by day each add up to the whole, to the cent.

What is given back is told beside that: it belongs to the day on which it was, often another than that of its order, and
is what the till handed out, tips and tax and all. So it is not taken off the revenue, which stays what was sold.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cafe_graphql.core import money
from cafe_graphql.core.errors import Unanswerable

MAX_DAYS = 366
"""The longest span of one report: a year, leap years included."""

EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)
"""The days that can be asked for: no books go back further, and both lie far from where the calendar itself ends."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `first` to `last`, both of them included."""

    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Give each day of the span."""
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))


@dataclass(frozen=True, slots=True)
class Sales:
    """What was sold on one day from the instant `at` on, within one hour of the café's clocks; minor units."""

    day: date
    at: datetime
    orders: int
    revenue: int


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What was given back on one day in one currency, whenever its orders were placed; minor units."""

    day: date
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class ItemSales:
    """What was sold of one item, under its name of today; minor units."""

    slug: str
    name: str
    quantity: int
    revenue: int


@dataclass(frozen=True, slots=True)
class HourSales:
    """What was sold while the café's clocks showed this hour (0 to 23), on all days together; minor units."""

    hour: int
    orders: int
    revenue: int


@dataclass(frozen=True, slots=True)
class DaySales:
    """What was sold on one day, and what was given back on it; minor units."""

    day: date
    orders: int
    revenue: int
    refunds: int


@dataclass(frozen=True, slots=True)
class SalesReport:
    """The figures of a span of days in one currency: every hour and every day of it, and each item that was sold."""

    span: Span
    currency: str
    by_item: tuple[ItemSales, ...]
    by_hour: tuple[HourSales, ...]
    by_day: tuple[DaySales, ...]

    @property
    def orders(self) -> int:
        return sum(day.orders for day in self.by_day)

    @property
    def items(self) -> int:
        return sum(item.quantity for item in self.by_item)

    @property
    def revenue(self) -> int:
        return sum(day.revenue for day in self.by_day)

    @property
    def refunds(self) -> int:
        return sum(day.refunds for day in self.by_day)

    @property
    def average_order(self) -> int:
        """The revenue of an order, rounded to whole minor units, halves away from zero; 0 without orders."""
        return money.share(self.revenue, self.orders) if self.orders else 0


def span(first: date, last: date) -> Span:
    """Give the days of a report; `Unanswerable` when there are none, more than a year's, or none of our time."""
    if last < first:
        raise Unanswerable(f"The last day, {last}, is before the first, {first}: give the earlier one as `from`.")
    if (days := (last - first).days + 1) > MAX_DAYS:
        raise Unanswerable(
            f"{first} to {last} are {days:,} days; a report spans {MAX_DAYS} at most: ask for a year at a time."
        )
    if first < EARLIEST or last > LATEST:
        raise Unanswerable(f"{first} to {last} lie beyond any books: ask for days from {EARLIEST} to {LATEST}.")
    return Span(first, last)


def one_currency(currencies: Iterable[str], otherwise: str) -> str:
    """Give the one currency that money was in, or what it would be; `Unanswerable` when there are several."""
    found = sorted(set(currencies))
    if len(found) > 1:
        raise Unanswerable(
            f"What was sold and given back on these days was in {' and '.join(found)}, which do not add up:"
            " ask for days of one currency."
        )
    return found[0] if found else otherwise


def begins(day: date, zone: ZoneInfo) -> datetime:
    """Give the first instant of a day by the café's clocks, also where they are set at midnight."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def end_of_hour(at: datetime, zone: ZoneInfo) -> datetime:
    """Give an instant up to which the café's clocks show the same hour as at `at`: where that ends, as a rule.

    Where the clocks are set within the hour, it is the end of the minute: they are never set within one.
    """
    local = at.astimezone(zone)
    minute_ends = at + timedelta(minutes=1) - timedelta(seconds=local.second, microseconds=local.microsecond)
    ends = minute_ends + timedelta(minutes=59 - local.minute)
    is_even = (ends - timedelta(microseconds=1)).astimezone(zone).utcoffset() == local.utcoffset()
    return ends if is_even else minute_ends


def report(
    days: Span,
    currency: str,
    time_zone: str,
    sales: Iterable[Sales],
    by_item: Iterable[ItemSales],
    given_back: Iterable[GivenBack],
) -> SalesReport:
    """Put the figures together: the hours and days in their order, the items by how many were sold."""
    zone = ZoneInfo(time_zone)
    hours = {hour: [0, 0] for hour in range(24)}
    of_day = {day: [0, 0] for day in days.days()}
    refunds = {back.day: back.amount for back in given_back}
    for sold in sales:
        for counted in (hours[sold.at.astimezone(zone).hour], of_day[sold.day]):
            counted[0] += sold.orders
            counted[1] += sold.revenue
    return SalesReport(
        span=days,
        currency=currency,
        by_item=tuple(sorted(by_item, key=lambda item: (-item.quantity, -item.revenue, item.slug))),
        by_hour=tuple(HourSales(hour, *counted) for hour, counted in hours.items()),
        by_day=tuple(DaySales(day, orders, revenue, refunds.get(day, 0)) for day, (orders, revenue) in of_day.items()),
    )
