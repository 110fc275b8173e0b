"""Following orders and the menu: everything once, in order, whoever does it and whenever one comes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Draft, LineDraft
from cafe_graphql.core.orders import RefundRecorded, RefundStarted, Status, StatusChanged
from cafe_graphql.core.people import GUEST, HOUSE
from cafe_graphql.services import cooking, following, menu_editing, ordering, reconciling
from cafe_graphql.services.cafe import Cafe, Update
from cafe_graphql.services.following import Watcher
from cafe_graphql.services.ordering import Ref
from tests.services import tills

T = TypeVar("T")
LATTE = Draft((LineDraft("latte"),))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/cafe.db"


def at_work(url: str, scene: Callable[[Cafe], Awaitable[T]]) -> T:
    """Play a scene in a café whose board is watched."""

    async def play() -> T:
        cafe = await menu_editing.open_cafe(url)
        await menu_editing.ensure_menu(cafe)
        watching = asyncio.create_task(Watcher(cafe).watch())
        try:
            return await asyncio.wait_for(scene(cafe), 30)
        finally:
            watching.cancel()
            cafe.store.close()

    return asyncio.run(play())


async def taken(updates: AsyncIterator[T], count: int) -> list[T]:
    return [await anext(updates) for _ in range(count)]


def steps(updates: list[Update]) -> list[Status | None]:
    """The statuses that updates tell of; None for one that only shows the order."""
    return [u.event.change.after if u.event and isinstance(u.event.change, StatusChanged) else None for u in updates]


def test_a_guest_sees_the_order_at_once_and_then_every_step_to_its_end(url: str) -> None:
    async def scene(cafe: Cafe) -> list[Update]:
        order = (await ordering.place(cafe, GUEST, LATTE)).order
        following_it = asyncio.create_task(_all(following.order(cafe, GUEST, Ref(token=order.tracking_token))))
        await asyncio.sleep(0)
        for status in (Status.ACCEPTED, Status.PREPARING, Status.READY, Status.COMPLETED):
            await cooking.advance(cafe, HOUSE, order.public_id, status)
        return await following_it

    updates = at_work(url, scene)

    assert steps(updates) == [None, Status.ACCEPTED, Status.PREPARING, Status.READY, Status.COMPLETED]
    assert [update.is_replay for update in updates] == [False] * 5


def test_what_was_missed_comes_first_and_says_so(url: str) -> None:
    async def scene(cafe: Cafe) -> list[Update]:
        order = (await ordering.place(cafe, GUEST, LATTE)).order
        [shown] = await taken(following.order(cafe, HOUSE, Ref(order.public_id)), 1)
        await cooking.advance(cafe, HOUSE, order.public_id, Status.ACCEPTED)
        await cooking.advance(cafe, HOUSE, order.public_id, Status.PREPARING)
        again = following.order(cafe, HOUSE, Ref(order.public_id), shown.cursor)
        missed = await taken(again, 2)
        await cooking.advance(cafe, HOUSE, order.public_id, Status.READY)
        return [*missed, await anext(again)]

    updates = at_work(url, scene)

    assert steps(updates) == [Status.ACCEPTED, Status.PREPARING, Status.READY]
    assert [update.is_replay for update in updates] == [True, True, False]


def test_the_stream_of_an_order_that_has_ended_shows_it_and_ends(url: str) -> None:
    async def scene(cafe: Cafe) -> tuple[list[Update], list[Update]]:
        order = (await ordering.place(cafe, GUEST, LATTE)).order
        await ordering.cancel(cafe, HOUSE, Ref(order.public_id))
        shown = await _all(following.order(cafe, HOUSE, Ref(order.public_id)))
        return shown, await _all(following.order(cafe, HOUSE, Ref(order.public_id), shown[-1].cursor))

    shown, again = at_work(url, scene)

    assert [(update.order.status, update.event) for update in (*shown, *again)] == [(Status.CANCELLED, None)] * 2


def test_the_stream_of_an_order_that_was_cancelled_ends_when_the_card_has_its_money_back(
    url: str, tmp_path: Path
) -> None:
    async def scene(cafe: Cafe) -> list[Update]:
        with tills.with_terminal(cafe, tmp_path / "terminal.db"):
            order = (await ordering.place(cafe, GUEST, LATTE)).order
            await tills.pay_by_card(cafe, order, "tok_refund_timeout")
            following_it = asyncio.create_task(_all(following.order(cafe, GUEST, Ref(token=order.tracking_token))))
            await ordering.cancel(cafe, GUEST, Ref(token=order.tracking_token))
            await reconciling.reconcile(cafe)
            return await following_it

    updates = at_work(url, scene)

    told = [update.event and type(update.event.change) for update in updates]
    assert told == [None, StatusChanged, RefundStarted, RefundRecorded]
    assert [update.order.amount_to_return for update in updates][-1] == 0


def test_there_is_nothing_to_follow_of_an_order_that_is_not_there(url: str) -> None:
    assert at_work(url, lambda cafe: _all(following.order(cafe, GUEST, Ref(token="guessed")))) == []


def test_three_kitchen_screens_see_every_ticket_once_and_in_order(url: str) -> None:
    async def scene(cafe: Cafe) -> list[list[Update]]:
        await ordering.place(cafe, GUEST, LATTE)
        screens = [following.kitchen_queue(cafe, HOUSE) for _ in range(3)]
        first = [await taken(screen, 1) for screen in screens]
        rest = [asyncio.create_task(taken(screen, 50)) for screen in screens]
        await asyncio.gather(*(ordering.place(cafe, GUEST, LATTE) for _ in range(50)))
        return [shown + await more for shown, more in zip(first, rest, strict=True)]

    screens = at_work(url, scene)

    assert [update.order.number for update in screens[0]] == [f"A-{n:03d}" for n in range(1, 52)]
    assert [[update.cursor for update in screen] for screen in screens] == [[1, *range(2, 52)]] * 3


def test_a_change_in_another_process_is_seen(url: str) -> None:
    async def scene(cafe: Cafe) -> list[Update]:
        order = (await ordering.place(cafe, GUEST, LATTE)).order
        updates = following.order(cafe, HOUSE, Ref(order.public_id))
        shown = await anext(updates)
        other = await menu_editing.open_cafe(url)  # another connection is as far away as another process
        await cooking.advance(other, HOUSE, order.public_id, Status.ACCEPTED)
        other.store.close()
        return [shown, await anext(updates)]

    assert steps(at_work(url, scene)) == [None, Status.ACCEPTED]


def test_a_new_menu_is_told_to_whoever_reads_it(url: str) -> None:
    async def scene(cafe: Cafe) -> list[int]:
        menus = following.menu(cafe)
        first = await anext(menus)
        text = await menu_editing.export(cafe)
        await menu_editing.load(cafe, menu_file.read(text.replace('"3.50"', '"3.60"')))
        return [first.version, (await anext(menus)).version]

    assert at_work(url, scene) == [1, 2]


def test_a_listener_who_has_fallen_far_behind_reads_on_from_the_store(url: str) -> None:
    async def scene(cafe: Cafe) -> list[str]:
        updates = following.kitchen_queue(cafe, HOUSE, after=0)
        first = asyncio.create_task(taken(updates, 1))
        await asyncio.sleep(0)
        for _ in range(12):
            await asyncio.gather(*(ordering.place(cafe, GUEST, LATTE) for _ in range(100)))
        return [(await first)[0].order.number, *(update.order.number for update in await taken(updates, 1_199))]

    numbers = at_work(url, scene)

    assert len(set(numbers)) == 1_200
    assert numbers[:2] == ["A-001", "A-002"]
    assert numbers[-1] == "B-201"


def test_a_screen_that_is_cut_off_while_the_queue_is_shown_is_shown_all_of_it_again(url: str) -> None:
    async def scene(cafe: Cafe) -> tuple[list[Update], list[Update]]:
        for _ in range(5):
            await ordering.place(cafe, GUEST, LATTE)
        cut = await taken(following.kitchen_queue(cafe, HOUSE), 2)
        return cut, await taken(following.kitchen_queue(cafe, HOUSE, cut[-1].cursor), 5)

    cut, shown = at_work(url, scene)

    assert [update.cursor for update in cut] == [None, None]
    assert [(update.order.number, update.cursor) for update in shown] == [
        ("A-001", None),
        ("A-002", None),
        ("A-003", None),
        ("A-004", None),
        ("A-005", 5),
    ]


def test_a_queue_of_many_pages_is_shown_to_its_end(url: str) -> None:
    async def scene(cafe: Cafe) -> list[str]:
        await asyncio.gather(*(ordering.place(cafe, GUEST, LATTE) for _ in range(450)))
        return [update.order.number for update in await taken(following.kitchen_queue(cafe, HOUSE), 450)]

    assert len(set(at_work(url, scene))) == 450


@pytest.mark.parametrize("follow", ["order", "kitchen"])
def test_a_cursor_that_this_book_has_not_given_yet_begins_again(url: str, follow: str) -> None:
    async def scene(cafe: Cafe) -> list[Update]:
        order = (await ordering.place(cafe, GUEST, LATTE)).order
        if follow == "order":
            updates = following.order(cafe, HOUSE, Ref(order.public_id), 99_999)
        else:
            updates = following.kitchen_queue(cafe, HOUSE, 99_999)
        shown = await anext(updates)
        await ordering.cancel(cafe, HOUSE, Ref(order.public_id))
        return [shown, await anext(updates)]

    assert steps(at_work(url, scene)) == [None, Status.CANCELLED]


def test_who_cannot_be_told_of_an_order_does_not_undo_it(url: str, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(cafe: Cafe) -> str:
        def deaf() -> None:
            raise OSError("no more files")

        cafe.store.on_commit = deaf
        return (await ordering.place(cafe, GUEST, LATTE)).order.number

    assert at_work(url, scene) == "A-001"
    assert "What was committed could not be told" in caplog.text


async def _all(updates: AsyncIterator[T]) -> list[T]:
    return [update async for update in updates]
