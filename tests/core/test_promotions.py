"""Promo codes: what each kind takes off, of what, when and how often; and why one takes nothing off."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from cafe_graphql.core import pricing
from cafe_graphql.core.drafts import Adjustment, AdjustmentKind, Choice, Draft, LineDraft, Quote, Tip
from cafe_graphql.core.hours import Hours, Period
from cafe_graphql.core.kitchen import Kitchen
from cafe_graphql.core.menu import Menu
from cafe_graphql.core.problems import Problem, ProblemCode, WarningCode
from cafe_graphql.core.promo_codes import PromoCode
from cafe_graphql.core.purses import EMPTY, Purse
from cafe_graphql.core.taxes import TaxRate
from tests.core.guests import NOON
from tests.core.menus import corner

LATTE, ESPRESSO, CROISSANT = LineDraft("latte"), LineDraft("espresso"), LineDraft("butter-croissant")
LARGE = (Choice("size", "large"), Choice("milk", "oat"))
TENTH = PromoCode("TENTH", percent=10)


def with_codes(*codes: PromoCode, menu: Menu | None = None) -> Menu:
    menu = menu or corner()
    return Menu.of(2, menu.cafe, menu.categories, menu.by_slug.values(), codes)


def quote(
    code: PromoCode, *lines: LineDraft, given: str | None = None, purse: Purse = EMPTY, at: datetime = NOON
) -> Quote:
    return pricing.quote(with_codes(code), Draft(lines, promo_code=given or code.code), Kitchen(at), purse)


def off(quoted: Quote) -> list[tuple[str, int, int | None]]:
    assert all(a.kind is AdjustmentKind.DISCOUNT for a in quoted.totals.adjustments)
    return [(a.label, a.amount, a.line_index) for a in quoted.totals.adjustments]


def refused(quoted: Quote) -> str:
    (problem,) = quoted.problems
    assert (problem.code, problem.path) == (ProblemCode.PROMO_INVALID, ("promoCode",))
    assert (quoted.totals.adjustments, quoted.promo_code) == ((), None)
    return problem.message


def not_applied(quoted: Quote) -> str:
    warning = quoted.warnings[-1]
    assert (warning.code, warning.path) == (WarningCode.PROMO_NOT_APPLIED, ("promoCode",))
    assert (quoted.problems, quoted.totals.adjustments, quoted.promo_code) == ((), (), None)
    return warning.message


def test_a_percentage_is_taken_off_the_whole_order_and_shared_by_its_lines() -> None:
    quoted = quote(TENTH, LATTE, ESPRESSO, replace(LATTE, quantity=2))

    assert off(quoted) == [("TENTH", -127, None)]
    assert [(line.total, line.discount, line.net) for line in quoted.lines] == [
        (350, 35, 315),
        (220, 22, 198),
        (700, 70, 630),
    ]
    assert (quoted.totals.subtotal, quoted.totals.discount, quoted.totals.total) == (1270, 127, 1143)
    assert quoted.promo_code == "tenth"


def test_it_is_rounded_once_over_the_whole_order() -> None:
    quoted = quote(replace(TENTH, percent=25), LineDraft("espresso"), LATTE)  # 142.5 of 570: 55 and 87.5

    assert off(quoted) == [("TENTH", -143, None)]
    assert [line.discount for line in quoted.lines] == [55, 88]


def test_an_amount_is_taken_off_but_never_more_than_there_is() -> None:
    two = PromoCode("TWO-OFF", "Two dollars off", amount=200)

    assert off(quote(two, LATTE, ESPRESSO)) == [("Two dollars off", -200, None)]
    assert [line.discount for line in quote(two, LATTE, ESPRESSO).lines] == [123, 77]
    ten = quote(replace(two, amount=1000), LATTE, ESPRESSO)
    assert (off(ten), ten.totals.total) == ([("Two dollars off", -570, None)], 0)


def test_the_cheapest_of_every_three_is_free() -> None:
    third = PromoCode("THIRD-FREE", buy=2, get=1)

    quoted = quote(third, LineDraft("latte", 4, LARGE), LineDraft("espresso", 1), LineDraft("latte", 2))

    assert off(quoted) == [("THIRD-FREE", -220, 1), ("THIRD-FREE", -350, 2)]
    assert [line.discount for line in quoted.lines] == [0, 220, 350]


@pytest.mark.parametrize(("buy", "get", "quantity", "free"), [(1, 1, 5, 2), (2, 1, 3, 1), (3, 2, 9, 2), (3, 2, 10, 4)])
def test_so_many_come_free_as_are_full(buy: int, get: int, quantity: int, free: int) -> None:
    quoted = quote(PromoCode("MORE", buy=buy, get=get), LineDraft("espresso", quantity))

    assert off(quoted) == [("MORE", -220 * free, 0)]


def test_a_code_for_some_things_takes_something_off_those_lines_alone() -> None:
    code = PromoCode("ESPRESSO", percent=50, items=("butter-croissant",), categories=("espresso",))

    quoted = quote(code, LATTE, LineDraft("earl-grey"), CROISSANT)

    assert off(quoted) == [("ESPRESSO", -175, 0), ("ESPRESSO", -160, 2)]
    assert quoted.lines[1].discount == 0


def test_capitals_and_spaces_around_it_do_not_matter() -> None:
    assert quote(TENTH, LATTE, given=" tEnTh ").promo_code == "tenth"


def test_money_off_makes_less_to_tax_and_leaves_the_tip() -> None:
    rate = TaxRate("sales", "Sales tax", Decimal(10), is_included=False)
    menu = corner()
    taxed = Menu.of(2, replace(menu.cafe, tax_rates=(rate,), tax="sales"), menu.categories, menu.items)

    draft = Draft((LATTE,), promo_code="TENTH", tip=Tip(percent=20))
    quoted = pricing.quote(with_codes(TENTH, menu=taxed), draft, Kitchen(NOON))

    assert quoted.totals.adjustments == (
        Adjustment(AdjustmentKind.DISCOUNT, "TENTH", -35),
        Adjustment(AdjustmentKind.TAX, "Sales tax 10 %", 32),  # of 315
        Adjustment(AdjustmentKind.TIP, "Tip 20 %", 70),  # of 350
    )
    assert quoted.totals.total == 417


def test_there_is_no_such_code_and_nothing_is_said_of_those_that_are() -> None:
    quoted = quote(TENTH, LATTE, given="TENHT")

    assert quoted.problems == (
        Problem(
            ProblemCode.PROMO_INVALID, "There is no promo code “TENHT”; place the order without it.", ("promoCode",)
        ),
    )


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (datetime(2026, 5, 1, 3, 59, tzinfo=UTC), "“MAY” is good from 01 May 2026 on; place the order without it."),
        (datetime(2026, 5, 1, 4, 0, tzinfo=UTC), None),
        (datetime(2026, 6, 1, 3, 59, tzinfo=UTC), None),
        (datetime(2026, 6, 1, 4, 0, tzinfo=UTC), "“MAY” was good until 31 May 2026; place the order without it."),
    ],
)
def test_a_code_is_good_on_its_days_by_the_cafe_s_own_calendar(at: datetime, why: str | None) -> None:
    may = PromoCode("MAY", percent=10, first_day=date(2026, 5, 1), last_day=date(2026, 5, 31))

    quoted = quote(may, LATTE, at=at)

    assert [problem.message for problem in quoted.problems] == ([why] if why else [])
    assert (quoted.promo_code is None) is (why is not None)


def test_at_another_hour_than_its_own_a_code_takes_nothing_off_and_says_when_it_does() -> None:
    happy = PromoCode("HAPPY", percent=50, hours=Hours((Period(4, time(15), time(17)),)))

    assert not_applied(quote(happy, LATTE)) == (
        "“HAPPY” takes nothing off at this hour. It does next on Friday, 01 May, at 15:00."
    )
    assert off(quote(happy, LATTE, at=datetime(2026, 5, 1, 19, 0, tzinfo=UTC))) == [("HAPPY", -175, None)]
    assert off(quote(happy, LATTE, at=datetime(2026, 5, 1, 20, 59, tzinfo=UTC))) == [("HAPPY", -175, None)]
    not_applied(quote(happy, LATTE, at=datetime(2026, 5, 1, 21, 0, tzinfo=UTC)))


def test_a_small_order_is_told_how_large_it_would_have_to_be() -> None:
    five = PromoCode("FIVE", percent=10, minimum=570)

    assert not_applied(quote(five, LATTE)) == "“FIVE” takes something off orders of 5.70 USD or more."
    assert off(quote(five, LATTE, ESPRESSO)) == [("FIVE", -57, None)]


def test_an_order_of_other_things_is_told_what_the_code_is_for() -> None:
    code = PromoCode("TEA", percent=10, items=("butter-croissant",), categories=("tea",))

    assert not_applied(quote(code, LATTE)) == "“TEA” takes nothing off this order. It is for butter-croissant, tea."


def test_too_few_are_told_how_many_it_takes() -> None:
    third = PromoCode("THIRD-FREE", buy=2, get=1)

    assert not_applied(quote(third, replace(LATTE, quantity=2))) == (
        "“THIRD-FREE” takes something off 3 or more; the order has 2."
    )


def test_less_than_half_a_cent_is_nothing_off() -> None:
    cheap = corner()
    items = [replace(item, price=4) if item.slug == "espresso" else item for item in cheap.items]
    menu = Menu.of(2, cheap.cafe, cheap.categories, items, [TENTH])

    quoted = pricing.quote(menu, Draft((ESPRESSO,), promo_code="TENTH"), Kitchen(NOON))

    assert not_applied(quoted) == "“TENTH” takes nothing off this order."
    assert quoted.totals.total == 4


@pytest.mark.parametrize(
    ("purse", "why"),
    [
        (Purse(code_uses=99), None),
        (Purse(code_uses=100), "“TENTH” has been used up; place the order without it."),
    ],
)
def test_a_code_is_used_up_after_so_many_orders(purse: Purse, why: str | None) -> None:
    quoted = quote(replace(TENTH, limit=100), LATTE, purse=purse)

    assert [problem.message for problem in quoted.problems] == ([why] if why else [])


def test_a_guest_without_an_account_cannot_use_a_code_that_each_customer_has_once() -> None:
    assert refused(quote(replace(TENTH, customer_limit=1), LATTE)) == (
        "“TENTH” can be used once by each customer: sign in to use it, or place the order without it."
    )


def test_a_customer_cannot_use_a_code_more_often_than_each_may() -> None:
    twice = replace(TENTH, customer_limit=2)

    assert quote(twice, LATTE, purse=Purse(has_account=True, own_uses=1)).promo_code == "tenth"
    assert refused(quote(twice, LATTE, purse=Purse(has_account=True, own_uses=2))) == (
        "You have used “TENTH” twice already, as often as you may; place the order without it."
    )
