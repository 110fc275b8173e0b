"""What tests of the pantry share: what is on hand, the ledger, and whether the one adds up to the other."""

import asyncio
from decimal import Decimal

from cafe_graphql.core.ingredients import Move
from cafe_graphql.core.people import HOUSE, Actor
from cafe_graphql.core.stocktaking import Change
from cafe_graphql.services import stocking
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.stocking import Adjusted
from cafe_graphql.store.database import Connection


def set_to(cafe: Cafe, slug: str, number: str, actor: Actor = HOUSE, note: str | None = None) -> Adjusted:
    return asyncio.run(stocking.adjust(cafe, actor, slug, Change(set_to=Decimal(number)), note))


def add(cafe: Cafe, slug: str, number: str, note: str | None = None) -> Adjusted:
    return asyncio.run(stocking.adjust(cafe, HOUSE, slug, Change(add=Decimal(number)), note))


def on_hand(cafe: Cafe) -> dict[str, int]:
    """Give what is on hand of everything, in thousandths."""
    return {stocked.slug: stocked.on_hand for stocked in asyncio.run(stocking.every(cafe, HOUSE))}


def ledger(cafe: Cafe, slug: str | None = None) -> list[Move]:
    """Give every movement, oldest first."""
    return asyncio.run(stocking.history(cafe, HOUSE, 1_000_000, slug))


def adds_up(cafe: Cafe) -> bool:
    """Tell whether the ledger comes to what is on hand: in all, and step by step; never below nothing."""
    balances: dict[str, int] = {}
    for move in ledger(cafe):
        balances[move.ingredient] = balances.get(move.ingredient, 0) + move.change
        if move.on_hand != balances[move.ingredient] or move.on_hand < 0 or move.change == 0:
            return False
    return cafe.store.read_now(_in_the_books) == balances


def _in_the_books(connection: Connection) -> dict[str, int]:
    found = connection.exec_driver_sql("SELECT slug, on_hand FROM ingredients")
    return {row.slug: row.on_hand for row in found if row.on_hand or _has_moved(connection, row.slug)}


def _has_moved(connection: Connection, slug: str) -> bool:
    sql = "SELECT 1 FROM pantry_moves JOIN ingredients ON ingredients.id = ingredient_id WHERE slug = ?"
    return connection.exec_driver_sql(sql, (slug,)).first() is not None
