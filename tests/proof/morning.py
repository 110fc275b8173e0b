"""A real morning at the counter: what was sold, read from `tests/data`, and a guest who orders it over HTTP."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2

DATA = Path(__file__).parent.parent / "data"
PRODUCTS = DATA / "products.csv"

MENU = """{ menu { items {
  slug name price { minorUnits } availability { isAvailable }
  optionGroups { slug options { slug name isDefault priceDelta { minorUnits } } }
} } }"""


@dataclass(frozen=True, slots=True)
class Sale:
    """A line of the till: `size` is empty for an item's only or usual size; the price is for one, in cents."""

    item: str
    size: str
    quantity: int
    unit_price: int


@dataclass(frozen=True, slots=True)
class Ticket:
    """The sales of one time in one store, which are one order."""

    key: str
    sales: tuple[Sale, ...]

    @property
    def total(self) -> int:
        return sum(sale.quantity * sale.unit_price for sale in self.sales)


def tickets() -> list[Ticket]:
    """Give the orders of the morning, in the till's order."""
    products = {row["product_id"]: row for row in _rows(PRODUCTS)}
    gathered: dict[str, list[Sale]] = {}
    for row in _rows(DATA / "orders.csv"):
        product = products[row["product_id"]]
        sale = Sale(product["name"], product["size"], int(row["quantity"]), _cents(row["unit_price"]))
        gathered.setdefault(f"{row['time']} in store {row['store_id']}", []).append(sale)
    return [Ticket(key, tuple(sales)) for key, sales in gathered.items()]


class Guest:
    """Somebody who knows the café by its address only, and its goods by what its menu said on coming in."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http
        self.items = {item["name"]: item for item in self.ask(MENU)["menu"]["items"]}

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        """Ask, and give the data; an answer with errors is none."""
        response = self._http.post("/graphql", json={"query": query, "variables": variables})
        answer: dict[str, Any] = response.json()
        assert response.status_code == 200 and answer.keys() == {"data"}, answer
        data: dict[str, Any] = answer["data"]
        return data

    def order_of(self, ticket: Ticket) -> dict[str, Any]:
        """Write a ticket as an `OrderInput`."""
        return {"lines": [self._line(sale) for sale in ticket.sales]}

    def build_of(self, sale: Sale) -> list[str]:
        """Say in the menu's words how an item is built: the size, if it has sizes."""
        return [option["name"] for _, option in self._choices(sale)]

    def _line(self, sale: Sale) -> dict[str, Any]:
        # Whoever says nothing of the size gets the usual one.
        choices = self._choices(sale) if sale.size else []
        options = [{"group": group["slug"], "option": option["slug"]} for group, option in choices]
        return {"item": self.items[sale.item]["slug"], "quantity": sale.quantity, "options": options}

    def _choices(self, sale: Sale) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        offered = [(group, option) for group in self.items[sale.item]["optionGroups"] for option in group["options"]]
        return [(g, o) for g, o in offered if (o["name"] == sale.size if sale.size else o["isDefault"])]


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _cents(price: str) -> int:
    return int(Decimal(price) * 100)
