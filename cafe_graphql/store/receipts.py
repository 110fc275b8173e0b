"""Receipts in the store: filed with the next number as they are issued, and read back as they were."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select

from cafe_graphql.core.drafts import Adjustment, AdjustmentKind, Chosen
from cafe_graphql.core.payments import Method
from cafe_graphql.core.receipts import Issuer, Kind, Line, Moved, Receipt, Refund, Sale
from cafe_graphql.core.taxes import Tax
from cafe_graphql.store.hot import Hot
from cafe_graphql.store.tables import ReceiptRow, table
from cafe_graphql.store.times import from_micros, to_micros

receipts = table(ReceiptRow)

_LAST = Hot(select(func.max(receipts.c.sequence)))
_ADD = Hot(insert(receipts), [column.key for column in receipts.c])
_OF_ORDERS = (
    select(receipts).where(receipts.c.order_id.in_(bindparam("ids", expanding=True))).order_by(receipts.c.sequence)
)
_BY_TOKEN = Hot(select(receipts).where(receipts.c.token == bindparam("token")))


def next_sequence(connection: Connection) -> int:
    """Count the café's receipts on by one, from 1; an act that is undone leaves no gap."""
    return (_LAST.scalar(connection) or 0) + 1


def add(connection: Connection, order_id: int, receipt: Receipt) -> None:
    """File a receipt that is about this order."""
    row = {
        "sequence": receipt.sequence,
        "token": receipt.token,
        "order_id": order_id,
        "kind": receipt.kind.value,
        "issued_at": to_micros(receipt.issued_at),
        "content": _written(receipt),
    }
    _ADD.run(connection, row)


def of_orders(connection: Connection, order_ids: Iterable[int]) -> dict[int, list[Receipt]]:
    """Give all receipts of these orders, by the orders' numbers, the first issued first."""
    found: dict[int, list[Receipt]] = {order_id: [] for order_id in order_ids}
    for row in connection.execute(_OF_ORDERS, {"ids": list(found)}).mappings():
        found[row["order_id"]].append(_receipt(row))
    return found


def of_order(connection: Connection, order_id: int) -> list[Receipt]:
    """Give all receipts of one order, the first issued first."""
    return of_orders(connection, [order_id])[order_id]


def by_token(connection: Connection, token: str) -> Receipt | None:
    """Give the receipt that this token opens."""
    return next(map(_receipt, _BY_TOKEN.mappings(connection, {"token": token})), None)


def _written(receipt: Receipt) -> dict[str, Any]:
    taxes = [{**asdict(tax), "percent": str(tax.percent)} for tax in receipt.contents.taxes]
    return {
        "issuer": receipt.issuer,
        "order": receipt.order,
        "currency": receipt.currency,
        "contents": {**asdict(receipt.contents), "taxes": taxes},
    }


def _receipt(row: RowMapping | Mapping[str, Any]) -> Receipt:
    content = row["content"]
    read = _sale if row["kind"] == Kind.SALE else _refund
    return Receipt(
        sequence=row["sequence"],
        token=row["token"],
        issued_at=from_micros(row["issued_at"]),
        issuer=Issuer(**content["issuer"]),
        order=content["order"],
        currency=content["currency"],
        contents=read(content["contents"]),
    )


def _sale(written: Mapping[str, Any]) -> Sale:
    return Sale(
        lines=tuple(map(_line, written["lines"])),
        subtotal=written["subtotal"],
        adjustments=tuple(map(_adjustment, written["adjustments"])),
        taxes=tuple(map(_tax, written["taxes"])),
        payments=tuple(map(_moved, written["payments"])),
    )


def _refund(written: Mapping[str, Any]) -> Refund:
    taxes = tuple(map(_tax, written["taxes"]))
    return Refund(_moved(written["repaid"]), written["reason"], taxes, written["corrects"])


def _line(written: Mapping[str, Any]) -> Line:
    return Line(**{**written, "choices": tuple(Chosen(**choice) for choice in written["choices"])})


def _adjustment(written: Mapping[str, Any]) -> Adjustment:
    return Adjustment(**{**written, "kind": AdjustmentKind(written["kind"])})


def _tax(written: Mapping[str, Any]) -> Tax:
    return Tax(**{**written, "percent": Decimal(written["percent"])})


def _moved(written: Mapping[str, Any]) -> Moved:
    return Moved(**{**written, "method": Method(written["method"])})
