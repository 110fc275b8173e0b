"""The whole café at work: a real price list imported, a real morning sold and paid, a restart, and another menu."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.proof.morning import PRODUCTS, Guest, Sale, Ticket, tickets
from tests.running import WITH_KEY, cafe, running_cafe

ABOUT = ("--name", "Maven Roasters", "--currency", "USD", "--time-zone", "America/New_York")

QUOTE = """query ($input: OrderInput!) { quote(input: $input) {
  totals { total { minorUnits } } problems { code message }
} }"""

PLACE = """mutation ($input: OrderInput!, $key: String, $expected: Int) {
  placeOrder(input: $input, idempotencyKey: $key, expectedTotalMinorUnits: $expected) {
    replayed order { id number placedAt } problems { code path ... on PriceChangedProblem {
      expected { formatted } actual { formatted }
    } }
  }
}"""

PAY = """mutation ($id: ID!, $input: PaymentInput!, $key: String) {
  payOrder(by: { id: $id }, input: $input, idempotencyKey: $key) {
    order { paymentStatus amountDue { minorUnits } receipt { number text } } problems { code message }
  }
}"""

PAGE = """query ($after: String) { orders(sort: PLACED_AT_ASC, first: 7, after: $after) {
  totalCount
  nodes {
    id number placedAt totals { total { minorUnits } } paymentStatus receipts { number kind text }
    lines {
      name quantity choices { optionName } unitPrice { minorUnits } total { minorUnits }
      item { name price { minorUnits } availability { isAvailable reason } }
    }
  }
  pageInfo { hasNextPage endCursor }
} }"""


@dataclass(frozen=True, slots=True)
class Sold:
    """A ticket, what it was quoted at, and how the café answered to it."""

    ticket: Ticket
    quote: dict[str, Any]
    placed: dict[str, Any]
    again: dict[str, Any] | None
    paid: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Book:
    """The database file that the morning was written to, and what its guests were told."""

    database: Path
    sold: list[Sold]
    builds: list[list[list[str]]]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Sell the morning at a real server, and close the café."""
    database = tmp_path_factory.mktemp("morning") / "cafe.db"
    imported = cafe("menu", "import", str(PRODUCTS), *ABOUT, database=database)
    assert (imported.stdout, imported.stderr) == (f"Loaded 30 items in 4 categories from {PRODUCTS}.\n", "")
    with opened(database) as http:
        guest = Guest(http)
        sold = [sell(guest, ticket, is_repeated=n % 3 == 0) for n, ticket in enumerate(tickets())]
        builds = [[guest.build_of(sale) for sale in ticket.sales] for ticket in tickets()]
    return Book(database, sold, builds)


@contextmanager
def opened(database: Path) -> Iterator[httpx2.Client]:
    """Run the café on its file until the block ends."""
    with running_cafe(database) as url, httpx2.Client(base_url=url, headers=WITH_KEY) as http:
        yield http


def sell(guest: Guest, ticket: Ticket, *, is_repeated: bool) -> Sold:
    """Ask for the price, order at that price, and perhaps order again as if no answer had come; then pay."""
    wanted = guest.order_of(ticket)
    quote = guest.ask(QUOTE, input=wanted)["quote"]
    order = {"input": wanted, "key": ticket.key, "expected": quote["totals"]["total"]["minorUnits"]}
    placed = guest.ask(PLACE, **order)["placeOrder"]
    again = guest.ask(PLACE, **order)["placeOrder"] if is_repeated else None
    return Sold(ticket, quote, placed, again, list(pay(guest, ticket, placed["order"]["id"], is_split=is_repeated)))


def pay(guest: Guest, ticket: Ticket, id: str, *, is_split: bool) -> Iterator[dict[str, Any]]:
    """Pay a third in cash and the rest by card, or all by card, which is asked twice; give each answer."""
    if is_split:
        coins = {"method": "CASH", "amountMinorUnits": ticket.total // 3}
        yield guest.ask(PAY, id=id, input=coins, key=f"coins for {ticket.key}")["payOrder"]
    for _ in range(2):
        card = {"method": "CARD", "token": "tok_visa"}
        yield guest.ask(PAY, id=id, input=card, key=f"card for {ticket.key}")["payOrder"]


def pages(guest: Guest) -> Iterator[dict[str, Any]]:
    """Read the order book from the oldest order to the newest."""
    after = None
    for _ in range(50):
        page = guest.ask(PAGE, after=after)["orders"]
        yield page
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return
    pytest.fail("the order book never ends")


def test_every_order_of_the_morning_is_placed_at_its_exact_total(book: Book) -> None:
    assert len(book.sold) == 116

    quoted = [sold.quote for sold in book.sold]
    assert quoted == [{"totals": {"total": {"minorUnits": sold.ticket.total}}, "problems": []} for sold in book.sold]
    assert sum(quote["totals"]["total"]["minorUnits"] for quote in quoted) == 64065

    assert [sold.placed["problems"] for sold in book.sold] == [[]] * 116
    assert [sold.placed["replayed"] for sold in book.sold] == [False] * 116


def test_each_order_of_a_day_has_a_number_of_its_own(book: Book) -> None:
    numbers = [sold.placed["order"]["number"] for sold in book.sold]

    assert numbers[0] == "A-001"
    assert len(set(numbers)) == 116


def test_an_order_sent_twice_is_placed_once(book: Book) -> None:
    repeated = [sold for sold in book.sold if sold.again is not None]

    assert len(repeated) == 39
    assert [sold.again for sold in repeated] == [{**sold.placed, "replayed": True} for sold in repeated]


def test_every_order_is_paid_to_the_cent_and_no_card_charged_twice(book: Book) -> None:
    assert [answer["problems"] for sold in book.sold for answer in sold.paid] == [[]] * (116 * 2 + 39)

    for number, sold in enumerate(book.sold, 1):
        *coins, card, again = (answer["order"] for answer in sold.paid)
        rest = sold.ticket.total - sum(sold.ticket.total // 3 for _ in coins)
        assert [coin["amountDue"]["minorUnits"] for coin in coins] == [rest] * len(coins)
        assert (card["paymentStatus"], card["amountDue"]) == ("PAID", {"minorUnits": 0})
        assert card["receipt"]["number"] == f"R-{number:06d}"
        assert again == card


def test_every_receipt_adds_up_to_what_was_sold_and_paid(book: Book) -> None:
    for sold in book.sold:
        lines, [total], payments = blocks_of(sold.paid[-1]["order"]["receipt"]["text"])
        assert lines == [sale.quantity * sale.unit_price for sale in sold.ticket.sales]
        assert total == sum(payments) == sold.ticket.total
        assert len(payments) == len(sold.paid) - 1


def blocks_of(receipt: str) -> list[list[int]]:
    """Give the amounts of a receipt's lines, totals and payments, in cents."""
    _, *blocks, _ = receipt.split("-" * 42 + "\n")
    cents = re.compile(r"^\S.*\$(\d+)\.(\d\d)$", re.MULTILINE)  # what is indented, is in the line above
    return [[int("".join(found)) for found in cents.findall(block)] for block in blocks]


def test_after_a_restart_the_order_book_pages_through_them_all(book: Book) -> None:
    with opened(book.database) as http:
        found = list(pages(Guest(http)))

    orders = [order for page in found for order in page["nodes"]]
    assert [len(page["nodes"]) for page in found] == [7] * 16 + [4]
    assert {page["totalCount"] for page in found} == {116}
    told = [sold.placed["order"] for sold in book.sold]
    assert [{key: order[key] for key in ("id", "number", "placedAt")} for order in orders] == told
    assert sum(order["totals"]["total"]["minorUnits"] for order in orders) == 64065
    assert [as_sold(order) for order in orders] == expected_lines(book)
    assert [order["receipts"] for order in orders] == expected_receipts(book)


def test_another_menu_shows_at_once_and_leaves_what_was_sold_as_it_was(book: Book, tmp_path: Path) -> None:
    latte = Ticket("a latte at this morning's price", (Sale("Latte", "", 1, 375),))
    changed = tmp_path / "products.csv"
    text = PRODUCTS.read_text("utf-8").replace("Latte,,3.75", "Latte,,3.95")
    changed.write_text("".join(line for line in text.splitlines(True) if "Ginger Scone" not in line), "utf-8")

    with opened(book.database) as http:
        before = Guest(http)
        imported = cafe("menu", "import", str(changed), database=book.database)
        assert (imported.stdout, imported.stderr) == (f"Loaded 29 items in 4 categories from {changed}.\n", "")

        shown = before.ask('{ menuItem(slug: "latte") { price { formatted } } }')
        now = Guest(http)
        order = {"input": before.order_of(latte), "expected": latte.total}
        refused = now.ask(PLACE, **order, key=latte.key)["placeOrder"]
        scone = {"lines": [{"item": before.items["Ginger Scone"]["slug"]}]}
        gone = now.ask(QUOTE, input=scone)["quote"]["problems"]
        orders = [order for page in pages(now) for order in page["nodes"]]

    assert shown == {"menuItem": {"price": {"formatted": "$3.95"}}}
    assert before.items.keys() - now.items.keys() == {"Ginger Scone"}
    assert refused == {
        "replayed": False,
        "order": None,
        "problems": [
            {
                "code": "PRICE_CHANGED",
                "path": ["expectedTotalMinorUnits"],
                "expected": {"formatted": "$3.75"},
                "actual": {"formatted": "$3.95"},
            }
        ],
    }
    assert gone == [{"code": "ITEM_UNAVAILABLE", "message": "Ginger Scone is no longer on the menu."}]

    assert [order["id"] for order in orders] == [sold.placed["order"]["id"] for sold in book.sold]
    assert [as_sold(order) for order in orders] == expected_lines(book)
    assert [order["receipts"] for order in orders] == expected_receipts(book)
    lines = [line for order in orders for line in order["lines"]]
    hidden = {line["name"] for line in lines if line["item"]["availability"]["reason"] == "HIDDEN"}
    assert hidden == {"Ginger Scone"}
    assert {line["item"]["price"]["minorUnits"] for line in lines if line["name"] == "Latte"} == {395}


def as_sold(order: dict[str, Any]) -> list[tuple[object, ...]]:
    """Give what an order says of each of its lines, apart from what its item is today."""
    return [
        (
            line["name"],
            line["quantity"],
            [choice["optionName"] for choice in line["choices"]],
            line["unitPrice"]["minorUnits"],
            line["total"]["minorUnits"],
        )
        for line in order["lines"]
    ]


def expected_receipts(book: Book) -> list[list[dict[str, Any]]]:
    """Give the receipts as their guests got them: one for each order."""
    return [[{**sold.paid[-1]["order"]["receipt"], "kind": "SALE"}] for sold in book.sold]


def expected_lines(book: Book) -> list[list[tuple[object, ...]]]:
    """Give what the order book must say, by the till and by the sizes on the menu of that morning."""
    return [
        [
            (sale.item, sale.quantity, build, sale.unit_price, sale.quantity * sale.unit_price)
            for sale, build in zip(sold.ticket.sales, builds, strict=True)
        ]
        for sold, builds in zip(book.sold, book.builds, strict=True)
    ]
