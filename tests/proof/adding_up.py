"""What is true of a café's books whatever has happened: read from the file by plain SQL, and added up anew."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, Any]


@dataclass
class Auditor:
    """Reads the books again and again, and remembers what must never change."""

    file: Path
    sold: dict[int, Row] = field(default_factory=dict)
    issued: dict[int, Row] = field(default_factory=dict)

    def audit(self) -> None:
        """See that everything adds up, and that nothing has changed that is done."""
        with closing(sqlite3.connect(self.file)) as books:
            books.row_factory = lambda cursor, row: dict(zip((c[0] for c in cursor.description), row, strict=True))
            books.execute("BEGIN")  # one snapshot
            orders_add_up(books)
            money_adds_up(books)
            receipts_add_up(books)
            promo_codes_add_up(books)
            the_pantry_adds_up(books)
            points_add_up(books)
            self.sold = unchanged(self.sold, as_sold(books))
            self.issued = unchanged(self.issued, {row["sequence"]: row for row in rows(books, "receipts")})


def rows(books: sqlite3.Connection, table: str, where: str = "1", order: str = "rowid") -> list[Row]:
    return books.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY {order}").fetchall()


def unchanged(before: dict[int, Row], now: dict[int, Row]) -> dict[int, Row]:
    """See that what was there is there as it was, and give what is there now."""
    assert {key: now.get(key) for key in before} == before
    return now


def as_sold(books: sqlite3.Connection) -> dict[int, Row]:
    """Give of each order what was sold for how much."""
    kept = ("currency", "subtotal", "adjustments", "taxes", "discount", "total", "number", "placed_at")
    lines = ("order_id", "item_id", "name", "quantity", "choices", "unit_price", "discount", "tax")
    found = {row["id"]: {**{name: row[name] for name in kept}, "lines": []} for row in rows(books, "orders")}
    for line in rows(books, "order_lines"):
        found[line["order_id"]]["lines"].append([line[name] for name in lines])
    return found


def orders_add_up(books: sqlite3.Connection) -> None:
    """An order is its lines, less money off, and added tax and a tip; taxes and money off are shared among lines."""
    for order in rows(books, "orders"):
        lines = rows(books, "order_lines", f"order_id = {order['id']}")
        adjustments, taxes = json.loads(order["adjustments"]), json.loads(order["taxes"])
        by_kind = Counter[str]()
        for each in adjustments:
            by_kind[each["kind"]] += each["amount"]
        assert order["subtotal"] == sum(line["quantity"] * line["unit_price"] for line in lines)
        assert order["total"] == order["subtotal"] + sum(by_kind.values()) >= 0
        assert order["discount"] == sum(line["discount"] for line in lines) == -by_kind["discount"] - by_kind["loyalty"]
        assert by_kind["tax"] == sum(tax["amount"] for tax in taxes if not tax["is_included"])
        assert sum(line["tax"] for line in lines) == sum(tax["amount"] for tax in taxes)
        taxed = sum(tax["net"] + tax["amount"] * tax["is_included"] for tax in taxes)
        assert taxed <= order["subtotal"] - order["discount"]


def money_adds_up(books: sqlite3.Connection) -> None:
    """What an order says of its money is what its payments and refunds come to; nobody pays or gets back too much."""
    for order in rows(books, "orders"):
        payments = rows(books, "payments", f"order_id = {order['id']}")
        refunds = rows(books, "refunds", f"order_id = {order['id']}")
        assert order["paid"] == amount(payments, "paid")
        assert order["pending"] == amount(payments, "pending", "authorised")
        assert order["refunded"] == amount(refunds, "done")
        assert order["refunding"] == amount(refunds, "pending")
        assert order["paid"] - order["refunded"] + order["pending"] <= order["total"]
        assert order["refunded"] + order["refunding"] <= order["paid"]
        for payment in payments:
            back = [each for each in refunds if each["payment_id"] == payment["id"]]
            assert payment["refunded"] == amount(back, "done") <= payment["amount"]


def amount(found: list[Row], *states: str) -> int:
    return sum(each["amount"] for each in found if each["state"] in states)


def receipts_add_up(books: sqlite3.Connection) -> None:
    """Receipts are numbered without a gap: one for each order that was ever paid wholly, and one for each refund."""
    issued = rows(books, "receipts", order="sequence")
    assert [receipt["sequence"] for receipt in issued] == list(range(1, len(issued) + 1))
    assert len({receipt["token"] for receipt in issued}) == len(issued)
    for order in rows(books, "orders"):
        its = [(row["kind"], json.loads(row["content"])) for row in issued if row["order_id"] == order["id"]]
        sales = [content["contents"] for kind, content in its if kind == "sale"]
        refunds = [content["contents"] for kind, content in its if kind == "refund"]
        assert len(sales) == order["was_paid_up"]
        done = rows(books, "refunds", f"order_id = {order['id']} AND state = 'done'")
        assert Counter(each["repaid"]["amount"] for each in refunds) == Counter(each["amount"] for each in done)
        assert sum(each["repaid"]["amount"] for each in refunds) == order["refunded"]
        for sale in sales:
            assert sale["subtotal"] + sum(each["amount"] for each in sale["adjustments"]) == order["total"]
            assert sum(line["quantity"] * line["unit_price"] for line in sale["lines"]) == sale["subtotal"]
            assert sum(payment["amount"] for payment in sale["payments"]) == order["total"]
            assert sale["taxes"] == json.loads(order["taxes"])


def promo_codes_add_up(books: sqlite3.Connection) -> None:
    """A code has been used by as many orders as have it and were not called off: in all, and by each account."""
    used = Counter[tuple[str, int]]()
    for order in rows(books, "orders", "promo_code IS NOT NULL AND status != 'cancelled'"):
        used[order["promo_code"], 0] += 1
        if order["customer_id"] is not None:
            used[order["promo_code"], order["customer_id"]] += 1
    counted = {(row["code"], row["customer_id"]): row["uses"] for row in rows(books, "promo_uses") if row["uses"]}
    assert counted == used


def points_add_up(books: sqlite3.Connection) -> None:
    """A customer has what the ledger comes to, never below nothing; an order has earned as it was paid."""
    points, owed, earned, back = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
    for move in rows(books, "points", order="id"):
        points[move["customer_id"]] += move["points"]
        owed[move["customer_id"]] += move["owed"]
        assert min(points[move["customer_id"]], owed[move["customer_id"]]) == 0 <= points[move["customer_id"]]
        by_order = earned if move["kind"] in ("earned", "taken_back") else back
        by_order[move["order_id"]] += move["points"] - move["owed"]
    for person in rows(books, "people"):
        assert (person["points"], person["points_owed"]) == (points[person["id"]], owed[person["id"]])
    for order in rows(books, "orders"):
        kept = order["paid"] - order["refunded"]
        assert earned[order["id"]] == (order["points"] * kept // order["total"] if order["total"] else 0)
        assert back[order["id"]] <= 0
        assert order["status"] != "cancelled" or not back[order["id"]]


def the_pantry_adds_up(books: sqlite3.Connection) -> None:
    """Of each ingredient there is what its movements come to, at every step and never below nothing."""
    there = Counter[int]()
    for move in rows(books, "pantry_moves", order="id"):
        there[move["ingredient_id"]] += move["change"]
        assert move["on_hand"] == there[move["ingredient_id"]] >= 0
        assert move["change"] != 0
    assert {row["id"]: row["on_hand"] for row in rows(books, "ingredients", "on_hand != 0")} == +there
