"""Promo codes in the books: used as often as they may be and no more, and given back by what is called off."""

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Adjustment, AdjustmentKind, Draft, LineDraft
from cafe_graphql.core.hours import Hours, Period
from cafe_graphql.core.item_edits import ItemEdit
from cafe_graphql.core.orders import Status
from cafe_graphql.core.people import GUEST, HOUSE, Actor
from cafe_graphql.core.problems import ProblemCode, WarningCode
from cafe_graphql.core.promo_codes import PromoCode
from cafe_graphql.services import cooking, item_editing, menu_editing, ordering
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotPlaced, Placed, Ref
from tests.services.books import Clock, all_orders, at_once, counted, opened
from tests.services.customers import customer
from tests.store.watching import watched

MENU = menu_file.read(menu_file.builtin())
LATTE = LineDraft("latte")
ONCE = PromoCode("ONCE", percent=10, limit=1)
EACH_ONCE = PromoCode("WELCOME", "Welcome", amount=100, customer_limit=1)
MAY = PromoCode("MAY", percent=10, last_day=date(2026, 5, 1))
HAPPY = PromoCode("HAPPY", percent=50, hours=Hours((Period(4, time(11), time(13)),)))
FOR_CAKE = PromoCode("CAKE", percent=20, items=("brownie",))
CODES = (ONCE, EACH_ONCE, MAY, HAPPY, FOR_CAKE)


@pytest.fixture
def cafe(file: Path, clock: Clock) -> Iterator[Cafe]:
    """Give a café that has promo codes."""
    with opened(file, clock) as cafe:
        asyncio.run(menu_editing.load(cafe, replace(MENU, promo_codes=CODES)))
        yield cafe


def of(code: PromoCode, *lines: LineDraft) -> Draft:
    return Draft(lines or (LATTE,), promo_code=code.code)


def place(
    cafe: Cafe, draft: Draft, actor: Actor = GUEST, key: str | None = None, expected: int | None = None
) -> Placed:
    return asyncio.run(ordering.place(cafe, actor, draft, key, expected))


def refused(cafe: Cafe, draft: Draft, actor: Actor = GUEST, expected: int | None = None) -> list[ProblemCode]:
    with pytest.raises(NotPlaced) as refusal:
        place(cafe, draft, actor, expected=expected)
    return [problem.code for problem in refusal.value.problems]


def used(file: Path, code: PromoCode) -> dict[int, int]:
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT customer_id, uses FROM promo_uses WHERE code = ?", (code.key,))
        return dict(found.fetchall())


def test_an_order_keeps_the_money_off_that_it_was_sold_with(cafe: Cafe, file: Path) -> None:
    order = place(cafe, of(ONCE, LATTE, LineDraft("espresso", 2)), expected=711).order

    asyncio.run(menu_editing.load(cafe, MENU))

    (kept,) = all_orders(cafe)
    assert kept == order
    assert kept.totals.adjustments == (Adjustment(AdjustmentKind.DISCOUNT, "ONCE", -79),)
    assert [(line.total, line.discount) for line in kept.lines] == [(350, 35), (440, 44)]
    assert (kept.totals.subtotal, kept.totals.total, kept.promo_code) == (790, 711, "once")
    assert refused(cafe, of(ONCE)) == [ProblemCode.PROMO_INVALID]


def test_a_code_for_one_order_is_used_once_however_many_place_at_once(cafe: Cafe, file: Path) -> None:
    async def attempt() -> str:
        try:
            return (await ordering.place(cafe, GUEST, of(ONCE))).order.number
        except NotPlaced as refusal:
            return str(refusal)

    got = at_once([attempt] * 40)

    assert sorted(got) == ["A-001"] + ["“ONCE” has been used up; place the order without it."] * 39
    assert [order.totals.total for order in all_orders(cafe)] == [315]
    assert used(file, ONCE) == {0: 1}


def test_four_processes_use_a_code_for_one_order_once(cafe: Cafe, file: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        placed = list(pool.map(place_twelve_by_one_code, [file] * 4))

    assert sum(placed) == 1
    assert [order.totals.total for order in all_orders(cafe)] == [315]
    assert used(file, ONCE) == {0: 1}


def place_twelve_by_one_code(file: Path) -> int:
    async def attempt(cafe: Cafe) -> bool:
        try:
            return bool(await ordering.place(cafe, GUEST, of(ONCE)))
        except NotPlaced:
            return False

    with opened(file) as cafe:
        return sum(at_once([lambda: attempt(cafe)] * 12))


def test_a_repeat_by_the_same_key_uses_a_code_once(cafe: Cafe, file: Path) -> None:
    first = place(cafe, of(ONCE), key="monday-1")
    again = place(cafe, of(ONCE), key="monday-1")

    assert (again.replayed, again.order) == (True, first.order)
    assert used(file, ONCE) == {0: 1}


def test_each_customer_may_use_a_welcome_once(cafe: Cafe, file: Path) -> None:
    ada, bob = customer(cafe, "ada"), customer(cafe, "bob")

    assert place(cafe, of(EACH_ONCE), ada).order.totals.total == 250
    assert refused(cafe, of(EACH_ONCE), ada) == [ProblemCode.PROMO_INVALID]
    assert place(cafe, of(EACH_ONCE), bob).order.totals.total == 250

    assert used(file, EACH_ONCE) == {0: 2, ada.person_id: 1, bob.person_id: 1}


def test_a_guest_is_told_to_sign_in_for_a_welcome_and_nothing_is_stored(cafe: Cafe, file: Path) -> None:
    before = counted(file)

    with pytest.raises(NotPlaced, match="“WELCOME” can be used once by each customer: sign in to use it"):
        place(cafe, of(EACH_ONCE))

    assert counted(file) == before


def test_a_quote_uses_nothing_and_knows_what_was_used(cafe: Cafe, file: Path) -> None:
    ada = customer(cafe, "ada")
    assert ordering.quote(cafe, ada, of(EACH_ONCE)).totals.total == 250
    assert used(file, EACH_ONCE) == {}

    place(cafe, of(EACH_ONCE), ada)

    assert [p.code for p in ordering.quote(cafe, ada, of(EACH_ONCE)).problems] == [ProblemCode.PROMO_INVALID]


def test_a_code_that_took_nothing_off_was_not_used(cafe: Cafe, file: Path) -> None:
    placed = place(cafe, of(FOR_CAKE))

    assert placed.order.totals.total == 350
    assert placed.warnings[-1].code is WarningCode.PROMO_NOT_APPLIED
    assert (placed.order.promo_code, used(file, FOR_CAKE)) == (None, {})


def test_an_order_that_is_called_off_gives_its_use_back(cafe: Cafe, file: Path) -> None:
    ada = customer(cafe, "ada")
    order = place(cafe, of(EACH_ONCE), ada).order

    asyncio.run(ordering.cancel(cafe, ada, Ref(public_id=order.public_id)))

    assert used(file, EACH_ONCE) == {0: 0, ada.person_id: 0}
    assert place(cafe, of(EACH_ONCE), ada).order.totals.total == 250


def test_the_kitchen_that_calls_an_order_off_gives_its_use_back(cafe: Cafe, file: Path) -> None:
    order = place(cafe, of(ONCE)).order

    asyncio.run(cooking.advance(cafe, HOUSE, order.public_id, Status.CANCELLED))

    assert used(file, ONCE) == {0: 0}
    assert place(cafe, of(ONCE)).order.totals.total == 315


def test_a_code_that_ran_out_since_the_quote_is_refused_and_nothing_is_placed(
    cafe: Cafe, clock: Clock, file: Path
) -> None:
    shown = ordering.quote(cafe, GUEST, of(MAY)).totals.total
    before = counted(file)

    clock.passes(timedelta(hours=12))  # past midnight in New York

    assert (shown, refused(cafe, of(MAY), expected=shown)) == (315, [ProblemCode.PROMO_INVALID])
    assert counted(file) == before


def test_a_happy_hour_that_is_over_since_the_quote_places_nothing_at_another_price(
    cafe: Cafe, clock: Clock, file: Path
) -> None:
    shown = ordering.quote(cafe, GUEST, of(HAPPY)).totals.total
    before = counted(file)

    clock.now = datetime(2026, 5, 1, 17, 0, tzinfo=UTC)  # 13:00 in New York

    assert (shown, refused(cafe, of(HAPPY), expected=shown)) == (175, [ProblemCode.PRICE_CHANGED])
    assert counted(file) == before
    assert place(cafe, of(HAPPY), expected=350).warnings[-1].code is WarningCode.PROMO_NOT_APPLIED


def test_whoever_orders_without_a_code_asks_nothing_more_of_the_books(cafe: Cafe) -> None:
    with watched(cafe.store) as statements:
        place(cafe, Draft((LATTE,)))

    assert [statement for statement in statements if "promo_uses" in statement] == []


def test_a_code_for_an_item_that_was_hidden_is_written_out_without_it(cafe: Cafe) -> None:
    asyncio.run(item_editing.upsert(cafe, HOUSE, "brownie", ItemEdit(is_hidden=True)))

    written = menu_file.read(asyncio.run(menu_editing.export(cafe)))

    assert [code.code for code in written.promo_codes] == ["ONCE", "WELCOME", "MAY", "HAPPY"]
    asyncio.run(item_editing.upsert(cafe, HOUSE, "brownie", ItemEdit(is_hidden=False)))
    assert menu_file.read(asyncio.run(menu_editing.export(cafe))).promo_codes == CODES
