"""Orders in the store: adding, finding, changing, and the keys that keep an order from being placed twice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from cafe_graphql.core.drafts import Adjustment, AdjustmentKind, Build, Chosen, Draft, Quote, Totals
from cafe_graphql.core.menu import Allergen
from cafe_graphql.core.orders import QUEUED, Order, OrderLine, Status
from cafe_graphql.core.payments import NOTHING, Takings
from cafe_graphql.core.taxes import Tax
from cafe_graphql.store import findings
from cafe_graphql.store.hot import Hot
from cafe_graphql.store.tables import IdempotencyKeyRow, OrderLineRow, OrderRow, table
from cafe_graphql.store.times import from_micros, to_micros

orders = table(OrderRow)
lines = table(OrderLineRow)
keys = table(IdempotencyKeyRow)

_LAST_PLACED = Hot(select(orders.c.placed_at).order_by(orders.c.id.desc()).limit(1))
_LAST_CURRENCY = Hot(select(orders.c.currency).order_by(orders.c.id.desc()).limit(1))
_LAST_SEQUENCE = Hot(select(func.max(orders.c.sequence)).where(orders.c.business_date == bindparam("day")))
_ADD_ORDER = Hot(insert(orders), [column.key for column in orders.c if column.key != "id"])
_ADD_LINE = Hot(insert(lines), [column.key for column in lines.c if column.key != "id"])
_BY_ID = select(orders).where(orders.c.id == bindparam("id"))
_BY_IDS = select(orders).where(orders.c.id.in_(bindparam("ids", expanding=True)))
_BY_PUBLIC_ID = select(orders).where(orders.c.public_id == bindparam("public_id"))
_BY_TOKEN = select(orders).where(orders.c.tracking_token == bindparam("token"))
_BY_LINE = select(orders).join(lines, lines.c.order_id == orders.c.id).where(lines.c.id == bindparam("line"))
_LINES = select(lines).where(lines.c.order_id.in_(bindparam("order_ids", expanding=True))).order_by(lines.c.id)
_REMEMBERED = Hot(
    select(keys.c.order_id, keys.c.fingerprint).where(
        keys.c.actor == bindparam("actor"), keys.c.key == bindparam("key")
    )
)
_REMEMBER = Hot(insert(keys), [column.key for column in keys.c])

_PLACED, _NUMBERED = "last placed at", "last number"
"""Among what a transaction has found: when its last order was placed, and that one's day and number in it."""

PROMISES = "promises"
"""Among the same: of how many stations the kitchen has looked for the latest promises, and those, in microseconds; the
promise of an order that is added is put to them, and a change of any lets them be looked for anew."""

Row = RowMapping | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Slip:
    """What an order gets besides its contents: the names it goes by, its place in the day, and who placed it."""

    public_id: str
    tracking_token: str
    business_date: str
    sequence: int
    number: str
    placed_by: str
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class Remembered:
    """The order that a key has placed, and the fingerprint of the input it came with."""

    order_id: int
    fingerprint: str


def next_instant(connection: Connection, now: datetime) -> datetime:
    """Give the instant to place the next order at: `now`, but always later than the last one's."""
    last = findings.of(connection).get(_PLACED) or _LAST_PLACED.scalar(connection)
    return now if last is None else from_micros(max(to_micros(now), last + 1))


def next_sequence(connection: Connection, business_date: str) -> int:
    """Count the day's orders on by one, from 1."""
    day, last = findings.of(connection).get(_NUMBERED, ("", 0))
    if day != business_date:
        last = _LAST_SEQUENCE.scalar(connection, {"day": business_date}) or 0
    return int(last) + 1


def last_currency(connection: Connection) -> str | None:
    """Tell which currency the latest order was taken in; None before the first."""
    found: str | None = _LAST_CURRENCY.scalar(connection)
    return found


def add(
    connection: Connection, slip: Slip, draft: Draft, quote: Quote, at: datetime, *, waits_for_payment: bool = False
) -> Order:
    """Write a priced draft down as an order, and give it; the kitchen does not see one that waits to be paid."""
    micros, promise = to_micros(at), quote.estimated_ready_at and to_micros(quote.estimated_ready_at)
    row: dict[str, Any] = {
        "public_id": slip.public_id,
        "tracking_token": slip.tracking_token,
        "business_date": slip.business_date,
        "sequence": slip.sequence,
        "number": slip.number,
        "status": Status.PLACED.value,
        "version": 1,
        "currency": quote.totals.currency,
        "subtotal": quote.totals.subtotal,
        "adjustments": quote.totals.adjustments,
        "taxes": [_tax_row(tax) for tax in quote.totals.taxes],
        "discount": quote.totals.discount,
        "total": quote.totals.total,
        "promo_code": quote.promo_code,
        "points": quote.points,
        "customer_name": draft.customer_name,
        "note": draft.note,
        "placed_at": micros,
        "updated_at": micros,
        "pickup_at": draft.pickup_at and to_micros(draft.pickup_at),
        "estimated_ready_at": promise,
        "queue_promise": None if waits_for_payment else promise,
        "work_seconds": quote.work // timedelta(seconds=1),
        "placed_by": slip.placed_by,
        "customer_id": slip.customer_id,
        "paid": 0,
        "pending": 0,
        "refunded": 0,
        "refunding": 0,
        "was_paid_up": quote.totals.total == 0,
    }
    row["id"] = _ADD_ORDER.run(connection, row)
    found = findings.of(connection)
    found[_PLACED], found[_NUMBERED] = micros, (slip.business_date, slip.sequence)
    if PROMISES in found and row["queue_promise"] and row["pickup_at"] is None:
        found[PROMISES][1].append(promise)
    return _order(row, [_added(connection, row["id"], line) for line in quote.lines])


def by_id(connection: Connection, order_id: int) -> Order:
    """Give the order with this number in the store, which must be there."""
    row = connection.execute(_BY_ID, {"id": order_id}).mappings().one()
    return load(connection, [row])[0]


def by_public_id(connection: Connection, public_id: str) -> Order | None:
    """Give the order that callers know by this id."""
    return _one(connection, connection.execute(_BY_PUBLIC_ID, {"public_id": public_id}).mappings().first())


def by_ids(connection: Connection, order_ids: Iterable[int]) -> dict[int, Order]:
    """Give the orders with these numbers in the store, by their numbers."""
    rows = connection.execute(_BY_IDS, {"ids": list(order_ids)}).mappings().all()
    return {order.id: order for order in load(connection, rows)}


def by_token(connection: Connection, token: str) -> Order | None:
    """Give the order that this tracking token belongs to."""
    return _one(connection, connection.execute(_BY_TOKEN, {"token": token}).mappings().first())


def by_line(connection: Connection, line_id: int) -> Order | None:
    """Give the order that a line belongs to."""
    return _one(connection, connection.execute(_BY_LINE, {"line": line_id}).mappings().first())


def change_status(
    connection: Connection, order: Order, status: Status, estimated_ready_at: datetime | None, at: datetime
) -> None:
    """Move an order on, and count its version up."""
    estimate = None if estimated_ready_at is None else to_micros(estimated_ready_at)
    promise = estimate if status in QUEUED else None
    findings.of(connection).pop(PROMISES, None)
    _change(connection, order, at, status=status.value, estimated_ready_at=estimate, queue_promise=promise)


def mark_line(connection: Connection, order: Order, index: int, is_done: bool, at: datetime) -> None:
    """Note that a line was made or not, and count the order's version up."""
    connection.execute(update(lines).where(lines.c.id == order.lines[index].id).values(is_done=is_done))
    _change(connection, order, at)


def change_takings(connection: Connection, order: Order, takings: Takings, at: datetime) -> Order:
    """Note what an order's payments come to now, count its version up, and give the order as it is then."""
    changed = order.with_takings(takings)
    _change(connection, order, at, **asdict(takings), was_paid_up=changed.was_paid_up)
    return replace(changed, version=order.version + 1, updated_at=from_micros(to_micros(at)))


def admit(connection: Connection, order: Order, ready_at: datetime | None) -> None:
    """Let the kitchen see an order that has waited to be paid, promised for then; counts no version up."""
    micros = None if ready_at is None else to_micros(ready_at)
    promise = {"estimated_ready_at": micros, "queue_promise": micros}
    findings.of(connection).pop(PROMISES, None)
    connection.execute(update(orders).where(orders.c.id == order.id).values(promise))


def _change(connection: Connection, order: Order, at: datetime, **columns: object) -> None:
    counted = {**columns, "version": order.version + 1, "updated_at": to_micros(at)}
    connection.execute(update(orders).where(orders.c.id == order.id).values(counted))


def remembered(connection: Connection, actor: str, key: str) -> Remembered | None:
    """Give what this actor's key has placed, if it has placed anything."""
    found = _REMEMBERED.rows(connection, {"actor": actor, "key": key})
    return Remembered(*found[0]) if found else None


def remember(connection: Connection, actor: str, key: str, fingerprint: str, order_id: int) -> None:
    """Note which order a key has placed."""
    row = {"actor": actor, "key": key, "fingerprint": fingerprint, "order_id": order_id}
    _REMEMBER.run(connection, row)


def load(connection: Connection, rows: Sequence[Row]) -> list[Order]:
    """Give the orders of these rows, in their order, with all their lines read at once."""
    of_order: dict[int, list[OrderLine]] = {row["id"]: [] for row in rows}
    for line in connection.execute(_LINES, {"order_ids": list(of_order)}).mappings():
        of_order[line["order_id"]].append(_line(line))
    return [_order(row, of_order[row["id"]]) for row in rows]


def _one(connection: Connection, row: Row | None) -> Order | None:
    return None if row is None else load(connection, [row])[0]


def _added(connection: Connection, order_id: int, line: Build) -> OrderLine:
    row = {
        "order_id": order_id,
        "item_id": line.item.id,
        "name": line.item.name,
        "quantity": line.quantity,
        "choices": line.choices,
        "allergens": sorted(line.allergens),
        "calories": line.calories,
        "unit_price": line.unit_price,
        "discount": line.discount,
        "tax": line.tax,
        "note": line.note,
        "is_done": False,
    }
    line_id = _ADD_LINE.run(connection, row)
    return OrderLine(
        line_id,
        line.item.id,
        line.item.name,
        line.quantity,
        line.choices,
        line.allergens,
        line.calories,
        line.unit_price,
        line.note,
        is_done=False,
        discount=line.discount,
        tax=line.tax,
    )


def _line(row: Row) -> OrderLine:
    return OrderLine(
        id=row["id"],
        item_id=row["item_id"],
        name=row["name"],
        quantity=row["quantity"],
        choices=tuple(Chosen(**choice) for choice in row["choices"]),
        allergens=frozenset(map(Allergen, row["allergens"])),
        calories=row["calories"],
        unit_price=row["unit_price"],
        note=row["note"],
        is_done=row["is_done"],
        discount=row["discount"],
        tax=row["tax"],
    )


def _order(row: Row, its_lines: Iterable[OrderLine]) -> Order:
    return Order(
        id=row["id"],
        public_id=row["public_id"],
        number=row["number"],
        status=Status(row["status"]),
        version=row["version"],
        lines=tuple(its_lines),
        totals=Totals(
            row["currency"],
            row["subtotal"],
            tuple(map(_adjustment, row["adjustments"])),
            tuple(map(_tax, row["taxes"])),
        ),
        customer_name=row["customer_name"],
        note=row["note"],
        placed_at=from_micros(row["placed_at"]),
        updated_at=from_micros(row["updated_at"]),
        pickup_at=None if row["pickup_at"] is None else from_micros(row["pickup_at"]),
        estimated_ready_at=None if row["estimated_ready_at"] is None else from_micros(row["estimated_ready_at"]),
        work=timedelta(seconds=row["work_seconds"]),
        tracking_token=row["tracking_token"],
        customer_id=row["customer_id"],
        takings=_takings(row),
        waits_for_payment=row["queue_promise"] is None and row["status"] == Status.PLACED,
        was_paid_up=row["was_paid_up"],
        promo_code=row["promo_code"],
        points=row["points"],
    )


def _tax_row(tax: Tax) -> dict[str, Any]:
    return {
        "name": tax.name,
        "percent": str(tax.percent),
        "is_included": tax.is_included,
        "net": tax.net,
        "amount": tax.amount,
    }


def _tax(row: Mapping[str, Any]) -> Tax:
    return Tax(row["name"], Decimal(row["percent"]), row["is_included"], row["net"], row["amount"])


def _takings(row: Row) -> Takings:
    paid, pending = row["paid"], row["pending"]
    return Takings(paid, pending, row["refunded"], row["refunding"]) if paid or pending else NOTHING


def _adjustment(row: dict[str, Any] | Adjustment) -> Adjustment:
    if isinstance(row, Adjustment):  # as it was just added
        return row
    return Adjustment(AdjustmentKind(row["kind"]), row["label"], row["amount"], row["line_index"])
