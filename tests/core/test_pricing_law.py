"""The law of prices, under every menu and every draft: it adds up, it fits, and nothing makes it fall over."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cafe_graphql.core import money, pricing, validation
from cafe_graphql.core.drafts import MONEY_OFF, Adjustment, AdjustmentKind, Choice, Draft, LineDraft, Quote, Tip
from cafe_graphql.core.kitchen import Kitchen
from cafe_graphql.core.menu import Menu
from cafe_graphql.core.money import MAX_TOTAL
from cafe_graphql.core.problems import ProblemCode, UnknownChoice, WarningCode
from cafe_graphql.core.purses import Purse
from tests.core.guests import NOON, careful_drafts, drafts, purses
from tests.core.menus import corner, menus, menus_with_everything
from tests.core.walking import walk

CORNER = corner()
LATTE = LineDraft("latte")
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

thoroughly = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def quote(*lines: LineDraft, tip: Tip | None = None, menu: Menu = CORNER) -> Quote:
    return pricing.quote(menu, Draft(lines, tip=tip), Kitchen(NOON))


@thoroughly
@given(st.data())
def test_whatever_is_asked_of_whatever_menu_the_law_holds(data: st.DataObject) -> None:
    menu = data.draw(menus())
    draft = data.draw(drafts(menu))

    quote = pricing.quote(menu, draft, Kitchen(NOON), data.draw(purses))

    _adds_up(quote)
    _each_problem_leads_somewhere(quote, draft)


@thoroughly
@given(st.data())
def test_a_careful_guest_is_charged_for_every_line_and_refused_nothing(data: st.DataObject) -> None:
    menu = data.draw(menus_with_everything())
    draft = data.draw(careful_drafts(menu))

    quote = pricing.quote(menu, draft, Kitchen(NOON))

    assert quote.problems == ()
    assert [line.index for line in quote.lines] == list(range(len(draft.lines)))
    assert [(line.item.slug, line.quantity) for line in quote.lines] == [(li.item, li.quantity) for li in draft.lines]
    assert quote.totals.tip == _tip_by_hand(draft.tip, quote.totals.subtotal)
    _adds_up(quote)
    _defaults_are_applied_and_said(quote, draft)


def _defaults_are_applied_and_said(quote: Quote, draft: Draft) -> None:
    """A group that a line does not mention takes its defaults, each with a warning."""
    for line, asked in zip(quote.lines, draft.lines, strict=True):
        mentioned = {choice.group for choice in asked.choices}
        left_open = [group for group in line.item.groups if group.slug not in mentioned]
        taken = [(c.group_slug, c.option_slug) for c in line.choices if c.group_slug not in mentioned]
        assert taken == [(group.slug, option.slug) for group in left_open for option in group.defaults]
        said = [warning for warning in quote.warnings if warning.path == ("lines", str(line.index), "options")]
        assert [warning.code for warning in said] == [WarningCode.DEFAULT_APPLIED] * len(taken)


def _adds_up(quote: Quote) -> None:
    totals = quote.totals
    assert totals.subtotal == sum(line.unit_price * line.quantity for line in quote.lines)
    assert totals.subtotal + sum(adjustment.amount for adjustment in totals.adjustments) == totals.total
    assert 0 <= totals.total <= MAX_TOTAL
    assert 0 <= totals.discount == sum(line.discount for line in quote.lines) <= totals.subtotal
    assert totals.tax == sum(line.tax for line in quote.lines)
    assert totals.total == totals.subtotal - totals.discount + _added_by_hand(quote) + totals.tip
    used = {adjustment.kind for adjustment in totals.adjustments}
    assert (quote.promo_code is not None) is (AdjustmentKind.DISCOUNT in used)
    assert (quote.redeemed > 0) is (AdjustmentKind.LOYALTY in used)
    assert all(0 not in (a.amount for a in totals.adjustments if a.kind is kind) for kind in MONEY_OFF)
    assert 0 <= quote.points <= MAX_TOTAL
    for line in quote.lines:
        assert line.unit_price == line.item.price + sum(choice.price for choice in line.choices)
        assert 0 <= line.total <= MAX_TOTAL
        assert 0 <= line.discount <= line.total
        assert 0 <= line.tax <= line.net


def _added_by_hand(quote: Quote) -> int:
    added = sum(tax.amount for tax in quote.totals.taxes if not tax.is_included)
    assert added == sum(a.amount for a in quote.totals.adjustments if a.kind is AdjustmentKind.TAX)
    return added


@thoroughly
@given(st.data())
def test_the_order_of_the_lines_changes_neither_the_total_nor_any_tax(data: st.DataObject) -> None:
    menu = data.draw(menus_with_everything().filter(lambda menu: menu.promo_codes))
    code, points = data.draw(st.sampled_from(list(menu.promo_codes))), data.draw(st.integers(0, 1_000))
    draft = replace(data.draw(careful_drafts(menu)), promo_code=code, redeem_points=points)
    purse = Purse(has_account=True, collects=True, points=1_000)
    otherwise = replace(draft, lines=tuple(data.draw(st.permutations(draft.lines))))

    quote, again = (pricing.quote(menu, each, Kitchen(NOON), purse) for each in (draft, otherwise))

    assert (quote.totals.total, quote.totals.discount) == (again.totals.total, again.totals.discount)
    assert (quote.totals.taxes, quote.points) == (again.totals.taxes, again.points)
    assert quote.problems == again.problems


def _each_problem_leads_somewhere(quote: Quote, draft: Draft) -> None:
    assert len(quote.problems) <= validation.MAX_PROBLEMS + 1
    said = [(p.message, p.path) for p in quote.problems] + [(w.message, w.path) for w in quote.warnings]
    for message, path in said:
        assert path
        assert message.strip()
        assert not UNPRINTABLE.search(message)
        walk(draft, path)
    for problem in quote.problems:
        if isinstance(problem, UnknownChoice):
            assert problem.given == walk(draft, problem.path)
            assert problem.given not in problem.allowed
            assert problem.did_you_mean is None or problem.did_you_mean in problem.allowed
    if not quote.problems:
        assert len(quote.lines) == len(draft.lines)


def _tip_by_hand(tip: Tip | None, subtotal: int) -> int:
    if tip is None:
        return 0
    return (subtotal * tip.percent + 50) // 100 if tip.percent is not None else tip.minor or 0


def test_a_large_oat_latte_with_two_extra_shots_is_six_dollars_ten() -> None:
    build = (Choice("size", "large"), Choice("milk", "oat"), Choice("extras", "extra-shot", 2))

    quoted = quote(LineDraft("latte", 2, build))

    (line,) = quoted.lines
    assert [(c.option_name, c.quantity, c.price) for c in line.choices] == [
        ("Large", 1, 100),
        ("Oat milk", 1, 0),
        ("Extra shot", 2, 160),
    ]
    assert (line.unit_price, line.total, quoted.totals.total) == (610, 1220, 1220)


def test_a_latte_without_a_size_is_a_small_one_and_the_guest_is_told() -> None:
    quoted = quote(LATTE)

    assert [(c.group_name, c.option_name) for c in quoted.lines[0].choices] == [
        ("Size", "Small"),
        ("Milk", "Dairy milk"),
    ]
    assert [(w.code, w.message, w.path) for w in quoted.warnings] == [
        (WarningCode.DEFAULT_APPLIED, "Size: Small, as nothing else was chosen.", ("lines", "0", "options")),
        (WarningCode.DEFAULT_APPLIED, "Milk: Dairy milk, as nothing else was chosen.", ("lines", "0", "options")),
    ]


def test_two_lattes_built_differently_stay_two_lines() -> None:
    oat = LineDraft("latte", choices=(Choice("milk", "oat"),))
    almond = LineDraft("latte", choices=(Choice("milk", "almond"),))

    quoted = quote(oat, almond, oat)

    assert [(line.index, line.choices[1].option_slug) for line in quoted.lines] == [
        (0, "oat"),
        (1, "almond"),
        (2, "oat"),
    ]


@pytest.mark.parametrize(
    ("tip", "label", "amount"),
    [
        (Tip(percent=15), "Tip 15 %", 53),  # 52.5
        (Tip(percent=0), "Tip 0 %", 0),
        (Tip(percent=100), "Tip 100 %", 350),
        (Tip(minor=200), "Tip", 200),
    ],
)
def test_a_tip_is_a_share_of_the_lines_or_an_amount(tip: Tip, label: str, amount: int) -> None:
    totals = quote(LATTE, tip=tip).totals

    assert totals.adjustments == (Adjustment(AdjustmentKind.TIP, label, amount),)
    assert (totals.subtotal, totals.tip, totals.total) == (350, amount, 350 + amount)


@given(st.integers(0, 100), st.integers(1, 100))
def test_a_tip_in_percent_is_rounded_once_over_the_whole_order(percentage: int, quantity: int) -> None:
    totals = quote(LineDraft("latte", quantity), tip=Tip(percent=percentage)).totals

    assert totals.tip == money.percent(350 * quantity, Decimal(percentage))


def test_what_can_be_priced_is_priced_beside_what_cannot() -> None:
    quoted = quote(LATTE, LineDraft("flying-saucer"), LineDraft("espresso", 2))

    assert [(line.index, line.total) for line in quoted.lines] == [(0, 350), (2, 440)]
    assert [(problem.code, problem.path) for problem in quoted.problems] == [
        (ProblemCode.UNKNOWN_ITEM, ("lines", "1", "item"))
    ]
    assert quoted.totals.total == 790


def test_an_order_that_no_till_could_show_is_priced_as_far_as_it_fits() -> None:
    dear = _with_price("latte", MAX_TOTAL // 100)

    quoted = quote(LineDraft("latte", 100), LineDraft("espresso"), menu=dear)

    assert [(line.index, line.total) for line in quoted.lines] == [(0, MAX_TOTAL - 47)]
    assert [(problem.code, problem.path) for problem in quoted.problems] == [
        (ProblemCode.TOTAL_TOO_LARGE, ("lines", "1"))
    ]


def test_lines_that_come_to_exactly_the_most_are_fine() -> None:
    dear = _with_price("espresso", 47, _with_price("latte", MAX_TOTAL // 100))

    quoted = quote(LineDraft("latte", 100), LineDraft("espresso"), menu=dear)

    assert (quoted.totals.total, quoted.problems) == (MAX_TOTAL, ())


def test_a_total_of_exactly_the_most_is_fine_and_one_cent_of_tip_more_is_not() -> None:
    rest = MAX_TOTAL - 350

    assert quote(LATTE, tip=Tip(minor=rest)).totals.total == MAX_TOTAL
    too_much = quote(LATTE, tip=Tip(minor=rest + 1))
    assert [(problem.code, problem.path) for problem in too_much.problems] == [(ProblemCode.TOTAL_TOO_LARGE, ("tip",))]
    assert too_much.totals.total == 350


def test_it_is_ready_when_its_slowest_line_is_made_or_when_the_guest_comes() -> None:
    coming = NOON + timedelta(hours=2)

    assert quote(LATTE).estimated_ready_at == NOON + timedelta(seconds=90)
    assert pricing.quote(CORNER, Draft((LATTE,), pickup_at=coming), Kitchen(NOON)).estimated_ready_at == coming
    assert quote(LineDraft("flying-saucer")).estimated_ready_at is None


def test_nothing_is_said_of_a_price_that_is_as_shown() -> None:
    assert pricing.price_changed(quote(LATTE), 350) is None
    assert pricing.price_changed(quote(LATTE), None) is None


def _with_price(slug: str, price: int, menu: Menu = CORNER) -> Menu:
    items = [replace(item, price=price) if item.slug == slug else item for item in menu.items]
    return Menu.of(2, menu.cafe, menu.categories, items)
