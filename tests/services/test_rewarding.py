"""Points in the books: earned as an order is paid, spent once, given back, and never fewer than none."""

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Draft, LineDraft, Tip
from cafe_graphql.core.loyalty import Account
from cafe_graphql.core.orders import Order, Status
from cafe_graphql.core.people import GUEST, HOUSE, Actor, Role
from cafe_graphql.core.points import Scheme
from cafe_graphql.core.problems import ProblemCode
from cafe_graphql.services import cooking, menu_editing, ordering
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotPlaced, Ref
from cafe_graphql.store import loyalty
from tests.services import tills
from tests.services.books import Clock, all_orders, at_once, counted, opened
from tests.services.customers import customer

MENU = menu_file.read(menu_file.builtin())
TEN_LATTES = Draft((LineDraft("latte", 10),))
"""35.00, which earns 35 points, worth 1.75."""


@pytest.fixture
def cafe(file: Path, clock: Clock) -> Iterator[Cafe]:
    """Give a café where a dollar earns a point, and a point is worth five cents."""
    with opened(file, clock) as cafe:
        rewarding(cafe, Scheme(points=1, per=100, worth=5))
        yield cafe


def rewarding(cafe: Cafe, scheme: Scheme | None) -> None:
    asyncio.run(menu_editing.load(cafe, replace(MENU, cafe=replace(MENU.cafe, loyalty=scheme))))


@pytest.fixture
def ada(cafe: Cafe) -> Actor:
    return customer(cafe, "ada")


@pytest.fixture
def rich(cafe: Cafe, ada: Actor) -> Actor:
    """Give Ada, who has 70 points."""
    for _ in range(2):
        tills.cash(cafe, tills.place(cafe, TEN_LATTES, ada))
    return ada


def redeeming(points: int, quantity: int = 1) -> Draft:
    return Draft((LineDraft("latte", quantity),), redeem_points=points)


def account(cafe: Cafe, actor: Actor) -> Account:
    assert actor.person_id is not None
    return asyncio.run(cafe.store.read(loyalty.account, actor.person_id))


def movements(cafe: Cafe, actor: Actor) -> list[tuple[str, int, int]]:
    """Give what moved an account's points, and what it owes, from the first on."""
    assert actor.person_id is not None
    latest = asyncio.run(cafe.store.read(loyalty.latest, actor.person_id, 1_000))
    return [(each.kind.value, each.points, each.owed) for each in reversed(latest)]


def cancel(cafe: Cafe, order: Order) -> Order:
    return asyncio.run(ordering.cancel(cafe, GUEST, Ref(token=order.tracking_token)))


def assert_adds_up(cafe: Cafe, actor: Actor) -> None:
    found = movements(cafe, actor)
    assert account(cafe, actor) == Account(sum(m[1] for m in found), sum(m[2] for m in found))


def test_an_order_earns_as_it_is_paid_and_not_before(cafe: Cafe, ada: Actor) -> None:
    order = tills.place(cafe, TEN_LATTES, ada)
    assert (order.points, order.points_earned, account(cafe, ada)) == (35, 0, Account())

    part = tills.cash(cafe, order, 1_000)
    assert (part.points_earned, account(cafe, ada)) == (10, Account(10))
    whole = tills.cash(cafe, order)

    assert (whole.points_earned, account(cafe, ada)) == (35, Account(35))
    assert movements(cafe, ada) == [("earned", 10, 0), ("earned", 25, 0)]


def test_a_card_earns_as_cash_does(cafe: Cafe, ada: Actor, tmp_path: Path) -> None:
    with tills.with_terminal(cafe, tmp_path / "terminal.db"):
        order = tills.place(cafe, TEN_LATTES, ada)
        tills.card(cafe, order, key="friday-1")
        tills.card(cafe, order, key="friday-1")

    assert movements(cafe, ada) == [("earned", 35, 0)]


def test_a_tip_earns_nothing_though_it_is_paid_too(cafe: Cafe, ada: Actor) -> None:
    tills.cash(cafe, tills.place(cafe, replace(TEN_LATTES, tip=Tip(percent=100)), ada))

    assert account(cafe, ada) == Account(35)


def test_an_order_earns_by_the_scheme_that_it_was_sold_under(cafe: Cafe, ada: Actor) -> None:
    order = tills.place(cafe, TEN_LATTES, ada)

    rewarding(cafe, None)
    tills.cash(cafe, order)

    assert account(cafe, ada) == Account(35)


@pytest.mark.parametrize("role", [Role.BARISTA, Role.MANAGER])
def test_staff_who_take_orders_earn_nothing(cafe: Cafe, role: Role) -> None:
    ben = customer(cafe, "ben", role)

    tills.cash(cafe, tills.place(cafe, TEN_LATTES, ben))

    assert (account(cafe, ben), movements(cafe, ben)) == (Account(), [])


def test_points_are_spent_when_the_order_is_placed(cafe: Cafe, rich: Actor) -> None:
    order = tills.place(cafe, redeeming(50), rich)

    assert (order.totals.total, order.totals.discount, order.points) == (100, 250, 1)
    assert account(cafe, rich) == Account(20)
    assert movements(cafe, rich)[2:] == [("redeemed", -50, 0)]


def test_no_more_are_spent_than_the_order_comes_to_and_it_is_paid_with_them(cafe: Cafe, rich: Actor) -> None:
    order = tills.place(cafe, Draft((LineDraft("espresso"),), redeem_points=70), rich)

    assert (order.totals.total, order.amount_due, order.payment_status.value) == (0, 0, "paid")
    assert account(cafe, rich) == Account(70 - 44)


def test_points_that_are_not_there_are_refused_and_nothing_is_stored(cafe: Cafe, file: Path, rich: Actor) -> None:
    before = counted(file)

    with pytest.raises(NotPlaced, match="You have 70 points, not 71") as refusal:
        tills.place(cafe, redeeming(71), rich)

    assert [problem.code for problem in refusal.value.problems] == [ProblemCode.POINTS_INSUFFICIENT]
    assert (counted(file), account(cafe, rich)) == (before, Account(70))


def test_a_repeat_by_the_same_key_spends_them_once(cafe: Cafe, rich: Actor) -> None:
    for _ in range(2):
        asyncio.run(ordering.place(cafe, rich, redeeming(50), "friday-1"))

    assert account(cafe, rich) == Account(20)


def test_forty_who_spend_the_same_points_at_once_get_no_more_than_there_are(cafe: Cafe, rich: Actor) -> None:
    async def attempt() -> bool:
        try:
            return bool(await ordering.place(cafe, rich, redeeming(30)))
        except NotPlaced:
            return False

    got = at_once([attempt] * 40)

    assert sum(got) == 2
    assert account(cafe, rich) == Account(10)
    assert_adds_up(cafe, rich)


def test_four_processes_that_spend_the_same_points_get_no_more_than_there_are(
    cafe: Cafe, file: Path, rich: Actor
) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        placed = list(pool.map(spend_twelve_times, [file] * 4, [rich] * 4))

    assert sum(placed) == 2
    assert account(cafe, rich) == Account(10)
    assert_adds_up(cafe, rich)


def spend_twelve_times(file: Path, actor: Actor) -> int:
    async def attempt(cafe: Cafe) -> bool:
        try:
            return bool(await ordering.place(cafe, actor, redeeming(30)))
        except NotPlaced:
            return False

    with opened(file) as cafe:
        return sum(at_once([lambda: attempt(cafe)] * 12))


def test_an_order_that_is_called_off_gives_its_points_back(cafe: Cafe, rich: Actor) -> None:
    cancel(cafe, tills.place(cafe, redeeming(50), rich))

    assert account(cafe, rich) == Account(70)
    assert movements(cafe, rich)[2:] == [("redeemed", -50, 0), ("given_back", 50, 0)]


def test_the_kitchen_that_calls_an_order_off_gives_its_points_back(cafe: Cafe, rich: Actor) -> None:
    order = tills.place(cafe, redeeming(50), rich)

    asyncio.run(cooking.advance(cafe, HOUSE, order.public_id, Status.CANCELLED))

    assert account(cafe, rich) == Account(70)


def test_a_refund_takes_back_what_was_earned_and_gives_back_what_was_spent_in_its_part(cafe: Cafe, rich: Actor) -> None:
    order = tills.place(cafe, redeeming(50, quantity=10), rich)  # 35.00 less 2.50
    tills.cash(cafe, order)
    assert (order.totals.total, account(cafe, rich)) == (3250, Account(20 + 32))

    tills.refund(cafe, order, 1_000)  # 10 of 32.50: 15.4 of 50 points come back, and 22.2 of 32 stay
    assert account(cafe, rich) == Account(20 + 15 + 22)
    tills.refund(cafe, order)

    assert account(cafe, rich) == Account(70)
    assert movements(cafe, rich)[2:] == [
        ("redeemed", -50, 0),
        ("earned", 32, 0),
        ("given_back", 15, 0),
        ("taken_back", -10, 0),
        ("given_back", 35, 0),
        ("taken_back", -22, 0),
    ]


def test_points_that_were_spent_before_their_payment_was_given_back_are_owed(cafe: Cafe, ada: Actor) -> None:
    first = tills.place(cafe, TEN_LATTES, ada)
    tills.cash(cafe, first)
    tills.place(cafe, redeeming(30), ada)

    tills.refund(cafe, first)
    assert account(cafe, ada) == Account(0, owed=30)
    tills.cash(cafe, tills.place(cafe, TEN_LATTES, ada))

    assert account(cafe, ada) == Account(5)
    assert movements(cafe, ada) == [
        ("earned", 35, 0),
        ("redeemed", -30, 0),
        ("taken_back", -5, 30),
        ("earned", 5, -30),
    ]


def test_an_order_called_off_after_it_was_paid_keeps_its_earnings_until_the_money_is_given_back(
    cafe: Cafe, rich: Actor
) -> None:
    order = tills.place(cafe, redeeming(50, quantity=10), rich)
    tills.cash(cafe, order)

    cancelled = cancel(cafe, order)
    assert (cancelled.points_earned, account(cafe, rich)) == (32, Account(70 + 32))
    tills.refund(cafe, order)

    assert account(cafe, rich) == Account(70)
    assert_adds_up(cafe, rich)


def test_a_card_that_is_given_back_by_calling_off_takes_the_points_back(cafe: Cafe, ada: Actor, tmp_path: Path) -> None:
    with tills.with_terminal(cafe, tmp_path / "terminal.db"):
        order = tills.place(cafe, TEN_LATTES, ada)
        tills.card(cafe, order)
        cancel(cafe, order)

    assert tills.again(cafe, order).takings.refunded == 3_500
    assert movements(cafe, ada) == [("earned", 35, 0), ("taken_back", -35, 0)]


def test_what_moves_no_points_asks_nothing_of_the_ledger(cafe: Cafe, ada: Actor, file: Path) -> None:
    tills.cash(cafe, tills.place(cafe, TEN_LATTES))
    cancel(cafe, tills.place(cafe, TEN_LATTES))

    assert (counted(file)["points"], len(all_orders(cafe))) == (0, 2)


def test_the_book_itself_refuses_a_balance_below_nothing(file: Path, cafe: Cafe, ada: Actor) -> None:
    with (
        closing(sqlite3.connect(file)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="points >= 0"),
    ):
        connection.execute("UPDATE people SET points = -1")
