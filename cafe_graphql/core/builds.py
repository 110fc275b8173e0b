"""Builds: one line of an order worked out against the menu, defaults filled in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce

from cafe_graphql.core import recipes
from cafe_graphql.core.drafts import Build, Choice, Chosen, LineDraft
from cafe_graphql.core.ingredients import Amounts
from cafe_graphql.core.menu import Allergen, Item, Option, OptionGroup
from cafe_graphql.core.recipes import Selection

MAX_REMEMBERED = 2_000
"""Of cups that were made before: most guests ask for what others have asked for."""


@dataclass(frozen=True, slots=True)
class Cup:
    """One unit of an item with its options, whoever asks for it."""

    choices: tuple[Chosen, ...]
    allergens: frozenset[Allergen]
    calories: int | None
    unit_price: int
    takes: Amounts


def build(index: int, item: Item, line: LineDraft) -> Build:
    """Work out a line that has no problems: a group that it does not mention takes its defaults."""
    cup = _cup(item, line.choices)
    return Build(
        index,
        item,
        line.quantity,
        cup.choices,
        cup.allergens,
        cup.calories,
        cup.unit_price,
        line.note,
        cup.takes,
    )


def default(item: Item) -> Build:
    """The build that a guest gets who asks for the item and nothing else."""
    return build(0, item, LineDraft(item.slug))


def selected(item: Item, choices: Sequence[Choice]) -> Iterator[Selection]:
    """Give the options that known `choices` come to, in the menu's order of groups."""
    for group in item.groups:
        asked = [choice for choice in choices if choice.group == group.slug]
        for choice in asked:
            option = group.option(choice.option)
            assert option is not None, "validation comes before building"
            yield group, option, choice.quantity
        if not asked:
            yield from ((group, option, 1) for option in group.defaults)


@lru_cache(maxsize=MAX_REMEMBERED)
def _cup(item: Item, choices: tuple[Choice, ...]) -> Cup:
    selections = list(selected(item, choices))
    return Cup(
        choices=tuple(_chosen(*selection) for selection in selections),
        allergens=_allergens(item, selections),
        calories=_calories(item, selections),
        unit_price=item.price + sum(option.price * quantity for _, option, quantity in selections),
        takes=recipes.takes(item, selections),
    )


def _chosen(group: OptionGroup, option: Option, quantity: int) -> Chosen:
    return Chosen(group.slug, group.name, option.slug, option.name, quantity, option.price * quantity)


def _allergens(item: Item, selections: Sequence[Selection]) -> frozenset[Allergen]:
    """What is in it: an option that adds an allergen outweighs one that removes it."""
    options = [option for _, option, _ in selections]
    removed = reduce(frozenset.union, (option.removes_allergens for option in options), frozenset[Allergen]())
    return reduce(frozenset.union, (option.adds_allergens for option in options), item.allergens - removed)


def _calories(item: Item, selections: Sequence[Selection]) -> int | None:
    if item.calories is None:
        return None
    return item.calories + sum(option.calories * quantity for _, option, quantity in selections)
