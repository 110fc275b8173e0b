"""Opening hours: right at every minute, past midnight and across the days on which clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_graphql.core.hours import Hours, Period
from tests.core.sheets import hours

NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
MINUTE = timedelta(minutes=1)

some_minutes = st.integers(0, 366 * 24 * 60).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * MINUTE)
"""Any minute of a year with two changes of the clocks."""


def period(weekday: int, opens: str, closes: str) -> Period:
    return Period(weekday, time.fromisoformat(opens), time.fromisoformat(closes))


def daily(opens: str, closes: str) -> Hours:
    return Hours(tuple(period(weekday, opens, closes) for weekday in range(7)))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+00:00")


def test_a_cafe_without_hours_is_always_open() -> None:
    always = Hours()

    assert always.is_open(utc("2026-05-01T03:00"), NEW_YORK)
    assert always.next_change(utc("2026-05-01T03:00"), NEW_YORK) is None
    assert always.next_opening(utc("2026-05-01T03:00"), NEW_YORK) == utc("2026-05-01T03:00")


def test_the_door_opens_on_the_minute_and_closes_on_the_minute() -> None:
    seven_to_six = daily("07:00", "18:00")

    assert not seven_to_six.is_open(utc("2026-05-01T10:59"), NEW_YORK)
    assert seven_to_six.is_open(utc("2026-05-01T11:00"), NEW_YORK)
    assert seven_to_six.is_open(utc("2026-05-01T21:59"), NEW_YORK)
    assert not seven_to_six.is_open(utc("2026-05-01T22:00"), NEW_YORK)


def test_a_bar_that_closes_at_two_is_open_after_midnight() -> None:
    friday_night = Hours((period(FRIDAY, "18:00", "02:00"),))

    assert friday_night.is_open(utc("2026-05-02T05:59"), NEW_YORK)
    assert not friday_night.is_open(utc("2026-05-02T06:00"), NEW_YORK)
    assert friday_night.next_change(utc("2026-05-02T04:00"), NEW_YORK) == utc("2026-05-02T06:00")
    assert friday_night.next_opening(utc("2026-05-02T06:00"), NEW_YORK) == utc("2026-05-08T22:00")


def test_two_periods_that_touch_are_one_opening() -> None:
    hours = Hours((period(FRIDAY, "08:00", "12:00"), period(FRIDAY, "12:00", "17:00")))

    assert hours.next_change(utc("2026-05-01T13:00"), NEW_YORK) == utc("2026-05-01T21:00")


def test_a_period_until_midnight_goes_on_with_one_that_begins_there() -> None:
    hours = Hours((period(FRIDAY, "20:00", "00:00"), period(SATURDAY, "00:00", "03:00")))

    assert hours.next_change(utc("2026-05-02T01:00"), NEW_YORK) == utc("2026-05-02T07:00")


@pytest.mark.parametrize(("opens", "closes"), [("00:00", "00:00"), ("08:00", "08:00")])
def test_open_round_the_clock_every_day_never_changes(opens: str, closes: str) -> None:
    round_the_clock = daily(opens, closes)

    assert round_the_clock.is_open(utc("2026-05-01T12:00"), NEW_YORK)
    assert round_the_clock.next_change(utc("2026-05-01T12:00"), NEW_YORK) is None


def test_open_round_the_clock_on_one_day_ends_a_day_later() -> None:
    saturday = Hours((period(SATURDAY, "00:00", "00:00"),))

    assert saturday.next_opening(utc("2026-05-01T12:00"), BERLIN) == utc("2026-05-01T22:00")
    assert saturday.next_change(utc("2026-05-02T12:00"), BERLIN) == utc("2026-05-02T22:00")


@pytest.mark.parametrize(
    ("time_zone", "day", "opens", "closes"),
    [
        (NEW_YORK, "2026-03-07", "12:00", "23:00"),  # winter time
        (NEW_YORK, "2026-03-08", "11:00", "22:00"),  # clocks went forward at two
        (NEW_YORK, "2026-11-01", "12:00", "23:00"),  # clocks went back at two
        (BERLIN, "2026-03-28", "06:00", "17:00"),
        (BERLIN, "2026-03-29", "05:00", "16:00"),
        (BERLIN, "2026-10-25", "06:00", "17:00"),
    ],
)
def test_seven_to_six_is_by_the_clock_on_the_wall(time_zone: str, day: str, opens: str, closes: str) -> None:
    seven_to_six = daily("07:00", "18:00")

    assert seven_to_six.next_opening(utc(f"{day}T04:00"), time_zone) == utc(f"{day}T{opens}")
    assert seven_to_six.next_change(utc(f"{day}T{opens}"), time_zone) == utc(f"{day}T{closes}")


@pytest.mark.parametrize(("day", "length"), [("2026-03-07", 8), ("2026-03-08", 7), ("2026-11-01", 9)])
def test_a_night_is_an_hour_shorter_or_longer_when_clocks_change(day: str, length: int) -> None:
    night = daily("22:00", "06:00")
    opens = datetime.fromisoformat(f"{day}T22:00").replace(tzinfo=ZoneInfo(NEW_YORK)) - timedelta(days=1)

    closes = night.next_change(opens.astimezone(UTC), NEW_YORK)

    assert closes is not None
    assert closes - opens.astimezone(UTC) == timedelta(hours=length)


def test_an_opening_at_an_hour_that_the_clock_skips_is_an_hour_later() -> None:
    early = Hours((period(SUNDAY, "02:30", "09:00"),))

    assert early.next_opening(utc("2026-03-08T06:00"), NEW_YORK) == utc("2026-03-08T07:30")


def test_an_opening_that_the_clock_skips_whole_waits_for_the_next_week() -> None:
    brief = Hours((period(SUNDAY, "02:30", "03:00"),))

    assert brief.next_opening(utc("2026-03-07T12:00"), NEW_YORK) == utc("2026-03-15T06:30")
    assert brief.next_opening(utc("2026-03-02T12:00"), NEW_YORK) == utc("2026-03-15T06:30")


@given(hours(), st.sampled_from([NEW_YORK, BERLIN]), some_minutes)
def test_open_means_that_the_clock_on_the_wall_is_within_a_period(hours: Hours, time_zone: str, at: datetime) -> None:
    wall = at.astimezone(ZoneInfo(time_zone))
    if _clocks_change_near(wall):
        return

    assert hours.is_open(at, time_zone) == (not hours.periods or any(_within(wall, p) for p in hours.periods))


@given(hours(), st.sampled_from([NEW_YORK, BERLIN]), some_minutes)
def test_the_next_change_is_the_first_minute_that_differs(hours: Hours, time_zone: str, at: datetime) -> None:
    now = hours.is_open(at, time_zone)

    change = hours.next_change(at, time_zone)

    if change is None:
        assert all(hours.is_open(at + n * timedelta(hours=1), time_zone) == now for n in range(9 * 24))
    else:
        assert at < change
        assert all(hours.is_open(minute, time_zone) == now for minute in _between(at, change))
        assert hours.is_open(change, time_zone) != now


@given(hours(), st.sampled_from([NEW_YORK, BERLIN]), some_minutes)
def test_the_next_opening_is_now_or_the_next_change(hours: Hours, time_zone: str, at: datetime) -> None:
    opens = hours.next_opening(at, time_zone)

    assert opens == (at if hours.is_open(at, time_zone) else hours.next_change(at, time_zone))
    assert opens is not None and hours.is_open(opens, time_zone)


def _within(wall: datetime, period: Period) -> bool:
    """Tell by the wall clock alone, in minutes of the week."""
    opens = period.weekday * 1440 + period.opens.hour * 60 + period.opens.minute
    length = (period.closes.hour * 60 + period.closes.minute - opens) % 1440 or 1440
    return (wall.weekday() * 1440 + wall.hour * 60 + wall.minute - opens) % (7 * 1440) < length


def _clocks_change_near(wall: datetime) -> bool:
    offsets = {(wall.astimezone(UTC) + timedelta(days=days)).astimezone(wall.tzinfo).utcoffset() for days in (-1, 1)}
    return len(offsets) > 1


def _between(start: datetime, end: datetime) -> list[datetime]:
    """The minutes near both ends, and every quarter of an hour between: all edges are on whole minutes."""
    count = (end - start) // MINUTE
    steps = {*range(min(count, 30)), *range(0, count, 15), *range(max(count - 30, 0), count)}
    return [start + n * MINUTE for n in sorted(steps)]
