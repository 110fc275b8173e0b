"""The real morning, sold and paid at its own times by the clock, with two refunds, and reported to the cent."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Choice, Draft, LineDraft
from cafe_graphql.core.menu import CafeInfo, Item
from cafe_graphql.core.menu_file import price_list
from cafe_graphql.core.orders import Status
from cafe_graphql.core.payments import Method
from cafe_graphql.core.people import GUEST, HOUSE
from cafe_graphql.core.receipts import Receipt, Refund
from cafe_graphql.core.receipts import Sale as Sold
from cafe_graphql.core.reports import SalesReport
from cafe_graphql.services import cooking, menu_editing, ordering, paying, refunding, reporting
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import Ref
from cafe_graphql.services.paying import Asked
from cafe_graphql.store import receipts
from cafe_graphql.store.database import Connection
from tests.proof.morning import PRODUCTS, Sale, Ticket, tickets
from tests.services.books import Clock, opened

NEW_YEAR = date(2023, 1, 1)
ABOUT = CafeInfo("Maven Roasters", "USD", "America/New_York")


def hour_of(ticket: Ticket) -> int:
    return int(ticket.key[:2])


def instant_of(ticket: Ticket) -> datetime:
    local = datetime.fromisoformat(f"{NEW_YEAR} {ticket.key.partition(' ')[0]}")
    return local.replace(tzinfo=ZoneInfo(ABOUT.time_zone)).astimezone(UTC)


@pytest.fixture(scope="module")
def sold_out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cafe]:
    """Give the café when the morning is sold."""
    clock = Clock()
    rows = price_list.document(PRODUCTS.read_text("utf-8"), price_list.Columns(), menu_file.cafe_table(ABOUT))
    with opened(tmp_path_factory.mktemp("morning") / "cafe.db", clock) as cafe:
        asyncio.run(menu_editing.load(cafe, menu_file.check(rows)))
        asyncio.run(sell(cafe, clock))
        yield cafe


@pytest.fixture(scope="module")
def report(sold_out: Cafe) -> SalesReport:
    """Report the day."""
    return asyncio.run(reporting.sales(sold_out, HOUSE, NEW_YEAR, NEW_YEAR))


async def sell(cafe: Cafe, clock: Clock) -> None:
    items, ids = {item.name: item for item in cafe.menu().items}, []
    for ticket in tickets():
        clock.now = instant_of(ticket)
        placed = await ordering.place(cafe, GUEST, Draft(tuple(line(items[sale.item], sale) for sale in ticket.sales)))
        assert placed.order.totals.total == ticket.total
        await paying.pay(cafe, HOUSE, Ref(public_id=placed.order.public_id), Asked(Method.CASH))
        ids.append(placed.order.public_id)
    await refunding.refund(cafe, HOUSE, ids[0], 125)
    await cooking.advance(cafe, HOUSE, ids[dearest()], Status.ACCEPTED)
    await refunding.refund(cafe, HOUSE, ids[dearest()], None)


def dearest() -> int:
    """Tell which ticket came to most."""
    totals = [ticket.total for ticket in tickets()]
    return totals.index(max(totals))


def line(item: Item, sale: Sale) -> LineDraft:
    sizes = [(group, option) for group in item.groups for option in group.options if option.name == sale.size]
    return LineDraft(item.slug, sale.quantity, tuple(Choice(group.slug, option.slug) for group, option in sizes))


def test_the_day_comes_to_what_the_till_took(report: SalesReport) -> None:
    assert (report.orders, report.items, report.revenue, report.currency) == (116, 200, 64065, "USD")
    assert report.average_order == 552  # 5.5228…


def test_what_was_given_back_is_told_beside_it(report: SalesReport) -> None:
    assert report.refunds == 125 + tickets()[dearest()].total == 1325
    assert [(day.day, day.revenue, day.refunds) for day in report.by_day] == [(NEW_YEAR, 64065, report.refunds)]


def test_so_does_each_item(report: SalesReport) -> None:
    quantities, revenues = Counter[str](), Counter[str]()
    for sale in (sale for ticket in tickets() for sale in ticket.sales):
        quantities[sale.item] += sale.quantity
        revenues[sale.item] += sale.quantity * sale.unit_price

    assert {item.name: item.quantity for item in report.by_item} == quantities
    assert {item.name: item.revenue for item in report.by_item} == revenues


def test_so_does_each_hour(report: SalesReport) -> None:
    orders, revenues = Counter[int](), Counter[int]()
    for ticket in tickets():
        orders[hour_of(ticket)] += 1
        revenues[hour_of(ticket)] += ticket.total

    assert {hour.hour: hour.orders for hour in report.by_hour if hour.orders} == orders
    assert {hour.hour: hour.revenue for hour in report.by_hour if hour.orders} == revenues


def test_the_receipts_of_the_day_add_up_to_the_same(sold_out: Cafe, report: SalesReport) -> None:
    books = asyncio.run(sold_out.store.read(all_receipts)).values()
    issued = sorted((receipt for book in books for receipt in book), key=lambda receipt: receipt.sequence)

    sales = [receipt.contents for receipt in issued if isinstance(receipt.contents, Sold)]
    refunds = [receipt.contents for receipt in issued if isinstance(receipt.contents, Refund)]
    assert [receipt.number for receipt in issued] == [f"R-{number:06d}" for number in range(1, 119)]
    assert [receipt.issued_at for receipt in issued] == sorted(receipt.issued_at for receipt in issued)
    assert [sale.total for sale in sales] == [ticket.total for ticket in tickets()]
    assert sum(sale.total for sale in sales) == report.revenue
    assert sum(refund.repaid.amount for refund in refunds) == report.refunds
    assert sum(line.quantity for sale in sales for line in sale.lines) == report.items


def all_receipts(connection: Connection) -> dict[int, list[Receipt]]:
    return receipts.of_orders(connection, range(1, 117))
