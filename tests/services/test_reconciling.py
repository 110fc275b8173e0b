"""Reconciling: whatever was lost between the café and its terminal, both agree afterwards, and no card paid twice."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from cafe_graphql.core.orders import Order, PaymentFailed, PaymentRecorded, PaymentStarted, Status
from cafe_graphql.core.payments import Method, PaymentState, PaymentStatus, RefundState, Takings
from cafe_graphql.core.people import GUEST, HOUSE
from cafe_graphql.gateways.cards import NoCards
from cafe_graphql.gateways.terminal import LocalTerminal
from cafe_graphql.services import charging, cooking, following, ordering, reconciling, settling
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.following import Watcher
from cafe_graphql.services.ordering import NotChanged, Ref
from cafe_graphql.services.reconciling import GRACE, Reconciled
from cafe_graphql.store.database import Connection
from tests.services import tills
from tests.services.books import Clock, at_once

SECOND = timedelta(seconds=1)


@pytest.fixture
def terminal(cafe: Cafe, tmp_path: Path) -> Iterator[LocalTerminal]:
    with tills.with_terminal(cafe, tmp_path / "terminal.db") as terminal:
        yield terminal


@pytest.fixture
def order(cafe: Cafe, terminal: LocalTerminal) -> Order:
    return tills.place(cafe)


def reconcile(cafe: Cafe) -> Reconciled:
    return asyncio.run(reconciling.reconcile(cafe))


def cancel(cafe: Cafe, order: Order) -> Order:
    return asyncio.run(ordering.cancel(cafe, GUEST, Ref(token=order.tracking_token)))


def begun(cafe: Cafe, order: Order) -> None:
    """Write a payment down, and die before the card is asked."""

    def begin(connection: Connection) -> None:
        settling.begin(connection, cafe, order, Method.CARD, order.amount_due, "guest", order.updated_at)

    asyncio.run(cafe.store.write(begin))


@pytest.mark.parametrize("token", ["tok_timeout", "tok_capture_timeout", "tok_capture_unheard"])
def test_a_payment_whose_answer_was_lost_stays_pending_and_is_found_later(
    cafe: Cafe, terminal: LocalTerminal, order: Order, token: str
) -> None:
    pending = tills.card(cafe, order, token)
    assert (pending.payment_status, pending.takings) == (PaymentStatus.UNPAID, Takings(pending=350))
    [payment] = tills.payments(cafe, order)
    assert payment.state in (PaymentState.PENDING, PaymentState.AUTHORISED)
    assert payment.reason == "The card terminal has not answered yet."

    assert reconcile(cafe) == Reconciled(settled=1, waiting=0)

    assert tills.again(cafe, order).payment_status is PaymentStatus.PAID
    assert tills.taken(terminal) == {payment.public_id: 350}
    [paid] = tills.payments(cafe, order)
    assert (paid.state, paid.reason) == (PaymentState.PAID, None)
    assert tills.history(cafe, order) == [
        PaymentStarted(payment.public_id, 350),
        PaymentRecorded(payment.public_id, 350),
    ]


def test_a_payment_that_never_reached_the_terminal_is_given_up_for_good(
    cafe: Cafe, terminal: LocalTerminal, order: Order
) -> None:
    tills.card(cafe, order, "tok_unheard")

    assert reconcile(cafe) == Reconciled(settled=1, waiting=0)

    [payment] = tills.payments(cafe, order)
    reason = "It never reached the card terminal: nothing was taken."
    assert (payment.state, payment.reason) == (PaymentState.VOIDED, reason)
    assert tills.again(cafe, order).amount_due == 350
    assert tills.history(cafe, order)[1:] == [PaymentFailed(payment.public_id, 350, reason)]
    assert tills.taken(terminal) == {}


def test_a_question_that_comes_late_finds_its_payment_given_up(
    cafe: Cafe, terminal: LocalTerminal, order: Order
) -> None:
    tills.card(cafe, order, "tok_unheard")
    reconcile(cafe)
    [payment] = tills.payments(cafe, order)

    noted = asyncio.run(tills.late(cafe, order, payment))

    assert noted.payment.state is PaymentState.VOIDED
    assert tills.taken(terminal) == {}


def test_the_key_of_a_pending_payment_gives_the_same_answer_and_later_what_came_of_it(
    cafe: Cafe, terminal: LocalTerminal, order: Order
) -> None:
    first = tills.card(cafe, order, "tok_timeout", key="monday-1")
    again = tills.card(cafe, order, "tok_timeout", key="monday-1")
    assert again == first

    reconcile(cafe)

    assert tills.card(cafe, order, "tok_timeout", key="monday-1").payment_status is PaymentStatus.PAID
    assert list(tills.taken(terminal).values()) == [350]


@pytest.mark.parametrize("token", ["tok_refund_timeout", "tok_refund_unheard"])
def test_a_refund_without_an_answer_is_made_once(cafe: Cafe, terminal: LocalTerminal, order: Order, token: str) -> None:
    tills.card(cafe, order, token)

    pending = tills.refund(cafe, order, 100, "Spilt", key="monday-1")
    assert (pending.payment_status, pending.amount_to_return) == (PaymentStatus.PAID, 100)
    assert pending.takings == Takings(paid=350, refunding=100)
    assert tills.refund(cafe, order, 100, "Spilt", key="monday-1") == pending

    assert reconcile(cafe) == Reconciled(settled=1, waiting=0)

    assert tills.again(cafe, order).takings == Takings(paid=350, refunded=100)
    assert [refund.state for refund in tills.refunds(cafe, order)] == [RefundState.DONE]
    assert list(tills.taken(terminal).values()) == [250]


def test_what_is_on_its_way_back_is_not_given_back_again_but_what_else_was_paid_is(
    cafe: Cafe, terminal: LocalTerminal, order: Order
) -> None:
    tills.cash(cafe, order, 100)
    tills.card(cafe, order, "tok_refund_timeout")
    tills.refund(cafe, order, 250)

    tills.refund(cafe, order, 100)
    reconcile(cafe)

    assert [payment.refunded for payment in tills.payments(cafe, order)] == [100, 250]
    tills.assert_agreed(cafe, terminal, order)


def test_two_who_make_the_same_refund_count_it_once(cafe: Cafe, terminal: LocalTerminal, order: Order) -> None:
    tills.card(cafe, order, "tok_refund_timeout")
    tills.refund(cafe, order, 100)
    [refund] = tills.refunds(cafe, order)

    at_once([partial(charging.give_back, cafe, [refund])] * 3)

    assert tills.again(cafe, order).takings == Takings(paid=350, refunded=100)
    assert [payment.refunded for payment in tills.payments(cafe, order)] == [100]
    tills.assert_agreed(cafe, terminal, order)


def test_a_payment_that_somebody_has_just_begun_is_left_to_them_until_they_must_be_dead(
    cafe: Cafe, clock: Clock, terminal: LocalTerminal, order: Order
) -> None:
    begun(cafe, order)

    clock.passes(GRACE - SECOND)
    assert reconcile(cafe) == Reconciled(settled=0, waiting=1)
    clock.passes(SECOND)
    assert reconcile(cafe) == Reconciled(settled=1, waiting=0)

    assert [payment.state for payment in tills.payments(cafe, order)] == [PaymentState.VOIDED]


def test_of_many_who_reconcile_at_once_one_asks_about_each(cafe: Cafe, terminal: LocalTerminal) -> None:
    orders = [tills.place(cafe) for _ in range(30)]
    at_once([partial(tills.pay_by_card, cafe, order, "tok_timeout") for order in orders])

    found = at_once([lambda: reconciling.reconcile(cafe)] * 4)

    assert sum(each.settled for each in found) == 30
    assert set(tills.taken(terminal).values()) == {350} and len(tills.taken(terminal)) == 30
    for order in orders:
        tills.assert_agreed(cafe, terminal, order)


def test_one_that_nobody_understands_keeps_no_other_waiting(
    cafe: Cafe, terminal: LocalTerminal, caplog: pytest.LogCaptureFixture
) -> None:
    odd, sound = tills.place(cafe), tills.place(cafe)
    for order in (odd, sound):
        tills.card(cafe, order, "tok_timeout")
    [odd_one] = tills.payments(cafe, odd)
    with terminal.record.opened() as pages:
        pages._connection.execute("UPDATE charges SET standing = 'melted' WHERE id = ?", (odd_one.public_id,))

    assert reconcile(cafe) == Reconciled(settled=1, waiting=1)

    assert tills.again(cafe, sound).payment_status is PaymentStatus.PAID
    assert tills.again(cafe, odd).takings == Takings(pending=350)
    assert caplog.messages == [f"What came of {odd_one.public_id} could not be settled"]


def test_what_another_terminal_took_is_left_to_it(cafe: Cafe, terminal: LocalTerminal, order: Order) -> None:
    tills.card(cafe, order, "tok_timeout")
    cafe.gateway = NoCards()

    assert reconcile(cafe) == Reconciled(settled=0, waiting=1)

    assert tills.again(cafe, order).takings == Takings(pending=350)


def test_a_payment_under_way_while_its_order_is_cancelled_is_given_up(
    cafe: Cafe, terminal: LocalTerminal, order: Order
) -> None:
    tills.card(cafe, order, "tok_timeout")

    cancelled = cancel(cafe, order)
    assert (cancelled.status, cancelled.amount_to_return) == (Status.CANCELLED, 0)
    reconcile(cafe)

    [payment] = tills.payments(cafe, order)
    assert (payment.state, payment.amount) == (PaymentState.VOIDED, 350)
    assert tills.again(cafe, order).takings == Takings()
    assert tills.taken(terminal) == {}


def test_a_payment_taken_while_its_order_is_cancelled_goes_back(
    cafe: Cafe, terminal: LocalTerminal, order: Order
) -> None:
    tills.card(cafe, order, "tok_capture_timeout")
    cancel(cafe, order)

    reconcile(cafe)

    assert tills.again(cafe, order).takings == Takings(paid=350, refunded=350)
    assert [refund.reason for refund in tills.refunds(cafe, order)] == ["The order was cancelled."]
    assert list(tills.taken(terminal).values()) == [0]
    tills.assert_agreed(cafe, terminal, order)


@pytest.mark.parametrize("token", ["tok_visa", "tok_timeout", "tok_capture_timeout", "tok_capture_unheard"])
def test_whoever_cancels_while_a_card_is_charged_the_guest_has_their_money(
    cafe: Cafe, terminal: LocalTerminal, token: str
) -> None:
    orders = [tills.place(cafe) for _ in range(10)]

    async def race(order: Order, delay: float) -> None:
        async def later() -> None:
            await asyncio.sleep(delay)
            await ordering.cancel(cafe, GUEST, Ref(token=order.tracking_token))

        await asyncio.gather(tills.pay_by_card(cafe, order, token), later(), return_exceptions=True)

    at_once([partial(race, order, n / 1_000) for n, order in enumerate(orders)])
    reconcile(cafe)

    for order in orders:
        ended = tills.again(cafe, order)
        assert ended.status is Status.CANCELLED and ended.is_over
        assert ended.amount_to_return == 0
        tills.assert_agreed(cafe, terminal, order)
    assert set(tills.taken(terminal).values()) <= {0}


def test_cancelling_gives_cards_their_money_back_and_cash_waits_at_the_till(
    cafe: Cafe, terminal: LocalTerminal, order: Order
) -> None:
    tills.cash(cafe, order, 100)
    tills.card(cafe, order)

    cancelled = cancel(cafe, order)
    assert (cancelled.payment_status, cancelled.amount_to_return) == (PaymentStatus.PARTIALLY_REFUNDED, 100)
    assert list(tills.taken(terminal).values()) == [0]
    handed_back = tills.refund(cafe, order)

    assert (handed_back.payment_status, handed_back.amount_to_return) == (PaymentStatus.REFUNDED, 0)
    assert [(refund.amount, refund.actor) for refund in tills.refunds(cafe, order)] == [(250, "guest"), (100, "house")]


def test_the_kitchen_too_cancels_and_the_card_gets_its_money_back(
    cafe: Cafe, terminal: LocalTerminal, order: Order
) -> None:
    tills.card(cafe, order)

    cancelled = asyncio.run(cooking.advance(cafe, HOUSE, order.public_id, Status.CANCELLED))

    assert cancelled.takings == Takings(paid=350, refunded=350)
    assert list(tills.taken(terminal).values()) == [0]


def test_a_refund_that_failed_when_the_order_was_cancelled_can_be_tried_again(cafe: Cafe, order: Order) -> None:
    tills.card(cafe, order, "tok_refund_declined")

    cancelled = cancel(cafe, order)
    assert (cancelled.takings, cancelled.amount_to_return) == (Takings(paid=350), 350)

    with pytest.raises(NotChanged, match="takes no refunds"):
        tills.refund(cafe, order)
    assert tills.again(cafe, order).amount_to_return == 350


def test_a_cafe_that_keeps_reconciling_settles_what_is_left_without_being_asked(
    cafe: Cafe, terminal: LocalTerminal, order: Order
) -> None:
    tills.card(cafe, order, "tok_timeout")

    async def kept() -> list[Order]:
        followed = following.order(cafe, GUEST, Ref(token=order.tracking_token))
        watching = asyncio.create_task(Watcher(cafe).watch())
        keeping = asyncio.create_task(reconciling.keep(cafe, timedelta()))
        shown = [(await anext(followed)).order for _ in range(2)]
        for task in (watching, keeping):
            task.cancel()
        await followed.aclose()
        return shown

    shown = asyncio.run(asyncio.wait_for(kept(), 5))

    assert [each.payment_status for each in shown] == [PaymentStatus.UNPAID, PaymentStatus.PAID]
    assert list(tills.taken(terminal).values()) == [350]
