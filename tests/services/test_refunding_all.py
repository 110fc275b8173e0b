"""Giving all of it back: before anybody has begun to make the order, it is off; later it is a good turn."""

import asyncio
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from cafe_graphql.core.orders import Order, Status
from cafe_graphql.core.payments import PaymentStatus, Takings
from cafe_graphql.core.people import HOUSE
from cafe_graphql.core.problems import ProblemCode, WrongStatus
from cafe_graphql.gateways.terminal import LocalTerminal
from cafe_graphql.services import cooking, reconciling
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotChanged
from tests.services import tills


@pytest.fixture
def terminal(cafe: Cafe, tmp_path: Path) -> Iterator[LocalTerminal]:
    with tills.with_terminal(cafe, tmp_path / "terminal.db") as terminal:
        yield terminal


@pytest.fixture
def order(cafe: Cafe, terminal: LocalTerminal) -> Order:
    return tills.place(cafe)


def queue(cafe: Cafe) -> list[str]:
    return [order.number for order in asyncio.run(cooking.queue(cafe, HOUSE))]


def accept(cafe: Cafe, order: Order) -> Order:
    return asyncio.run(cooking.advance(cafe, HOUSE, order.public_id, Status.ACCEPTED))


def test_an_order_whose_money_is_all_given_back_is_not_made(cafe: Cafe, order: Order) -> None:
    tills.cash(cafe, order, 100)
    tills.card(cafe, order)
    assert tills.refund(cafe, order, 349).status is Status.PLACED

    refunded = tills.refund(cafe, order, 1)

    assert (refunded.status, refunded.payment_status) == (Status.CANCELLED, PaymentStatus.REFUNDED)
    assert (refunded.amount_due, refunded.amount_to_return, queue(cafe)) == (0, 0, [])
    with pytest.raises(NotChanged):
        accept(cafe, order)


def test_a_part_that_was_paid_and_given_back_leaves_the_order_to_be_paid(cafe: Cafe, order: Order) -> None:
    tills.cash(cafe, order, 349)

    refunded = tills.refund(cafe, order)

    assert (refunded.status, refunded.amount_due, queue(cafe)) == (Status.PLACED, 350, ["A-001"])
    assert tills.cash(cafe, order).takings == Takings(paid=699, refunded=349)


def test_while_all_of_it_goes_back_nobody_begins(cafe: Cafe, order: Order) -> None:
    tills.card(cafe, order, "tok_refund_timeout")
    going = tills.refund(cafe, order)
    assert (going.status, going.takings.refunding, going.next_statuses) == (Status.PLACED, 350, (Status.CANCELLED,))

    with pytest.raises(NotChanged) as refusal:
        accept(cafe, order)

    message = "Order A-001 is not made: all that was paid for it is given back, or about to be."
    assert refusal.value.problems == (
        WrongStatus(ProblemCode.INVALID_STATUS, message, ("to",), Status.PLACED, (Status.PLACED,)),
    )
    asyncio.run(reconciling.reconcile(cafe))
    assert tills.again(cafe, order).status is Status.CANCELLED


def test_a_refund_that_the_bank_refuses_leaves_the_order_to_be_made(cafe: Cafe, order: Order) -> None:
    tills.card(cafe, order, "tok_refund_declined")

    with pytest.raises(NotChanged):
        tills.refund(cafe, order)

    assert accept(cafe, order).status is Status.ACCEPTED


def test_what_is_on_its_way_back_pays_for_nothing_until_it_has_to_stay(cafe: Cafe, terminal: LocalTerminal) -> None:
    cafe.pay_first = True
    order, refused = tills.place(cafe), tills.place(cafe)
    for each, token in ((order, "tok_refund_unheard"), (refused, "tok_refund_declined")):
        tills.card(cafe, each, token, 349)
    tills.refund(cafe, order)

    cent = tills.cash(cafe, order)
    assert (cent.amount_due, cent.waits_for_payment, queue(cafe)) == (0, True, [])
    asyncio.run(reconciling.reconcile(cafe))

    gone = tills.again(cafe, order)
    assert (gone.amount_due, gone.waits_for_payment) == (349, True)
    with pytest.raises(NotChanged):
        tills.refund(cafe, refused)
    assert (tills.cash(cafe, refused).waits_for_payment, queue(cafe)) == (False, ["A-002"])


def test_books_of_before_know_which_orders_were_paid(cafe: Cafe, order: Order) -> None:
    tills.cash(cafe, order)
    part = tills.place(cafe)
    tills.cash(cafe, part, 349)
    migration = importlib.import_module("cafe_graphql.store.migrations.versions.0012_paid_up")

    def migrate(connection: Connection) -> list[tuple[str, bool]]:
        connection.execute(text("ALTER TABLE orders DROP COLUMN was_paid_up"))
        with Operations.context(MigrationContext.configure(connection)):
            migration.upgrade()
        found = connection.execute(text("SELECT number, was_paid_up FROM orders ORDER BY id"))
        return [(number, bool(was_paid_up)) for number, was_paid_up in found]

    assert asyncio.run(cafe.store.write(migrate)) == [("A-001", True), ("A-002", False)]
