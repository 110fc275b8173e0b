"""What an item of the menu must have, and what an edit makes of it."""

from dataclasses import replace
from typing import TypeVar

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cafe_graphql.core import item_validation, menu_file
from cafe_graphql.core.item_edits import UNSAID, Around, ItemEdit, Listed, Unsaid, applied
from cafe_graphql.core.menu import MAX_UNIT_PRICE, Allergen, Diet, Option, OptionGroup, Sheet, SheetItem, Use
from cafe_graphql.core.problems import OutOfRange, Problem, ProblemCode, TextTooLong, UnknownChoice
from tests.core.sheets import names

T = TypeVar("T")

SIZE = OptionGroup("size", "Size", 1, 1, (Option("small", "Small", is_default=True), Option("large", "Large", 100)))
MILK = OptionGroup("milk", "Milk", 0, 1, (Option("dairy", "Dairy"), Option("oat", "Oat")))
TOKEN = OptionGroup("token", "Token", 0, 1, (Option("one", "One", -400),))
AROUND = Around("USD", ("espresso", "tea"), {group.slug: group for group in (SIZE, MILK, TOKEN)}, on_offer=2)

OWN_SIZES = Use("size", prices={"large": 80})
LATTE = Listed(SheetItem("latte", "Latte", "espresso", 350, "Plenty of milk.", "/latte.jpg", 130, uses=(OWN_SIZES,)))
NEW = ItemEdit(name="Mocha", category="espresso", price=450)


def problems(edit: ItemEdit, before: Listed | None = LATTE, slug: str = "latte") -> list[tuple[ProblemCode, str]]:
    """Give the codes of what is wrong, each with its place."""
    return [(p.code, "/".join(p.path)) for p in item_validation.problems(slug, edit, before, AROUND)]


def test_a_new_item_takes_the_menu_file_s_defaults_for_what_is_not_said() -> None:
    assert problems(NEW, None, "mocha") == []
    assert applied("mocha", NEW, None, AROUND) == Listed(SheetItem("mocha", "Mocha", "espresso", 450))


def test_what_is_left_out_stays_as_it_is() -> None:
    assert applied("latte", ItemEdit(), LATTE, AROUND) == LATTE
    assert applied("latte", ItemEdit(price=420), LATTE, AROUND) == Listed(replace(LATTE.item, price=420))


def test_null_clears_what_an_item_can_be_without() -> None:
    edit = ItemEdit(description=None, image_url=None, calories=None)

    assert problems(edit) == []
    cleared = replace(LATTE.item, description=None, image_url=None, calories=None)
    assert applied("latte", edit, LATTE, AROUND) == Listed(cleared)


def test_null_is_refused_where_an_item_has_to_have_something() -> None:
    edit = ItemEdit(
        name=None, category=None, price=None, allergens=None, diets=None, option_groups=None, is_hidden=None
    )

    fields = ("name", "category", "priceMinorUnits", "allergens", "diets", "optionGroups", "isHidden")
    assert problems(edit) == [(ProblemCode.MISSING_FIELD, f"input/{field}") for field in fields]


def test_a_new_item_is_told_all_that_it_lacks_at_once() -> None:
    missing = [(ProblemCode.MISSING_FIELD, f"input/{field}") for field in ("name", "category", "priceMinorUnits")]

    assert problems(ItemEdit(), None, "mocha") == missing
    assert problems(ItemEdit(), None, "Mocha") == [(ProblemCode.INVALID_TEXT, "slug")]


def test_everything_that_is_wrong_is_told_at_once_each_with_its_place() -> None:
    edit = ItemEdit(
        name=" Mocha",
        category="espreso",
        description="x" * 1001,
        image_url="nowhere",
        price=MAX_UNIT_PRICE + 1,
        calories=-1,
        option_groups=("siz", "milk", "milk"),
    )

    assert item_validation.problems("Mo cha", edit, None, AROUND) == (
        Problem(
            ProblemCode.INVALID_TEXT,
            '"Mo cha" is no slug: write small letters and digits, joined by "-": "iced-tea".',
            ("slug",),
        ),
        Problem(ProblemCode.INVALID_TEXT, 'The name begins or ends with a space: " Mocha".', ("input", "name")),
        UnknownChoice(
            ProblemCode.UNKNOWN_CATEGORY,
            "There is no category “espreso” on the menu. Did you mean “espresso”?",
            ("input", "category"),
            "espreso",
            ("espresso", "tea"),
            "espresso",
        ),
        TextTooLong(
            ProblemCode.TEXT_TOO_LONG,
            "The description has 1001 characters; at most 1000 fit.",
            ("input", "description"),
            1000,
            1001,
        ),
        Problem(
            ProblemCode.INVALID_TEXT,
            '"nowhere" is no image address: write "https://…" or a path: "/latte.jpg".',
            ("input", "imageUrl"),
        ),
        OutOfRange(
            ProblemCode.QUANTITY_OUT_OF_RANGE,
            "The price in minor units must be from 0 to 21474836, not 21474837.",
            ("input", "priceMinorUnits"),
            0,
            21474836,
            21474837,
        ),
        OutOfRange(
            ProblemCode.QUANTITY_OUT_OF_RANGE,
            "The calories must be from 0 to 10000, not -1.",
            ("input", "calories"),
            0,
            10000,
            -1,
        ),
        UnknownChoice(
            ProblemCode.UNKNOWN_OPTION,
            "There is no option group “siz”. Did you mean “size”?",
            ("input", "optionGroups", "0"),
            "siz",
            ("size", "milk", "token"),
            "size",
        ),
        Problem(
            ProblemCode.DUPLICATE_OPTION, "The option group “milk” is listed twice.", ("input", "optionGroups", "2")
        ),
    )


@pytest.mark.parametrize("letter", ["\x00", "\n", "\u202e", "\ud800"])
def test_no_text_has_letters_that_a_screen_would_choke_on(letter: str) -> None:
    text = f"/La{letter}tte"

    found = problems(ItemEdit(name=text, description=text, image_url=text))

    assert found == [(ProblemCode.INVALID_TEXT, f"input/{field}") for field in ("name", "description", "imageUrl")]


def test_more_groups_than_an_item_may_ask_are_counted_and_not_looked_at() -> None:
    assert problems(ItemEdit(option_groups=("siz",) * 13)) == [
        (ProblemCode.QUANTITY_OUT_OF_RANGE, "input/optionGroups")
    ]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            ItemEdit(option_groups=("token",)),
            "Latte: with its cheapest options it would cost -0.50; the least is 0.",
        ),
        (
            ItemEdit(price=MAX_UNIT_PRICE),
            "Latte: with its dearest options it would cost 214749.16; the most is 214748.36.",
        ),
    ],
)
def test_no_build_of_an_item_is_cheaper_than_nothing_or_too_dear(edit: ItemEdit, said: str) -> None:
    path = ("input", "priceMinorUnits")

    found = item_validation.problems("latte", edit, LATTE, AROUND)

    assert found == (Problem(ProblemCode.QUANTITY_OUT_OF_RANGE, said, path),)


def test_a_group_that_it_had_keeps_the_item_s_own_prices_and_a_new_one_has_the_group_s() -> None:
    after = applied("latte", ItemEdit(option_groups=("milk", "size")), LATTE, AROUND)

    assert after.item.uses == (Use("milk"), OWN_SIZES)


def test_an_item_that_comes_back_asks_a_group_that_has_changed_meanwhile_as_it_is_now() -> None:
    stale = (Use("size", prices={"huge": 200}), Use("milk", defaults=("oat",)))
    hidden = Listed(replace(LATTE.item, uses=stale), is_hidden=True)

    back = applied("latte", ItemEdit(is_hidden=False), hidden, AROUND)

    assert back.item.uses == (Use("size"), Use("milk", defaults=("oat",)))


def test_an_item_comes_back_only_under_a_category_and_with_groups_that_there_are() -> None:
    hidden = Listed(replace(LATTE.item, category="coffee", uses=(Use("syrup"),)), is_hidden=True)

    assert problems(ItemEdit(is_hidden=False), hidden) == [
        (ProblemCode.UNKNOWN_CATEGORY, "input/category"),
        (ProblemCode.UNKNOWN_OPTION, "input/optionGroups/0"),
    ]
    assert problems(ItemEdit(is_hidden=False, category="tea", option_groups=()), hidden) == []
    assert problems(ItemEdit(name="Caffè latte"), hidden) == []


@pytest.mark.parametrize(
    ("on_offer", "edit", "before", "place"),
    [
        (1, ItemEdit(is_hidden=True), LATTE, "input/isHidden"),
        (2000, ItemEdit(is_hidden=False), replace(LATTE, is_hidden=True), "input/isHidden"),
        (2000, NEW, None, "slug"),
        (2, ItemEdit(is_hidden=True), LATTE, None),
        (1999, NEW, None, None),
        (2000, replace(NEW, is_hidden=True), None, None),
        (1, ItemEdit(price=1), LATTE, None),
    ],
)
def test_a_menu_has_from_one_to_two_thousand_items(
    on_offer: int, edit: ItemEdit, before: Listed | None, place: str | None
) -> None:
    found = item_validation.problems("latte", edit, before, replace(AROUND, on_offer=on_offer))

    assert ["/".join(problem.path) for problem in found] == ([place] if place else [])


def test_nobody_sees_that_something_hidden_is_sold_out() -> None:
    sold_out = Listed(replace(LATTE.item, is_available=False))

    assert sold_out.seen != LATTE.seen
    assert replace(sold_out, is_hidden=True).seen == replace(LATTE, is_hidden=True).seen


def or_unsaid(values: st.SearchStrategy[T]) -> st.SearchStrategy[T | Unsaid]:
    return st.just(UNSAID) | values


edits = st.builds(
    ItemEdit,
    name=or_unsaid(names),
    category=or_unsaid(st.sampled_from(AROUND.categories)),
    description=or_unsaid(st.none() | names | st.just("x" * 1000)),
    image_url=or_unsaid(st.sampled_from([None, "/latte.jpg", "https://cafe.example/latte.jpg?w=2"])),
    price=or_unsaid(st.integers(300, 1_000) | st.just(MAX_UNIT_PRICE - 100)),
    calories=or_unsaid(st.none() | st.integers(0, 10_000)),
    allergens=or_unsaid(st.frozensets(st.sampled_from(Allergen))),
    diets=or_unsaid(st.frozensets(st.sampled_from(Diet))),
    option_groups=or_unsaid(st.lists(st.sampled_from(list(AROUND.groups)), unique=True).map(tuple)),
    is_hidden=or_unsaid(st.just(False)),
)
was = st.sampled_from([LATTE, replace(LATTE, is_hidden=True)])


@given(edits, was)
def test_what_has_no_problems_is_an_item_that_a_menu_file_may_have(edit: ItemEdit, before: Listed) -> None:
    assume(not item_validation.problems("latte", edit, before, AROUND))

    after = applied("latte", edit, before, AROUND)

    assert menu_file.check(menu_file.document(_menu_with(after.item))).items == (after.item,)


@given(edits, was)
def test_an_edit_that_is_made_again_changes_nothing_more(edit: ItemEdit, before: Listed) -> None:
    once = applied("latte", edit, before, AROUND)

    assert applied("latte", edit, once, AROUND) == once


def _menu_with(item: SheetItem) -> Sheet:
    whole = menu_file.read(menu_file.builtin())
    categories = tuple(replace(whole.categories[0], slug=slug) for slug in AROUND.categories)
    return replace(whole, option_groups=tuple(AROUND.groups.values()), categories=categories, items=(item,))
