"""The built-in menu: the tutorial's drinks at its prices, and nothing in it that would mislead a guest."""

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.core.menu import Allergen, Diet, OptionGroup, SheetItem

SHEET = menu_file.read(menu_file.builtin())
GROUPS = {group.slug: group for group in SHEET.option_groups}
ITEMS = {item.slug: item for item in SHEET.items}

FISHED = {Allergen.FISH, Allergen.CRUSTACEANS, Allergen.MOLLUSCS}
FREE_OF = {
    Diet.DAIRY_FREE: {Allergen.MILK},
    Diet.GLUTEN_FREE: {Allergen.GLUTEN},
    Diet.NUT_FREE: {Allergen.NUTS, Allergen.PEANUTS},
}


def test_the_menu_begins_with_the_tutorial_s_three_drinks() -> None:
    first = [(item.slug, item.name, item.price) for item in SHEET.items[:3]]

    assert first == [
        ("latte", "Latte", 350),
        ("cappuccino", "Cappuccino", 300),
        ("espresso", "Espresso", 220),
    ]


@pytest.mark.parametrize("slug", ["latte", "cappuccino", "espresso"])
def test_each_of_the_three_comes_in_every_size_and_with_every_milk(slug: str) -> None:
    size, milk = _groups(ITEMS[slug])[:2]

    assert [(option.slug, option.price) for option in size.options] == [
        ("small", 0),
        ("medium", 50),
        ("large", 100),
    ]
    assert [(option.slug, option.price) for option in milk.options][:3] == [
        ("dairy", 0),
        ("oat", 0),
        ("almond", 0),
    ]
    assert [option.slug for option in size.defaults] == ["small"]


def test_a_latte_has_milk_and_an_espresso_only_if_asked() -> None:
    milk = {slug: _groups(ITEMS[slug])[1] for slug in ("latte", "cappuccino", "espresso")}

    assert {slug: [option.slug for option in group.defaults] for slug, group in milk.items()} == {
        "latte": ["dairy"],
        "cappuccino": ["dairy"],
        "espresso": [],
    }
    assert {(group.min, group.max) for group in milk.values()} == {(0, 1)}


def test_a_medium_oat_latte_is_four_dollars() -> None:
    size, milk = _groups(ITEMS["latte"])[:2]
    medium, oat = size.option("medium"), milk.option("oat")

    assert medium is not None
    assert oat is not None
    assert ITEMS["latte"].price + medium.price + oat.price == 400


def test_the_cafe_is_always_open_so_that_the_first_order_is_taken() -> None:
    cafe = SHEET.cafe

    assert (cafe.currency, cafe.time_zone, cafe.locale, cafe.hours.periods) == (
        "USD",
        "America/New_York",
        "en-US",
        (),
    )


def test_one_thing_is_sold_out() -> None:
    assert [item.slug for item in SHEET.items if not item.is_available] == ["cinnamon-roll"]


@pytest.mark.parametrize("diet", list(FREE_OF))
@pytest.mark.parametrize("item", SHEET.items, ids=lambda item: item.slug)
def test_an_item_is_said_to_be_free_of_just_what_its_default_build_has_not(item: SheetItem, diet: Diet) -> None:
    assert (diet in item.diets) == (not FREE_OF[diet] & _allergens(item))


@pytest.mark.parametrize("item", SHEET.items, ids=lambda item: item.slug)
def test_nothing_vegan_or_vegetarian_has_what_comes_from_animals(item: SheetItem) -> None:
    if Diet.VEGAN in item.diets:
        assert not _allergens(item) & {Allergen.MILK, Allergen.EGGS, *FISHED}
        assert Diet.VEGETARIAN in item.diets
    if Diet.VEGETARIAN in item.diets:
        assert not _allergens(item) & FISHED


@pytest.mark.parametrize(
    ("milk", "allergen"), [("dairy", "milk"), ("oat", "gluten"), ("almond", "nuts"), ("soy", "soy")]
)
def test_every_milk_declares_its_allergen(milk: str, allergen: str) -> None:
    option = GROUPS["milk"].option(milk)

    assert option is not None
    assert option.adds_allergens == {Allergen(allergen)}


def test_every_item_tells_a_guest_what_it_is() -> None:
    assert [item.slug for item in SHEET.items if not item.description or item.calories is None] == []


def test_every_ingredient_is_in_some_recipe() -> None:
    options = [option for group in SHEET.option_groups for option in group.options]
    used = {slug for recipe in [item.recipe for item in SHEET.items] for slug in recipe}
    used |= {slug for option in options for slug in (*option.recipe, *option.replaces.values())}

    assert [ingredient.slug for ingredient in SHEET.ingredients if ingredient.slug not in used] == []


def test_every_item_is_made_of_something() -> None:
    assert [item.slug for item in SHEET.items if not item.recipe] == []


def test_nobody_plays_the_pantry_empty() -> None:
    most = max(quantity.amount for item in SHEET.items for quantity in item.recipe.values())

    assert all(ingredient.on_hand >= 1_000_000 * 1_000 for ingredient in SHEET.ingredients)
    assert most < 1_000_000


def _groups(item: SheetItem) -> list[OptionGroup]:
    return [use.of(GROUPS[use.group]) for use in item.uses]


def _allergens(item: SheetItem) -> frozenset[Allergen]:
    """What the default build has in it."""
    defaults = [option for group in _groups(item) for option in group.defaults]
    removed = frozenset(allergen for option in defaults for allergen in option.removes_allergens)
    return (item.allergens - removed).union(*(option.adds_allergens for option in defaults))
