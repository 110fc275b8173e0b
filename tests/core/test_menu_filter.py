"""Looking for things on the menu: by words, by category, and by what a guest must not or will not eat."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cafe_graphql.core import builds, menu_filter
from cafe_graphql.core.drafts import Choice, LineDraft
from cafe_graphql.core.menu import Allergen, Diet, Menu, Unavailable
from cafe_graphql.core.menu_filter import MenuFilter
from tests.core.menus import corner, menus, with_item

CORNER = corner()


def found(wanted: MenuFilter) -> list[str]:
    return [item.slug for item in menu_filter.matching(CORNER, wanted)]


@pytest.mark.parametrize("search", ["latte", "LATTE", "  silky   milk ", "espresso latte"])
def test_every_word_of_a_search_must_be_said_somewhere_of_the_item(search: str) -> None:
    assert "latte" in found(MenuFilter(search=search))
    assert "espresso" not in found(MenuFilter(search=search))


def test_an_empty_filter_finds_everything_in_the_menu_s_order() -> None:
    assert found(MenuFilter()) == [item.slug for item in CORNER.items]


def test_sold_out_things_are_listed_unless_only_the_available_are_wanted() -> None:
    menu = with_item(CORNER, "latte", Unavailable.SOLD_OUT)

    everything = list(menu_filter.matching(menu, MenuFilter()))
    available = list(menu_filter.matching(menu, MenuFilter(available_only=True)))

    assert "latte" in [item.slug for item in everything]
    assert "latte" not in [item.slug for item in available]
    assert available == [item for item in everything if item.unavailable is None]


def test_without_milk_there_is_no_latte_though_it_could_be_built_with_oat() -> None:
    oat_latte = builds.build(0, CORNER.by_slug["latte"], LineDraft("latte", choices=(Choice("milk", "oat"),)))

    assert "latte" not in found(MenuFilter(exclude_allergens=frozenset({Allergen.MILK})))
    assert oat_latte.allergens == {Allergen.GLUTEN}


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50, deadline=None)
@given(menus(), st.frozensets(st.sampled_from(Allergen), max_size=2), st.frozensets(st.sampled_from(Diet), max_size=2))
def test_what_is_found_has_no_excluded_allergen_and_every_diet(
    menu: Menu, no: frozenset[Allergen], diets: frozenset[Diet]
) -> None:
    wanted = MenuFilter(exclude_allergens=no, diets=diets)

    kept = list(menu_filter.matching(menu, wanted))

    for item in menu.items:
        fits = not builds.default(item).allergens & no and diets <= item.diets
        assert (item in kept) == fits
