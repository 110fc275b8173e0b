"""Editing the menu as callers speak of it: what is said of an item, and what has become of it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import strawberry
from strawberry import UNSET

from cafe_graphql.core.errors import Rejected
from cafe_graphql.core.item_edits import UNSAID, ItemEdit, Said, Unsaid
from cafe_graphql.schema import problems
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.enums import Allergen, Diet
from cafe_graphql.schema.menu import MenuItem
from cafe_graphql.schema.problems import Problem

T = TypeVar("T")
C = TypeVar("C")


@strawberry.input(
    description="What is said of an item. What is left out stays as it is, or is the menu file's default for a new one;"
    " null clears `description`, `imageUrl` and `calories`, and is refused elsewhere."
)
class MenuItemInput:
    name: str | None = strawberry.field(default=UNSET, description="What people read, at most 120 characters. `Latte`.")
    category: str | None = strawberry.field(default=UNSET, description="The slug of the heading. `espresso`.")
    description: str | None = strawberry.field(default=UNSET, description="A sentence, at most 1000 characters.")
    image_url: str | None = strawberry.field(default=UNSET, description="`https://…`, or a path: `/latte.jpg`.")
    price_minor_units: int | None = strawberry.field(
        default=UNSET, description="Before any option, in minor units such as cents, from 0 to 21474836. `350`."
    )
    calories: int | None = strawberry.field(
        default=UNSET, description="Kilocalories before any option, from 0 to 10000; null: unknown."
    )
    allergens: list[Allergen] | None = strawberry.field(default=UNSET, description="All of them, before any option.")
    diets: list[Diet] | None = strawberry.field(
        default=UNSET, description="All the ways of eating that the default build suits."
    )
    option_groups: list[str] | None = strawberry.field(
        default=UNSET,
        description='The slugs of all its groups in their order, at most 12. `["size", "milk"]`. A group that it had'
        " keeps this item's own choices, defaults and prices.",
    )
    is_hidden: bool | None = strawberry.field(
        default=UNSET, description="True takes it off the menu, where old orders still show it; false brings it back."
    )

    def to_core(self) -> ItemEdit:
        return ItemEdit(
            name=_said(self.name),
            category=_said(self.category),
            description=_said(self.description),
            image_url=_said(self.image_url),
            price=_said(self.price_minor_units),
            calories=_said(self.calories),
            allergens=_all(frozenset, self.allergens),
            diets=_all(frozenset, self.diets),
            option_groups=_all(tuple, self.option_groups),
            is_hidden=_said(self.is_hidden),
        )


@strawberry.type(description="Success: `item` is set and `problems` is empty. Refusal: nothing was changed.")
class MenuItemPayload:
    item: MenuItem | None = strawberry.field(
        default=None, description="The item as it is now, be it hidden; null when the change was refused."
    )
    problems: list[Problem] = strawberry.field(default_factory=list, description="Everything that is wrong with it.")

    @classmethod
    async def after(cls, info: Info, act: Awaitable[None], slug: str) -> "MenuItemPayload":
        """Give what has become of an item after an act."""
        try:
            await act
        except Rejected as refusal:
            return cls(problems=[problems.of(problem) for problem in refusal.problems])
        info.context.look_again()
        return cls(item=info.context.menu.by_slug[slug])


def _all(make: Callable[[Iterable[T]], C], given: Iterable[T] | None) -> Said[C]:
    """Make a list one of the core's collections; it may be empty, null or left out."""
    said = _said(given)
    return said if said is None or isinstance(said, Unsaid) else make(said)


def _said(given: T | None) -> Said[T]:
    """Say in the core's way that something was left out."""
    return UNSAID if given is UNSET else given
