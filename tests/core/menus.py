"""Menus without a store: any that Hypothesis can draw, and the built-in one."""

from dataclasses import replace

from hypothesis import strategies as st

from cafe_graphql.core import menu_file
from cafe_graphql.core.hours import Hours
from cafe_graphql.core.ingredients import Ingredient
from cafe_graphql.core.menu import Item, Menu, Sheet, SheetItem, Unavailable
from tests.core.sheets import sheets


def menu_of(sheet: Sheet) -> Menu:
    """Give a sheet as guests read it, its items numbered from 1."""
    headings = {category.slug: category for category in sheet.categories}
    groups = {group.slug: group for group in sheet.option_groups}

    def item(number: int, written: SheetItem) -> Item:
        return Item(
            id=number,
            slug=written.slug,
            name=written.name,
            category=headings[written.category],
            price=written.price,
            description=written.description,
            image_url=written.image_url,
            calories=written.calories,
            prep_seconds=written.prep_seconds,
            allergens=written.allergens,
            diets=written.diets,
            groups=tuple(use.of(groups[use.group]) for use in written.uses),
            recipe=written.recipe,
            unavailable=None if written.is_available else Unavailable.SOLD_OUT,
        )

    items = [item(number, written) for number, written in enumerate(sheet.items, 1)]
    ingredients = [Ingredient(one.slug, one.name, one.low_stock_at) for one in sheet.ingredients]
    return Menu.of(1, sheet.cafe, sheet.categories, items, sheet.promo_codes, ingredients)


def corner() -> Menu:
    """The built-in menu: the Corner Café's, always open."""
    return menu_of(menu_file.read(menu_file.builtin()))


def menus() -> st.SearchStrategy[Menu]:
    """Any menu, with things sold out and doors that close."""
    return sheets().map(menu_of)


def menus_with_everything() -> st.SearchStrategy[Menu]:
    """Any menu of a café that never closes and has run out of nothing."""
    return sheets().map(_stocked).map(menu_of)


def with_item(menu: Menu, slug: str, unavailable: Unavailable | None) -> Menu:
    """Give the menu with one of its items sold out, hidden or back."""
    items = [replace(item, unavailable=unavailable) if item.slug == slug else item for item in menu.by_slug.values()]
    return Menu.of(menu.version, menu.cafe, menu.categories, items, menu.promo_codes.values())


def without_option(menu: Menu, item: str, sold_out: str) -> Menu:
    """Give the menu with one option of an item sold out."""

    def here(one: Item) -> Item:
        options = {
            group.slug: tuple(replace(o, is_available=o.is_available and o.slug != sold_out) for o in group.options)
            for group in one.groups
        }
        return replace(one, groups=tuple(replace(group, options=options[group.slug]) for group in one.groups))

    items = [here(one) if one.slug == item else one for one in menu.by_slug.values()]
    return Menu.of(menu.version, menu.cafe, menu.categories, items, menu.promo_codes.values())


def open_at(menu: Menu, hours: Hours) -> Menu:
    """Give the menu of a café that keeps these hours."""
    cafe, codes = replace(menu.cafe, hours=hours), menu.promo_codes.values()
    return Menu.of(menu.version, cafe, menu.categories, menu.by_slug.values(), codes)


def _stocked(sheet: Sheet) -> Sheet:
    return replace(
        sheet,
        cafe=replace(sheet.cafe, hours=Hours()),
        option_groups=tuple(
            replace(group, options=tuple(replace(option, is_available=True) for option in group.options))
            for group in sheet.option_groups
        ),
        items=tuple(replace(item, is_available=True) for item in sheet.items),
    )
