"""Keeping the pantry: taking for an order, putting back what was not made, and counting anew.

When something or other on the menu comes or goes by it, the menu's version is counted up in the same transaction; an
order that takes from plenty leaves the menu alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cafe_graphql.core import availability, permissions, stock, stocktaking
from cafe_graphql.core.drafts import Build, Quote
from cafe_graphql.core.errors import Rejected
from cafe_graphql.core.ingredients import Move, MoveKind, SheetIngredient, Stocked
from cafe_graphql.core.menu import Item, Menu, Unavailable
from cafe_graphql.core.orders import Order
from cafe_graphql.core.people import Actor
from cafe_graphql.core.permissions import Act
from cafe_graphql.core.stocktaking import Change
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import menu as menus
from cafe_graphql.store import pantry
from cafe_graphql.store.database import Connection
from cafe_graphql.store.pantry import Reason


@dataclass(frozen=True, slots=True)
class Adjusted:
    """An ingredient as it is now, and the items on offer, by slug, that there is too little of it for."""

    stocked: Stocked
    out: tuple[str, ...]


async def every(cafe: Cafe, actor: Actor) -> list[Stocked]:
    """Give what is in the pantry, in the café's order."""
    permissions.require(actor, Act.KEEP_PANTRY)
    return await cafe.store.read(pantry.every)


async def adjust(cafe: Cafe, actor: Actor, slug: str, change: Change, note: str | None = None) -> Adjusted:
    """Say that there is more or less of something, or how much; `Rejected` says everything that is wrong with it."""
    permissions.require(actor, Act.KEEP_PANTRY)
    return await cafe.store.write(_adjust, cafe, actor, slug, change, note)


async def history(cafe: Cafe, actor: Actor, count: int, slug: str | None = None) -> list[Move]:
    """Give the latest movements of one ingredient or of any, at most `count`, the oldest of them first.

    `Rejected` when there never was such an ingredient.
    """
    permissions.require(actor, Act.KEEP_PANTRY)
    return await cafe.store.read(_history, count, slug)


def counted(connection: Connection, menu: Menu, priced: Quote) -> Quote:
    """Add to a priced quote what the pantry has to say to it; nothing when none of it has a recipe."""
    needs = stock.needs(priced.lines)
    return stock.counted(menu, priced, pantry.on_hand(connection, needs)) if needs else priced


def take(connection: Connection, menu: Menu, actor: Actor, order: Order, lines: Sequence[Build]) -> None:
    """Take what goes into an order that was just added: it was seen in this transaction that it is there."""
    if not any(line.takes for line in lines):
        return
    before = pantry.take(connection, actor, order, lines)
    needs = stock.needs(lines)
    if any(menu.ingredients[slug].crosses_step(there, there - needs[slug]) for slug, there in before.items()):
        menus.count_up(connection)


def put_back(connection: Connection, cafe: Cafe, actor: Actor, order: Order, at: datetime) -> None:
    """Put back what was taken for those lines of a cancelled order that were not made."""
    not_made = {line.id for line in order.lines if not line.is_done}
    menu = cafe.menu_at(connection)
    for slug, line_id, amount in pantry.taken_for(connection, order.id):
        if line_id in not_made:
            _move(connection, menu, slug, amount, Reason(at, actor, MoveKind.CANCELLED, order.id, line_id))


def open_new(connection: Connection, new: Sequence[SheetIngredient], actor: Actor, at: datetime) -> None:
    """Put into the pantry what the café says is there of ingredients that are new to it."""
    for ingredient in new:
        if ingredient.on_hand:
            pantry.move(connection, ingredient.slug, ingredient.on_hand, Reason(at, actor, MoveKind.OPENED))


def _history(connection: Connection, count: int, slug: str | None) -> list[Move]:
    if slug is not None and slug not in (known := pantry.units(connection)):
        raise Rejected([stocktaking.unknown(slug, known)])
    return pantry.latest(connection, count, slug)


def _adjust(connection: Connection, cafe: Cafe, actor: Actor, slug: str, change: Change, note: str | None) -> Adjusted:
    known = {stocked.slug: stocked for stocked in pantry.every(connection)}
    if problems := list(stocktaking.problems(slug, change, note, known)):
        raise Rejected(problems)
    stocked, menu = known[slug], cafe.menu_at(connection)
    difference = stocktaking.changed(change, stocked) - stocked.on_hand
    if difference:
        reason = Reason(cafe.clock(), actor, MoveKind.ADJUSTED, note=note)
        _move(connection, menu, slug, difference, reason)
    on_hand = stocked.on_hand + difference
    out = tuple(item.slug for item in menu.items if _is_wanted(item) and availability.is_out(item, {slug: on_hand}))
    return Adjusted(replace(stocked, on_hand=on_hand), out)


def _move(connection: Connection, menu: Menu, slug: str, change: int, reason: Reason) -> None:
    on_hand = pantry.move(connection, slug, change, reason)
    if menu.ingredients[slug].crosses_step(on_hand - change, on_hand):
        menus.count_up(connection)


def _is_wanted(item: Item) -> bool:
    """Whether an item would be on sale if there were enough of everything."""
    return item.unavailable in (None, Unavailable.INGREDIENT_OUT)
