"""Recipes: what goes into one of an item as somebody wants it."""

from collections.abc import Iterable

from cafe_graphql.core.ingredients import Amounts
from cafe_graphql.core.menu import Item, Option, OptionGroup

Selection = tuple[OptionGroup, Option, int]
"""An option of a group, and how many of it."""


def takes(item: Item, selections: Iterable[Selection]) -> Amounts:
    """Add up what one of the item takes with these options.

    An option adds what its recipe says. One that replaces an ingredient takes its place, in the amount that all the
    rest has of it: oat milk for all the milk of this drink. Its recipe says how much of it goes into an item that has
    nothing of its own to be replaced.
    """
    chosen = [(option, quantity) for _, option, quantity in selections if option.recipe or option.replaces]
    amounts = {slug: quantity.amount for slug, quantity in item.recipe.items()}
    for option, count in chosen:
        instead = {new for old, new in option.replaces.items() if old in item.recipe}
        for slug, quantity in option.recipe.items():
            if slug not in instead:
                amounts[slug] = amounts.get(slug, 0) + quantity.amount * count
    for option, _ in chosen:
        for old, new in option.replaces.items():
            if old in amounts and old != new:
                amounts[new] = amounts.get(new, 0) + amounts.pop(old)
    return amounts


def brings(option: Option) -> frozenset[str]:
    """Name the ingredients that an option may bring into something."""
    return frozenset((*option.recipe, *option.replaces.values()))
