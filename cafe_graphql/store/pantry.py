"""The pantry in the store: what is on hand, and the ledger of every movement, which adds up to it.

Whatever changes what is on hand is written here, beside the movement that says why, in one transaction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from cafe_graphql.core.drafts import Build
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
class Taken:
    """What was taken of an ingredient, which has this number in the store; `left` is on hand now."""

    ingredient_id: int
    amount: int
    left: int

    @property
    def before(self) -> int:
        """What was on hand before."""
        return self.left + self.amount


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


def take(connection: Connection, wanted: Mapping[str, int]) -> dict[str, Taken] | None:
    """Take so much of each ingredient for an order; None, and nothing is taken, when one does not suffice.

    Nothing is noted down yet: see `note_order`.
    """
    taken: dict[str, Taken] = {}
    for slug, amount in wanted.items():
        found = _CHANGE.rows(connection, {"of": slug, "change": -amount})
        if not found:
            for other, back in taken.items():
                _CHANGE.rows(connection, {"of": other, "change": back.amount})
            return None
        taken[slug] = Taken(found[0][0], amount, found[0][1])
    return taken


def note_order(
    connection: Connection, actor: Actor, order: Order, builds: Iterable[Build], taken: Mapping[str, Taken]
) -> None:
    """Note down what was taken for each line of an order that was just placed, from its builds."""
    left = {slug: each.before for slug, each in taken.items()}
    for line, build in zip(order.lines, builds, strict=True):
        reason = Reason(order.placed_at, actor, MoveKind.ORDERED, order.id, line.id)
        for slug, amount in build.takes.items():
            left[slug] -= amount * build.quantity
            _note_down(connection, taken[slug].ingredient_id, -amount * build.quantity, left[slug], reason)


def taken_for(connection: Connection, order_id: int) -> list[tuple[str, int, int]]:
    """Give what an order has taken and not given back: the ingredient, the line's number in the store, how much."""
    return [(slug, line_id, amount) for slug, line_id, amount in connection.execute(_TAKEN, {"order_id": order_id})]


def move(connection: Connection, slug: str, change: int, reason: Reason) -> int:
    """Put more of something into the pantry, or take some out, and give what is on hand then; it must suffice."""
    ((ingredient_id, on_hand),) = _CHANGE.rows(connection, {"of": slug, "change": change})
    _note_down(connection, ingredient_id, change, on_hand, reason)
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


def _note_down(connection: Connection, ingredient_id: int, change: int, on_hand: int, reason: Reason) -> None:
    row = {
        "ingredient_id": ingredient_id,
        "at": to_micros(reason.at),
        "actor": reason.actor.id,
        "actor_name": reason.actor.name,
        "kind": reason.kind.value,
        "change": change,
        "on_hand": on_hand,
        "order_id": reason.order_id,
        "line_id": reason.line_id,
        "note": reason.note,
    }
    _NOTE_DOWN.run(connection, row)


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
