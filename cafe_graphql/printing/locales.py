"""Money and dates the way people of a locale write them."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates, numbers

from cafe_graphql.core.money import Money

MAX_LOCALE = 64
"""Of a longer locale only the start is read: looked-up ones are remembered, and a caller must not fill the memory."""


def locale(wanted: str, otherwise: str = "en-US") -> Locale:
    """Find a locale (BCP 47). One that nobody knows falls back to its language, then to `otherwise`, then to en-US."""
    return _known(wanted[:MAX_LOCALE]) or _known(otherwise) or Locale.parse("en_US")


def money(amount: Money, of: Locale) -> str:
    """Write an amount with all the currency's digits."""
    return numbers.format_currency(amount.amount, amount.currency, locale=of, decimal_quantization=False)


def moment(at: datetime, time_zone: str, of: Locale) -> str:
    """Write an instant as the date and time of a place, to the minute: `May 1, 2026, 12:00 PM`."""
    local = at.astimezone(ZoneInfo(time_zone))
    together = str(dates.get_datetime_format("medium", locale=of)).replace("'", "")  # in quotes stand its own words
    return together.format(dates.format_time(local, "short", locale=of), dates.format_date(local, "medium", locale=of))


def percentage(percent: Decimal, of: Locale) -> str:
    """Write a percentage (8.25 is 8.25 %) with all its digits."""
    return numbers.format_percent(percent / 100, locale=of, decimal_quantization=False)


def reads_from_the_right(locale: Locale) -> bool:
    """Tell whether its lines begin at the right, as in Arabic and Hebrew."""
    return locale.character_order == "right-to-left"


@lru_cache(maxsize=4096)
def _known(locale: str) -> Locale | None:
    for candidate in (locale.replace("_", "-"), locale.replace("_", "-").split("-")[0]):
        try:
            return Locale.parse(candidate, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return None
