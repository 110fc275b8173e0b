"""Ingredients: as the café writes them, as the menu goes by them, and as they lie in the pantry.

Amounts are whole thousandths of a gram, a millilitre or a piece.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cafe_graphql.core.quantities import Quantity, Unit

Recipe = Mapping[str, Quantity]
"""How much of each ingredient, by its slug, goes into one."""

Amounts = Mapping[str, int]
"""Amounts of ingredients by their slugs."""


@dataclass(frozen=True, slots=True)
class SheetIngredient:
    """An ingredient as the café writes it; `on_hand` counts when the pantry first hears of it.

    Two menus are the same whatever is on hand.
    """

    slug: str
    name: str
    unit: Unit
    on_hand: int = field(default=0, compare=False)
    low_stock_at: int | None = None


@dataclass(frozen=True, slots=True)
class Ingredient:
    """An ingredient as the menu goes by it.

    `steps`: the amounts below which something or other on the menu cannot be had, in rising order.
    """

    slug: str
    name: str
    low_stock_at: int | None
    steps: tuple[int, ...] = ()

    def crosses_step(self, before: int, after: int) -> bool:
        """Tell whether guests could see that there is another amount of it on hand."""
        low, high = min(before, after), max(before, after)
        return bool(self.steps) and low < self.steps[-1] and any(low < step <= high for step in self.steps)

    def is_low(self, on_hand: int) -> bool:
        """Tell whether so much would be so little that the café wants to know."""
        return _is_low(on_hand, self.low_stock_at)


@dataclass(frozen=True, slots=True)
class Stocked:
    """An ingredient in the pantry, with what is on hand of it now."""

    slug: str
    name: str
    unit: Unit
    on_hand: int
    low_stock_at: int | None

    @property
    def is_low(self) -> bool:
        """Whether so little is left that the café wants to know."""
        return _is_low(self.on_hand, self.low_stock_at)


class MoveKind(StrEnum):
    """Why there is more or less of something in the pantry."""

    OPENED = "opened"
    ORDERED = "ordered"
    CANCELLED = "cancelled"
    ADJUSTED = "adjusted"


@dataclass(frozen=True, slots=True)
class Move:
    """A movement on record: `change` came in, or went out below zero, and left `on_hand`.

    `order_number` is that of the order which it was for, as the counter knows it.
    """

    id: int
    at: datetime
    actor_id: str
    actor_name: str
    ingredient: str
    unit: Unit
    kind: MoveKind
    change: int
    on_hand: int
    order_number: str | None
    note: str | None


def _is_low(on_hand: int, low_stock_at: int | None) -> bool:
    return on_hand <= (low_stock_at or 0)
