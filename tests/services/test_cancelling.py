"""Cancelling: while nobody has begun, by one person once, and written into the order's history."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from cafe_graphql.core.drafts import Draft, LineDraft
from cafe_graphql.core.orders import CancelReason, Event, Order, Status, StatusChanged
from cafe_graphql.core.people import GUEST, HOUSE, Actor, Scope
from cafe_graphql.core.problems import ProblemCode, WrongStatus
from cafe_graphql.services import ordering
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotChanged, Ref
from cafe_graphql.store import events
from cafe_graphql.store.database import Connection
from tests.services.books import NOON, Clock, at_once, counted, execute

LATTE = Draft((LineDraft("latte"),))
MINUTE = timedelta(minutes=1)
ANA = Actor("key:1", "ana", frozenset((Scope.KITCHEN,)))


@pytest.fixture
def order(cafe: Cafe) -> Order:
    return asyncio.run(ordering.place(cafe, GUEST, LATTE, "monday-1")).order


def cancel(cafe: Cafe, ref: Ref, note: str | None = None) -> Order:
    return asyncio.run(ordering.cancel(cafe, ANA, ref, CancelReason.CLOSING, note))


def refused(cafe: Cafe, ref: Ref, note: str | None = None) -> NotChanged:
    with pytest.raises(NotChanged) as refusal:
        cancel(cafe, ref, note)
    return refusal.value


def history(cafe: Cafe, order: Order) -> list[Event]:
    return asyncio.run(cafe.store.read(events.of_order, order.id))


def test_a_cancelled_order_owes_nothing_and_remembers_who_and_why(cafe: Cafe, clock: Clock, order: Order) -> None:
    clock.passes(MINUTE)

    cancelled = cancel(cafe, Ref(public_id=order.public_id), "oven broke")

    assert (cancelled.status, cancelled.version, cancelled.amount_due) == (Status.CANCELLED, 2, 0)
    assert (cancelled.placed_at, cancelled.updated_at) == (NOON, NOON + MINUTE)
    assert (cancelled.lines, cancelled.totals, cancelled.number) == (order.lines, order.totals, order.number)
    assert history(cafe, order) == [
        Event(1, order.id, NOON, "guest", StatusChanged(None, Status.PLACED)),
        Event(
            *(2, order.id, NOON + MINUTE, "ana"),
            StatusChanged(Status.PLACED, Status.CANCELLED, CancelReason.CLOSING, "oven broke"),
        ),
    ]


def test_a_guest_cancels_by_the_token_of_the_order(cafe: Cafe, order: Order) -> None:
    assert cancel(cafe, Ref(token=order.tracking_token)).status is Status.CANCELLED


@pytest.mark.parametrize("ref", [Ref(public_id="nobody"), Ref(token="nobody"), Ref()])
def test_an_order_that_is_not_there_cannot_be_cancelled(cafe: Cafe, order: Order, ref: Ref) -> None:
    refusal = refused(cafe, ref)

    assert refusal.order is None
    assert [(problem.code, problem.path) for problem in refusal.problems] == [(ProblemCode.NOT_FOUND, ("by",))]


def test_an_order_is_not_found_by_the_other_kind_of_name(cafe: Cafe, order: Order) -> None:
    assert refused(cafe, Ref(public_id=order.tracking_token)).order is None
    assert refused(cafe, Ref(token=order.public_id)).order is None


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("preparing", "Order A-001 cannot be cancelled: it is being made already."),
        ("ready", "Order A-001 cannot be cancelled: it is ready and waiting."),
        ("completed", "Order A-001 cannot be cancelled: it was handed over already."),
        ("cancelled", "Order A-001 cannot be cancelled: it is cancelled already."),
    ],
)
def test_once_somebody_has_begun_it_is_too_late(
    cafe: Cafe, file: Path, order: Order, status: str, message: str
) -> None:
    execute(file, f"UPDATE orders SET status = '{status}'")
    before = counted(file)

    refusal = refused(cafe, Ref(public_id=order.public_id))

    path, allowed = ("by",), (Status.PLACED, Status.ACCEPTED)
    assert refusal.problems == (WrongStatus(ProblemCode.INVALID_STATUS, message, path, status, allowed),)
    assert refusal.order is not None and refusal.order.status == status and refusal.order.version == 1
    assert counted(file) == before


def test_an_accepted_order_can_still_be_cancelled(cafe: Cafe, file: Path, order: Order) -> None:
    execute(file, "UPDATE orders SET status = 'accepted', version = 2")

    cancelled = cancel(cafe, Ref(public_id=order.public_id))

    assert (cancelled.status, cancelled.version) == (Status.CANCELLED, 3)


def test_a_note_that_is_too_long_keeps_the_order(cafe: Cafe, file: Path, order: Order) -> None:
    refusal = refused(cafe, Ref(public_id=order.public_id), "x" * 501)

    assert [(problem.code, problem.path) for problem in refusal.problems] == [(ProblemCode.TEXT_TOO_LONG, ("note",))]
    assert refusal.order == order
    assert counted(file)["order_events"] == 1


def test_of_ten_who_cancel_at_once_one_does_and_nine_are_told(cafe: Cafe, order: Order) -> None:
    async def attempt() -> Order | NotChanged:
        try:
            return await ordering.cancel(cafe, HOUSE, Ref(public_id=order.public_id))
        except NotChanged as refusal:
            return refusal

    got = at_once([attempt] * 10)

    (winner,) = [each for each in got if isinstance(each, Order)]
    told = [each for each in got if isinstance(each, NotChanged)]
    assert (winner.status, winner.version) == (Status.CANCELLED, 2)
    assert [refusal.order for refusal in told] == [winner] * 9
    assert len(history(cafe, order)) == 2


def test_time_never_runs_backwards_in_an_order_s_history(cafe: Cafe, clock: Clock, order: Order) -> None:
    clock.passes(-MINUTE)

    cancelled = cancel(cafe, Ref(public_id=order.public_id))

    assert cancelled.updated_at == NOON
    assert [event.at for event in history(cafe, order)] == [NOON, NOON]


def test_history_is_in_the_order_of_commit(cafe: Cafe, file: Path) -> None:
    async def place_and_cancel() -> None:
        order = (await ordering.place(cafe, GUEST, LATTE)).order
        await ordering.cancel(cafe, GUEST, Ref(token=order.tracking_token))

    at_once([place_and_cancel] * 20)

    def told(connection: Connection) -> list[tuple[int, int, str]]:
        found = connection.exec_driver_sql("SELECT id, order_id, data ->> 'to' FROM order_events ORDER BY id")
        return [(row[0], row[1], row[2]) for row in found]

    happened = cafe.store.read_now(told)
    assert [id for id, _, _ in happened] == list(range(1, 41))
    for order_id in range(1, 21):
        assert [to for _, of, to in happened if of == order_id] == ["placed", "cancelled"]
    assert [of for _, of, to in happened if to == "placed"] == list(range(1, 21))
