"""Where orders are paid first, the kitchen sees them when they are paid, and promises them from then on."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cafe_graphql.core.orders import EstimateChanged, Order, PaymentRecorded, PaymentStarted, Status
from cafe_graphql.core.payments import PaymentStatus
from cafe_graphql.core.people import GUEST, HOUSE
from cafe_graphql.core.problems import ProblemCode, WrongStatus
from cafe_graphql.core.receipts import Kind, Sale
from cafe_graphql.gateways.terminal import LocalTerminal
from cafe_graphql.services import cooking, following, ordering, reconciling
from cafe_graphql.services.cafe import Cafe, Update
from cafe_graphql.services.following import Followed, Watcher
from cafe_graphql.services.ordering import NotChanged, Ref
from cafe_graphql.store import kitchen, receipts
from tests.services import tills
from tests.services.books import NOON, Clock, execute

MINUTE = timedelta(minutes=1)


@pytest.fixture
def terminal(cafe: Cafe, tmp_path: Path) -> Iterator[LocalTerminal]:
    cafe.pay_first = True
    with tills.with_terminal(cafe, tmp_path / "terminal.db") as terminal:
        yield terminal


@pytest.fixture
def order(cafe: Cafe, terminal: LocalTerminal) -> Order:
    return tills.place(cafe)


def queue(cafe: Cafe) -> list[str]:
    return [order.number for order in asyncio.run(cooking.queue(cafe, HOUSE))]


def accept(cafe: Cafe, order: Order) -> Order:
    return asyncio.run(cooking.advance(cafe, HOUSE, order.public_id, Status.ACCEPTED))


def test_an_order_is_promised_anew_from_when_it_is_paid(cafe: Cafe, clock: Clock, order: Order) -> None:
    assert (queue(cafe), order.waits_for_payment) == ([], True)
    assert order.estimated_ready_at == NOON + order.work
    clock.passes(10 * MINUTE)

    paid = tills.card(cafe, order)

    ready_at = NOON + 10 * MINUTE + order.work
    assert (queue(cafe), paid.waits_for_payment, paid.estimated_ready_at) == (["A-001"], False, ready_at)
    [payment] = tills.payments(cafe, order)
    assert tills.history(cafe, order) == [
        PaymentStarted(payment.public_id, 350),
        PaymentRecorded(payment.public_id, 350),
        EstimateChanged(ready_at),
    ]
    assert accept(cafe, order).status is Status.ACCEPTED


def test_it_takes_its_place_behind_those_that_were_paid_before(cafe: Cafe, clock: Clock, order: Order) -> None:
    first, _ = [tills.cash(cafe, tills.place(cafe)) for _ in range(2)]

    paid = tills.cash(cafe, order)

    assert queue(cafe) == ["A-002", "A-003", "A-001"]
    assert cafe.store.read_now(kitchen.position, paid) == 3
    assert first.estimated_ready_at is not None  # then one of the two stations is free again
    assert paid.estimated_ready_at == first.estimated_ready_at + order.work


def test_a_kitchen_screen_shows_an_order_from_when_it_is_paid(cafe: Cafe, clock: Clock, order: Order) -> None:
    clock.passes(MINUTE)

    async def scene() -> list[Update]:
        screen = following.kitchen_queue(cafe, HOUSE)
        showing = asyncio.create_task(_first(screen, 2))
        watching = asyncio.create_task(Watcher(cafe).watch())
        await asyncio.sleep(0)
        await tills.pay_by_card(cafe, order, amount=100)
        await tills.pay_by_card(cafe, order)
        shown = await asyncio.wait_for(showing, 5)
        watching.cancel()
        await screen.aclose()
        return shown

    shown = asyncio.run(scene())

    assert [type(update.event and update.event.change) for update in shown] == [PaymentRecorded, EstimateChanged]
    assert [update.order.waits_for_payment for update in shown] == [False, False]


async def _first(updates: Followed, count: int) -> list[Update]:
    return [await anext(updates) for _ in range(count)]


def test_a_part_is_not_enough(cafe: Cafe, order: Order) -> None:
    part = tills.cash(cafe, order, 349)
    assert (part.waits_for_payment, queue(cafe)) == (True, [])

    assert tills.card(cafe, order).waits_for_payment is False
    assert queue(cafe) == ["A-001"]


def test_a_payment_that_is_pending_is_not_enough_until_it_is_known(cafe: Cafe, order: Order) -> None:
    assert tills.card(cafe, order, "tok_timeout").waits_for_payment
    assert queue(cafe) == []

    asyncio.run(reconciling.reconcile(cafe))

    assert queue(cafe) == ["A-001"]


def test_an_unpaid_order_is_neither_accepted_nor_made(cafe: Cafe, order: Order) -> None:
    with pytest.raises(NotChanged) as not_accepted:
        accept(cafe, order)
    with pytest.raises(NotChanged) as not_made:
        asyncio.run(cooking.mark_line(cafe, HOUSE, order.public_id, 0, True))

    message = "Order A-001 goes to the kitchen when it is paid: 3.50 USD is due."
    assert not_accepted.value.problems == (
        WrongStatus(ProblemCode.INVALID_STATUS, message, ("to",), Status.PLACED, (Status.PLACED,)),
    )
    assert [problem.message for problem in not_made.value.problems] == [message]
    assert tills.again(cafe, order) == order


def test_an_unpaid_order_can_be_cancelled_and_keeps_nobody_waiting(cafe: Cafe, order: Order) -> None:
    for _ in range(5):
        tills.place(cafe)

    last = tills.place(cafe)
    assert last.estimated_ready_at == last.placed_at + order.work
    cancelled = asyncio.run(ordering.cancel(cafe, GUEST, Ref(token=order.tracking_token)))

    assert (cancelled.status, cancelled.waits_for_payment) == (Status.CANCELLED, False)


def test_who_comes_later_comes_when_they_said(cafe: Cafe, clock: Clock, terminal: LocalTerminal) -> None:
    pickup_at = NOON + timedelta(hours=2)
    order = tills.place(cafe, replace(tills.LATTE, pickup_at=pickup_at))
    clock.passes(10 * MINUTE)

    paid = tills.cash(cafe, order)

    assert paid.estimated_ready_at == pickup_at
    assert [type(change) for change in tills.history(cafe, order)] == [PaymentRecorded]
    assert queue(cafe) == ["A-001"]


def test_what_costs_nothing_goes_to_the_kitchen_at_once(cafe: Cafe, file: Path, terminal: LocalTerminal) -> None:
    execute(file, "UPDATE items SET price = 0 WHERE slug = 'latte'; ")
    execute(file, "UPDATE cafe SET menu_version = menu_version + 1")

    free = tills.place(cafe)

    assert (free.totals.total, free.waits_for_payment, queue(cafe)) == (0, False, ["A-001"])


def test_money_that_goes_back_does_not_call_an_order_out_of_the_kitchen_that_is_being_made(
    cafe: Cafe, order: Order
) -> None:
    tills.cash(cafe, order)
    accept(cafe, order)

    refunded = tills.refund(cafe, order)

    assert (refunded.status, refunded.amount_due, queue(cafe)) == (Status.ACCEPTED, 0, ["A-001"])


def test_a_cent_does_not_pay_for_what_was_given_back_before(cafe: Cafe, order: Order) -> None:
    tills.card(cafe, order, amount=349)
    assert tills.refund(cafe, order).amount_due == 350

    cent = tills.card(cafe, order, amount=1)

    assert (cent.amount_due, cent.waits_for_payment, queue(cafe)) == (349, True, [])
    assert asyncio.run(cafe.store.read(receipts.of_order, order.id))[-1].kind is Kind.REFUND
    with pytest.raises(NotChanged):
        accept(cafe, order)
    paid = tills.card(cafe, order)
    assert (paid.payment_status, paid.amount_due, queue(cafe)) == (PaymentStatus.PAID, 0, ["A-001"])
    sale = asyncio.run(cafe.store.read(receipts.of_order, order.id))[-1].contents
    assert isinstance(sale, Sale)
    assert [moved.amount for moved in sale.payments] == [1, 349]


def test_otherwise_an_order_goes_to_the_kitchen_unpaid(cafe: Cafe) -> None:
    order = tills.place(cafe)

    assert (order.waits_for_payment, queue(cafe)) == (False, ["A-001"])
    assert accept(cafe, order).amount_due == 350
