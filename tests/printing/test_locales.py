"""Dates and percentages as people of a place write them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cafe_graphql.printing import locales

LATE = datetime(2026, 5, 1, 23, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("locale", "zone", "written"),
    [
        ("en-US", "America/New_York", "May 1, 2026, 7:05\u202fPM"),
        ("en-GB", "Europe/London", "2 May 2026, 00:05"),
        ("de-DE", "Europe/Berlin", "02.05.2026, 01:05"),
        ("fr-FR", "Europe/Paris", "2 mai 2026, 01:05"),
        ("da-DK", "Europe/Copenhagen", "2. maj 2026 01.05"),
        ("ja-JP", "Asia/Tokyo", "2026/05/02 8:05"),
        ("tlh-KX", "UTC", "May 1, 2026, 11:05\u202fPM"),
    ],
)
def test_a_moment_is_the_date_and_time_of_the_place(locale: str, zone: str, written: str) -> None:
    assert locales.moment(LATE, zone, locales.locale(locale)) == written


@pytest.mark.parametrize(
    ("locale", "percent", "written"),
    [("en-US", "8.875", "8.875%"), ("de-DE", "8.875", "8,875\xa0%"), ("en-US", "10", "10%"), ("en-US", "0.5", "0.5%")],
)
def test_a_percentage_keeps_all_its_digits(locale: str, percent: str, written: str) -> None:
    assert locales.percentage(Decimal(percent), locales.locale(locale)) == written


def test_arabic_and_hebrew_begin_at_the_right() -> None:
    from_the_right = [each for each in ("ar-EG", "he-IL", "en-US", "ja-JP") if reads(each)]

    assert from_the_right == ["ar-EG", "he-IL"]


def reads(locale: str) -> bool:
    return locales.reads_from_the_right(locales.locale(locale))
