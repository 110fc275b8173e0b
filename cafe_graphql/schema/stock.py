"""The pantry as its keepers see it: what is on hand, what goes into what, and how to say that it is otherwise."""

from decimal import Decimal
from typing import Annotated

import strawberry

from cafe_graphql.core import availability
from cafe_graphql.core.errors import Rejected
from cafe_graphql.core.ingredients import Stocked
from cafe_graphql.core.quantities import number_of
from cafe_graphql.core.stocktaking import Change
from cafe_graphql.schema import ids, problems
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.ids import Node
from cafe_graphql.schema.menu import MenuItem
from cafe_graphql.schema.problems import Problem
from cafe_graphql.services import stocking


@strawberry.type(description="Something that the café makes its menu of, and counts.")
class Ingredient(Node):
    slug: str = strawberry.field(description="What recipes and `adjustPantry` name it by. `oat-milk`.")
    name: str = strawberry.field(description="What people read. `Oat milk`.")
    unit: str = strawberry.field(description="What its amounts are in: `g`, `kg`, `ml`, `l` or `pieces`.")
    on_hand: Decimal = strawberry.field(description='How much of it there is, in its unit. `"4.8"`.')
    low_stock_at: Decimal | None = strawberry.field(
        description="At how much or less it counts as low; null: never before it is gone."
    )
    is_low: bool = strawberry.field(description="Whether there is so little that more should be got.")

    @strawberry.field(description="The items on the menu that it may go into, by their own recipe or an option's.")
    def used_by(self, info: Info) -> list[MenuItem]:
        menu = info.context.menu
        return [menu.by_slug[item.slug] for item in menu.source.items if availability.uses(item, self.slug)]

    @classmethod
    def of(cls, stocked: Stocked) -> "Ingredient":
        low_at = stocked.low_stock_at
        return cls(
            id=ids.encode("Ingredient", stocked.slug),
            slug=stocked.slug,
            name=stocked.name,
            unit=stocked.unit.value,
            on_hand=number_of(stocked.on_hand, stocked.unit),
            low_stock_at=None if low_at is None else number_of(low_at, stocked.unit),
            is_low=stocked.is_low,
        )


@strawberry.input(one_of=True, description="What has become of an ingredient, in its own unit: one of the two.")
class PantryChangeInput:
    add: Decimal | None = strawberry.field(
        default=strawberry.UNSET, description='So much came in; below zero, so much went out. `"12"`, `"-0.5"`.'
    )
    set_to: Decimal | None = strawberry.field(
        default=strawberry.UNSET, description='So much was counted; safe to say again. `"4.8"`.'
    )

    def to_core(self) -> Change:
        return Change(set_to=self.set_to) if isinstance(self.set_to, Decimal) else Change(add=self.add)


@strawberry.type(description="Success: `ingredient` is set and `problems` is empty. Refusal: nothing was changed.")
class IngredientPayload:
    ingredient: Ingredient | None = strawberry.field(
        default=None, description="The ingredient as it is now; null when the change was refused."
    )
    now_unavailable: list[MenuItem] = strawberry.field(
        default_factory=list, description="The items that cannot be had now for want of it, whatever is chosen."
    )
    problems: list[Problem] = strawberry.field(default_factory=list, description="Everything that is wrong with it.")


Low = Annotated[bool, strawberry.argument(description="True: only what more should be got of.")]


async def pantry(info: Info, low_only: bool) -> list[Ingredient]:
    """Give what is in the pantry, in the café's order; `low_only`: what is low."""
    every = await stocking.every(info.context.cafe, info.context.actor)
    return [Ingredient.of(stocked) for stocked in every if stocked.is_low or not low_only]


async def adjust(info: Info, slug: str, change: PantryChangeInput, note: str | None) -> IngredientPayload:
    """Say that there is more or less of something, and tell what has become of the menu."""
    context = info.context
    try:
        adjusted = await stocking.adjust(context.cafe, context.actor, slug, change.to_core(), note)
    except Rejected as refusal:
        return IngredientPayload(problems=[problems.of(problem) for problem in refusal.problems])
    context.look_again()
    return IngredientPayload(
        ingredient=Ingredient.of(adjusted.stocked),
        now_unavailable=[context.menu.by_slug[slug] for slug in adjusted.out],
    )


async def node(info: Info, slug: str) -> Ingredient | None:
    """Find an ingredient by what its id says."""
    every = await stocking.every(info.context.cafe, info.context.actor)
    return next((Ingredient.of(stocked) for stocked in every if stocked.slug == slug), None)
