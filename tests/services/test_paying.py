"""Paying: in cash at the till and by card, whole and in parts, and never more than is due."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cafe_graphql.core.errors import Forbidden, Unauthenticated
from cafe_graphql.core.orders import Order, PaymentFailed, PaymentRecorded, PaymentStarted, Status
from cafe_graphql.core.payments import Method, PaymentState, PaymentStatus, Takings
from cafe_graphql.core.people import GUEST, HOUSE, Actor, Scope
from cafe_graphql.core.problems import OutOfRange, Problem, ProblemCode, WrongStatus
from cafe_graphql.gateways.terminal import LocalTerminal
from cafe_graphql.services import ordering, paying
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotChanged, Ref
from cafe_graphql.services.paying import Asked
from cafe_graphql.store import payments as till
from cafe_graphql.web.restraints import OPERATION_SECONDS
from tests.services import tills
from tests.services.books import NOON, Clock, at_once, counted, execute
from tests.services.customers import customer

MINUTE = timedelta(minutes=1)
TILL = Actor("key:1", "till", frozenset((Scope.PAYMENTS,)))


@pytest.fixture
def terminal(cafe: Cafe, tmp_path: Path) -> Iterator[LocalTerminal]:
    with tills.with_terminal(cafe, tmp_path / "terminal.db") as terminal:
        yield terminal


@pytest.fixture
def order(cafe: Cafe, terminal: LocalTerminal) -> Order:
    return tills.place(cafe)


def refused(cafe: Cafe, actor: Actor, ref: Ref, asked: Asked, key: str | None = None) -> NotChanged:
    with pytest.raises(NotChanged) as refusal:
        asyncio.run(paying.pay(cafe, actor, ref, asked, key))
    return refusal.value


def test_cash_at_the_till_pays_an_order_and_history_says_who_took_it(cafe: Cafe, clock: Clock, order: Order) -> None:
    clock.passes(MINUTE)

    paid = tills.cash(cafe, order, actor=TILL)

    assert (paid.payment_status, paid.amount_due, paid.version) == (PaymentStatus.PAID, 0, 2)
    assert (paid.takings, paid.updated_at) == (Takings(paid=350), NOON + MINUTE)
    [payment] = tills.payments(cafe, order)
    assert (payment.method, payment.state, payment.amount) == (Method.CASH, PaymentState.PAID, 350)
    assert (payment.refunded, payment.gateway, payment.reference, payment.card) == (0, None, None, None)
    assert (payment.actor, payment.created_at) == ("till", NOON + MINUTE)
    assert tills.history(cafe, order) == [PaymentRecorded(payment.public_id, 350)]


def test_a_guest_pays_by_card_with_the_token_of_the_order(cafe: Cafe, terminal: LocalTerminal, order: Order) -> None:
    paid = tills.card(cafe, order, "4242 4242 4242 4242")

    assert (paid.payment_status, paid.amount_due, paid.version) == (PaymentStatus.PAID, 0, 3)
    [payment] = tills.payments(cafe, order)
    assert (payment.method, payment.state, payment.gateway) == (Method.CARD, PaymentState.PAID, "terminal")
    assert (payment.reference, payment.card) == (f"T-{payment.public_id}", "Test ····4242")
    assert tills.history(cafe, order) == [
        PaymentStarted(payment.public_id, 350),
        PaymentRecorded(payment.public_id, 350),
    ]
    assert tills.taken(terminal) == {payment.public_id: 350}


def test_two_split_an_order_by_cash_and_card(cafe: Cafe, terminal: LocalTerminal, order: Order) -> None:
    half = tills.cash(cafe, order, 100)
    assert (half.payment_status, half.amount_due) == (PaymentStatus.PARTIALLY_PAID, 250)

    paid = tills.card(cafe, order)

    assert (paid.payment_status, paid.amount_due, paid.takings) == (PaymentStatus.PAID, 0, Takings(paid=350))
    assert [(each.method, each.amount) for each in tills.payments(cafe, order)] == [
        (Method.CASH, 100),
        (Method.CARD, 250),
    ]
    tills.assert_agreed(cafe, terminal, order)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("tok_declined", "The card was declined."),
        ("4000 0000 0000 9995", "There is not enough money on the card."),
        ("tok_expired", "The card has expired."),
    ],
)
def test_a_declined_card_pays_nothing_and_another_may_be_tried(
    cafe: Cafe, terminal: LocalTerminal, order: Order, token: str, reason: str
) -> None:
    asked = Asked(Method.CARD, token=token)

    refusal = refused(cafe, GUEST, Ref(token=order.tracking_token), asked)

    message = f"Nothing was paid: {reason}"
    assert refusal.problems == (Problem(ProblemCode.PAYMENT_DECLINED, message, ("input", "token")),)
    assert refusal.order is not None
    assert (refusal.order.payment_status, refusal.order.amount_due) == (PaymentStatus.UNPAID, 350)
    [declined] = tills.payments(cafe, order)
    assert (declined.state, declined.reason) == (PaymentState.DECLINED, reason)
    assert tills.history(cafe, order) == [
        PaymentStarted(declined.public_id, 350),
        PaymentFailed(declined.public_id, 350, reason),
    ]
    assert tills.taken(terminal) == {}
    assert tills.card(cafe, order).payment_status is PaymentStatus.PAID


@pytest.mark.parametrize(
    ("amount", "problem"),
    [
        (
            351,
            Problem(
                ProblemCode.AMOUNT_EXCEEDS_BALANCE,
                "3.51 USD is more than the 3.50 USD that is due on order A-001.",
                ("input", "amountMinorUnits"),
            ),
        ),
        (
            0,
            OutOfRange(
                ProblemCode.QUANTITY_OUT_OF_RANGE,
                "The amount must be from 1 to 350 minor units, not 0.",
                ("input", "amountMinorUnits"),
                *(1, 350, 0),
            ),
        ),
    ],
)
@pytest.mark.parametrize("method", Method)
def test_no_more_than_is_due_is_taken_and_no_less_than_something(
    cafe: Cafe, file: Path, order: Order, method: Method, amount: int, problem: Problem
) -> None:
    before = counted(file)

    refusal = refused(cafe, TILL, Ref(public_id=order.public_id), Asked(method, amount))

    assert (refusal.problems, refusal.order) == ((problem,), order)
    assert counted(file) == before


def test_a_paid_order_is_not_paid_again(cafe: Cafe, order: Order) -> None:
    tills.cash(cafe, order)

    refusal = refused(cafe, HOUSE, Ref(public_id=order.public_id), Asked(Method.CASH))

    message = "Nothing is due on order A-001: it is paid."
    path = ("input", "amountMinorUnits")
    assert refusal.problems == (Problem(ProblemCode.AMOUNT_EXCEEDS_BALANCE, message, path),)


def test_while_a_card_is_asked_for_all_nothing_is_due(cafe: Cafe, order: Order) -> None:
    pending = tills.card(cafe, order, "tok_timeout")
    assert (pending.payment_status, pending.amount_due, pending.takings.pending) == (PaymentStatus.UNPAID, 0, 350)

    refusal = refused(cafe, HOUSE, Ref(public_id=order.public_id), Asked(Method.CASH))

    message = "Nothing is due on order A-001: a card is being asked for 3.50 USD."
    path = ("input", "amountMinorUnits")
    assert refusal.problems == (Problem(ProblemCode.AMOUNT_EXCEEDS_BALANCE, message, path),)


@pytest.mark.parametrize("method", Method)
def test_a_cancelled_order_is_not_paid(cafe: Cafe, order: Order, method: Method) -> None:
    asyncio.run(ordering.cancel(cafe, HOUSE, Ref(public_id=order.public_id)))

    refusal = refused(cafe, HOUSE, Ref(public_id=order.public_id), Asked(method))

    message = "Order A-001 cannot be paid: it is cancelled."
    assert refusal.problems == (
        WrongStatus(ProblemCode.INVALID_STATUS, message, ("by",), Status.CANCELLED, paying.PAYABLE),
    )
    assert tills.payments(cafe, order) == []


@pytest.mark.parametrize("status", ["accepted", "preparing", "ready", "completed"])
def test_an_order_may_be_paid_at_any_time_until_after_it_was_handed_over(
    cafe: Cafe, file: Path, order: Order, status: str
) -> None:
    execute(file, f"UPDATE orders SET status = '{status}'")

    assert tills.cash(cafe, order).payment_status is PaymentStatus.PAID


@pytest.mark.parametrize("ref", [Ref(public_id="nobody"), Ref(token="nobody")])
def test_an_order_that_is_not_there_is_not_paid(cafe: Cafe, order: Order, ref: Ref) -> None:
    refusal = refused(cafe, HOUSE, ref, Asked(Method.CARD))

    assert refusal.order is None
    assert refusal.problems == (Problem(ProblemCode.NOT_FOUND, "There is no such order.", ("by",)),)


def test_a_cafe_that_takes_no_cards_says_so(cafe: Cafe) -> None:
    order = tills.place(cafe)

    refusal = refused(cafe, GUEST, Ref(token=order.tracking_token), Asked(Method.CARD, token="tok_visa"))

    message = "Cards are not taken here: pay in cash at the counter."
    assert refusal.problems == (Problem(ProblemCode.PAYMENT_DECLINED, message, ("input", "token")),)
    assert tills.payments(cafe, order) == []


def test_a_token_of_any_length_is_not_sent_to_the_terminal(cafe: Cafe, terminal: LocalTerminal, order: Order) -> None:
    refusal = refused(cafe, GUEST, Ref(token=order.tracking_token), Asked(Method.CARD, token="x" * 256))

    assert [problem.code for problem in refusal.problems] == [ProblemCode.TEXT_TOO_LONG]
    assert tills.payments(cafe, order) == []


def test_cash_is_taken_by_those_alone_who_may(cafe: Cafe, order: Order) -> None:
    guest, barista = GUEST, Actor("key:2", "window", frozenset((Scope.ORDERS_PLACE,)))

    with pytest.raises(Unauthenticated):
        tills.cash(cafe, order, actor=guest)
    with pytest.raises(Forbidden):
        tills.cash(cafe, order, actor=barista)

    assert tills.payments(cafe, order) == []


def test_an_order_is_found_by_its_id_by_its_own_customer_alone(cafe: Cafe, terminal: LocalTerminal) -> None:
    ada, ben = customer(cafe, "ada"), customer(cafe, "ben")
    order = tills.place(cafe, actor=ada)

    refusal = refused(cafe, ben, Ref(public_id=order.public_id), Asked(Method.CARD))
    paid = asyncio.run(paying.pay(cafe, ada, Ref(public_id=order.public_id), Asked(Method.CARD)))

    assert [problem.code for problem in refusal.problems] == [ProblemCode.NOT_FOUND]
    assert paid.payment_status is PaymentStatus.PAID


def test_of_ten_who_pay_at_once_one_pays(cafe: Cafe, terminal: LocalTerminal, order: Order) -> None:
    async def attempt() -> Order | NotChanged:
        try:
            return await tills.pay_by_card(cafe, order)
        except NotChanged as refusal:
            return refusal

    got = at_once([attempt] * 10)

    assert [each.payment_status for each in got if isinstance(each, Order)] == [PaymentStatus.PAID]
    told = [problem.code for each in got if isinstance(each, NotChanged) for problem in each.problems]
    assert told == [ProblemCode.AMOUNT_EXCEEDS_BALANCE] * 9
    assert list(tills.taken(terminal).values()) == [350]


def test_friends_who_each_pay_a_part_at_once_pay_no_more_than_is_due(
    cafe: Cafe, terminal: LocalTerminal, order: Order
) -> None:
    async def attempt() -> bool:
        try:
            return bool(await tills.pay_by_card(cafe, order, amount=100))
        except NotChanged:
            return False

    got = at_once([attempt] * 8)

    assert got.count(True) == 3
    assert tills.again(cafe, order).takings == Takings(paid=300)
    tills.assert_agreed(cafe, terminal, order)


def test_the_same_key_pays_once_also_while_the_first_is_under_way(
    cafe: Cafe, terminal: LocalTerminal, order: Order
) -> None:
    async def attempt() -> Order:
        return await tills.pay_by_card(cafe, order, amount=100, key="monday-1")

    got = at_once([attempt] * 6) + at_once([attempt])

    assert {each.takings for each in got} == {Takings(paid=100)}
    assert len(tills.payments(cafe, order)) == 1
    assert list(tills.taken(terminal).values()) == [100]


def test_the_same_key_is_declined_again_without_asking_the_card(cafe: Cafe, order: Order) -> None:
    ref, asked = Ref(token=order.tracking_token), Asked(Method.CARD, token="tok_declined")

    first = refused(cafe, GUEST, ref, asked, "monday-1")
    second = refused(cafe, GUEST, ref, asked, "monday-1")

    assert (second.problems, second.order) == (first.problems, first.order)
    assert len(tills.payments(cafe, order)) == 1


@pytest.mark.parametrize("asked", [Asked(Method.CASH, 50), Asked(Method.CARD, 100), Asked(Method.CASH)])
def test_a_key_is_for_one_payment(cafe: Cafe, file: Path, order: Order, asked: Asked) -> None:
    tills.cash(cafe, order, 100, "monday-1")
    before = counted(file)

    refusal = refused(cafe, HOUSE, Ref(public_id=order.public_id), asked, "monday-1")

    message = "This key has paid, or refunded, something else already: use a new key for each."
    assert refusal.problems == (Problem(ProblemCode.IDEMPOTENCY_KEY_REUSED, message, ("idempotencyKey",)),)
    assert counted(file) == before


def test_a_key_is_for_one_order_too_but_guests_do_not_share_theirs(cafe: Cafe, order: Order) -> None:
    other = tills.place(cafe)
    tills.cash(cafe, order, 100, "monday-1")
    tills.card(cafe, order, amount=100, key="monday-1")

    refusal = refused(cafe, HOUSE, Ref(public_id=other.public_id), Asked(Method.CASH, 100), "monday-1")
    paid = tills.card(cafe, other, amount=100, key="monday-1")

    assert [problem.code for problem in refusal.problems] == [ProblemCode.IDEMPOTENCY_KEY_REUSED]
    assert paid.takings == Takings(paid=100)


def test_a_refusal_burns_no_key(cafe: Cafe, order: Order) -> None:
    refused(cafe, HOUSE, Ref(public_id=order.public_id), Asked(Method.CASH, 1_000), "monday-1")

    assert tills.cash(cafe, order, 350, "monday-1").payment_status is PaymentStatus.PAID


def test_while_the_terminal_is_slow_the_window_takes_orders(cafe: Cafe, terminal: LocalTerminal, order: Order) -> None:
    async def scene() -> tuple[bool, Order]:
        with terminal.record.opened():  # its record is being written by somebody else
            paying_it = asyncio.create_task(tills.pay_by_card(cafe, order))
            for _ in range(20):
                await ordering.place(cafe, GUEST, tills.LATTE)
            was_waiting = not paying_it.done()
        return was_waiting, await paying_it

    was_waiting, paid = asyncio.run(scene())

    assert was_waiting and paid.payment_status is PaymentStatus.PAID


def test_what_the_terminal_hears_twice_is_taken_once(cafe: Cafe, terminal: LocalTerminal, order: Order) -> None:
    paid = tills.card(cafe, order, "tok_twice")

    assert paid.payment_status is PaymentStatus.PAID
    assert list(tills.taken(terminal).values()) == [350]


def test_who_repeats_a_payment_whose_worker_died_is_given_the_order_before_the_time_is_up(
    cafe: Cafe, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert paying.WAIT_SECONDS + 1 < OPERATION_SECONDS
    monkeypatch.setattr(paying, "WAIT_SECONDS", 0.1)
    tills.card(cafe, order, "tok_timeout", key="monday-1")
    [payment] = tills.payments(cafe, order)
    asyncio.run(cafe.store.write(till.change, payment, PaymentState.PENDING, order.placed_at))  # nobody gave it up

    again = tills.card(cafe, order, "tok_timeout", key="monday-1")

    assert again.takings == Takings(pending=350)
