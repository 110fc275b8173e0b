"""What stops an order: each mistake a guest can make, with its place and the way out."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

import pytest

from cafe_graphql.core import validation
from cafe_graphql.core.drafts import Choice, Draft, LineDraft, Tip
from cafe_graphql.core.hours import Hours, Period
from cafe_graphql.core.kitchen import Kitchen
from cafe_graphql.core.menu import CafeInfo, Category, Item, Menu, Option, OptionGroup, Unavailable
from cafe_graphql.core.problems import (
    Closed,
    OutOfRange,
    Path,
    Problem,
    ProblemCode,
    SelectionCount,
    TextTooLong,
    UnknownChoice,
)
from tests.core.guests import NOON
from tests.core.menus import corner, open_at, with_item, without_option

CORNER = corner()
LATTE = LineDraft("latte")

Code = ProblemCode


def problems(*lines: LineDraft, menu: Menu = CORNER) -> Sequence[Problem]:
    return validation.problems(menu, Draft(lines), Kitchen(NOON))


def said(found: Sequence[Problem]) -> list[tuple[ProblemCode, Path]]:
    return [(problem.code, problem.path) for problem in found]


def built(*choices: Choice, item: str = "latte") -> LineDraft:
    return LineDraft(item, choices=choices)


def test_an_empty_order_is_told_to_add_a_line() -> None:
    assert problems() == (Problem(Code.EMPTY_ORDER, "The order is empty: add at least one line.", ("lines",)),)


def test_a_draft_is_told_every_problem_at_once() -> None:
    draft = Draft(
        lines=(
            LineDraft("latt", 0),
            built(Choice("size", "huge"), Choice("milc", "oat")),
            built(Choice("milk", "oat"), Choice("milk", "oat"), Choice("extras", "extra-shot", 9)),
            built(Choice("size", "small"), Choice("size", "large")),
            LineDraft("espresso", note="x" * 501),
        ),
        pickup_at=NOON - timedelta(minutes=1),
        customer_name="A" * 81,
        note="ring\x07",
        promo_code="FREE",
        tip=Tip(percent=101),
        redeem_points=5,
    )

    assert said(validation.problems(CORNER, draft, Kitchen(NOON))) == [
        (Code.TEXT_TOO_LONG, ("customerName",)),
        (Code.INVALID_TEXT, ("note",)),
        (Code.SLOT_UNAVAILABLE, ("pickupAt",)),
        (Code.PROMO_INVALID, ("promoCode",)),
        (Code.POINTS_INSUFFICIENT, ("redeemPoints",)),
        (Code.QUANTITY_OUT_OF_RANGE, ("tip", "percent")),
        (Code.QUANTITY_OUT_OF_RANGE, ("lines", "0", "quantity")),
        (Code.UNKNOWN_ITEM, ("lines", "0", "item")),
        (Code.UNKNOWN_OPTION, ("lines", "1", "options", "0", "option")),
        (Code.UNKNOWN_OPTION, ("lines", "1", "options", "1", "group")),
        (Code.DUPLICATE_OPTION, ("lines", "2", "options", "1")),
        (Code.QUANTITY_OUT_OF_RANGE, ("lines", "2", "options", "2", "quantity")),
        (Code.SELECTION_COUNT, ("lines", "2", "options")),
        (Code.SELECTION_COUNT, ("lines", "3", "options")),
        (Code.TEXT_TOO_LONG, ("lines", "4", "note")),
    ]


@pytest.mark.parametrize(("given", "meant"), [("latt", "latte"), ("LATTE", "latte"), ("expresso", "espresso")])
def test_a_slip_of_the_pen_is_told_what_was_probably_meant(given: str, meant: str) -> None:
    (problem,) = problems(LineDraft(given))

    assert isinstance(problem, UnknownChoice)
    assert problem.did_you_mean == meant
    assert problem.message == f"There is no item “{given}” on the menu. Did you mean “{meant}”?"
    assert problem.allowed == tuple(item.slug for item in CORNER.items)


def test_nonsense_is_told_what_there_is_and_no_guess() -> None:
    (problem,) = problems(built(Choice("milk", "xyzzy")))

    assert problem == UnknownChoice(
        Code.UNKNOWN_OPTION,
        "Milk of Latte has no option “xyzzy”.",
        ("lines", "0", "options", "0", "option"),
        "xyzzy",
        ("dairy", "oat", "almond", "soy"),
        None,
    )


def test_an_option_of_another_item_s_group_is_told_the_groups_of_this_one() -> None:
    (problem,) = problems(built(Choice("bread", "sourdough")))

    assert isinstance(problem, UnknownChoice)
    assert (problem.path, problem.allowed) == (("lines", "0", "options", "0", "group"), ("size", "milk", "extras"))


@pytest.mark.parametrize("word", ["\x00", "lat\u202ete", "\ud800", "x" * 5_000])
def test_a_message_shows_a_strange_word_short_and_plain(word: str) -> None:
    (problem,) = problems(LineDraft(word))

    assert problem.message.startswith("There is no item “")
    assert problem.message.encode("utf-8").decode().isprintable()
    assert len(problem.message) < 120


@pytest.mark.parametrize("quantity", [0, -1, 101, 2**31 - 1])
def test_a_line_is_for_one_to_a_hundred(quantity: int) -> None:
    (problem,) = problems(LineDraft("latte", quantity))

    assert isinstance(problem, OutOfRange)
    assert problem.message == f"The quantity must be from 1 to 100, not {quantity}."
    assert (problem.min, problem.max, problem.value) == (1, 100, quantity)
    assert problems(LineDraft("latte", 1), LineDraft("latte", 100)) == ()


def test_an_order_has_at_most_a_hundred_lines() -> None:
    assert problems(*[LATTE] * 100) == ()

    (problem,) = problems(*[LATTE] * 101)

    assert isinstance(problem, OutOfRange)
    assert (problem.path, problem.max, problem.value) == (("lines",), 100, 101)


def test_a_line_has_at_most_fifty_choices() -> None:
    (problem,) = problems(built(*[Choice("milk", "oat")] * 51))

    assert isinstance(problem, OutOfRange)
    assert (problem.path, problem.max, problem.value) == (("lines", "0", "options"), 50, 51)


def test_a_hundred_mistakes_are_told_and_no_more() -> None:
    found = problems(*[LineDraft("saucer", 0)] * 100)

    assert len(found) == validation.MAX_PROBLEMS == 100


@pytest.mark.parametrize(
    ("draft", "path", "most"),
    [
        (Draft((LATTE,), customer_name="A" * 81), ("customerName",), 80),
        (Draft((LATTE,), note="A" * 501), ("note",), 500),
        (Draft((LineDraft("latte", note="A" * 501),)), ("lines", "0", "note"), 500),
    ],
)
def test_a_text_that_is_one_letter_too_long_is_refused(draft: Draft, path: Path, most: int) -> None:
    (problem,) = validation.problems(CORNER, draft, Kitchen(NOON))

    message = f"This text has {most + 1} characters; at most {most} fit."
    assert problem == TextTooLong(Code.TEXT_TOO_LONG, message, path, most, most + 1)


def test_texts_that_just_fit_are_fine_with_lines_and_any_script() -> None:
    draft = Draft((LineDraft("latte", note="ن" * 500),), customer_name="Zoë 🧋" + "A" * 75, note="one\n\ttwo")

    assert validation.problems(CORNER, draft, Kitchen(NOON)) == ()


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\r", "\x1b", "\x7f", "\x85", "\u202e", "\u2066", "\ud800"])
def test_what_would_garble_a_ticket_is_refused(sign: str) -> None:
    draft = Draft((LineDraft("latte", note=sign),), customer_name=f"Ana{sign}", note=f"{sign} please")

    assert said(validation.problems(CORNER, draft, Kitchen(NOON))) == [
        (Code.INVALID_TEXT, ("customerName",)),
        (Code.INVALID_TEXT, ("note",)),
        (Code.INVALID_TEXT, ("lines", "0", "note")),
    ]


@pytest.mark.parametrize(("quantity", "is_fine"), [(0, False), (1, True), (3, True), (4, False)])
def test_an_option_is_taken_as_often_as_it_allows(quantity: int, is_fine: bool) -> None:
    found = problems(built(Choice("extras", "extra-shot", quantity)))

    path = ("lines", "0", "options", "0", "quantity")
    assert said(found) == ([] if is_fine else [(Code.QUANTITY_OUT_OF_RANGE, path)])


def test_an_option_listed_twice_is_asked_for_once_with_its_quantity() -> None:
    found = problems(built(Choice("extras", "extra-shot"), Choice("extras", "extra-shot")))

    message = "Extra shot is listed twice; list it once, with its quantity."
    assert found == (Problem(Code.DUPLICATE_OPTION, message, ("lines", "0", "options", "1")),)


def test_two_milks_are_one_too_many() -> None:
    (problem,) = problems(built(Choice("milk", "oat"), Choice("milk", "soy")))

    assert problem == SelectionCount(
        Code.SELECTION_COUNT,
        "Milk: choose 0 to 1 of dairy, oat, almond, soy; 2 chosen.",
        ("lines", "0", "options"),
        "milk",
        0,
        1,
        2,
    )


def test_a_question_without_a_default_must_be_answered() -> None:
    menu = _menu_with(OptionGroup("beans", "Beans", 2, None, (Option("kenya", "Kenya", max_quantity=3),)))

    (nothing,) = problems(LineDraft("blend"), menu=menu)
    one = problems(built(Choice("beans", "kenya"), item="blend"), menu=menu)

    assert nothing.message == "Beans: choose 2 or more of kenya; 0 chosen."
    assert said(one) == [(Code.SELECTION_COUNT, ("lines", "0", "options"))]
    assert problems(built(Choice("beans", "kenya", 2), item="blend"), menu=menu) == ()


def test_a_sold_out_item_is_priced_but_not_sold() -> None:
    (problem,) = problems(LATTE, menu=with_item(CORNER, "latte", Unavailable.SOLD_OUT))

    assert problem == Problem(Code.ITEM_UNAVAILABLE, "Latte is sold out.", ("lines", "0", "item"))


def test_an_item_that_left_the_menu_is_no_longer_sold_and_not_suggested() -> None:
    menu = with_item(CORNER, "latte", Unavailable.HIDDEN)

    (problem,) = problems(LATTE, menu=menu)
    (slip,) = problems(LineDraft("latt"), menu=menu)

    assert problem == Problem(Code.ITEM_UNAVAILABLE, "Latte is no longer on the menu.", ("lines", "0", "item"))
    assert isinstance(slip, UnknownChoice)
    assert "latte" not in slip.allowed


@pytest.mark.parametrize(("sold_out", "name"), [("oat", "Oat milk"), ("dairy", "Dairy milk")])
def test_a_sold_out_option_stops_the_drink_whether_chosen_or_by_default(sold_out: str, name: str) -> None:
    menu = without_option(CORNER, "latte", sold_out)
    choices = (Choice("milk", "oat"),) if sold_out == "oat" else ()

    found = problems(built(*choices), menu=menu)

    assert found == (Problem(Code.ITEM_UNAVAILABLE, f"Milk: {name} is sold out.", ("lines", "0", "options")),)
    assert problems(built(Choice("milk", "soy")), menu=menu) == ()


@pytest.mark.parametrize(
    ("pickup_at", "message"),
    [
        (NOON - timedelta(microseconds=1), "The pickup time is in the past."),
        (NOON + timedelta(days=30, microseconds=1), "The pickup time is more than 30 days ahead."),
    ],
)
def test_a_pickup_is_from_now_to_thirty_days_ahead(pickup_at: datetime, message: str) -> None:
    found = validation.problems(CORNER, Draft((LATTE,), pickup_at=pickup_at), Kitchen(NOON))

    assert found == (Problem(Code.SLOT_UNAVAILABLE, message, ("pickupAt",)),)
    for fine in (NOON, NOON + timedelta(days=30)):
        assert validation.problems(CORNER, Draft((LATTE,), pickup_at=fine), Kitchen(NOON)) == ()


def test_a_closed_cafe_tells_when_it_opens_next() -> None:
    fridays = open_at(CORNER, Hours((Period(4, time(7), time(18)),)))
    sunday = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
    opens = datetime(2026, 5, 8, 11, 0, tzinfo=UTC)

    now = validation.problems(fridays, Draft((LATTE,)), Kitchen(sunday))
    later = validation.problems(fridays, Draft((LATTE,), pickup_at=sunday + timedelta(hours=1)), Kitchen(NOON))

    message = "Corner Café is closed then. It opens next on Friday, 08 May, at 07:00."
    assert now == later == (Closed(Code.CLOSED, message, ("pickupAt",), opens),)
    assert validation.problems(fridays, Draft((LATTE,), pickup_at=opens), Kitchen(sunday)) == ()


@pytest.mark.parametrize(
    ("tip", "path"),
    [
        (Tip(percent=-1), ("tip", "percent")),
        (Tip(percent=101), ("tip", "percent")),
        (Tip(minor=-1), ("tip", "minorUnits")),
        (Tip(minor=2**31), ("tip", "minorUnits")),
    ],
)
def test_a_tip_is_neither_negative_nor_more_than_everything(tip: Tip, path: Path) -> None:
    found = validation.problems(CORNER, Draft((LATTE,), tip=tip), Kitchen(NOON))

    assert said(found) == [(Code.QUANTITY_OUT_OF_RANGE, path)]


def test_a_promo_code_and_points_are_refused_with_the_way_to_order_without() -> None:
    draft = Draft((LATTE,), promo_code="SPRING", redeem_points=100)

    assert validation.problems(CORNER, draft, Kitchen(NOON)) == (
        Problem(
            Code.PROMO_INVALID,
            "There is no promo code “SPRING”; place the order without it.",
            ("promoCode",),
        ),
        Problem(
            Code.POINTS_INSUFFICIENT,
            "Corner Café has no points to redeem; place the order with redeemPoints 0.",
            ("redeemPoints",),
        ),
    )


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("", [Code.INVALID_TEXT]),
        (" \n", [Code.INVALID_TEXT]),
        ("k" * 255, []),
        ("k" * 256, [Code.TEXT_TOO_LONG]),
        ("k\x00", [Code.INVALID_TEXT]),
    ],
)
def test_a_key_is_of_1_to_255_plain_characters(key: str, codes: list[ProblemCode]) -> None:
    found = list(validation.key_problems(key))

    assert said(found) == [(code, ("idempotencyKey",)) for code in codes]


def test_a_hundred_slips_on_a_huge_menu_are_not_all_looked_up() -> None:
    menu = _huge_menu(640)
    slips = [LineDraft(f"{item.slug}s") for item in menu.items[:100]]

    found = problems(*slips, menu=menu)

    hinted = [problem for problem in found if isinstance(problem, UnknownChoice) and problem.did_you_mean]
    assert len(found) == 100
    assert [problem.path[1] for problem in hinted] == ["0", "1"]
    assert (len(hinted) - 1) * 640 < validation.MAX_COMPARED <= len(hinted) * 640


def test_twenty_slips_on_an_ordinary_menu_are_all_looked_up() -> None:
    found = problems(*[LineDraft("latt")] * 20)

    assert [problem.did_you_mean for problem in found if isinstance(problem, UnknownChoice)] == ["latte"] * 20


def _menu_with(group: OptionGroup) -> Menu:
    return Menu.of(1, CORNER.cafe, CORNER.categories, [_item(1, "blend", (group,))])


def _huge_menu(size: int) -> Menu:
    items = [_item(number, f"filter-coffee-{number}", ()) for number in range(1, size + 1)]
    return Menu.of(1, CafeInfo("Corner Café", "USD", "UTC"), [Category("drinks", "Drinks")], items)


def _item(number: int, slug: str, groups: tuple[OptionGroup, ...]) -> Item:
    return Item(
        id=number,
        slug=slug,
        name=slug.title(),
        category=Category("drinks", "Drinks"),
        price=300,
        description=None,
        image_url=None,
        calories=None,
        prep_seconds=60,
        allergens=frozenset(),
        diets=frozenset(),
        groups=groups,
        recipe={},
        unavailable=None,
    )
