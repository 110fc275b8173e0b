"""The menu file: read whole, every mistake told at its place, written back as it was."""

import tomllib
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cafe_graphql.core import menu_file
from cafe_graphql.core.hours import Hours, Period
from cafe_graphql.core.ingredients import SheetIngredient
from cafe_graphql.core.menu import (
    Allergen,
    CafeInfo,
    Category,
    Diet,
    Option,
    OptionGroup,
    Sheet,
    SheetItem,
    Use,
)
from cafe_graphql.core.menu_file import MenuFileError
from cafe_graphql.core.quantities import Quantity, Unit
from cafe_graphql.services import menu_writing
from tests.core.sheets import sheets

CORNER = """\
[cafe]
name = "Corner Café"
currency = "USD"
time_zone = "America/New_York"
hours = { monday = "07:00-18:00", saturday = ["08:00-12:00", "13:00-17:00"] }

[[ingredients]]
slug = "espresso-beans"
name = "Espresso beans"
unit = "kg"
on_hand = "2.5 kg"
low_stock_at = "0.5 kg"

[[ingredients]]
slug = "cream"
name = "Cream"
unit = "ml"
on_hand = "1000 ml"

[[option_groups]]
slug = "size"
name = "Size"
min = 1
max = 1
options = [
  { slug = "small", name = "Small", default = true },
  { slug = "medium", name = "Medium", price = "0.50" },
]

[[option_groups]]
slug = "extras"
name = "Extras"
min = 0
options = [
  { slug = "cream", name = "Cream", price = "0.70", adds_allergens = ["milk"], recipe = { cream = "30 ml" } },
  { slug = "own-cup", name = "Own cup", price = "-0.20", max_quantity = 2, calories = -5 },
]

[[categories]]
slug = "espresso"
name = "Espresso"

[[items]]
slug = "latte"
name = "Latte"
category = "espresso"
price = "3.50"
option_groups = ["size", "extras"]
option_prices = { size = { medium = "0.40" } }
option_choices = { extras = ["own-cup"] }
option_defaults = { size = ["medium"] }
recipe = { espresso-beans = "18 g" }

[[items]]
slug = "tea"
name = "Tea"
category = "espresso"
price = "2.00"
"""


def test_a_cafe_s_file_says_its_whole_menu() -> None:
    sheet = menu_file.read(CORNER)

    assert sheet == Sheet(
        cafe=CafeInfo(
            "Corner Café",
            "USD",
            "America/New_York",
            hours=Hours((Period(0, time(7), time(18)), Period(5, time(8), time(12)), Period(5, time(13), time(17)))),
        ),
        option_groups=(
            OptionGroup(
                "size",
                "Size",
                1,
                1,
                (Option("small", "Small", is_default=True), Option("medium", "Medium", price=50)),
            ),
            OptionGroup(
                "extras",
                "Extras",
                0,
                None,
                (
                    Option(
                        "cream",
                        "Cream",
                        price=70,
                        adds_allergens=frozenset({Allergen.MILK}),
                        recipe={"cream": Quantity(30_000, Unit.ML)},
                    ),
                    Option("own-cup", "Own cup", price=-20, max_quantity=2, calories=-5),
                ),
            ),
        ),
        categories=(Category("espresso", "Espresso"),),
        items=(
            SheetItem(
                "latte",
                "Latte",
                "espresso",
                350,
                uses=(
                    Use("size", defaults=("medium",), prices={"medium": 40}),
                    Use("extras", offers=("own-cup",)),
                ),
                recipe={"espresso-beans": Quantity(18_000, Unit.G)},
            ),
            SheetItem("tea", "Tea", "espresso", 200),
        ),
        ingredients=(
            SheetIngredient("espresso-beans", "Espresso beans", Unit.KG, 2_500_000, 500_000),
            SheetIngredient("cream", "Cream", Unit.ML, 1_000_000),
        ),
    )
    assert [ingredient.on_hand for ingredient in sheet.ingredients] == [2_500_000, 1_000_000]


BEANS = 'line 7: ingredients[0] "espresso-beans"'
LATTE = 'line 43: items[0] "latte"'
SIZE = 'line 20: option_groups[0] "size"'
EXTRAS = 'line 30: option_groups[1] "extras"'


@pytest.mark.parametrize(
    ("was", "became", "told"),
    [
        ('name = "Corner Café"\n', "", "cafe: name is missing"),
        ('"USD"', '"usd"', 'cafe.currency: there is no currency "usd"; did you mean "USD"?'),
        (
            '"America/New_York"',
            '"America/New York"',
            'cafe.time_zone: there is no time zone "America/New York"; did you mean "America/New_York"?',
        ),
        (
            "[cafe]",
            '[cafe]\nlocale = "en_US"',
            'cafe.locale: "en_US" is no locale: write it like "en-US" or "de"',
        ),
        (
            "[cafe]",
            '[cafe]\ncurency = "USD"',
            'cafe.curency: is no key that is known here; did you mean "currency"?',
        ),
        (
            "07:00-18:00",
            "7-18",
            'cafe.hours.monday: "7-18" is no opening period: write it like "07:00-18:00"',
        ),
        ("13:00-17:00", "11:30-17:00", "cafe.hours: saturday 08:00-12:00 and saturday 11:30-17:00 overlap"),
        ("saturday = ", "saterday = ", 'cafe.hours.saterday: is no weekday; did you mean "saturday"?'),
        (
            '{ monday = "07:00-18:00", saturday = ["08:00-12:00", "13:00-17:00"] }',
            "{ monday = [] }",
            "cafe.hours: has no opening period; leave hours out if the café is always open",
        ),
        (
            "min = 1\n",
            "min = true\n",
            f"{SIZE} › min: must be a whole number without quotes, not true or false",
        ),
        ("min = 1\n", "min = 2\n", f"{SIZE}: min is 2 but max is 1; make min at most max"),
        (
            "min = 0\n",
            "min = 4\n",
            f"{EXTRAS}: min is 4 but its options give 3 at most; lower min or raise a max_quantity",
        ),
        (
            '"Medium",',
            '"Medium", default = true,',
            f"{SIZE}: has 2 default options but max is 1; take some defaults away",
        ),
        (
            "min = 0\n",
            "min = 0\nmax = 0\n",
            f"{EXTRAS} › max: must be from 1 to 100",
        ),
        (
            "max_quantity = 2",
            "max_quantity = 101",
            f'{EXTRAS} › options[1] "own-cup" › max_quantity: must be from 1 to 100',
        ),
        (
            '"0.50"',
            "0.5",
            f'{SIZE} › options[1] "medium" › price: is a number; write it as text in quotes: "0.50"',
        ),
        (
            'slug = "cream",',
            'slug = "own-cup",',
            f'{EXTRAS} › options[1] "own-cup": "own-cup" is already at {EXTRAS[9:]} › options[0] "own-cup"',
        ),
        (
            '["milk"]',
            '["mlik"]',
            f'{EXTRAS} › options[0] "cream" › adds_allergens[0]: there is no allergen "mlik"; did you mean "milk"?',
        ),
        (
            '["milk"]',
            '["milk"], removes_allergens = ["MILK"]',
            f'{EXTRAS} › options[0] "cream": both adds and removes milk',
        ),
        (
            '"30 ml"',
            '"30ml"',
            f'{EXTRAS} › options[0] "cream" › recipe.cream: "30ml" is no quantity: '
            'write a number, a space and a unit, like "18 g"',
        ),
        (
            '"30 ml"',
            '"30 cups"',
            f'{EXTRAS} › options[0] "cream" › recipe.cream: "30 cups" has no unit that is known here: '
            "there is g, kg, ml, l, pieces",
        ),
        (
            '"30 ml"',
            '"30 g"',
            f'{EXTRAS} › options[0] "cream" › recipe.cream: "30 g" is a weight, and it is counted in ml',
        ),
        (
            '"30 ml"',
            '"0 ml"',
            f'{EXTRAS} › options[0] "cream" › recipe.cream: must be more than nothing; '
            "leave the ingredient out if there is none of it",
        ),
        (
            '"30 ml"',
            '"0.0005 ml"',
            f'{EXTRAS} › options[0] "cream" › recipe.cream: "0.0005 ml" has more decimal places than the 3 '
            "that are counted",
        ),
        (
            "{ cream = ",
            "{ craem = ",
            f'{EXTRAS} › options[0] "cream" › recipe.craem: is no ingredient; did you mean "cream"?',
        ),
        (
            'recipe = { cream = "30 ml" }',
            'replaces = { cream = "oat-cream" }',
            f'{EXTRAS} › options[0] "cream" › replaces.cream: there is no ingredient "oat-cream"; '
            'did you mean "cream"?',
        ),
        (
            'recipe = { cream = "30 ml" }',
            'replaces = { espresso-beans = "cream" }',
            f'{EXTRAS} › options[0] "cream" › replaces.espresso-beans: cream is counted in ml, '
            "and espresso-beans in kg: neither can replace the other",
        ),
        (
            'recipe = { espresso-beans = "18 g" }',
            'recipe = { espresso-beans = "18 g", sugar = "4 g" }',
            f"{LATTE} › recipe.sugar: is no ingredient; there is espresso-beans, cream",
        ),
        ('unit = "kg"', 'unit = "lb"', f'{BEANS} › unit: there is no unit "lb"; there is g, kg, ml, l, pieces'),
        ('on_hand = "2.5 kg"\n', "", f"{BEANS}: on_hand is missing"),
        (
            '"2.5 kg"',
            '"2.5 l"',
            f'{BEANS} › on_hand: "2.5 l" is a volume, and it is counted in kg',
        ),
        ('"2.5 kg"', "2.5", f"{BEANS} › on_hand: must be text in quotes, not a number"),
        (
            '"2.5 kg"',
            '"-2.5 kg"',
            f'{BEANS} › on_hand: "-2.5 kg" is no quantity: write a number, a space and a unit, like "18 g"',
        ),
        ('"3.50"', '"3,50"', f'{LATTE} › price: "3,50" is not an amount; write it as "3.50"'),
        ('"3.50"', '"3.505"', f'{LATTE} › price: "3.505" has more decimal places than the 2 of USD'),
        ('"3.50"', '"-3.50"', f"{LATTE} › price: must be from 0.00 to 214748.36"),
        ('"3.50"', "4", f'{LATTE} › price: is a number; write it as text in quotes: "4.00"'),
        (
            '"3.50"',
            '"0.30"',
            f"{LATTE}: with its cheapest options it would cost -0.10; the least is 0",
        ),
        (
            '"3.50"',
            '"214748.00"',
            f"{LATTE}: with its dearest options it would cost 214748.40; the most is 214748.36",
        ),
        (
            'category = "espresso"\nprice = "3.50"',
            'category = "expresso"\nprice = "3.50"',
            f'{LATTE} › category: there is no category "expresso"; did you mean "espresso"?',
        ),
        (
            'option_groups = ["size", "extras"]',
            'option_groups = ["size", "extras", "milk"]',
            f'{LATTE} › option_groups[2]: there is no option group "milk"; there is size, extras',
        ),
        (
            'option_groups = ["size", "extras"]',
            'option_groups = ["size", "extras", "size"]',
            f'{LATTE} › option_groups[2]: "size" is already at items[0] "latte" › option_groups[0]',
        ),
        (
            '{ medium = "0.40" }',
            '{ mediun = "0.40" }',
            f'{LATTE} › option_prices.size.mediun: is no option that the item offers; did you mean "medium"?',
        ),
        (
            "{ size = { medium",
            "{ siz = { medium",
            f'{LATTE} › option_prices.siz: is no option group of this item; did you mean "size"?',
        ),
        (
            '["own-cup"]',
            "[]",
            f"{LATTE} › option_choices.extras: has 0 entries; it may have 1 to 2",
        ),
        (
            '{ size = ["medium"] }',
            '{ size = ["medium"], extras = ["cream"] }',
            f'{LATTE} › option_defaults.extras[0]: there is no option here called "cream"; there is own-cup',
        ),
        (
            '["medium"]',
            '["small", "medium"]',
            f"{LATTE}: option group size has 2 default options but max is 1; take some defaults away",
        ),
        ('name = "Latte"', 'name = ""', f"{LATTE} › name: is empty"),
        ('name = "Latte"', 'name = "Latte "', f'{LATTE} › name: begins or ends with a space: "Latte "'),
        (
            'name = "Latte"',
            'name = "Latte\\u001b[2J"',
            f'{LATTE} › name: has a line break or another control character in it: "Latte\\u001b[2J"',
        ),
        (
            'name = "Latte"',
            f'name = "{"L" * 121}"',
            f"{LATTE} › name: has 121 characters; at most 120 are allowed",
        ),
        (
            'name = "Latte"',
            'name = "Latte"\nimage_url = "javascript:alert(1)"',
            f'{LATTE} › image_url: "javascript:alert(1)" is no image address: '
            'write "https://…" or a path: "/latte.jpg"',
        ),
        (
            'name = "Latte"',
            'name = "Latte"\nprep_seconds = 86401',
            f"{LATTE} › prep_seconds: must be from 0 to 86400",
        ),
        (
            'name = "Latte"',
            'name = "Latte"\ncalories = 10001',
            f"{LATTE} › calories: must be from 0 to 10000",
        ),
        (
            'name = "Latte"',
            'name = "Latte"\navailable = "no"',
            f"{LATTE} › available: must be true or false, not text",
        ),
        ('name = "Latte"', 'name = "Latte"\ndiets = "vegan"', f"{LATTE} › diets: must be a list, not text"),
        (
            'slug = "tea"',
            'slug = "latte"',
            'line 54: items[1] "latte": "latte" is already at items[0] "latte"',
        ),
        (
            'slug = "tea"',
            'slug = "Tea Pot"',
            'line 54: items[1] "Tea Pot" › slug: "Tea Pot" is no slug: '
            'write small letters and digits, joined by "-": "iced-tea"',
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_fix(was: str, became: str, told: str) -> None:
    assert was in CORNER

    with pytest.raises(MenuFileError) as refused:
        menu_file.read(CORNER.replace(was, became, 1))

    assert [str(mistake) for mistake in refused.value.mistakes] == [told]


def test_every_mistake_is_told_at_once() -> None:
    text = (
        CORNER.replace('"USD"', '"XYZ"')
        .replace('"0.50"', "0.5")
        .replace('"3.50"', "3.5")
        .replace("[[categories]]", "[[x]]")
    )

    with pytest.raises(MenuFileError) as refused:
        menu_file.read(text)

    assert [mistake.place for mistake in refused.value.mistakes] == [
        "cafe.currency",
        'option_groups[0] "size" › options[1] "medium" › price',
        "",
        'items[0] "latte" › category',
        'items[0] "latte" › price',
        'items[1] "tea" › category',
        "x",
    ]
    assert str(refused.value).splitlines() == [str(mistake) for mistake in refused.value.mistakes]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[cafe]\nname = Corner", "line 2, column 8: is not TOML: Invalid value, in: name = Corner"),
        ("[cafe]\nname = 'Corner", 'end of document: is not TOML: Expected "\'"'),
        ("[cafe]\n[cafe]", "line 2, column 6: is not TOML: Cannot declare ('cafe',) twice, in: [cafe]"),
        ("items = " + "[" * 5_000, "the file: has lists or tables too deep inside each other"),
        ("#" * 4_000_001, "the file: has over 4000000 characters: that is no menu"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(MenuFileError) as refused:
        menu_file.read(text)

    assert str(refused.value) == told


def test_an_empty_file_is_told_what_a_menu_needs() -> None:
    with pytest.raises(MenuFileError) as refused:
        menu_file.read("")

    assert str(refused.value).splitlines() == [
        "the file: cafe is missing",
        "the file: categories is missing",
        "the file: items is missing",
    ]


def test_one_item_is_written_with_double_brackets() -> None:
    with pytest.raises(MenuFileError, match=r"items: must be a list, not a table: write \[\[items\]\]"):
        menu_file.read("[items]\nslug = 'tea'")


def test_a_file_saved_by_windows_notepad_is_read() -> None:
    assert menu_file.read("\ufeff" + CORNER.replace("\n", "\r\n")) == menu_file.read(CORNER)


def test_words_for_allergens_and_diets_may_be_in_capitals() -> None:
    text = CORNER.replace('name = "Tea"', 'name = "Tea"\nallergens = ["SOY"]\ndiets = ["DAIRY_FREE", "vegan"]')

    tea = menu_file.read(text).items[1]

    assert tea.allergens == {Allergen.SOY}
    assert tea.diets == {Diet.DAIRY_FREE, Diet.VEGAN}


def test_a_night_cafe_may_close_after_midnight_but_not_overlap_monday_morning() -> None:
    week = '{ monday = "07:00-18:00", saturday = ["08:00-12:00", "13:00-17:00"] }'
    night = menu_file.read(CORNER.replace(week, '{ friday = "20:00-02:00", sunday = "18:00-24:00" }'))

    with pytest.raises(MenuFileError) as refused:
        menu_file.read(CORNER.replace(week, '{ monday = "01:00-09:00", sunday = "18:00-02:00" }'))

    assert night.cafe.hours.periods == (Period(4, time(20), time(2)), Period(6, time(18), time(0)))
    assert str(refused.value) == "cafe.hours: sunday 18:00-02:00 and monday 01:00-09:00 overlap"


def test_a_hostile_file_is_refused_after_a_thousand_mistakes() -> None:
    item = {"slug": "latte", "name": "Latte", "category": "expresso", "price": 3}

    with pytest.raises(MenuFileError) as refused:
        menu_file.check(tomllib.loads(CORNER) | {"items": [item] * 2_000})

    assert len(refused.value.mistakes) == 1_001
    assert str(refused.value.mistakes[-1]) == "the file: has 1000 mistakes or more; reading stopped here"


def test_a_price_of_five_thousand_digits_is_refused() -> None:
    document = tomllib.loads(CORNER)
    document["items"][0]["price"] = 10**5_000

    with pytest.raises(MenuFileError) as refused:
        menu_file.check(document)

    place = 'items[0] "latte" › price'
    assert str(refused.value) == f'{place}: is a number; write it as text in quotes: "3.50"'


def test_a_menu_of_two_thousand_and_one_items_is_refused() -> None:
    with pytest.raises(MenuFileError, match=r"^items: has 2001 entries; it may have 1 to 2000$"):
        menu_file.check(tomllib.loads(CORNER) | {"items": [{}] * 2_001})


@given(sheets())
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_menu_that_is_written_and_read_again_is_the_same(sheet: Sheet) -> None:
    assert menu_file.check(menu_file.document(sheet)) == sheet
    assert menu_file.read(menu_writing.text(sheet)) == sheet


def test_a_written_file_says_nothing_needlessly() -> None:
    assert menu_file.document(menu_file.read(CORNER)) == tomllib.loads(CORNER)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_a_file_with_anything_in_the_wrong_place_is_read_or_refused_with_reasons(data: st.DataObject) -> None:
    document: Any = tomllib.loads(CORNER)
    for _ in range(data.draw(st.integers(1, 4))):
        document = _mangled(document, data)

    _assert_read_or_refused(lambda: menu_file.check(document))


@given(junk)
def test_what_is_no_menu_at_all_is_refused_with_reasons(document: Any) -> None:
    _assert_read_or_refused(lambda: menu_file.check(document))


@given(st.integers(0, len(CORNER)), st.integers(0, 4), st.text(max_size=4) | st.sampled_from('[]{}"=\n,'))
@settings(deadline=None)
def test_a_file_with_a_slip_of_the_pen_is_read_or_refused_with_reasons(at: int, gone: int, typed: str) -> None:
    _assert_read_or_refused(lambda: menu_file.read(CORNER[:at] + typed + CORNER[at + gone :]))


def _mangled(value: Any, data: st.DataObject) -> Any:
    """Give the value with one thing in it replaced, dropped, doubled or added."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 5)):
        key = data.draw(st.sampled_from(list(value)))
        return value | {key: _mangled(value[key], data)}
    if isinstance(value, list) and value and data.draw(st.integers(0, 3)):
        at = data.draw(st.integers(0, len(value) - 1))
        changed = [*value[:at], _mangled(value[at], data), *value[at + 1 :]]
        return data.draw(st.sampled_from([changed, value[:at] + value[at + 1 :], [*value, value[at]]]))
    if isinstance(value, dict) and value and data.draw(st.booleans()):
        gone = data.draw(st.sampled_from(list(value)))
        return {key: kept for key, kept in value.items() if key != gone} | data.draw(
            st.dictionaries(st.text(), junk, max_size=1)
        )
    return data.draw(junk)


def _assert_read_or_refused(read: Callable[[], Sheet]) -> None:
    try:
        sheet = read()
    except MenuFileError as error:
        mistakes = error.mistakes
    else:
        assert menu_file.check(menu_file.document(sheet)) == sheet
        return
    assert mistakes
    assert all(mistake.message and str(mistake).isprintable() for mistake in mistakes)
