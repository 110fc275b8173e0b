"""Looking for things on the menu."""

from collections.abc import Iterator
from dataclasses import dataclass

from cafe_graphql.core import builds
from cafe_graphql.core.menu import Allergen, Diet, Item, Menu


@dataclass(frozen=True, slots=True)
class MenuFilter:
    """What a guest looks for; an item must meet all of it. Allergens and diets are the default build's."""

    search: str | None = None
    category: str | None = None
    available_only: bool = False
    exclude_allergens: frozenset[Allergen] = frozenset()
    diets: frozenset[Diet] = frozenset()


def matching(menu: Menu, wanted: MenuFilter) -> Iterator[Item]:
    """Give the items on offer that meet the filter, in the menu's order."""
    return (item for item in menu.items if _matches(item, wanted))


def _matches(item: Item, wanted: MenuFilter) -> bool:
    return (
        (wanted.category is None or item.category.slug == wanted.category)
        and (item.unavailable is None or not wanted.available_only)
        and wanted.diets <= item.diets
        and (wanted.search is None or _mentions(item, wanted.search))
        and not wanted.exclude_allergens & builds.default(item).allergens
    )


def _mentions(item: Item, search: str) -> bool:
    """Every word of the search must stand in the item's name, slug, category or description."""
    text = " ".join((item.name, item.slug, item.category.name, item.description or "")).casefold()
    return all(word in text for word in search.casefold().split())
