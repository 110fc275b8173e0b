"""The law of stock: what is promised can be made, and what cannot be is told with how many still can."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cafe_graphql.core import pricing, stock
from cafe_graphql.core.drafts import Build, Choice, Draft, LineDraft, Quote
from cafe_graphql.core.ingredients import Amounts
from cafe_graphql.core.kitchen import Kitchen
from cafe_graphql.core.menu import Menu
from cafe_graphql.core.problems import ProblemCode, Shortage, Warning, WarningCode
from tests.core.guests import NOON, careful_drafts
from tests.core.menus import corner
from tests.core.pantries import low_at, stocked_menus, thoroughly, with_pantry

CORNER = corner()
OAT = (Choice("milk", "oat"),)
PLENTY = dict.fromkeys(CORNER.ingredients, 10**12)
LITRE = 1_000_000


def counted(*lines: LineDraft, on_hand: Amounts, menu: Menu = CORNER) -> Quote:
    """Quote lines at the Corner Café with so much on hand, and plenty of the rest."""
    shelf = {**PLENTY, **on_hand}
    menu = with_pantry(menu, shelf)
    return stock.counted(menu, pricing.quote(menu, Draft(lines), Kitchen(NOON)), shelf)


def short(line: int, message: str, available: int, requested: int) -> Shortage:
    return Shortage(ProblemCode.OUT_OF_STOCK, message, ("lines", str(line), "quantity"), available, requested)


def test_what_suffices_is_no_problem() -> None:
    assert counted(LineDraft("latte", 5, OAT), on_hand={"oat-milk": LITRE}).problems == ()


def test_a_guest_is_told_how_many_can_still_be_made_and_what_else_there_is() -> None:
    assert counted(LineDraft("latte", 6, OAT), on_hand={"oat-milk": LITRE}).problems == (
        short(
            *(0, "Of Oat milk there is enough for 5 of these 6: order fewer or choose other Milk: dairy, almond, soy."),
            *(5, 6),
        ),
    )


def test_lines_that_share_an_ingredient_are_counted_together() -> None:
    lines = [LineDraft("latte", 3, OAT), LineDraft("espresso"), LineDraft("cortado", 4, OAT), LineDraft("golden-milk")]

    assert counted(*lines, on_hand={"oat-milk": 3 * 200_000 + 2 * 60_000}).problems == (
        short(
            2,
            "Of Oat milk there is enough for 5 of these 8: order fewer or choose other Milk: dairy, almond, soy.",
            5,
            8,
        ),
    )


def test_each_ingredient_that_is_short_is_told_once_at_the_first_line_that_is() -> None:
    lines = [LineDraft("bagel", 2), LineDraft("bagel", 2), LineDraft("brownie", 2)]

    assert counted(*lines, on_hand={"bagel": 1_000, "brownie": 0}).problems == (
        short(0, "Of Bagels there is enough for 1 of these 4: order fewer.", 1, 4),
        short(2, "Of Brownies there is not enough for Chocolate Brownie.", 0, 2),
    )


def test_a_default_that_has_run_out_is_not_replaced_unasked() -> None:
    quote = counted(LineDraft("latte"), on_hand={"milk": 0})

    message = "Of Dairy milk there is not enough for Latte: choose other Milk: oat, almond, soy."
    assert quote.problems == (short(0, message, 0, 1),)
    assert quote.totals.total == 350


def test_what_else_there_is_leaves_out_what_has_run_out_too() -> None:
    (problem,) = counted(LineDraft("latte"), on_hand={"milk": 0, "soy-milk": 199_999}).problems

    assert problem.message.endswith("choose other Milk: oat, almond.")


def test_a_guest_is_told_that_it_could_be_made_without_the_extra_shot() -> None:
    extra = (Choice("extras", "extra-shot", 2),)

    assert counted(LineDraft("espresso", 1, extra), on_hand={"espresso-beans": 18_000}).problems == (
        short(0, "Of Espresso beans there is not enough for Espresso: leave out Extra shot.", 0, 1),
    )
    assert counted(LineDraft("espresso", 2, extra), on_hand={"espresso-beans": 36_000}).problems == (
        short(0, "Of Espresso beans there is enough for 1 of these 2: order fewer or leave out Extra shot.", 1, 2),
    )


def test_but_not_when_it_could_not_be_made_without_it_either() -> None:
    (problem,) = counted(
        LineDraft("espresso", 1, (Choice("extras", "extra-shot"),)), on_hand={"espresso-beans": 17_999}
    ).problems

    assert "leave out" not in problem.message


def test_little_is_left_when_the_order_leaves_no_more_than_the_café_wants_to_know() -> None:
    menu = low_at(CORNER, LITRE)
    lines = (LineDraft("espresso"), LineDraft("latte", 2, OAT))

    def warned(on_hand: int) -> list[Warning]:
        warnings = counted(*lines, on_hand={"oat-milk": on_hand}, menu=menu).warnings
        return [warning for warning in warnings if warning.code is WarningCode.LOW_STOCK]

    assert warned(LITRE + 400_001) == []
    assert warned(LITRE + 400_000) == [
        Warning(WarningCode.LOW_STOCK, "Of Oat milk there is little left.", ("lines", "1")),
    ]
    assert warned(399_999) == []  # which is a problem, not a warning


def test_without_a_word_from_the_café_only_the_last_of_it_is_little() -> None:
    menu = low_at(CORNER, None)

    def codes(on_hand: int) -> list[WarningCode]:
        return [warning.code for warning in counted(LineDraft("bagel"), on_hand={"bagel": on_hand}, menu=menu).warnings]

    assert WarningCode.LOW_STOCK not in codes(1_001)
    assert WarningCode.LOW_STOCK in codes(1_000)


@thoroughly
@given(st.data())
def test_an_order_is_short_exactly_when_something_does_not_suffice(data: st.DataObject) -> None:
    menu, shelf = data.draw(stocked_menus())
    lines = pricing.quote(menu, data.draw(careful_drafts(menu)), Kitchen(NOON)).lines

    shortages = list(stock.shortages(menu, lines, shelf))

    needs = stock.needs(lines)
    assert bool(shortages) == any(shelf[slug] < amount for slug, amount in needs.items())
    assert len(shortages) <= len(needs)
    for shortage in shortages:
        assert 0 <= shortage.available < shortage.requested
        assert lines[int(shortage.path[1])].takes


@thoroughly
@given(st.data())
def test_so_many_as_are_told_can_be_made(data: st.DataObject) -> None:
    menu, shelf = data.draw(stocked_menus())
    item = data.draw(st.sampled_from(menu.items))
    draft = data.draw(
        careful_drafts(Menu.of(1, menu.cafe, menu.categories, [item], ingredients=menu.ingredients.values()))
    )
    (line,) = pricing.quote(menu, Draft(draft.lines[:1]), Kitchen(NOON)).lines

    for shortage in stock.shortages(menu, [line], shelf):
        made, one_more = (_of(line, shortage.available + more) for more in (0, 1))
        assert list(stock.shortages(menu, [made], shelf)) == []
        assert list(stock.shortages(menu, [one_more], shelf)) != []


def _of(line: Build, quantity: int) -> Build:
    return replace(line, quantity=quantity)
