"""Menus with recipes and pantries to go with them, for the laws about what can be made."""

from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from cafe_graphql.core import availability
from cafe_graphql.core.ingredients import Amounts, Ingredient
from cafe_graphql.core.menu import Menu
from tests.core.menus import menus_with_everything

thoroughly = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

amounts = st.integers(0, 60) | st.integers(0, 1_200_000)
Shelf = dict[str, int]


def shelves(menu: Menu) -> st.SearchStrategy[Shelf]:
    """Any amounts on hand of what a menu is made of, much of it about what a recipe needs."""
    named = {slug: amounts | st.sampled_from(_near(steps)) for slug, steps in _steps(menu).items() if steps}
    return st.fixed_dictionaries({slug: named.get(slug, amounts) for slug in menu.ingredients})


def with_pantry(menu: Menu, on_hand: Amounts) -> Menu:
    """Give the menu as it is with so much on hand."""
    items = [availability.stocked(item, availability.needs(item), on_hand) for item in menu.by_slug.values()]
    steps = _steps(menu)
    ingredients = [replace(one, steps=steps.get(one.slug, ())) for one in menu.ingredients.values()]
    return Menu.of(menu.version, menu.cafe, menu.categories, items, ingredients=ingredients)


@st.composite
def stocked_menus(draw: st.DrawFn) -> tuple[Menu, Shelf]:
    """Any menu of which nothing is sold out by hand, as it is with any pantry, and that pantry."""
    menu = draw(menus_with_everything())
    shelf = draw(shelves(menu))
    return with_pantry(menu, shelf), shelf


def low_at(menu: Menu, amount: int | None) -> Menu:
    """Give the menu of a café that wants to know when so much is left of anything."""
    ingredients: list[Ingredient] = [replace(one, low_stock_at=amount) for one in menu.ingredients.values()]
    return Menu.of(menu.version, menu.cafe, menu.categories, menu.by_slug.values(), ingredients=ingredients)


def _steps(menu: Menu) -> dict[str, tuple[int, ...]]:
    return availability.steps(availability.needs(item) for item in menu.by_slug.values())


def _near(steps: tuple[int, ...]) -> list[int]:
    return sorted({max(step + difference, 0) for step in steps for difference in (-1, 0, 1)})
