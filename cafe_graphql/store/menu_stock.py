"""The pantry's part of the menu in the store: ingredients, recipes, and what can be had with what is on hand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from cafe_graphql.core import availability
from cafe_graphql.core.availability import Needs
from cafe_graphql.core.ingredients import Ingredient, Recipe, SheetIngredient
from cafe_graphql.core.menu import Item, Unavailable
from cafe_graphql.core.quantities import Quantity, Unit
from cafe_graphql.store.pantry import ingredients


def stocked(connection: Connection, items: Sequence[Item]) -> tuple[Iterable[Item], Iterable[Ingredient]]:
    """Give the items as they can be had now, and what they are made of."""
    rows = connection.execute(select(ingredients)).mappings().all()
    on_hand = {row["slug"]: row["on_hand"] for row in rows}
    needs = [Needs() if item.unavailable is Unavailable.HIDDEN else availability.needs(item) for item in items]
    steps = availability.steps(needs)
    return (
        [availability.stocked(item, its, on_hand) for item, its in zip(items, needs, strict=True)],
        [Ingredient(row["slug"], row["name"], row["low_stock_at"], steps.get(row["slug"], ())) for row in rows],
    )


def row(ingredient: SheetIngredient) -> dict[str, Any]:
    """Give an ingredient's columns, but for what is on hand."""
    return {
        "slug": ingredient.slug,
        "name": ingredient.name,
        "unit": ingredient.unit.value,
        "low_stock_at": ingredient.low_stock_at,
    }


def recipe(written: Mapping[str, Mapping[str, Any]]) -> Recipe:
    """Read a recipe as it was written down."""
    return {slug: Quantity(said["amount"], Unit(said["unit"])) for slug, said in written.items()}
