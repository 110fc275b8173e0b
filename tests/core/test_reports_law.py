"""The rules of the day's figures: which days can be asked for, when an hour ends, and how they are put together."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_graphql.core import money, reports
from cafe_graphql.core.errors import Unanswerable
from cafe_graphql.core.reports import DaySales, GivenBack, ItemSales, Sales, Span

MAY_DAY = date(2026, 5, 1)
ZONES = ["America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "America/St_Johns", "UTC"]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (
            date(2026, 5, 2),
            MAY_DAY,
            "The last day, 2026-05-01, is before the first, 2026-05-02: give the earlier one as `from`.",
        ),
        (
            MAY_DAY,
            date(2027, 5, 2),
            "2026-05-01 to 2027-05-02 are 367 days; a report spans 366 at most: ask for a year at a time.",
        ),
        (
            date.min,
            date.min,
            "0001-01-01 to 0001-01-01 lie beyond any books: ask for days from 2000-01-01 to 2999-12-31.",
        ),
        (
            date.max,
            date.max,
            "9999-12-31 to 9999-12-31 lie beyond any books: ask for days from 2000-01-01 to 2999-12-31.",
        ),
    ],
)
def test_days_that_cannot_be_reported_are_refused_with_what_to_ask_for(first: date, last: date, said: str) -> None:
    with pytest.raises(Unanswerable) as refused:
        reports.span(first, last)

    assert str(refused.value) == said


def test_a_span_has_both_its_ends() -> None:
    assert list(reports.span(MAY_DAY, MAY_DAY).days()) == [MAY_DAY]
    assert list(reports.span(date(2024, 2, 28), date(2024, 3, 1)).days()) == [
        date(2024, 2, 28),
        date(2024, 2, 29),
        date(2024, 3, 1),
    ]
    assert len(list(reports.span(date(2024, 1, 1), date(2024, 12, 31)).days())) == 366


def test_currencies_are_not_added_up() -> None:
    assert reports.one_currency([], "USD") == "USD"
    assert reports.one_currency(["EUR"], "USD") == "EUR"
    with pytest.raises(Unanswerable, match="was in EUR and USD, which do not add up: ask for days of one currency"):
        reports.one_currency(["USD", "EUR", "USD"], "USD")


@pytest.mark.parametrize(
    ("zone", "at", "ends"),
    [
        ("America/New_York", "2026-05-01T16:20:30.5+00:00", "2026-05-01T17:00+00:00"),
        ("Asia/Kathmandu", "2026-05-01T16:20:30+00:00", "2026-05-01T17:15+00:00"),
        ("America/New_York", "2026-03-08T06:59:59.999999+00:00", "2026-03-08T07:00+00:00"),
        # Half past two at once after two, and half past one again after two.
        ("Australia/Lord_Howe", "2026-10-03T15:30+00:00", "2026-10-03T16:00+00:00"),
        ("Australia/Lord_Howe", "2026-04-04T14:59+00:00", "2026-04-04T15:00+00:00"),
        # The clocks of Newfoundland were once set at one minute past midnight: the hour goes on after that minute.
        ("America/St_Johns", "2010-11-07T02:30:10+00:00", "2010-11-07T02:31+00:00"),
    ],
)
def test_an_hour_ends_where_the_cafe_s_clocks_say_so(zone: str, at: str, ends: str) -> None:
    assert reports.end_of_hour(datetime.fromisoformat(at), ZoneInfo(zone)) == datetime.fromisoformat(ends)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(ZONES).map(ZoneInfo),
    st.floats(0, 1),
)
def test_until_then_they_show_the_same_hour_and_day(at: datetime, zone: ZoneInfo, part: float) -> None:
    ends = reports.end_of_hour(at, zone)
    then = min(at + (ends - at) * part, ends - timedelta(microseconds=1))

    assert timedelta(0) < ends - at <= timedelta(hours=1)
    assert (then.astimezone(zone).hour, then.astimezone(zone).date()) == (
        at.astimezone(zone).hour,
        at.astimezone(zone).date(),
    )


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("America/New_York", "2026-03-08", "2026-03-08T05:00+00:00"),
        ("America/New_York", "2026-03-09", "2026-03-09T04:00+00:00"),
        # No midnight, since the clocks go from there to one; and two of them, since they go back from one to there.
        ("America/Havana", "2026-03-08", "2026-03-08T05:00+00:00"),
        ("America/Havana", "2026-11-01", "2026-11-01T04:00+00:00"),
    ],
)
def test_a_day_begins_where_the_cafe_s_clocks_say_so(zone: str, day: str, begins: str) -> None:
    assert reports.begins(date.fromisoformat(day), ZoneInfo(zone)) == datetime.fromisoformat(begins)


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.sampled_from([*ZONES, "America/Havana"]).map(ZoneInfo))
def test_a_day_lasts_until_the_next_begins(day: date, zone: ZoneInfo) -> None:
    begins, ends = reports.begins(day, zone), reports.begins(day + timedelta(days=1), zone)

    moments = (begins - timedelta(microseconds=1), begins, ends - timedelta(microseconds=1), ends)
    assert [(at.astimezone(zone).date() - day).days for at in moments] == [-1, 0, 0, 1]


@given(st.integers(0, 10**15), st.integers(1, 10**7))
def test_an_average_is_rounded_to_the_cent_halves_up(minor: int, of: int) -> None:
    exact = (Decimal(minor) / of).quantize(Decimal("1e-9"))

    assert money.share(minor, of) == exact.quantize(Decimal(1), ROUND_HALF_UP)


def test_what_sold_most_comes_first_and_each_day_and_hour_is_there() -> None:
    eight, nine = (datetime(2026, 5, 1, hour, 5, tzinfo=UTC) for hour in (8, 9))
    sold = [Sales(MAY_DAY, eight, 2, 901), Sales(MAY_DAY, nine, 1, 100)]
    items = [ItemSales("tea", "Tea", 1, 1), ItemSales("bun", "Bun", 2, 400), ItemSales("latte", "Latte", 2, 600)]

    given_back = [GivenBack(date(2026, 5, 2), "USD", 450)]

    report = reports.report(Span(MAY_DAY, date(2026, 5, 2)), "USD", "UTC", sold, items, given_back)

    assert [item.slug for item in report.by_item] == ["latte", "bun", "tea"]
    assert report.by_day == (DaySales(MAY_DAY, 3, 1001, 0), DaySales(date(2026, 5, 2), 0, 0, 450))
    assert [hour.hour for hour in report.by_hour] == list(range(24))
    assert [(hour.hour, hour.orders, hour.revenue) for hour in report.by_hour if hour.orders] == [
        (8, 2, 901),
        (9, 1, 100),
    ]
    assert (report.orders, report.items, report.revenue, report.average_order) == (3, 5, 1001, 334)
    assert report.refunds == 450


def test_without_orders_an_average_order_is_nothing() -> None:
    report = reports.report(Span(MAY_DAY, MAY_DAY), "USD", "UTC", [], [], [])

    assert (report.orders, report.items, report.revenue, report.average_order) == (0, 0, 0, 0)
