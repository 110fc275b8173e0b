"""Taxes: in the price or on top, rounded once for each rate, and every cent of them some line's."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_graphql.core import money, pricing, taxes
from cafe_graphql.core.drafts import Adjustment, AdjustmentKind, Draft, LineDraft, Quote, Tip
from cafe_graphql.core.kitchen import Kitchen
from cafe_graphql.core.menu import Menu
from cafe_graphql.core.money import MAX_TOTAL
from cafe_graphql.core.problems import ProblemCode
from cafe_graphql.core.taxes import Tax, TaxRate
from tests.core.guests import NOON
from tests.core.menus import corner
from tests.core.sheets import tax_rates

SALES = TaxRate("sales", "Sales tax", Decimal("8.875"), is_included=False)
VAT = TaxRate("standard", "VAT", Decimal("19"), is_included=True)
REDUCED = TaxRate("reduced", "VAT", Decimal("7"), is_included=True)
ZERO = TaxRate("zero", "VAT", Decimal("0"), is_included=True)

LATTE, ESPRESSO, CROISSANT = LineDraft("latte"), LineDraft("espresso"), LineDraft("butter-croissant")


def taxed(*rates: TaxRate, tax: str | None = None, **categories: str) -> Menu:
    """The built-in menu in a place that taxes it: all at the rate `tax`, and some categories otherwise."""
    menu = corner()
    items = [
        replace(item, category=replace(item.category, tax=categories.get(item.category.slug)))
        for item in menu.by_slug.values()
    ]
    return Menu.of(2, replace(menu.cafe, tax_rates=rates, tax=tax), menu.categories, items)


def quote(menu: Menu, *lines: LineDraft, tip: Tip | None = None) -> Quote:
    return pricing.quote(menu, Draft(lines, tip=tip), Kitchen(NOON))


def test_tax_that_is_added_stands_between_subtotal_and_total() -> None:
    quoted = quote(taxed(SALES, tax="sales"), LATTE, ESPRESSO)

    assert quoted.totals.adjustments == (Adjustment(AdjustmentKind.TAX, "Sales tax 8.875 %", 51),)  # 50.59
    assert (quoted.totals.subtotal, quoted.totals.tax, quoted.totals.total) == (570, 51, 621)
    assert quoted.totals.tax_is_included is False
    assert quoted.totals.taxes == (Tax("Sales tax", Decimal("8.875"), False, net=570, amount=51),)
    assert [line.tax for line in quoted.lines] == [31, 20]


def test_tax_that_is_included_changes_no_total() -> None:
    quoted = quote(taxed(VAT, tax="standard"), LATTE, ESPRESSO)

    assert quoted.totals.adjustments == ()
    assert (quoted.totals.subtotal, quoted.totals.tax, quoted.totals.total) == (570, 91, 570)
    assert quoted.totals.tax_is_included is True
    assert quoted.totals.taxes == (Tax("VAT", Decimal(19), True, net=479, amount=91),)
    assert [line.tax for line in quoted.lines] == [56, 35]


def test_each_category_is_taxed_by_its_own_rate_or_by_the_cafe_s() -> None:
    quoted = quote(taxed(VAT, REDUCED, tax="standard", bakery="reduced"), CROISSANT, LATTE)

    assert quoted.totals.taxes == (
        Tax("VAT", Decimal(19), True, net=294, amount=56),
        Tax("VAT", Decimal(7), True, net=299, amount=21),
    )
    assert (quoted.totals.tax, [line.tax for line in quoted.lines]) == (77, [21, 56])


def test_a_category_without_a_rate_is_not_taxed_in_a_cafe_without_one() -> None:
    quoted = quote(taxed(SALES, espresso="sales"), LATTE, CROISSANT)

    assert [line.tax for line in quoted.lines] == [31, 0]
    assert quoted.totals.taxes == (Tax("Sales tax", Decimal("8.875"), False, net=350, amount=31),)


def test_a_rate_of_nothing_is_told_with_what_it_is_the_tax_of() -> None:
    quoted = quote(taxed(ZERO, tax="zero"), LATTE)

    assert quoted.totals.taxes == (Tax("VAT", Decimal(0), True, net=350, amount=0),)
    assert quoted.totals.total == 350


def test_included_and_added_taxes_may_meet_in_one_order() -> None:
    quoted = quote(taxed(VAT, SALES, tax="standard", bakery="sales"), LATTE, CROISSANT)

    assert [line.tax for line in quoted.lines] == [56, 28]
    assert (quoted.totals.tax_is_included, quoted.totals.tax) == (False, 84)
    assert quoted.totals.total == 350 + 320 + 28


def test_a_rate_is_rounded_once_and_not_line_by_line() -> None:
    quoted = quote(taxed(replace(SALES, percent=Decimal("0.2")), tax="sales"), ESPRESSO, ESPRESSO, ESPRESSO)

    assert [money.percent(220, Decimal("0.2"))] * 3 == [0, 0, 0]
    assert quoted.totals.tax == 1  # 1.32
    assert [line.tax for line in quoted.lines] == [1, 0, 0]


@pytest.mark.parametrize(("price", "tax"), [(49, 0), (50, 1), (149, 1), (150, 2)])
def test_half_a_cent_is_rounded_up(price: int, tax: int) -> None:
    assert replace(SALES, percent=Decimal(1)).of(price) == tax


def test_a_tip_is_of_the_subtotal_and_is_not_taxed() -> None:
    quoted = quote(taxed(SALES, tax="sales"), LATTE, tip=Tip(percent=10))

    assert [(a.kind, a.amount) for a in quoted.totals.adjustments] == [
        (AdjustmentKind.TAX, 31),
        (AdjustmentKind.TIP, 35),
    ]
    assert quoted.totals.total == 416


def test_a_total_that_tax_makes_too_large_is_priced_as_far_as_it_fits() -> None:
    menu = taxed(replace(SALES, percent=Decimal(100)), tax="sales")
    items = [replace(item, price=MAX_TOTAL // 200) if item.slug == "latte" else item for item in menu.items]
    dear = Menu.of(3, menu.cafe, menu.categories, items)

    quoted = quote(dear, LineDraft("latte", 100), ESPRESSO)

    assert [line.index for line in quoted.lines] == [0]
    assert [(problem.code, problem.path) for problem in quoted.problems] == [
        (ProblemCode.TOTAL_TOO_LARGE, ("lines", "1"))
    ]
    assert quoted.totals.total == 2 * (MAX_TOTAL // 200) * 100


@given(st.lists(st.tuples(st.none() | tax_rates(), st.integers(0, 10_000)), max_size=8))
def test_taxes_add_up_by_rate_and_by_line(lines: list[tuple[TaxRate | None, int]]) -> None:
    rates, amounts = [rate for rate, _ in lines], [amount for _, amount in lines]

    found = taxes.of(rates, amounts)

    assert sum(found.by_line) == sum(tax.amount for tax in found.taxes)
    assert len(found.taxes) == len({rate for rate in rates if rate})
    for rate, amount, tax in zip(rates, amounts, found.by_line, strict=True):
        assert 0 <= tax <= amount
        assert rate is not None or tax == 0
    gross = sum(tax.net + (tax.amount if tax.is_included else 0) for tax in found.taxes)
    assert gross == sum(amount for rate, amount in lines if rate)


@given(tax_rates(), st.lists(st.integers(0, 10_000), max_size=8))
def test_tax_adds_no_more_than_was_reckoned_with(rate: TaxRate, amounts: list[int]) -> None:
    found = taxes.of([rate] * len(amounts), amounts)

    added = sum(tax.amount for tax in found.taxes if not tax.is_included)
    assert added <= sum(taxes.most_added(rate, amount) for amount in amounts)
