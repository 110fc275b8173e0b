"""Editing items: by managers alone, all of it or nothing, seen at once everywhere, and on record."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Draft, LineDraft
from cafe_graphql.core.errors import Forbidden, Rejected, Unauthenticated
from cafe_graphql.core.item_edits import UNSAID, ItemEdit
from cafe_graphql.core.menu import Allergen, Sheet, Unavailable
from cafe_graphql.core.menu_history import MenuChange, MenuChangeKind, MenuEvent
from cafe_graphql.core.people import GUEST, HOUSE, SCOPES, Actor, Role, Scope
from cafe_graphql.services import following, item_editing, menu_editing, ordering
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.following import Watcher
from cafe_graphql.store import menu as menus
from tests.core.sheets import names, slugs
from tests.services.books import NOON, at_once, counted, execute, opened
from tests.store.watching import watched

T = TypeVar("T")

LATTE = Draft((LineDraft("latte"),))
TONIC = ItemEdit(name="Espresso tonic", category="cold", price=450, option_groups=("size",))

ADA = Actor("person:1", "Ada", SCOPES[Role.MANAGER], Role.MANAGER, person_id=1)
BOB = Actor("person:2", "Bob", SCOPES[Role.MANAGER], Role.MANAGER, person_id=2)


def upsert(cafe: Cafe, slug: str, edit: ItemEdit, actor: Actor = HOUSE) -> None:
    asyncio.run(item_editing.upsert(cafe, actor, slug, edit))


def set_availability(cafe: Cafe, slug: str, is_available: bool) -> None:
    asyncio.run(item_editing.set_availability(cafe, HOUSE, slug, is_available))


def sheet(cafe: Cafe) -> Sheet:
    return asyncio.run(cafe.store.read(menus.sheet))


def history(cafe: Cafe, count: int = 100) -> list[MenuEvent]:
    """Give what has been changed since the menu of the first start."""
    return asyncio.run(menu_editing.history(cafe, count + 1))[1:]


def test_a_new_item_stands_at_the_end_of_the_menu_and_can_be_ordered(cafe: Cafe) -> None:
    upsert(cafe, "espresso-tonic", TONIC)

    assert [item.slug for item in cafe.menu().items][-1] == "espresso-tonic"
    assert cafe.menu().version == 2
    order = asyncio.run(ordering.place(cafe, GUEST, Draft((LineDraft("espresso-tonic"),)))).order
    assert order.totals.total == 450


def test_the_same_again_changes_nothing_and_is_no_event(cafe: Cafe, file: Path) -> None:
    upsert(cafe, "espresso-tonic", TONIC)
    before = counted(file)

    with watched(cafe.store) as statements:
        upsert(cafe, "espresso-tonic", TONIC)
        set_availability(cafe, "espresso-tonic", True)

    assert [statement for statement in statements if statement.startswith(("INSERT", "UPDATE", "DELETE"))] == []
    assert counted(file) == before
    assert cafe.menu().version == 2


def test_what_no_guest_can_see_is_on_record_and_moves_no_version(cafe: Cafe) -> None:
    upsert(cafe, "latte", ItemEdit(is_hidden=True))

    set_availability(cafe, "latte", False)

    assert cafe.menu().version == 2
    assert history(cafe, 1)[0].change.slug == "latte"
    upsert(cafe, "latte", ItemEdit(is_hidden=False))
    assert cafe.menu().version == 3
    assert cafe.menu().by_slug["latte"].unavailable is Unavailable.SOLD_OUT


def test_the_name_of_a_hidden_item_is_seen_in_old_orders_and_moves_the_version(cafe: Cafe) -> None:
    upsert(cafe, "latte", ItemEdit(is_hidden=True))

    upsert(cafe, "latte", ItemEdit(name="Caffè latte"))

    assert (cafe.menu().version, cafe.menu().by_slug["latte"].name) == (3, "Caffè latte")


@pytest.mark.parametrize("slug", ["espresso-tonic", "latte", "Late", "\ud800", "x" * 70])
def test_a_refused_edit_stores_nothing_and_moves_no_version(cafe: Cafe, file: Path, slug: str) -> None:
    seen, before = cafe.menu(), counted(file)

    with pytest.raises(Rejected):
        upsert(cafe, slug, ItemEdit(name="Latte", price=400, category="nowhere"))

    assert counted(file) == before
    assert cafe.menu() is seen


@pytest.mark.parametrize("slug", ["late", "", "\ud800", "x" * 5000])
def test_what_is_not_there_cannot_be_sold_out(cafe: Cafe, file: Path, slug: str) -> None:
    before = counted(file)

    with pytest.raises(Rejected) as refusal:
        set_availability(cafe, slug, False)

    assert [(problem.code, problem.path) for problem in refusal.value.problems] == [("unknown_item", ("slug",))]
    assert counted(file) == before


@pytest.mark.parametrize(
    ("actor", "error"),
    [
        (GUEST, Unauthenticated),
        (Actor("person:3", "Cy", SCOPES[Role.BARISTA], Role.BARISTA, person_id=3), Forbidden),
        (Actor("key:1", "till", frozenset(Scope) - {Scope.MENU_WRITE}, key_id=1), Forbidden),
    ],
)
def test_only_who_may_change_the_menu_does(cafe: Cafe, file: Path, actor: Actor, error: type[Exception]) -> None:
    before = counted(file)

    for act in (
        item_editing.upsert(cafe, actor, "latte", ItemEdit(price=1)),
        item_editing.set_availability(cafe, actor, "latte", False),
    ):
        with pytest.raises(error):
            asyncio.run(act)

    assert counted(file) == before
    assert cafe.menu().version == 1


def test_an_edit_that_fails_halfway_leaves_the_item_and_its_history_as_they_were(cafe: Cafe, file: Path) -> None:
    execute(file, "CREATE TRIGGER spill BEFORE INSERT ON menu_events BEGIN SELECT RAISE(FAIL, 'spilt'); END")
    seen = sheet(cafe)

    with pytest.raises(Exception, match="spilt"):
        upsert(cafe, "latte", ItemEdit(price=420))

    assert sheet(cafe) == seen
    assert (cafe.menu().version, history(cafe)) == (1, [])


def test_who_changed_what_and_when_is_on_record(cafe: Cafe) -> None:
    upsert(cafe, "latte", ItemEdit(price=420, description=None), ADA)
    upsert(cafe, "espresso-tonic", TONIC, BOB)
    set_availability(cafe, "latte", False)
    changed, added = MenuChangeKind.ITEM_CHANGED, MenuChangeKind.ITEM_ADDED

    assert [(event.at, event.actor_id, event.actor_name, event.change) for event in history(cafe)] == [
        (
            NOON,
            "person:1",
            "Ada",
            MenuChange(
                changed,
                "latte",
                {
                    "before": {
                        "price": "3.50",
                        "description": "A double shot under plenty of silky steamed milk.",
                    },
                    "after": {"price": "4.20"},
                },
            ),
        ),
        (
            NOON,
            "person:2",
            "Bob",
            MenuChange(
                added,
                "espresso-tonic",
                {
                    "before": None,
                    "after": {
                        "slug": "espresso-tonic",
                        "name": "Espresso tonic",
                        "category": "cold",
                        "price": "4.50",
                        "option_groups": ["size"],
                    },
                },
            ),
        ),
        (NOON, "house", "house", MenuChange(changed, "latte", {"before": {}, "after": {"available": False}})),
    ]


def test_a_menu_that_is_loaded_is_one_event_that_says_what_it_changed(cafe: Cafe) -> None:
    text = asyncio.run(menu_editing.export(cafe)).replace('"3.50"', '"3.60"', 1).replace('"Corner Café"', '"Edge Café"')
    upsert(cafe, "espresso-tonic", TONIC)
    set_availability(cafe, "espresso", False)

    asyncio.run(menu_editing.load(cafe, menu_file.read(text), ADA))
    asyncio.run(menu_editing.load(cafe, menu_file.read(text), ADA))

    [event] = history(cafe)[2:]
    tonic = history(cafe)[0].change.data["after"]
    assert (event.actor_name, event.change.kind, event.change.slug) == ("Ada", MenuChangeKind.MENU_LOADED, None)
    assert event.change.data == {
        "cafe": {"before": {"name": "Corner Café"}, "after": {"name": "Edge Café"}},
        "items": {
            "latte": {"before": {"price": "3.50"}, "after": {"price": "3.60"}},
            "espresso": {"before": {"available": False}, "after": {}},
            "espresso-tonic": {"before": tonic, "after": None},
        },
    }


def test_a_menu_in_another_order_is_on_record_as_such(cafe: Cafe) -> None:
    whole = sheet(cafe)
    first, second, *rest = whole.categories
    turned = Sheet(whole.cafe, whole.option_groups, (second, first, *rest), whole.items, ingredients=whole.ingredients)

    asyncio.run(menu_editing.load(cafe, turned))

    [event] = history(cafe)
    slugs_before = [category.slug for category in whole.categories]
    slugs_after = [category.slug for category in turned.categories]
    assert event.change.data == {"order of categories": {"before": slugs_before, "after": slugs_after}}


def test_a_file_that_is_loaded_replaces_what_was_changed_item_by_item(cafe: Cafe) -> None:
    whole = sheet(cafe)
    upsert(cafe, "latte", ItemEdit(price=420, is_hidden=True))
    upsert(cafe, "espresso-tonic", TONIC)

    assert asyncio.run(menu_editing.load(cafe, whole))

    assert sheet(cafe) == whole
    assert cafe.menu().by_slug["espresso-tonic"].unavailable is Unavailable.HIDDEN


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    st.sampled_from(["latte", "espresso", "brownie"]) | slugs,
    st.builds(
        ItemEdit,
        name=names,
        category=st.sampled_from(["espresso", "tea", "cold"]),
        price=st.integers(0, 5_000),
        description=st.just(UNSAID) | st.none() | names,
        calories=st.just(UNSAID) | st.none() | st.integers(0, 900),
        allergens=st.just(UNSAID) | st.frozensets(st.sampled_from(Allergen)),
        option_groups=st.just(UNSAID) | st.lists(st.sampled_from(["size", "milk", "extras"]), unique=True).map(tuple),
        is_hidden=st.just(UNSAID) | st.booleans(),
    ),
)
def test_whatever_is_changed_is_exported_and_loads_as_the_same_menu_again(
    cafe: Cafe, slug: str, edit: ItemEdit
) -> None:
    upsert(cafe, slug, edit)
    version, recorded = cafe.menu().version, len(history(cafe, 1_000))

    text = asyncio.run(menu_editing.export(cafe))

    assert menu_file.read(text) == sheet(cafe)
    assert not asyncio.run(menu_editing.load(cafe, menu_file.read(text)))
    assert (cafe.menu().version, len(history(cafe, 1_000))) == (version, recorded)


def test_two_managers_at_once_lose_nothing_of_each_other_s_work(cafe: Cafe) -> None:
    def act(number: int) -> Callable[[], Awaitable[None]]:
        if number % 2:
            return lambda: item_editing.upsert(cafe, ADA, "latte", ItemEdit(price=400 + number))
        return lambda: item_editing.upsert(cafe, BOB, "latte", ItemEdit(calories=100 + number))

    at_once([act(number) for number in range(20)])

    latte = cafe.menu().by_slug["latte"]
    assert (latte.price, latte.calories) == (419, 118)
    assert cafe.menu().version == 21
    assert [event.actor_name for event in history(cafe)] == ["Bob", "Ada"] * 10


def test_two_processes_that_add_the_same_item_at_once_have_it_once(cafe: Cafe, file: Path) -> None:
    with opened(file) as other:
        at_once(
            [
                lambda: item_editing.upsert(cafe, ADA, "espresso-tonic", TONIC),
                lambda: item_editing.upsert(other, BOB, "espresso-tonic", TONIC),
            ]
        )

        assert other.menu().version == cafe.menu().version == 2

    assert len(history(cafe)) == 1


def test_orders_in_the_same_rush_are_placed_at_the_old_price_or_the_new_each_exactly(cafe: Cafe) -> None:
    async def rush() -> list[int]:
        before = [asyncio.create_task(ordering.place(cafe, GUEST, LATTE)) for _ in range(10)]
        changing = asyncio.create_task(item_editing.upsert(cafe, HOUSE, "latte", ItemEdit(price=420)))
        after = [asyncio.create_task(ordering.place(cafe, GUEST, LATTE)) for _ in range(10)]
        await changing
        return [(await placing).order.totals.total for placing in before + after]

    assert asyncio.run(rush()) == [350] * 10 + [420] * 10


def test_orders_at_another_process_are_at_the_old_price_or_the_new(cafe: Cafe, file: Path) -> None:
    async def rush(other: Cafe) -> list[int]:
        placing = [asyncio.create_task(ordering.place(other, GUEST, LATTE)) for _ in range(20)]
        for price in (420, 490):
            await item_editing.upsert(cafe, HOUSE, "latte", ItemEdit(price=price))
        last = await ordering.place(other, GUEST, LATTE)
        return [(await each).order.totals.total for each in placing] + [last.order.totals.total]

    with opened(file) as other:
        totals = asyncio.run(rush(other))

    assert set(totals) <= {350, 420, 490}
    assert totals == sorted(totals)
    assert totals[-1] == 490


def test_another_process_sees_a_change_at_its_very_next_look(cafe: Cafe, file: Path) -> None:
    with opened(file) as other:
        assert other.menu().by_slug["latte"].price == 350

        upsert(cafe, "latte", ItemEdit(price=420))

        assert other.menu().by_slug["latte"].price == 420


def test_whoever_reads_the_menu_is_told_of_a_change_made_here_or_elsewhere(file: Path) -> None:
    async def scene(cafe: Cafe, other: Cafe) -> list[int]:
        shown = following.menu(cafe)
        versions = [(await anext(shown)).version]
        for teller in (cafe, other):
            await item_editing.upsert(teller, HOUSE, "latte", ItemEdit(price=420 + len(versions)))
            versions.append((await anext(shown)).version)
        return versions

    assert _at_work(file, scene) == [1, 2, 3]


def _at_work(file: Path, scene: Callable[[Cafe, Cafe], Awaitable[T]]) -> T:
    """Play a scene in a café whose board is watched, and which another process shares."""

    async def play() -> T:
        cafe, other = [await menu_editing.open_cafe(f"sqlite:///{file}") for _ in range(2)]
        watching = asyncio.create_task(Watcher(cafe).watch())
        try:
            return await asyncio.wait_for(scene(cafe, other), 30)
        finally:
            watching.cancel()
            cafe.store.close()
            other.store.close()

    return asyncio.run(play())
