"""Points: what earns them, what they take off, and accounts that never fall below nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_graphql.core import loyalty, pricing
from cafe_graphql.core.drafts import Adjustment, AdjustmentKind, Draft, LineDraft, Quote, Tip
from cafe_graphql.core.kitchen import Kitchen
from cafe_graphql.core.loyalty import Account
from cafe_graphql.core.menu import Menu
from cafe_graphql.core.money import MAX_TOTAL
from cafe_graphql.core.points import Scheme
from cafe_graphql.core.problems import ProblemCode
from cafe_graphql.core.promo_codes import PromoCode
from cafe_graphql.core.purses import EMPTY, Purse
from cafe_graphql.core.taxes import TaxRate
from tests.core.guests import NOON
from tests.core.menus import corner

LATTE, ESPRESSO = LineDraft("latte"), LineDraft("espresso")
SCHEME = Scheme(points=1, per=100, worth=5)
HALF = PromoCode("HALF", percent=50)
SALES = TaxRate("sales", "Sales tax", Decimal(10), is_included=False)
ADA = Purse(has_account=True, collects=True, points=60)


def rewarding(scheme: Scheme | None = SCHEME, *rates: TaxRate) -> Menu:
    """The built-in menu in a café with points."""
    menu = corner()
    cafe = replace(menu.cafe, loyalty=scheme, tax_rates=rates, tax=rates[0].slug if rates else None)
    return Menu.of(2, cafe, menu.categories, menu.items, [HALF])


def quote(draft: Draft, purse: Purse = ADA, menu: Menu | None = None) -> Quote:
    return pricing.quote(menu or rewarding(), draft, Kitchen(NOON), purse)


def test_a_customer_earns_a_point_for_every_whole_dollar_of_the_lines() -> None:
    assert quote(Draft((LATTE, ESPRESSO))).points == 5  # of 5.70
    assert quote(Draft((LATTE, ESPRESSO)), menu=rewarding(Scheme(10, 250, 1))).points == 20


def test_neither_tips_nor_added_tax_nor_what_is_taken_off_earns_anything() -> None:
    draft = Draft((LineDraft("latte", 2),), promo_code="half", tip=Tip(percent=100), redeem_points=11)

    quoted = quote(draft, menu=rewarding(SCHEME, SALES))

    assert (quoted.totals.subtotal - quoted.totals.discount, quoted.points) == (295, 2)
    assert quoted.totals.total == 295 + 30 + 700


@pytest.mark.parametrize("purse", [EMPTY, Purse(has_account=True)])
def test_guests_and_staff_earn_nothing(purse: Purse) -> None:
    assert quote(Draft((LATTE,)), purse).points == 0


def test_points_are_taken_off_before_tax_and_shared_by_the_lines() -> None:
    quoted = quote(Draft((LATTE, ESPRESSO), redeem_points=20), menu=rewarding(SCHEME, SALES))

    assert quoted.totals.adjustments == (
        Adjustment(AdjustmentKind.LOYALTY, "20 points", -100),
        Adjustment(AdjustmentKind.TAX, "Sales tax 10 %", 47),
    )
    assert [(line.discount, line.tax) for line in quoted.lines] == [(61, 29), (39, 18)]
    assert (quoted.totals.total, quoted.redeemed) == (517, 20)


def test_a_code_comes_first_and_points_are_taken_off_what_is_left() -> None:
    quoted = quote(Draft((LATTE,), promo_code="half", redeem_points=60))

    assert [(a.kind, a.label, a.amount) for a in quoted.totals.adjustments] == [
        (AdjustmentKind.DISCOUNT, "HALF", -175),
        (AdjustmentKind.LOYALTY, "35 points", -175),
    ]
    assert (quoted.totals.total, quoted.redeemed, quoted.points) == (0, 35, 0)


def test_no_more_points_are_spent_than_the_order_comes_to_in_whole_ones() -> None:
    quoted = quote(Draft((LATTE,), redeem_points=60), menu=rewarding(Scheme(1, 100, 40)))

    assert quoted.totals.adjustments == (Adjustment(AdjustmentKind.LOYALTY, "8 points", -320),)
    assert (quoted.totals.total, quoted.redeemed) == (30, 8)


def test_one_point_is_called_one_point() -> None:
    assert quote(Draft((LATTE,), redeem_points=1)).totals.adjustments[0].label == "1 point"


@pytest.mark.parametrize(
    ("points", "purse", "scheme", "code", "message"),
    [
        (
            61,
            ADA,
            SCHEME,
            ProblemCode.POINTS_INSUFFICIENT,
            "You have 60 points, not 61: redeem as many at most, or place the order with redeemPoints 0.",
        ),
        (
            1,
            EMPTY,
            SCHEME,
            ProblemCode.POINTS_INSUFFICIENT,
            "Points are on customers' accounts: sign in to redeem them, or place the order with redeemPoints 0.",
        ),
        (
            1,
            ADA,
            None,
            ProblemCode.POINTS_INSUFFICIENT,
            "Corner Café has no points to redeem; place the order with redeemPoints 0.",
        ),
        (
            -1,
            ADA,
            SCHEME,
            ProblemCode.QUANTITY_OUT_OF_RANGE,
            f"The points to redeem must be from 0 to {MAX_TOTAL}, not -1.",
        ),
    ],
)
def test_points_that_are_not_there_are_refused(
    points: int, purse: Purse, scheme: Scheme | None, code: ProblemCode, message: str
) -> None:
    quoted = quote(Draft((LATTE,), redeem_points=points), purse, rewarding(scheme))

    (problem,) = quoted.problems
    assert (problem.code, problem.message, problem.path) == (code, message, ("redeemPoints",))
    assert (quoted.totals.total, quoted.redeemed) == (350, 0)


def test_points_that_come_pay_for_what_is_owed_first() -> None:
    spent = Account(points=2).losing(5)

    assert spent == Account(0, owed=3)
    assert spent.gaining(2) == Account(0, owed=1)
    assert spent.gaining(10) == Account(7, owed=0)


@given(st.lists(st.integers(-100, 100)))
def test_an_account_is_never_below_nothing_and_forgets_no_point(movements: list[int]) -> None:
    account = Account()
    for points in movements:
        account = account.gaining(points) if points >= 0 else account.losing(-points)
        assert account.points >= 0
        assert account.owed >= 0
        assert account.points == 0 or account.owed == 0

    assert account.points - account.owed == sum(movements)


@given(st.integers(0, 10_000), st.lists(st.integers(1, 1_000), min_size=1), st.data())
def test_an_order_earns_all_of_its_points_when_it_is_paid_and_none_when_all_is_given_back(
    offered: int, payments: list[int], data: st.DataObject
) -> None:
    total, kept, so_far = sum(payments), 0, 0
    for payment in payments:
        kept += payment
        assert so_far <= loyalty.earned(offered, kept, total) <= offered
        so_far = loyalty.earned(offered, kept, total)
    assert so_far == offered

    while kept:
        kept -= data.draw(st.integers(1, kept))
        assert 0 <= loyalty.earned(offered, kept, total) <= so_far
        so_far = loyalty.earned(offered, kept, total)
    assert so_far == 0


def test_an_order_that_costs_nothing_earns_and_gives_back_nothing() -> None:
    assert (loyalty.earned(0, 0, 0), loyalty.given_back(70, 0, 0)) == (0, 0)
