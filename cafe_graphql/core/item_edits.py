"""Editing one item of the menu: what is said of it, what it must agree with, and what it is then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TypeAlias, TypeVar

from cafe_graphql.core.menu import Allergen, Diet, OptionGroup, SheetItem, Use
from cafe_graphql.core.menu_file.bounds import count_mistakes


class Unsaid(Enum):
    """The mark of what an edit does not speak of, where None would say that it is to be cleared."""

    UNSAID = auto()


UNSAID = Unsaid.UNSAID

T = TypeVar("T")
Said: TypeAlias = T | Unsaid | None
"""What an edit says of one field: a value, None to clear it, or nothing."""


@dataclass(frozen=True, slots=True)
class ItemEdit:
    """What is said of an item; `price` in minor units, `calories` and `allergens` are before any option."""

    name: Said[str] = UNSAID
    category: Said[str] = UNSAID
    description: Said[str] = UNSAID
    image_url: Said[str] = UNSAID
    price: Said[int] = UNSAID
    calories: Said[int] = UNSAID
    allergens: Said[frozenset[Allergen]] = UNSAID
    diets: Said[frozenset[Diet]] = UNSAID
    option_groups: Said[tuple[str, ...]] = UNSAID
    is_hidden: Said[bool] = UNSAID


@dataclass(frozen=True, slots=True)
class Listed:
    """An item on record: as the café writes it, and whether it is kept off the menu."""

    item: SheetItem
    is_hidden: bool = False

    @property
    def seen(self) -> "Listed":
        """What of it a guest could see: that something hidden is sold out, too, nobody can tell."""
        return replace(self, item=replace(self.item, is_available=True)) if self.is_hidden else self


@dataclass(frozen=True, slots=True)
class Around:
    """What of the menu an item must agree with: its currency, its slugs and groups, how many items are on offer."""

    currency: str
    categories: tuple[str, ...]
    groups: Mapping[str, OptionGroup]
    on_offer: int


def applied(slug: str, edit: ItemEdit, before: Listed | None, around: Around) -> Listed:
    """Give the item as it is after an edit that has no problems; what is not said of a new one is as in a menu file."""
    old = before or Listed(SheetItem(slug, name="", category="", price=0))
    item = replace(
        old.item,
        name=_or_kept(edit.name, old.item.name),
        category=_or_kept(edit.category, old.item.category),
        price=_or_kept(edit.price, old.item.price),
        description=_or_cleared(edit.description, old.item.description),
        image_url=_or_cleared(edit.image_url, old.item.image_url),
        calories=_or_cleared(edit.calories, old.item.calories),
        allergens=_or_kept(edit.allergens, old.item.allergens),
        diets=_or_kept(edit.diets, old.item.diets),
        uses=_uses(_or_kept(edit.option_groups, group_slugs(old.item)), old.item, around.groups),
    )
    return Listed(item, is_hidden=_or_kept(edit.is_hidden, old.is_hidden))


def group_slugs(item: SheetItem) -> tuple[str, ...]:
    """Name the option groups that an item asks, in its order."""
    return tuple(use.group for use in item.uses)


def _uses(wanted: tuple[str, ...], item: SheetItem, groups: Mapping[str, OptionGroup]) -> tuple[Use, ...]:
    """Use the wanted groups: those that the item asks already in its own way, new ones as they are."""
    own = {use.group: use for use in item.uses}
    return tuple(_fitting(own.get(slug, Use(slug)), groups.get(slug)) for slug in wanted)


def _fitting(use: Use, group: OptionGroup | None) -> Use:
    """Give the use, or a plain one: while the item was hidden, the group may have become another."""
    if group is None:  # which is hidden, too; it is looked at again when the item comes back
        return use
    named = {*(use.offers or ()), *(use.defaults or ()), *use.prices}
    fits = named <= {option.slug for option in group.options} and not any(count_mistakes(use.of(group)))
    return use if fits else Use(use.group)


def _or_kept(said: Said[T], old: T) -> T:
    return old if said is None or isinstance(said, Unsaid) else said


def _or_cleared(said: Said[T], old: T | None) -> T | None:
    return old if isinstance(said, Unsaid) else said
