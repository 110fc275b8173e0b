"""Opening hours as a menu file writes them: a table of weekdays, each "07:00-18:00" or a list of such."""

import re
from datetime import time
from functools import partial
from itertools import pairwise

from cafe_graphql.core.hours import WEEKDAYS, Hours, Period
from cafe_graphql.core.menu_file.fields import Field, shown
from cafe_graphql.core.menu_file.values import listed, text

_DAY = 24 * 60
_WEEK = 7 * _DAY
_MAX_PERIODS = 10
_PERIOD = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]) ?[-\u2013] ?([01][0-9]|2[0-4]):([0-5][0-9])")


def read(field: Field) -> Hours:
    """Read the week's hours in the order of the week; a weekday that is not named is closed."""
    with field.table("weekday") as table:
        days = [table.optional(day, partial(_day, number), ()) for number, day in enumerate(WEEKDAYS)]
    if not table.is_sound:
        return Hours()
    periods = sorted(period for day in days for period in day)
    if not periods:
        raise ValueError("has no opening period; leave hours out if the café is always open")
    _refuse_overlaps(field, periods)
    return Hours(tuple(periods))


def document(hours: Hours) -> dict[str, object]:
    """Give the table that `read` reads as these hours."""
    week: dict[str, list[str]] = {}
    for period in hours.periods:
        week.setdefault(WEEKDAYS[period.weekday], []).append(_written(period))
    return {day: periods[0] if len(periods) == 1 else periods for day, periods in week.items()}


def _day(weekday: int, field: Field) -> tuple[Period, ...]:
    if isinstance(field.value, str):
        return (_period(weekday, field),)
    return listed(partial(_period, weekday), _MAX_PERIODS, key=lambda _: "")(field)


def _period(weekday: int, field: Field) -> Period:
    given = text(30)(field)
    found = _PERIOD.fullmatch(given)
    if found is None or (found[3] == "24" and found[4] != "00"):
        raise ValueError(f'{shown(given)} is no opening period: write it like "07:00-18:00"')
    # Midnight at the end of the day may be written as it is spoken of; the clock says 00:00.
    return Period(weekday, time(int(found[1]), int(found[2])), time(int(found[3]) % 24, int(found[4])))


def _refuse_overlaps(field: Field, periods: list[Period]) -> None:
    first_again = (_minutes(periods[0])[0] + _WEEK, 0)
    spans = [*map(_minutes, periods), first_again]
    for (period, following), ((_, end), (start, _)) in zip(
        pairwise([*periods, periods[0]]), pairwise(spans), strict=True
    ):
        if start < end:
            field.wrong(f"{_spoken(period)} and {_spoken(following)} overlap")


def _minutes(period: Period) -> tuple[int, int]:
    """When the period begins and ends, in minutes since Monday began."""
    start = period.weekday * _DAY + period.opens.hour * 60 + period.opens.minute
    length = (period.closes.hour - period.opens.hour) * 60 + period.closes.minute - period.opens.minute
    return start, start + (length if length > 0 else length + _DAY)


def _spoken(period: Period) -> str:
    return f"{WEEKDAYS[period.weekday]} {_written(period)}"


def _written(period: Period) -> str:
    return f"{period.opens:%H:%M}-{period.closes:%H:%M}"
