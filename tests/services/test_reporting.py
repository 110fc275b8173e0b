"""The day's figures from a real book: exact, whatever the clocks, the menu and the café's time zone have been."""

import asyncio
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cafe_graphql.core.drafts import Choice, Draft, LineDraft, Tip
from cafe_graphql.core.errors import Forbidden, Unanswerable, Unauthenticated
from cafe_graphql.core.orders import CancelReason, Order
from cafe_graphql.core.people import GUEST, HOUSE, SCOPES, Actor, Role
from cafe_graphql.core.reports import DaySales, HourSales, ItemSales, SalesReport, Span
from cafe_graphql.services import ordering, reconciling, reporting
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotChanged, Ref
from cafe_graphql.store import reports as books
from cafe_graphql.store.database import Connection
from cafe_graphql.store.hot import driver
from tests.services import tills
from tests.services.books import Clock, all_orders, execute

NEW_YORK = ZoneInfo("America/New_York")
MAY_DAY = date(2026, 5, 1)
LATTE = LineDraft("latte")
TWO_LARGE = LineDraft("latte", 2, (Choice("size", "large"),))
ESPRESSO = LineDraft("espresso")


def placed(cafe: Cafe, *lines: LineDraft, tip: Tip | None = None) -> Order:
    return asyncio.run(ordering.place(cafe, GUEST, Draft(lines, tip=tip))).order


def called_off(cafe: Cafe, order: Order) -> None:
    asyncio.run(ordering.cancel(cafe, HOUSE, Ref(public_id=order.public_id), CancelReason.OTHER))


def told(cafe: Cafe, first: date = MAY_DAY, last: date | None = None) -> SalesReport:
    return asyncio.run(reporting.sales(cafe, HOUSE, first, last or first))


def business_dates(connection: Connection) -> dict[int, str]:
    return {row.id: row.business_date for row in connection.exec_driver_sql("SELECT id, business_date FROM orders")}


def hours(report: SalesReport) -> dict[int, tuple[int, int]]:
    return {hour.hour: (hour.orders, hour.revenue) for hour in report.by_hour if hour.orders}


def days(report: SalesReport) -> dict[str, tuple[int, int]]:
    return {str(day.day): (day.orders, day.revenue) for day in report.by_day if day.orders}


def test_a_day_is_told_by_item_by_hour_and_in_all(cafe: Cafe, clock: Clock) -> None:
    placed(cafe, TWO_LARGE, ESPRESSO)
    clock.passes(timedelta(minutes=59))
    placed(cafe, LATTE)
    clock.passes(timedelta(minutes=1))
    placed(cafe, ESPRESSO)

    report = told(cafe)

    assert report.by_item == (ItemSales("latte", "Latte", 3, 1250), ItemSales("espresso", "Espresso", 2, 440))
    assert report.by_hour[12:14] == (HourSales(12, 2, 1470), HourSales(13, 1, 220))
    assert sum(hour.orders for hour in report.by_hour) == 3
    assert report.by_day == (DaySales(MAY_DAY, 3, 1690, 0),)
    assert (report.orders, report.items, report.revenue, report.average_order) == (3, 5, 1690, 563)
    assert report.currency == "USD"


def test_tips_are_no_revenue(cafe: Cafe) -> None:
    order = placed(cafe, LATTE, tip=Tip(percent=20))

    assert (order.totals.total, told(cafe).revenue) == (420, 350)


def test_what_is_given_back_is_told_on_its_own_day_and_not_taken_off_what_was_sold(cafe: Cafe, clock: Clock) -> None:
    order = placed(cafe, LATTE, tip=Tip(percent=20))
    tills.cash(cafe, order)
    tills.refund(cafe, order, 100)
    clock.passes(timedelta(days=1))
    tills.refund(cafe, order, 310)

    report = told(cafe, MAY_DAY, date(2026, 5, 3))

    assert report.by_day == (
        DaySales(MAY_DAY, 1, 350, 100),
        DaySales(date(2026, 5, 2), 0, 0, 310),
        DaySales(date(2026, 5, 3), 0, 0, 0),
    )
    assert (report.revenue, report.refunds, told(cafe).refunds) == (350, 410, 100)


def test_a_refund_counts_from_when_the_card_has_it(cafe: Cafe, clock: Clock, tmp_path: Path) -> None:
    with tills.with_terminal(cafe, tmp_path / "terminal.db"):
        slow, refused = placed(cafe, LATTE), placed(cafe, LATTE)
        tills.card(cafe, slow, "tok_refund_timeout")
        tills.card(cafe, refused, "tok_refund_declined")
        tills.refund(cafe, slow)
        with pytest.raises(NotChanged, match="The card's bank takes no refunds"):
            tills.refund(cafe, refused)
        before = told(cafe)
        clock.passes(timedelta(days=1))
        asyncio.run(reconciling.reconcile(cafe))

    assert (before.refunds, told(cafe).refunds, told(cafe, date(2026, 5, 2)).refunds) == (0, 0, 350)


def test_the_day_of_a_refund_is_that_of_the_cafe_s_clocks(cafe: Cafe, clock: Clock) -> None:
    order = placed(cafe, LATTE)
    tills.cash(cafe, order)
    for minute in ("2026-05-01T23:59:59.999999", "2026-05-02T00:00", "2026-05-02T23:59", "2026-05-03T00:00"):
        clock.now = datetime.fromisoformat(minute).replace(tzinfo=NEW_YORK).astimezone(UTC)
        tills.refund(cafe, order, 50)

    first, last = told(cafe, MAY_DAY), told(cafe, date(2026, 5, 2), date(2026, 5, 3))

    assert (first.refunds, [day.refunds for day in last.by_day]) == (50, [100, 50])


def test_money_for_what_was_called_off_goes_back_though_it_was_no_revenue(cafe: Cafe, tmp_path: Path) -> None:
    with tills.with_terminal(cafe, tmp_path / "terminal.db"):
        order = placed(cafe, LATTE)
        tills.card(cafe, order)
        called_off(cafe, order)

    assert told(cafe).by_day == (DaySales(MAY_DAY, 0, 0, 350),)


def test_money_of_another_currency_that_goes_back_is_not_added_up(cafe: Cafe, clock: Clock, file: Path) -> None:
    order = placed(cafe, LATTE)
    tills.cash(cafe, order)
    execute(file, "UPDATE orders SET currency = 'EUR'")
    clock.passes(timedelta(days=1))
    tills.refund(cafe, order)
    alone = told(cafe, date(2026, 5, 2))
    placed(cafe, LATTE)

    assert (alone.currency, alone.refunds) == ("EUR", 350)
    with pytest.raises(Unanswerable, match="was in EUR and USD, which do not add up"):
        told(cafe, date(2026, 5, 2))


def test_what_was_called_off_does_not_count(cafe: Cafe) -> None:
    placed(cafe, LATTE)
    called_off(cafe, placed(cafe, ESPRESSO, TWO_LARGE))

    report = told(cafe)

    assert report.by_item == (ItemSales("latte", "Latte", 1, 350),)
    assert (days(report), hours(report)) == ({"2026-05-01": (1, 350)}, {12: (1, 350)})


def test_both_ends_count_and_nothing_beyond_them(cafe: Cafe, clock: Clock) -> None:
    for minute in ("2026-04-30T23:59", "2026-05-01T00:00", "2026-05-02T23:59", "2026-05-03T00:00"):
        clock.now = datetime.fromisoformat(minute).replace(tzinfo=NEW_YORK).astimezone(UTC)
        placed(cafe, LATTE)

    report = told(cafe, MAY_DAY, date(2026, 5, 2))

    assert days(report) == {"2026-05-01": (1, 350), "2026-05-02": (1, 350)}
    assert hours(report) == {0: (1, 350), 23: (1, 350)}
    assert report.items == 2


def test_a_day_without_sales_is_all_nought(cafe: Cafe) -> None:
    report = told(cafe)

    assert report.by_item == ()
    assert (hours(report), days(report), report.average_order) == ({}, {}, 0)


@pytest.mark.parametrize(
    ("day", "instants", "expected"),
    [
        # The clocks go from one to three: 6:59 is the hour of one, 7:00 that of three.
        (date(2026, 3, 8), ["2026-03-08T06:59:59", "2026-03-08T07:00:00"], {1: (1, 350), 3: (1, 350)}),
        # The hour of one comes twice, and both are that hour.
        (
            date(2026, 11, 1),
            ["2026-11-01T04:59:00", "2026-11-01T05:30:00", "2026-11-01T06:30:00", "2026-11-01T07:00:00"],
            {0: (1, 350), 1: (2, 700), 2: (1, 350)},
        ),
    ],
)
def test_when_the_clocks_are_set_an_hour_is_what_they_show(
    cafe: Cafe, clock: Clock, day: date, instants: list[str], expected: dict[int, tuple[int, int]]
) -> None:
    for instant in instants:
        clock.now = datetime.fromisoformat(instant).replace(tzinfo=UTC)
        placed(cafe, LATTE)

    assert hours(told(cafe, day)) == expected


def test_a_cafe_that_moves_west_keeps_the_days_of_its_orders(cafe: Cafe, clock: Clock, file: Path) -> None:
    clock.now = datetime(2026, 5, 2, 4, 30, tzinfo=UTC)
    placed(cafe, LATTE)
    execute(file, "UPDATE cafe SET time_zone = 'Pacific/Honolulu', menu_version = menu_version + 1")
    clock.passes(timedelta(hours=1))
    placed(cafe, ESPRESSO)

    first, second = told(cafe, MAY_DAY), told(cafe, date(2026, 5, 2))

    assert [item.slug for item in first.by_item] == ["espresso"]
    assert [item.slug for item in second.by_item] == ["latte"]
    assert (hours(first), hours(second)) == ({19: (1, 220)}, {18: (1, 350)})


def test_an_item_that_was_renamed_or_taken_off_is_still_told_of(cafe: Cafe, file: Path) -> None:
    placed(cafe, LATTE)
    execute(file, "UPDATE items SET name = 'Caffè Latte', is_hidden = 1 WHERE slug = 'latte'")

    assert told(cafe).by_item == (ItemSales("latte", "Caffè Latte", 1, 350),)


def test_orders_in_two_currencies_are_not_added_up(cafe: Cafe, clock: Clock, file: Path) -> None:
    placed(cafe, LATTE)
    execute(file, "UPDATE orders SET currency = 'EUR'")
    alone = told(cafe)
    placed(cafe, LATTE)
    clock.passes(timedelta(days=1))
    placed(cafe, LATTE)

    assert (alone.currency, alone.revenue) == ("EUR", 350)
    with pytest.raises(Unanswerable, match="was in EUR and USD"):
        told(cafe)
    assert (told(cafe, date(2026, 5, 2)).currency, told(cafe, date(2026, 5, 2)).revenue) == ("USD", 350)


@pytest.mark.parametrize("seed", range(5))
def test_the_figures_are_those_of_counting_order_by_order(cafe: Cafe, clock: Clock, file: Path, seed: int) -> None:
    chance, zones = random.Random(seed), ["America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"]
    clock.now = datetime(2026, 10, 30, tzinfo=UTC)
    for _ in range(60):
        clock.passes(timedelta(minutes=chance.choice([0, 7, 45, 300])))
        items = chance.choices(["latte", "espresso", "bagel"], k=chance.randint(1, 3))
        order = placed(cafe, *(LineDraft(item, chance.randint(1, 3)) for item in items), tip=Tip(minor=100))
        if chance.random() < 0.2:
            called_off(cafe, order)
        if chance.random() < 0.05:
            zone = chance.choice(zones)
            execute(file, f"UPDATE cafe SET time_zone = '{zone}', menu_version = menu_version + 1")
    first = date(2026, 10, 30) + timedelta(days=chance.randint(0, 3))
    last = first + timedelta(days=chance.randint(0, 4))

    report = told(cafe, first, last)

    counted = [order for order in all_orders(cafe) if order.status != "cancelled"]
    dates = asyncio.run(cafe.store.read(business_dates))
    counted = [order for order in counted if str(first) <= dates[order.id] <= str(last)]
    assert report.orders == len(counted)
    assert report.revenue == sum(order.totals.subtotal for order in counted)
    assert report.revenue == sum(part.revenue for part in report.by_item)
    assert report.revenue == sum(part.revenue for part in report.by_hour)
    assert report.orders == sum(part.orders for part in report.by_hour)
    here = ZoneInfo(cafe.menu().cafe.time_zone)
    assert {hour: orders for hour, (orders, _) in hours(report).items()} == Counter(
        order.placed_at.astimezone(here).hour for order in counted
    )
    sold: Counter[str] = Counter()
    for line in (line for order in counted for line in order.lines):
        sold[line.name] += line.quantity
    assert {item.name: item.quantity for item in report.by_item} == sold


def test_only_who_may_read_them_is_told(cafe: Cafe) -> None:
    barista = Actor("person:1", "Ben", SCOPES[Role.BARISTA], Role.BARISTA, 1)

    with pytest.raises(Unauthenticated):
        asyncio.run(reporting.sales(cafe, GUEST, MAY_DAY, MAY_DAY))
    with pytest.raises(Forbidden, match="one needs the scope REPORTS"):
        asyncio.run(reporting.sales(cafe, barista, date(2026, 5, 2), MAY_DAY))


def test_today_is_what_the_cafe_s_calendar_says(cafe: Cafe, clock: Clock) -> None:
    clock.now = datetime(2026, 5, 2, 3, 59, tzinfo=UTC)

    assert reporting.today(cafe) == MAY_DAY


def test_a_report_scans_no_orders_lines_or_refunds(cafe: Cafe) -> None:
    order = placed(cafe, LATTE)
    tills.cash(cafe, order)
    tills.refund(cafe, order)

    def plans(connection: Connection) -> list[str]:
        asked: list[str] = []
        driver(connection).set_trace_callback(asked.append)
        books.sales(connection, cafe.menu().cafe, Span(MAY_DAY, MAY_DAY))
        driver(connection).set_trace_callback(None)
        explained = (driver(connection).execute(f"EXPLAIN QUERY PLAN {each}") for each in asked)
        return [step for plan in explained for *_, step in plan]

    steps = asyncio.run(cafe.store.read_long(plans))

    read = {step.partition(" (")[0] for step in steps}
    assert {step for step in read if step.startswith("SCAN")} == {"SCAN items"}
    assert "SEARCH orders USING INDEX ix_orders_sales" in read  # it has every column that is added up
    assert "SEARCH refunds USING INDEX ix_refunds_done" in read  # so it has
    assert "SEARCH order_lines USING COVERING INDEX ix_order_lines_item" in read
