"""Money: whole minor units, written exactly and rounded in one place."""

from decimal import Decimal
from typing import Any

import pytest
from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from cafe_graphql.core import money
from cafe_graphql.core.money import EXPONENTS, Money

ROUNDED_BY_CLDR = {"AFN", "ALL", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP", "YER"}
"""CLDR tells what people round prices to in these; ISO 4217, and every card terminal, still counts the small coins."""


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [(450, "USD", "4.50"), (0, "USD", "0.00"), (450, "JPY", "450"), (1250, "KWD", "1.250"), (-5, "EUR", "-0.05")],
)
def test_an_amount_is_written_with_all_the_digits_of_its_currency(minor: int, currency: str, amount: str) -> None:
    assert str(Money(minor, currency).amount) == amount


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("4.50", "USD", 450),
        ("4.5", "USD", 450),
        ("4", "USD", 400),
        ("+4.50", "USD", 450),
        ("-0.30", "USD", -30),
        ("4.500", "USD", 450),
        ("450", "JPY", 450),
        ("450.0", "JPY", 450),
        ("1.250", "KWD", 1250),
    ],
)
def test_a_price_is_read_as_minor_units(text: str, currency: str, minor: int) -> None:
    assert money.parse(text, currency) == minor


@pytest.mark.parametrize("text", ["", "four", "4,50", "$4.50", "4.", ".5", "1e3", " 4", "4\n", "٤", "NaN", "1" * 13])
def test_what_is_no_amount_is_refused_with_the_way_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match=r'is not an amount; write it as "3\.50"'):
        money.parse(text, "USD")


@pytest.mark.parametrize(("text", "currency"), [("4.505", "USD"), ("4.5", "JPY"), ("1.2505", "KWD")])
def test_a_price_finer_than_its_currency_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match=f"has more decimal places than the {EXPONENTS[currency]} of {currency}"):
        money.parse(text, currency)


@given(st.integers(-(10**12) + 1, 10**12 - 1), st.sampled_from(["USD", "JPY", "KWD"]))
def test_what_is_written_is_read_as_the_same_amount(minor: int, currency: str) -> None:
    assert money.parse(str(Money(minor, currency).amount), currency) == minor


@pytest.mark.parametrize(
    ("minor", "percentage", "share"),
    [(450, "15", 68), (450, "20", 90), (10, "5", 1), (-10, "5", -1), (9, "5", 0), (0, "50", 0), (333, "12.5", 42)],
)
def test_a_share_rounds_halves_away_from_zero(minor: int, percentage: str, share: int) -> None:
    assert money.percent(minor, Decimal(percentage)) == share


@given(st.integers(-(2**31), 2**31), st.integers(0, 100))
def test_a_share_is_never_more_than_half_a_cent_off(minor: int, percentage: int) -> None:
    share = money.percent(minor, Decimal(percentage))

    assert abs(100 * share - minor * percentage) <= 50
    assert abs(200 * share) >= abs(2 * minor * percentage) - 100
    assert money.percent(-minor, Decimal(percentage)) == -share


def test_every_currency_in_use_anywhere_has_its_digits() -> None:
    assert _in_use() - set(EXPONENTS) <= {"BGN"}  # Bulgaria pays in euros since 2026; older CLDRs do not know


def test_no_code_is_made_up() -> None:
    assert set(EXPONENTS) <= set(Locale("en").currencies)


def test_digits_are_cldr_s_except_where_it_rounds_what_iso_counts() -> None:
    differing = {code for code, digits in EXPONENTS.items() if digits != get_currency_precision(code)}

    assert differing <= ROUNDED_BY_CLDR
    assert (EXPONENTS["JPY"], EXPONENTS["USD"], EXPONENTS["KWD"]) == (0, 2, 3)


def _in_use() -> set[str]:
    """What CLDR knows as the tender of some territory today."""
    territories: Any = get_global("territory_currencies")
    today = {code for spans in territories.values() for code, _, end, is_tender in spans if end is None and is_tender}
    return today & set(Locale("en").currencies)


@pytest.mark.parametrize(
    ("minor", "percentage", "tax"),
    [(119, "19", 19), (350, "19", 56), (107, "7", 7), (0, "19", 0), (350, "0", 0), (2, "100", 1), (3, "100", 2)],
)
def test_a_tax_in_a_price_is_what_the_rest_was_raised_by(minor: int, percentage: str, tax: int) -> None:
    assert money.included(minor, Decimal(percentage)) == tax


@pytest.mark.parametrize(
    ("minor", "over", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (100, [350, 220, 430], [35, 22, 43]),
        (1, [10, 10, 10], [1, 0, 0]),
        (2, [10, 0, 11], [1, 0, 1]),
        (5, [3, 9, 3], [1, 3, 1]),
        (0, [3, 4], [0, 0]),
        (7, [7, 0], [7, 0]),
        (5, [0, 0], [0, 0]),
        (5, [], []),
    ],
)
def test_an_amount_is_shared_out_by_largest_remainder(minor: int, over: list[int], parts: list[int]) -> None:
    assert money.spread(minor, over) == parts


@given(st.integers(0, 2**31), st.lists(st.integers(0, 2**31), max_size=20))
def test_shares_add_up_and_are_within_a_unit_of_exact(minor: int, over: list[int]) -> None:
    parts, whole = money.spread(minor, over), sum(over)

    assert sum(parts) == (minor if whole else 0)
    for part, weight in zip(parts, over, strict=True):
        assert whole == 0 or abs(part * whole - minor * weight) < whole
