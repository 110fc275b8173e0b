"""The order book by pages: exactly what a patient clerk would find, and never more looked at than need be."""

import asyncio
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from operator import attrgetter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cafe_graphql.core.drafts import Draft, LineDraft
from cafe_graphql.core.orders import Filter, Order, Sort, Status
from cafe_graphql.core.people import GUEST
from cafe_graphql.services import ordering
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import order_pages
from cafe_graphql.store.order_pages import Key
from cafe_graphql.store.times import to_micros
from tests.services.books import NOON, Clock, all_orders, opened
from tests.store.watching import watched_reads

ITEMS = ["latte", "cappuccino", "espresso", "bagel"]
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def cafe(busy_books: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cafe]:
    with opened(Path(shutil.copy(busy_books, tmp_path_factory.mktemp("books") / "cafe.db"))) as cafe:
        yield cafe


@pytest.fixture(scope="module")
def book(cafe: Cafe) -> list[Order]:
    return all_orders(cafe)


moments = st.none() | st.integers(-10, 5000).map(lambda n: NOON + n * MINUTE)
filters = st.builds(
    Filter,
    statuses=st.none() | st.lists(st.sampled_from(Status), max_size=3, unique=True).map(tuple),
    placed_after=moments,
    placed_before=moments,
    updated_after=moments,
    item_id=st.none() | st.sampled_from([1, 2, 3, 99]),
    number=st.none() | st.sampled_from(["A-001", "A-042", "B-001"]),
)
SORTED = {
    Sort.PLACED_AT_DESC: (attrgetter("id"), True),
    Sort.PLACED_AT_ASC: (attrgetter("id"), False),
    Sort.UPDATED_AT_DESC: (attrgetter("updated_at", "id"), True),
}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=filters, sort=st.sampled_from(Sort), size=st.integers(1, 60), few=st.sampled_from([500, 40, 0]))
def test_page_by_page_it_gives_what_reading_every_order_would(
    cafe: Cafe, book: list[Order], wanted: Filter, sort: Sort, size: int, few: int
) -> None:
    key, is_reversed = SORTED[sort]
    expected = sorted((order for order in book if _meets(order, wanted)), key=key, reverse=is_reversed)

    with few_is(few):
        pages = list(_pages(cafe, wanted, sort, size))

    assert [order for page in pages for order in page] == expected
    assert all(len(page) == size for page in pages[:-1])
    assert cafe.store.read_now(order_pages.count, wanted) == len(expected)


def _meets(order: Order, wanted: Filter) -> bool:
    return (
        (wanted.statuses is None or order.status in wanted.statuses)
        and (wanted.placed_after is None or order.placed_at > wanted.placed_after)
        and (wanted.placed_before is None or order.placed_at < wanted.placed_before)
        and (wanted.updated_after is None or order.updated_at > wanted.updated_after)
        and (wanted.item_id is None or wanted.item_id in [line.item_id for line in order.lines])
        and (wanted.number is None or order.number == wanted.number)
    )


def _pages(cafe: Cafe, wanted: Filter, sort: Sort, size: int) -> Iterator[list[Order]]:
    after: Key | None = None
    for _ in range(302):  # even one by one, the book has no more pages
        page = cafe.store.read_now(order_pages.page, wanted, sort, after, size)
        if not page:
            return
        yield page
        after = _place(page[-1])
    raise AssertionError("the pages never end")


def _place(order: Order) -> Key:
    return to_micros(order.updated_at), order.id


@contextmanager
def few_is(number: int) -> Iterator[None]:
    """Let so many orders be few: the book of a test is small."""
    usual, order_pages._FEW = order_pages._FEW, number
    try:
        yield
    finally:
        order_pages._FEW = usual


@pytest.mark.parametrize("sort", [Sort.PLACED_AT_DESC, Sort.PLACED_AT_ASC, Sort.UPDATED_AT_DESC])
def test_turning_pages_while_orders_come_in_skips_none_and_repeats_none(
    busy_books: Path, tmp_path: Path, sort: Sort
) -> None:
    clock = Clock(NOON + timedelta(days=30))
    with opened(Path(shutil.copy(busy_books, tmp_path / "cafe.db")), clock) as cafe:
        before = {order.id for order in all_orders(cafe)}
        read: list[int] = []
        for page in _pages(cafe, Filter(), sort, 50):
            read += [order.id for order in page]
            if len(read) < 1000:
                asyncio.run(ordering.place(cafe, GUEST, Draft((LineDraft("latte"),))))
            if len(read) >= 350:
                break

    assert len(read) == len(set(read))
    assert before <= set(read)
    assert (set(read) == before) == (sort is not Sort.PLACED_AT_ASC)


PLACED, READY = Status.PLACED, Status.READY
LATEST, OLDEST, CHANGED = Sort.PLACED_AT_DESC, Sort.PLACED_AT_ASC, Sort.UPDATED_AT_DESC
LATE, EARLY = (2**60, 2**40), (0, 0)
BY_PLACING = ["SEARCH orders_1 USING COVERING INDEX ix_orders_placed_at (placed_at<?)"]
OF_ITEM = "SEARCH order_lines USING COVERING INDEX ix_order_lines_item"
ITS_ORDER = "SEARCH orders USING INTEGER PRIMARY KEY (rowid=?)"

PLANS = [
    (Filter(), LATEST, None, ["SCAN orders"]),
    (Filter(), LATEST, LATE, ["SEARCH orders USING INTEGER PRIMARY KEY (rowid<?)"]),
    (Filter(), OLDEST, EARLY, ["SEARCH orders USING INTEGER PRIMARY KEY (rowid>?)"]),
    (Filter(), CHANGED, None, ["SCAN orders USING INDEX ix_orders_updated_at"]),
    (Filter(), CHANGED, LATE, ["SEARCH orders USING INDEX ix_orders_updated_at (updated_at<?)"]),
    (Filter(updated_after=NOON), CHANGED, None, ["SEARCH orders USING INDEX ix_orders_updated_at (updated_at>?)"]),
    (Filter(number="A-001"), LATEST, None, ["SEARCH orders USING INDEX ix_orders_number (number=?)"]),
    (Filter(number="A-001"), LATEST, LATE, ["SEARCH orders USING INDEX ix_orders_number (number=? AND rowid<?)"]),
    (Filter(statuses=(PLACED,)), LATEST, None, ["SEARCH orders USING INDEX ix_orders_status (status=?)"]),
    (Filter(statuses=(PLACED,)), LATEST, LATE, ["SEARCH orders USING INDEX ix_orders_status (status=? AND id<?)"]),
    (Filter(statuses=(PLACED, READY)), OLDEST, None, ["SEARCH orders USING INDEX ix_orders_status (status=?)"] * 2),
    (
        Filter(statuses=(PLACED,)),
        CHANGED,
        LATE,
        ["SEARCH orders USING INDEX ix_orders_status_updated (status=? AND updated_at<?)"],
    ),
    (
        Filter(statuses=(PLACED, READY), updated_after=NOON),
        CHANGED,
        None,
        ["SEARCH orders USING INDEX ix_orders_status_updated (status=? AND updated_at>?)"] * 2,
    ),
    (Filter(item_id=1), LATEST, None, [f"{OF_ITEM} (item_id=?)", ITS_ORDER]),
    (Filter(item_id=1), LATEST, LATE, [f"{OF_ITEM} (item_id=? AND order_id<?)", ITS_ORDER]),
    (Filter(item_id=1), OLDEST, EARLY, [f"{OF_ITEM} (item_id=? AND order_id>?)", ITS_ORDER]),
    (
        Filter(placed_after=NOON),
        LATEST,
        None,
        ["SEARCH orders USING INTEGER PRIMARY KEY (rowid>?)", *BY_PLACING],
    ),
    (
        Filter(placed_after=NOON, item_id=1),
        LATEST,
        None,
        [f"{OF_ITEM} (item_id=? AND order_id>?)", *BY_PLACING, ITS_ORDER],
    ),
]
"""What to read, and the only ways in which the tables may be looked into for it."""


@pytest.mark.parametrize(("wanted", "sort", "after", "ways"), PLANS)
def test_a_page_is_found_by_an_index_in_its_own_order(
    cafe: Cafe, wanted: Filter, sort: Sort, after: Key | None, ways: list[str]
) -> None:
    (plan,) = _plans(cafe, wanted, sort, after)

    assert order_pages.is_bounded(wanted, sort)
    assert sorted(step for _, step in plan if _is_of_a_table(step)) == sorted(ways)
    assert _sorted_by_hand(plan) == []


@pytest.mark.parametrize(
    ("wanted", "sort", "narrow"),
    [
        (Filter(item_id=1), CHANGED, f"{OF_ITEM} (item_id=?)"),
        (Filter(item_id=1, statuses=(PLACED,)), LATEST, f"{OF_ITEM} (item_id=?)"),
        (Filter(updated_after=NOON), LATEST, "SEARCH orders USING COVERING INDEX ix_orders_updated_at (updated_at>?)"),
        (Filter(placed_after=NOON), CHANGED, "SEARCH orders USING INTEGER PRIMARY KEY (rowid>?)"),
    ],
)
def test_few_orders_are_looked_up_one_by_one(cafe: Cafe, wanted: Filter, sort: Sort, narrow: str) -> None:
    find, read = _plans(cafe, wanted, sort, None)

    assert not order_pages.is_bounded(wanted, sort)
    assert narrow in [step for _, step in find]
    assert ITS_ORDER in [step for _, step in read]
    assert [step for _, step in read if step.startswith(("SCAN orders", "SEARCH orders USING INDEX"))] == []
    assert _sorted_by_hand(read) == []


Plan = Sequence[tuple[int, str]]
"""A query's steps as SQLite explains them, each with the step that it is part of."""


def _plans(cafe: Cafe, wanted: Filter, sort: Sort, after: Key | None) -> list[Plan]:
    """Give the plan of every query that finds a page; not of those that read the lines of its orders."""
    with watched_reads(cafe.store) as ran:
        cafe.store.read_now(order_pages.page, wanted, sort, after, 20)
    reading = ("SELECT orders.id, orders.public_id", "SELECT order_lines.id")
    finding = [sql for sql in ran if sql.startswith("SELECT") and not sql.startswith(reading)]
    explain = cafe.store._driver.execute
    return [[(row[1], row[3]) for row in explain(f"EXPLAIN QUERY PLAN {sql}")] for sql in finding]


def _is_of_a_table(step: str) -> bool:
    return step.startswith(("SCAN order", "SEARCH order"))


def _sorted_by_hand(plan: Plan) -> Iterable[str]:
    """Give the table steps that are sorted after reading; a merge of pages that are limited already is none."""
    by_hand = {parent for parent, step in plan if step.startswith("USE TEMP B-TREE")}
    return [step for parent, step in plan if parent in by_hand and _is_of_a_table(step)]
