"""The pantry in the store: what is on hand, and the ledger of every movement, which adds up to it.

Whatever changes what is on hand is written here, beside the movement that says why, in one transaction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from cafe_graphql.core import stock
from cafe_graphql.core.drafts import Build
from cafe_graphql.core.errors import Busy
from cafe_graphql.core.ingredients import Move, MoveKind, SheetIngredient, Stocked
from cafe_graphql.core.orders import Order
from cafe_graphql.core.people import Actor
from cafe_graphql.core.quantities import Unit
from cafe_graphql.store.hot import Hot
from cafe_graphql.store.tables import IngredientRow, OrderRow, PantryMoveRow, table
from cafe_graphql.store.times import from_micros, to_micros

ingredients = table(IngredientRow)
moves = table(PantryMoveRow)
orders = table(OrderRow)

_CHANGE = Hot(
    update(ingredients)
    .where(ingredients.c.slug == bindparam("of"), ingredients.c.on_hand + bindparam("change") >= 0)
    .values(on_hand=ingredients.c.on_hand + bindparam("change"))
    .returning(ingredients.c.id, ingredients.c.on_hand)
)
_ON_HAND = Hot(select(ingredients.c.on_hand).where(ingredients.c.slug == bindparam("of")))
_NOTE_DOWN = Hot(insert(moves), [column.key for column in moves.c if column.key != "id"])
_TAKEN = (
    select(ingredients.c.slug, moves.c.line_id, -func.sum(moves.c.change))
    .join(ingredients)
    .where(moves.c.order_id == bindparam("order_id"))
    .group_by(ingredients.c.slug, moves.c.line_id)
    .having(func.sum(moves.c.change) != 0)
    .order_by(func.min(moves.c.id))
)
_LATEST = (
    select(moves, ingredients.c.slug, ingredients.c.unit, orders.c.number)
    .join(ingredients)
    .outerjoin(orders, orders.c.id == moves.c.order_id)
    .order_by(moves.c.id.desc())
    .limit(bindparam("count"))
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Who moves something, when and why."""

    at: datetime
    actor: Actor
    kind: MoveKind
    order_id: int | None = None
    line_id: int | None = None
    note: str | None = None


def every(connection: Connection) -> list[Stocked]:
    """Give what is in the pantry, in the café's order."""
    shown = select(ingredients).where(~ingredients.c.is_hidden)
    found = connection.execute(shown.order_by(ingredients.c.position, ingredients.c.id)).mappings()
    return [_stocked(row) for row in found]


def units(connection: Connection) -> dict[str, Unit]:
    """Give what each ingredient is counted in, those that no menu names any more too."""
    return {row.slug: Unit(row.unit) for row in connection.execute(select(ingredients.c.slug, ingredients.c.unit))}


def on_hand(connection: Connection, slugs: Iterable[str]) -> dict[str, int]:
    """Give what is on hand of these ingredients, which must be known."""
    return {slug: _ON_HAND.scalar(connection, {"of": slug}) for slug in slugs}


def take(connection: Connection, actor: Actor, order: Order, builds: Sequence[Build]) -> dict[str, int]:
    """Take what goes into an order that was just added, and give what was on hand of it before.

    `Busy` when something does not suffice: who looked before, in the same transaction, does not meet with it.
    """
    before: dict[str, int] = {}
    ids: dict[str, int] = {}
    for slug, amount in stock.needs(builds).items():
        found = _CHANGE.rows(connection, {"of": slug, "change": -amount})
        if not found:
            raise Busy("Somebody else took the last of something in the same moment; nothing was stored. Try again.")
        ids[slug], left = found[0]
        before[slug] = left + amount
    _NOTE_DOWN.run_each(connection, _taken(actor, order, builds, ids, before))
    return before


def taken_for(connection: Connection, order_id: int) -> list[tuple[str, int, int]]:
    """Give what an order has taken and not given back: the ingredient, the line's number in the store, how much."""
    return [(slug, line_id, amount) for slug, line_id, amount in connection.execute(_TAKEN, {"order_id": order_id})]


def move(connection: Connection, slug: str, change: int, reason: Reason) -> int:
    """Put more of something into the pantry, or take some out, and give what is on hand then; it must suffice."""
    ((ingredient_id, on_hand),) = _CHANGE.rows(connection, {"of": slug, "change": change})
    movement = {"ingredient_id": ingredient_id, "change": change, "on_hand": on_hand}
    _NOTE_DOWN.run(connection, {**_reason(reason), **movement})
    return int(on_hand)


def latest(connection: Connection, count: int, slug: str | None) -> list[Move]:
    """Give the latest movements of one ingredient or of any, at most `count`, the oldest of them first."""
    statement = _LATEST if slug is None else _LATEST.where(ingredients.c.slug == slug)
    return [_move(row) for row in connection.execute(statement, {"count": count}).mappings()][::-1]


def show(connection: Connection, slugs: Iterable[str]) -> None:
    """Bring ingredients back into the pantry that no menu has named for a while."""
    connection.execute(update(ingredients).where(ingredients.c.slug.in_(list(slugs))).values(is_hidden=False))


def sheet(connection: Connection) -> tuple[SheetIngredient, ...]:
    """Give the pantry as the café would write it now."""
    return tuple(SheetIngredient(s.slug, s.name, s.unit, s.on_hand, s.low_stock_at) for s in every(connection))


def _taken(
    actor: Actor, order: Order, builds: Iterable[Build], ids: Mapping[str, int], before: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    """The movements of an order, line by line."""
    left, reason = dict(before), _reason(Reason(order.placed_at, actor, MoveKind.ORDERED, order.id))
    for line, build in zip(order.lines, builds, strict=True):
        for slug, amount in build.takes.items():
            change = -amount * build.quantity
            left[slug] += change
            movement = {"ingredient_id": ids[slug], "change": change, "on_hand": left[slug], "line_id": line.id}
            yield {**reason, **movement}


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "at": to_micros(reason.at),
        "actor": reason.actor.id,
        "actor_name": reason.actor.name,
        "kind": reason.kind.value,
        "order_id": reason.order_id,
        "line_id": reason.line_id,
        "note": reason.note,
    }


def _stocked(row: RowMapping) -> Stocked:
    return Stocked(row["slug"], row["name"], Unit(row["unit"]), row["on_hand"], row["low_stock_at"])


def _move(row: RowMapping) -> Move:
    return Move(
        id=row["id"],
        at=from_micros(row["at"]),
        actor_id=row["actor"],
        actor_name=row["actor_name"],
        ingredient=row["slug"],
        unit=Unit(row["unit"]),
        kind=MoveKind(row["kind"]),
        change=row["change"],
        on_hand=row["on_hand"],
        order_number=row["number"],
        note=row["note"],
    )
