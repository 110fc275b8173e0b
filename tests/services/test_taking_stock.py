"""Taking for orders and putting back: the last one is sold once, all of an order or nothing, and the ledger knows."""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Choice, Draft, LineDraft
from cafe_graphql.core.ingredients import MoveKind
from cafe_graphql.core.menu import Unavailable
from cafe_graphql.core.orders import Order, Status
from cafe_graphql.core.people import GUEST, HOUSE, Actor, Scope
from cafe_graphql.core.problems import ProblemCode, Shortage, WarningCode
from cafe_graphql.services import cooking, menu_editing, ordering
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotPlaced, Placed, Ref
from tests.services.books import NOON, all_orders, at_once, counted, execute, opened
from tests.services.pantries import adds_up, ledger, on_hand, set_to
from tests.store.watching import watched

OAT = (Choice("milk", "oat"),)
OAT_LATTE = Draft((LineDraft("latte", choices=OAT),))
BAGEL = Draft((LineDraft("bagel"),))
BEN = Actor("key:7", "ben", frozenset((Scope.ORDERS_PLACE,)))
MENU = menu_file.read(menu_file.builtin())


def place(cafe: Cafe, *lines: LineDraft) -> Order:
    return asyncio.run(ordering.place(cafe, GUEST, Draft(lines))).order


def refused(cafe: Cafe, *lines: LineDraft) -> NotPlaced:
    with pytest.raises(NotPlaced) as refusal:
        place(cafe, *lines)
    return refusal.value


async def attempt(cafe: Cafe, draft: Draft) -> Placed | NotPlaced:
    try:
        return await ordering.place(cafe, GUEST, draft)
    except NotPlaced as refusal:
        return refusal


def test_an_order_takes_what_goes_into_it_and_the_ledger_says_for_what(cafe: Cafe) -> None:
    before = on_hand(cafe)

    order = place(cafe, LineDraft("latte", 2, OAT), LineDraft("espresso", note="short"))

    taken = {slug: before[slug] - amount for slug, amount in on_hand(cafe).items() if amount != before[slug]}
    assert taken == {"espresso-beans": 54_000, "oat-milk": 400_000}
    moves = [(m.ingredient, m.kind, m.change, m.order_number, m.actor_id, m.at) for m in ledger(cafe)[-3:]]
    guest = (order.number, "guest", NOON)
    assert moves == [
        ("espresso-beans", MoveKind.ORDERED, -36_000, *guest),
        ("oat-milk", MoveKind.ORDERED, -400_000, *guest),
        ("espresso-beans", MoveKind.ORDERED, -18_000, *guest),
    ]
    assert adds_up(cafe)


def test_forty_at_the_same_moment_take_the_last_bagel_once(cafe: Cafe) -> None:
    set_to(cafe, "bagel", "1")
    version = cafe.menu().version

    got = at_once([lambda: attempt(cafe, BAGEL)] * 40)

    placed = [each for each in got if isinstance(each, Placed)]
    told = [each.problems for each in got if isinstance(each, NotPlaced)]
    assert len(placed) == 1 and len(all_orders(cafe)) == 1
    message, path = "Of Bagels there is not enough for Bagel.", ("lines", "0", "quantity")
    assert told == [(Shortage(ProblemCode.OUT_OF_STOCK, message, path, 0, 1),)] * 39
    assert on_hand(cafe)["bagel"] == 0
    assert (cafe.menu().by_slug["bagel"].unavailable, cafe.menu().version) == (Unavailable.INGREDIENT_OUT, version + 1)
    assert adds_up(cafe)


def test_a_rush_for_the_last_bagel_reads_the_new_menu_once(cafe: Cafe) -> None:
    set_to(cafe, "bagel", "1")

    with watched(cafe.store) as statements:
        at_once([lambda: attempt(cafe, BAGEL)] * 40)

    assert sum("FROM items" in statement for statement in statements) == 1


def test_what_one_act_undid_no_other_has_read(cafe: Cafe, file: Path) -> None:
    set_to(cafe, "bagel", "2")
    execute(
        file,
        "CREATE TRIGGER spill BEFORE INSERT ON order_events WHEN NEW.actor = 'ben'"
        " BEGIN SELECT RAISE(ABORT, 'spilt'); END",
    )
    both = Draft((LineDraft("bagel", 2),))

    async def spilt() -> None:
        with pytest.raises(Exception, match="spilt"):
            await ordering.place(cafe, BEN, both)

    at_once([spilt, lambda: attempt(cafe, both), lambda: attempt(cafe, BAGEL)])

    assert len(all_orders(cafe)) == 1
    assert cafe.menu().by_slug["bagel"].unavailable is Unavailable.INGREDIENT_OUT
    assert (on_hand(cafe)["bagel"], adds_up(cafe)) == (0, True)


def test_two_processes_sell_the_last_seven_oat_lattes_and_no_more(cafe: Cafe, file: Path) -> None:
    set_to(cafe, "oat-milk", "1.599")

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        sold = sum(pool.map(sell_oat_lattes, [file] * 2))

    assert sold == 7 == len(all_orders(cafe))
    assert on_hand(cafe)["oat-milk"] == 199_000
    assert cafe.menu().by_slug["latte"].out == {("milk", "oat")}
    assert adds_up(cafe)


def sell_oat_lattes(file: Path) -> int:
    with opened(file) as cafe:
        return sum(isinstance(got, Placed) for got in at_once([lambda: attempt(cafe, OAT_LATTE)] * 20))


def test_an_order_takes_all_that_it_needs_or_nothing(cafe: Cafe, file: Path) -> None:
    set_to(cafe, "brownie", "1")
    before, rows = on_hand(cafe), counted(file)

    refusal = refused(cafe, LineDraft("latte"), LineDraft("brownie", 2))

    assert [(p.code, p.path) for p in refusal.problems] == [(ProblemCode.OUT_OF_STOCK, ("lines", "1", "quantity"))]
    assert refusal.quote.totals.total == 350 + 2 * 350
    assert (on_hand(cafe), counted(file)) == (before, rows)


def test_a_quote_is_told_the_same_as_an_order_and_reserves_nothing(cafe: Cafe) -> None:
    set_to(cafe, "oat-milk", "0.5")
    draft = Draft((LineDraft("latte", 3, OAT), LineDraft("latte", 0), LineDraft("saucer")))
    before = on_hand(cafe)

    quote = ordering.quote(cafe, GUEST, draft)
    refusal = refused(cafe, *draft.lines)

    assert (quote.problems, quote.warnings) == (refusal.problems, refusal.quote.warnings)
    assert [problem.code for problem in quote.problems] == [
        ProblemCode.QUANTITY_OUT_OF_RANGE,
        ProblemCode.UNKNOWN_ITEM,
        ProblemCode.OUT_OF_STOCK,
    ]
    assert on_hand(cafe) == before


def test_an_order_that_leaves_little_says_so_like_its_quote(cafe: Cafe) -> None:
    set_to(cafe, "oat-milk", "5.2")

    quote = ordering.quote(cafe, GUEST, OAT_LATTE)
    placed = asyncio.run(ordering.place(cafe, GUEST, OAT_LATTE))

    assert placed.warnings == quote.warnings
    assert [(w.code, w.message, w.path) for w in placed.warnings if w.code is WarningCode.LOW_STOCK] == [
        (WarningCode.LOW_STOCK, "Of Oat milk there is little left.", ("lines", "0"))
    ]


def test_a_repeated_order_takes_nothing_again(cafe: Cafe) -> None:
    asyncio.run(ordering.place(cafe, GUEST, BAGEL, "monday-1"))
    before = on_hand(cafe)

    asyncio.run(ordering.place(cafe, GUEST, BAGEL, "monday-1"))

    assert on_hand(cafe) == before


def test_an_order_from_plenty_leaves_the_menu_alone(cafe: Cafe) -> None:
    seen = cafe.menu()

    place(cafe, LineDraft("latte", 100))

    assert cafe.menu() is seen


def test_an_order_looks_once_for_each_ingredient_takes_it_once_and_notes_it_down_for_each_line(cafe: Cafe) -> None:
    place(cafe, LineDraft("latte"))

    with watched(cafe.store) as statements:
        place(cafe, LineDraft("latte"), LineDraft("cappuccino"))

    asked = [statement for statement in statements if "ingredients" in statement or "pantry_moves" in statement]
    assert [statement.split()[0] for statement in asked] == ["SELECT"] * 2 + ["UPDATE"] * 2 + ["INSERT"] * 4


def test_an_order_of_what_has_no_recipe_asks_the_pantry_nothing(cafe: Cafe) -> None:
    plain = replace(MENU, items=tuple(replace(item, recipe={}, uses=()) for item in MENU.items))
    asyncio.run(menu_editing.load(cafe, plain))
    place(cafe, LineDraft("latte"))

    with watched(cafe.store) as statements:
        place(cafe, LineDraft("latte"), LineDraft("bagel"))
        ordering.quote(cafe, GUEST, BAGEL)

    assert [s for s in statements if "ingredients" in s or "pantry_moves" in s] == []


def test_calling_an_order_off_puts_back_what_was_not_made(cafe: Cafe) -> None:
    before = on_hand(cafe)
    order = place(cafe, LineDraft("latte", 2, OAT), LineDraft("bagel"))
    asyncio.run(cooking.mark_line(cafe, HOUSE, order.public_id, 0, is_done=True))

    asyncio.run(ordering.cancel(cafe, GUEST, Ref(token=order.tracking_token)))

    gone = {slug: before[slug] - amount for slug, amount in on_hand(cafe).items() if amount != before[slug]}
    assert gone == {"espresso-beans": 36_000, "oat-milk": 400_000}
    last = ledger(cafe)[-1]
    assert (last.ingredient, last.kind, last.change, last.order_number) == ("bagel", MoveKind.CANCELLED, 1_000, "A-001")
    assert adds_up(cafe)


def test_an_order_that_the_kitchen_calls_off_is_put_back_too(cafe: Cafe) -> None:
    before = on_hand(cafe)
    order = place(cafe, LineDraft("latte", 2, OAT))

    asyncio.run(cooking.advance(cafe, HOUSE, order.public_id, Status.CANCELLED))

    assert on_hand(cafe) == before
    assert [move.actor_id for move in ledger(cafe)[-4:]] == ["guest", "guest", "house", "house"]


def test_what_was_taken_is_put_back_though_the_recipe_has_changed(cafe: Cafe) -> None:
    before = on_hand(cafe)
    order = place(cafe, LineDraft("bagel", 3))
    without = tuple(replace(item, recipe={}) if item.slug == "bagel" else item for item in MENU.items)
    asyncio.run(menu_editing.load(cafe, replace(MENU, items=without)))

    asyncio.run(ordering.cancel(cafe, GUEST, Ref(token=order.tracking_token)))

    assert on_hand(cafe) == before


def test_the_last_bagel_is_back_on_the_menu_when_its_order_is_called_off(cafe: Cafe) -> None:
    set_to(cafe, "bagel", "1")
    order = place(cafe, LineDraft("bagel"))
    gone = cafe.menu()

    asyncio.run(ordering.cancel(cafe, GUEST, Ref(token=order.tracking_token)))

    assert gone.by_slug["bagel"].unavailable is Unavailable.INGREDIENT_OUT
    assert cafe.menu().by_slug["bagel"].unavailable is None
    assert place(cafe, LineDraft("bagel")).number == "A-002"


def test_what_ran_out_elsewhere_is_off_the_menu_here_at_the_next_look(cafe: Cafe, file: Path) -> None:
    cafe.menu()

    with opened(file) as other_worker:
        set_to(other_worker, "oat-milk", "0.1")

    assert cafe.menu().by_slug["latte"].out == {("milk", "oat")}
    assert refused(cafe, *OAT_LATTE.lines).problems[0].code is ProblemCode.OUT_OF_STOCK


def test_asking_for_the_same_again_is_told_what_has_run_out(cafe: Cafe) -> None:
    order = place(cafe, *OAT_LATTE.lines)
    set_to(cafe, "oat-milk", "0")

    assert [problem.code for problem in ordering.reorder_quote(cafe, GUEST, order).problems] == [
        ProblemCode.OUT_OF_STOCK
    ]
