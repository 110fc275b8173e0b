"""Placing an order: at the price that was shown, once for each key, all of it or nothing."""

import asyncio
from collections.abc import Awaitable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Choice, Draft, LineDraft, Tip
from cafe_graphql.core.menu import Sheet
from cafe_graphql.core.orders import Event, Order, Status, StatusChanged
from cafe_graphql.core.people import GUEST, HOUSE, Actor, Scope
from cafe_graphql.core.problems import PriceChanged, ProblemCode, WarningCode
from cafe_graphql.services import cooking, menu_editing, ordering
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotPlaced, Placed, Ref
from cafe_graphql.store import events
from tests.services.books import NOON, Clock, all_orders, at_once, counted, execute, opened
from tests.store.watching import watched

LATTE = Draft((LineDraft("latte"),))
TILL = frozenset((Scope.ORDERS_PLACE,))
ESPRESSO = Draft((LineDraft("espresso"),))
MENU = menu_file.read(menu_file.builtin())


def place(
    cafe: Cafe, draft: Draft = LATTE, key: str | None = None, expected: int | None = None, actor: Actor = GUEST
) -> Placed:
    return asyncio.run(ordering.place(cafe, actor, draft, key, expected))


def refused(cafe: Cafe, draft: Draft = LATTE, key: str | None = None, expected: int | None = None) -> NotPlaced:
    with pytest.raises(NotPlaced) as refusal:
        place(cafe, draft, key, expected)
    return refusal.value


def test_an_order_is_in_the_book_as_it_was_placed(cafe: Cafe) -> None:
    draft = Draft(
        (LineDraft("latte", 2, (Choice("size", "large"), Choice("milk", "oat")), "extra hot"), LineDraft("espresso")),
        pickup_at=NOON + timedelta(hours=1),
        customer_name="Ana",
        note="by the window",
        tip=Tip(percent=10),
    )

    order = place(cafe, draft, expected=1232).order

    assert [(li.name, li.quantity, li.unit_price, li.total, li.note) for li in order.lines] == [
        ("Latte", 2, 450, 900, "extra hot"),
        ("Espresso", 1, 220, 220, None),
    ]
    assert (order.totals.subtotal, order.totals.tip, order.totals.total, order.amount_due) == (1120, 112, 1232, 1232)
    assert (order.customer_name, order.note, order.pickup_at) == ("Ana", "by the window", NOON + timedelta(hours=1))
    assert (order.number, order.status, order.version, order.placed_at) == ("A-001", Status.PLACED, 1, NOON)
    assert all_orders(cafe) == [order]
    assert asyncio.run(ordering.find(cafe, GUEST, Ref(token=order.tracking_token))) == order
    assert asyncio.run(cafe.store.read(events.of_order, order.id)) == [
        Event(1, order.id, NOON, "guest", StatusChanged(None, Status.PLACED))
    ]


def test_a_rush_is_promised_what_guests_one_by_one_are(tmp_path: Path) -> None:
    async def promises(cafe: Cafe, together: bool) -> list[datetime | None]:
        standing = [(await ordering.place(cafe, GUEST, LATTE)).order for _ in range(4)]
        later, unknown = replace(LATTE, pickup_at=NOON + timedelta(hours=1)), Draft((LineDraft("nectar"),))
        rush: list[Awaitable[Placed | Order]] = [
            ordering.place(cafe, GUEST, unknown),  # which looks at the kitchen, and adds nothing to it
            ordering.cancel(cafe, GUEST, Ref(token=standing[3].tracking_token)),
            *(ordering.place(cafe, GUEST, draft) for draft in (LATTE, later, ESPRESSO, LATTE)),
            cooking.advance(cafe, HOUSE, standing[2].public_id, Status.CANCELLED),
            *(ordering.place(cafe, GUEST, draft) for draft in (ESPRESSO, LATTE)),
        ]
        one_by_one = [] if together else [(await asyncio.gather(act, return_exceptions=True))[0] for act in rush]
        done = await asyncio.gather(*rush, return_exceptions=True) if together else one_by_one
        return [act.order.estimated_ready_at for act in done if isinstance(act, Placed)]

    told = {}
    for together in (True, False):
        with opened(tmp_path / f"{together}.db") as cafe:
            told[together] = asyncio.run(promises(cafe, together))

    assert told[True] == told[False]
    assert len(set(told[True])) > 4


def test_defaults_that_were_filled_in_are_told_with_the_order(cafe: Cafe) -> None:
    placed = place(cafe)

    assert [warning.code for warning in placed.warnings] == [WarningCode.DEFAULT_APPLIED] * 2


def test_placing_at_the_price_that_the_quote_said_succeeds(cafe: Cafe) -> None:
    shown = ordering.quote(cafe, GUEST, LATTE).totals.total

    assert place(cafe, expected=shown).order.totals.total == 350


def test_at_another_price_than_shown_nothing_is_placed_and_today_s_quote_is_given(cafe: Cafe, file: Path) -> None:
    before = counted(file)

    refusal = refused(cafe, LATTE, key="monday-1", expected=300)

    (problem,) = refusal.problems
    assert isinstance(problem, PriceChanged)
    assert (problem.code, problem.path) == (ProblemCode.PRICE_CHANGED, ("expectedTotalMinorUnits",))
    assert (problem.expected.minor, problem.actual.minor) == (300, 350)
    assert "The order comes to 3.50 USD now, not 3.00" in problem.message
    assert refusal.quote.totals.total == 350
    assert counted(file) == before


def test_a_refused_draft_leaves_no_trace_and_a_quote_of_what_can_be_priced(cafe: Cafe, file: Path) -> None:
    before = counted(file)

    refusal = refused(cafe, Draft((LineDraft("latte"), LineDraft("saucer", 0))), key="monday-1", expected=1)

    assert [problem.code for problem in refusal.problems] == [
        ProblemCode.QUANTITY_OUT_OF_RANGE,
        ProblemCode.UNKNOWN_ITEM,
    ]
    assert refusal.quote.totals.total == 350
    assert counted(file) == before


def test_the_same_key_and_draft_give_the_same_order_again(cafe: Cafe, file: Path) -> None:
    first = place(cafe, LATTE, "monday-1")
    before = counted(file)

    again = place(cafe, LATTE, "monday-1")

    assert (first.replayed, again.replayed) == (False, True)
    assert again.order == first.order
    assert counted(file) == before


def test_a_repeat_gives_the_order_whatever_total_it_expects(cafe: Cafe) -> None:
    first = place(cafe, LATTE, "monday-1", expected=350)

    assert place(cafe, LATTE, "monday-1", expected=999).order == first.order


def test_a_key_that_has_placed_another_order_is_refused(cafe: Cafe, file: Path) -> None:
    place(cafe, LATTE, "monday-1")
    before = counted(file)

    refusal = refused(cafe, ESPRESSO, "monday-1")

    assert [(problem.code, problem.path) for problem in refusal.problems] == [
        (ProblemCode.IDEMPOTENCY_KEY_REUSED, ("idempotencyKey",))
    ]
    assert counted(file) == before


@pytest.mark.parametrize(
    "same",
    [
        Draft((LineDraft("latte", 1, (), None),), None, None, None, None, None, 0),
        Draft((LineDraft(item="latte", quantity=1),), redeem_points=0),
    ],
)
def test_a_draft_that_spells_its_defaults_out_is_the_same_draft(cafe: Cafe, same: Draft) -> None:
    first = place(cafe, LATTE, "monday-1")

    assert place(cafe, same, "monday-1").order == first.order


@pytest.mark.parametrize(
    "other",
    [
        Draft((LineDraft("latte", 2),)),
        Draft((LineDraft("latte", note="hot"),)),
        Draft((LineDraft("latte", choices=(Choice("size", "small"),)),)),
        Draft((LineDraft("latte"), LineDraft("latte"))),
        Draft((LineDraft("latte"),), customer_name="Ana"),
        Draft((LineDraft("latte"),), tip=Tip(percent=5)),
    ],
)
def test_a_draft_that_differs_in_anything_is_another(cafe: Cafe, other: Draft) -> None:
    place(cafe, LATTE, "monday-1")

    assert refused(cafe, other, "monday-1").problems[0].code is ProblemCode.IDEMPOTENCY_KEY_REUSED


def test_a_refused_attempt_does_not_use_the_key_up(cafe: Cafe) -> None:
    refused(cafe, Draft((LineDraft("saucer"),)), "monday-1")
    refused(cafe, LATTE, "monday-1", expected=1)

    placed = place(cafe, LATTE, "monday-1")

    assert not placed.replayed
    assert place(cafe, LATTE, "monday-1").order == placed.order


def test_without_a_key_every_placing_is_a_new_order(cafe: Cafe) -> None:
    assert [place(cafe).order.number for _ in range(3)] == ["A-001", "A-002", "A-003"]


def test_keys_of_two_people_do_not_meet(cafe: Cafe) -> None:
    ana = place(cafe, LATTE, "monday-1", actor=Actor("key:1", "ana", TILL))
    ben = place(cafe, ESPRESSO, "monday-1", actor=Actor("key:2", "ben", TILL))

    assert (ana.replayed, ben.replayed) == (False, False)
    assert ana.order.id != ben.order.id


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", ProblemCode.INVALID_TEXT),
        ("  ", ProblemCode.INVALID_TEXT),
        ("k" * 256, ProblemCode.TEXT_TOO_LONG),
        ("\ud800", ProblemCode.INVALID_TEXT),
    ],
)
def test_a_key_that_is_none_is_refused_and_nothing_is_stored(
    cafe: Cafe, file: Path, key: str, code: ProblemCode
) -> None:
    before = counted(file)

    refusal = refused(cafe, LATTE, key)

    assert [(problem.code, problem.path) for problem in refusal.problems] == [(code, ("idempotencyKey",))]
    assert counted(file) == before


def test_a_key_of_255_characters_of_any_script_is_fine(cafe: Cafe) -> None:
    key = "ключ" * 63 + "🔑🔑🔑"

    assert place(cafe, LATTE, key).order == place(cafe, LATTE, key).order


def test_a_draft_of_broken_letters_is_refused_and_not_an_accident(cafe: Cafe) -> None:
    refusal = refused(cafe, Draft((LineDraft("\ud800"),), note="\udfff"), "monday-1")

    assert [problem.code for problem in refusal.problems] == [ProblemCode.INVALID_TEXT, ProblemCode.UNKNOWN_ITEM]


def test_fifty_attempts_with_one_key_in_the_same_moment_are_one_order(cafe: Cafe) -> None:
    placed = at_once([lambda: ordering.place(cafe, GUEST, LATTE, "monday-1")] * 50)

    assert len({each.order.id for each in placed}) == 1
    assert [each.replayed for each in placed].count(False) == 1
    assert len(all_orders(cafe)) == 1


def test_two_drafts_that_fight_for_one_key_are_one_order(cafe: Cafe) -> None:
    async def attempt(draft: Draft) -> Placed | NotPlaced:
        try:
            return await ordering.place(cafe, GUEST, draft, "monday-1")
        except NotPlaced as refusal:
            return refusal

    got = at_once([lambda: attempt(LATTE), lambda: attempt(ESPRESSO)] * 10)

    assert len({each.order.id for each in got if isinstance(each, Placed)}) == 1
    assert sum(isinstance(each, NotPlaced) for each in got) == 10


def test_four_processes_with_one_key_place_one_order(cafe: Cafe, file: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        ids = [id for ids in pool.map(place_twelve_with_one_key, [file] * 4) for id in ids]

    assert len(ids) == 48
    assert len(set(ids)) == 1
    assert [order.public_id for order in all_orders(cafe)] == ids[:1]


def place_twelve_with_one_key(file: Path) -> list[str]:
    with opened(file) as cafe:
        placed = at_once([lambda: ordering.place(cafe, GUEST, LATTE, "monday-1")] * 12)
        return [each.order.public_id for each in placed]


def test_a_repeat_gives_the_order_as_sold_after_the_price_went_up(cafe: Cafe) -> None:
    first = place(cafe, LATTE, "monday-1", expected=350)
    asyncio.run(menu_editing.load(cafe, _with_latte_at(420)))

    again = place(cafe, LATTE, "monday-1", expected=350)

    assert again.order == first.order
    assert again.order.lines[0].unit_price == 350
    assert refused(cafe, LATTE, "monday-2", expected=350).quote.totals.total == 420


def test_a_repeat_gives_the_order_after_its_item_left_the_menu(cafe: Cafe) -> None:
    first = place(cafe, LATTE, "monday-1")
    without = replace(MENU, items=tuple(item for item in MENU.items if item.slug != "latte"))
    asyncio.run(menu_editing.load(cafe, without))

    again = place(cafe, LATTE, "monday-1")

    assert again.order == first.order
    assert refused(cafe, LATTE, "monday-2").problems[0].code is ProblemCode.ITEM_UNAVAILABLE


def test_a_repeat_shows_what_became_of_the_order(cafe: Cafe) -> None:
    first = place(cafe, LATTE, "monday-1").order
    asyncio.run(ordering.cancel(cafe, HOUSE, Ref(public_id=first.public_id)))

    again = place(cafe, LATTE, "monday-1")

    assert (again.replayed, again.order.id, again.order.status) == (True, first.id, Status.CANCELLED)


def test_broken_letters_that_a_rest_client_can_send_are_refused_too(cafe: Cafe) -> None:
    broken = Draft((LineDraft("latte", choices=(Choice("size", "\ud800"),)),))

    (problem,) = refused(cafe, broken).problems

    assert problem.message == "Size of Latte has no option “\ufffd”."


def test_one_refusal_in_a_rush_leaves_its_neighbours_placed(cafe: Cafe) -> None:
    async def attempt(draft: Draft) -> str:
        try:
            return (await ordering.place(cafe, GUEST, draft)).order.number
        except NotPlaced:
            return "refused"

    drafts = [LATTE, LATTE, Draft((LineDraft("saucer"),)), LATTE]
    got = at_once([lambda draft=draft: attempt(draft) for draft in drafts])  # type: ignore[misc]

    assert got == ["A-001", "A-002", "refused", "A-003"]


def test_a_rush_after_a_new_menu_reads_the_menu_once(cafe: Cafe) -> None:
    asyncio.run(menu_editing.load(cafe, _with_latte_at(420)))

    with watched(cafe.store) as statements:
        at_once([lambda: ordering.place(cafe, GUEST, LATTE)] * 20)

    assert [statement for statement in statements if "FROM items" in statement] == []
    assert [order.totals.total for order in all_orders(cafe)] == [420] * 20


def test_a_new_menu_in_a_rush_counts_for_the_orders_behind_it(cafe: Cafe) -> None:
    async def order() -> int:
        return (await ordering.place(cafe, GUEST, LATTE)).order.totals.total

    async def reprice() -> int:
        return int(await menu_editing.load(cafe, _with_latte_at(420)))

    assert at_once([order] * 8 + [reprice] + [order] * 8) == [350] * 8 + [1] + [420] * 8


def test_a_rush_looks_once_for_what_its_own_orders_change(cafe: Cafe) -> None:
    rush = [lambda: ordering.place(cafe, GUEST, LATTE)] * 20
    with watched(cafe.store) as statements:
        placed = at_once(rush)

    assert [each.order.number for each in placed] == [f"A-{number:03}" for number in range(1, 21)]
    looks = [statement for statement in statements if "max(orders.sequence)" in statement]
    assert len(looks) == len([statement for statement in statements if statement.startswith("BEGIN")])


def test_orders_of_one_instant_are_still_told_apart_in_time(cafe: Cafe, clock: Clock) -> None:
    orders = [place(cafe).order for _ in range(3)]

    microsecond = timedelta(microseconds=1)
    assert [order.placed_at for order in orders] == [NOON, NOON + microsecond, NOON + 2 * microsecond]


def test_a_clock_that_was_put_back_does_not_mix_up_the_book(cafe: Cafe, clock: Clock) -> None:
    first = place(cafe).order
    clock.passes(timedelta(hours=-1))

    second = place(cafe).order

    assert second.placed_at > first.placed_at
    assert [order.number for order in all_orders(cafe)] == ["A-001", "A-002"]


@pytest.mark.parametrize(
    ("midnight", "why"),
    [
        (datetime(2026, 5, 2, 4, 0, tzinfo=UTC), "summer"),
        (datetime(2026, 12, 2, 5, 0, tzinfo=UTC), "winter"),
        (datetime(2026, 3, 9, 4, 0, tzinfo=UTC), "the day after the clocks went forward"),
        (datetime(2026, 11, 2, 5, 0, tzinfo=UTC), "the day after the clocks went back"),
    ],
)
def test_numbers_begin_anew_at_midnight_in_the_cafe(cafe: Cafe, clock: Clock, midnight: datetime, why: str) -> None:
    second = timedelta(seconds=1)

    numbers = []
    for clock.now in (midnight - 2 * second, midnight - second, midnight, midnight + second):
        numbers.append(place(cafe).order.number)

    assert numbers == ["A-001", "A-002", "A-001", "A-002"], why


def test_they_do_in_a_rush_too(cafe: Cafe) -> None:
    midnight = datetime(2026, 5, 2, 4, 0, tzinfo=UTC)
    instants = iter([midnight - timedelta(microseconds=3)] * 8 + [midnight] * 8)
    cafe.clock = lambda: next(instants)

    placed = at_once([lambda: ordering.place(cafe, GUEST, LATTE)] * 16)

    orders = [each.order for each in placed]
    assert len({order.placed_at for order in orders}) == 16
    before = [order for order in orders if order.placed_at < midnight]
    assert [order.number for order in before] == ["A-001", "A-002", "A-003"]
    assert [order.number for order in orders[3:]] == [f"A-{number:03}" for number in range(1, 14)]


def test_numbers_go_on_at_midnight_in_greenwich(cafe: Cafe, clock: Clock) -> None:
    clock.now = datetime(2026, 5, 1, 23, 59, tzinfo=UTC)
    before = place(cafe).order.number
    clock.passes(timedelta(minutes=2))

    assert (before, place(cafe).order.number) == ("A-001", "A-002")


def test_the_thousandth_order_of_a_day_is_b_001(cafe: Cafe, file: Path) -> None:
    place(cafe)
    execute(file, "UPDATE orders SET sequence = 998")

    assert [place(cafe).order.number for _ in range(2)] == ["A-999", "B-001"]


def test_asking_for_the_same_again_prices_it_on_today_s_menu(cafe: Cafe) -> None:
    order = place(cafe, Draft((LineDraft("latte", 2, (Choice("milk", "oat"),)),))).order
    asyncio.run(menu_editing.load(cafe, _with_latte_at(420)))

    again = ordering.reorder_quote(cafe, GUEST, order)

    assert (order.totals.total, again.totals.total, again.problems) == (700, 840, ())
    assert [c.option_slug for c in again.lines[0].choices] == ["small", "oat"]


def _with_latte_at(price: int) -> Sheet:
    items = tuple(replace(item, price=price) if item.slug == "latte" else item for item in MENU.items)
    return replace(MENU, items=items)
