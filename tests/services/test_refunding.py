"""Refunding: whole and in parts, the way it was paid, and never more than was paid."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from cafe_graphql.core.errors import Forbidden, Unauthenticated
from cafe_graphql.core.orders import (
    CancelReason,
    Order,
    RefundFailed,
    RefundRecorded,
    RefundStarted,
    Status,
    StatusChanged,
)
from cafe_graphql.core.payments import PaymentStatus, RefundState, Takings
from cafe_graphql.core.people import GUEST, Actor, Scope
from cafe_graphql.core.problems import OutOfRange, Problem, ProblemCode
from cafe_graphql.gateways.cards import NoCards
from cafe_graphql.gateways.terminal import LocalTerminal
from cafe_graphql.services import refunding
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotChanged
from tests.services import tills
from tests.services.books import at_once, counted

TILL = Actor("key:1", "till", frozenset((Scope.PAYMENTS,)))

CALLED_OFF = StatusChanged(
    Status.PLACED, Status.CANCELLED, CancelReason.OTHER, note="All that was paid was given back."
)


@pytest.fixture
def terminal(cafe: Cafe, tmp_path: Path) -> Iterator[LocalTerminal]:
    with tills.with_terminal(cafe, tmp_path / "terminal.db") as terminal:
        yield terminal


@pytest.fixture
def order(cafe: Cafe, terminal: LocalTerminal) -> Order:
    return tills.place(cafe)


def refused(
    cafe: Cafe, order: Order, amount: int | None = None, reason: str | None = None, key: str | None = None
) -> NotChanged:
    with pytest.raises(NotChanged) as refusal:
        tills.refund(cafe, order, amount, reason, key)
    return refusal.value


def test_cash_is_handed_back_at_once_and_history_says_why(cafe: Cafe, order: Order) -> None:
    tills.cash(cafe, order)

    refunded = asyncio.run(refunding.refund(cafe, TILL, order.public_id, None, "It was cold."))

    assert (refunded.payment_status, refunded.amount_due, refunded.version) == (PaymentStatus.REFUNDED, 0, 4)
    assert refunded.takings == Takings(paid=350, refunded=350)
    [payment], [refund] = tills.payments(cafe, order), tills.refunds(cafe, order)
    assert payment.refunded == 350
    assert (refund.state, refund.amount, refund.reason) == (RefundState.DONE, 350, "It was cold.")
    assert (refund.payment_id, refund.actor) == (payment.id, "till")
    assert tills.history(cafe, order)[1:] == [RefundRecorded(payment.public_id, 350, "It was cold."), CALLED_OFF]


def test_a_card_gets_back_a_part_and_then_the_rest(cafe: Cafe, terminal: LocalTerminal, order: Order) -> None:
    tills.card(cafe, order)
    [payment] = tills.payments(cafe, order)

    part = tills.refund(cafe, order, 50, "Too little milk")
    assert (part.payment_status, part.takings) == (
        PaymentStatus.PARTIALLY_REFUNDED,
        Takings(paid=350, refunded=50),
    )
    assert tills.taken(terminal) == {payment.public_id: 300}
    rest = tills.refund(cafe, order)

    assert (rest.payment_status, rest.takings) == (PaymentStatus.REFUNDED, Takings(paid=350, refunded=350))
    assert tills.taken(terminal) == {payment.public_id: 0}
    assert tills.history(cafe, order)[2:] == [
        RefundStarted(payment.public_id, 50, "Too little milk"),
        RefundRecorded(payment.public_id, 50, "Too little milk"),
        RefundStarted(payment.public_id, 300, None),
        RefundRecorded(payment.public_id, 300, None),
        CALLED_OFF,
    ]


def test_of_several_payments_the_newest_go_back_first_each_the_way_it_came(
    cafe: Cafe, terminal: LocalTerminal, order: Order
) -> None:
    tills.card(cafe, order, amount=100)
    tills.cash(cafe, order, 100)
    tills.card(cafe, order, amount=150)

    tills.refund(cafe, order, 280)

    assert [payment.refunded for payment in tills.payments(cafe, order)] == [30, 100, 150]
    assert [refund.amount for refund in tills.refunds(cafe, order)] == [150, 100, 30]
    tills.assert_agreed(cafe, terminal, order)


@pytest.mark.parametrize(
    ("amount", "problem"),
    [
        (
            301,
            Problem(
                ProblemCode.AMOUNT_EXCEEDS_BALANCE,
                "3.01 USD is more than the 3.00 USD that can be given back for order A-001.",
                ("amountMinorUnits",),
            ),
        ),
        (
            0,
            OutOfRange(
                ProblemCode.QUANTITY_OUT_OF_RANGE,
                "The amount must be from 1 to 300 minor units, not 0.",
                ("amountMinorUnits",),
                *(1, 300, 0),
            ),
        ),
    ],
)
def test_no_more_is_given_back_than_is_left(
    cafe: Cafe, file: Path, order: Order, amount: int, problem: Problem
) -> None:
    tills.cash(cafe, order)
    tills.refund(cafe, order, 50)
    before = counted(file)

    assert refused(cafe, order, amount).problems == (problem,)
    assert counted(file) == before


@pytest.mark.parametrize(
    ("paid", "message"),
    [
        (False, "There is nothing to give back for order A-001: nothing is paid."),
        (
            True,
            "There is nothing to give back for order A-001: all that was paid is given back, or about to be.",
        ),
    ],
)
def test_where_nothing_is_left_nothing_is_given_back(cafe: Cafe, order: Order, paid: bool, message: str) -> None:
    if paid:
        tills.cash(cafe, order)
        tills.refund(cafe, order)

    problem = Problem(ProblemCode.AMOUNT_EXCEEDS_BALANCE, message, ("amountMinorUnits",))
    assert refused(cafe, order).problems == (problem,)


def test_what_a_card_is_still_being_asked_for_is_not_given_back(cafe: Cafe, order: Order) -> None:
    tills.card(cafe, order, "tok_timeout")

    assert [problem.code for problem in refused(cafe, order).problems] == [ProblemCode.AMOUNT_EXCEEDS_BALANCE]


def test_a_bank_that_takes_no_refunds_leaves_the_money_paid(cafe: Cafe, order: Order) -> None:
    tills.card(cafe, order, "tok_refund_declined")
    [payment] = tills.payments(cafe, order)

    refusal = refused(cafe, order, 100)

    message = (
        "1.00 USD of order A-001 was not given back: The card's bank takes no refunds. "
        "Nothing else was paid that it could be taken from: hand it back outside of the till."
    )
    assert refusal.problems == (Problem(ProblemCode.PAYMENT_DECLINED, message, ("amountMinorUnits",)),)
    assert refusal.order is not None and refusal.order.takings == Takings(paid=350)
    assert tills.history(cafe, order)[2:] == [
        RefundStarted(payment.public_id, 100, None),
        RefundFailed(payment.public_id, 100, "The card's bank takes no refunds."),
    ]


def test_what_a_bank_refused_falls_to_the_next_payment_when_asked_again(cafe: Cafe, order: Order) -> None:
    tills.cash(cafe, order, 200)
    tills.card(cafe, order, "tok_refund_declined")
    [problem] = refused(cafe, order, 150).problems

    again = tills.refund(cafe, order, 150)

    assert problem.message == (
        "1.50 USD of order A-001 was not given back: The card's bank takes no refunds. "
        "Ask again for up to 2.00 USD, and it is taken from what was paid otherwise."
    )
    assert again.takings == Takings(paid=350, refunded=150)
    assert [payment.refunded for payment in tills.payments(cafe, order)] == [150, 0]


def test_a_card_that_another_terminal_took_is_not_refunded_by_this_one(cafe: Cafe, order: Order) -> None:
    tills.card(cafe, order)
    cafe.gateway = NoCards()

    [problem] = refused(cafe, order).problems

    assert problem.message == (
        "3.50 USD of order A-001 was not given back: The card was taken by “terminal”, which is not connected any more."
        " Nothing else was paid that it could be taken from: hand it back outside of the till."
    )
    assert tills.again(cafe, order).takings == Takings(paid=350)


def test_an_order_that_is_not_there_is_not_refunded(cafe: Cafe, order: Order) -> None:
    with pytest.raises(NotChanged) as refusal:
        asyncio.run(refunding.refund(cafe, TILL, "nobody"))

    assert refusal.value.problems == (Problem(ProblemCode.NOT_FOUND, "There is no such order.", ("id",)),)
    assert refusal.value.order is None


def test_a_reason_that_is_too_long_keeps_the_money(cafe: Cafe, order: Order) -> None:
    tills.cash(cafe, order)

    [problem] = refused(cafe, order, reason="x" * 501).problems

    assert (problem.code, problem.path) == (ProblemCode.TEXT_TOO_LONG, ("reason",))
    assert tills.again(cafe, order).takings == Takings(paid=350)


def test_refunds_are_given_by_those_alone_who_may(cafe: Cafe, order: Order) -> None:
    tills.cash(cafe, order)

    with pytest.raises(Unauthenticated):
        asyncio.run(refunding.refund(cafe, GUEST, order.public_id))
    with pytest.raises(Forbidden):
        asyncio.run(refunding.refund(cafe, Actor("key:2", "x", frozenset((Scope.KITCHEN,))), order.public_id))

    assert tills.refunds(cafe, order) == []


def test_the_same_key_gives_back_once_also_while_the_first_is_under_way(
    cafe: Cafe, terminal: LocalTerminal, order: Order
) -> None:
    tills.card(cafe, order)

    async def attempt() -> Order:
        return await refunding.refund(cafe, TILL, order.public_id, 100, None, "monday-1")

    got = at_once([attempt] * 6) + at_once([attempt])

    assert {each.takings for each in got} == {Takings(paid=350, refunded=100)}
    assert list(tills.taken(terminal).values()) == [250]
    assert len(tills.refunds(cafe, order)) == 1


def test_a_key_that_has_paid_does_not_refund(cafe: Cafe, order: Order) -> None:
    tills.cash(cafe, order, key="monday-1")

    [problem] = refused(cafe, order, key="monday-1").problems

    assert problem.code is ProblemCode.IDEMPOTENCY_KEY_REUSED


def test_of_ten_who_give_all_back_at_once_one_does(cafe: Cafe, terminal: LocalTerminal, order: Order) -> None:
    tills.card(cafe, order)

    async def attempt() -> bool:
        try:
            return bool(await refunding.refund(cafe, TILL, order.public_id))
        except NotChanged:
            return False

    assert at_once([attempt] * 10).count(True) == 1
    assert list(tills.taken(terminal).values()) == [0]
    tills.assert_agreed(cafe, terminal, order)
