"""A till to try: a café whose cards are taken by the terminal on this machine, and what both have in their books."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from cafe_graphql.core.drafts import Draft, LineDraft
from cafe_graphql.core.orders import Change, Order
from cafe_graphql.core.payments import Method, Payment, PaymentState, Refund, RefundState, Takings
from cafe_graphql.core.people import GUEST, HOUSE, Actor
from cafe_graphql.gateways.terminal import LocalTerminal
from cafe_graphql.services import charging, ordering, paying, refunding
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import Ref
from cafe_graphql.services.paying import Asked
from cafe_graphql.services.settling import Noted
from cafe_graphql.store import events
from cafe_graphql.store import orders as order_book
from cafe_graphql.store import payments as till

PATIENCE = 0.02
"""Seconds that these cafés wait for an answer."""

LATTE = Draft((LineDraft("latte"),))
"""3.50."""


@contextmanager
def with_terminal(cafe: Cafe, file: Path) -> Iterator[LocalTerminal]:
    """Have the café's cards taken by a terminal that keeps its record in this file."""
    terminal = LocalTerminal(file, PATIENCE)
    cafe.gateway = terminal
    yield terminal
    terminal.close()


def place(cafe: Cafe, draft: Draft = LATTE, actor: Actor = GUEST) -> Order:
    """Place an order: by default a latte, 3.50."""
    return asyncio.run(ordering.place(cafe, actor, draft)).order


async def pay_by_card(
    cafe: Cafe, order: Order, token: str | None = None, amount: int | None = None, key: str | None = None
) -> Order:
    """Pay by card as the guest who holds the order's token."""
    return await paying.pay(cafe, GUEST, Ref(token=order.tracking_token), Asked(Method.CARD, amount, token), key)


def card(
    cafe: Cafe, order: Order, token: str | None = None, amount: int | None = None, key: str | None = None
) -> Order:
    """Pay by card, and wait."""
    return asyncio.run(pay_by_card(cafe, order, token, amount, key))


def cash(cafe: Cafe, order: Order, amount: int | None = None, key: str | None = None, actor: Actor = HOUSE) -> Order:
    """Pay in cash at the till."""
    return asyncio.run(paying.pay(cafe, actor, Ref(public_id=order.public_id), Asked(Method.CASH, amount), key))


def refund(
    cafe: Cafe, order: Order, amount: int | None = None, reason: str | None = None, key: str | None = None
) -> Order:
    """Give money back."""
    return asyncio.run(refunding.refund(cafe, HOUSE, order.public_id, amount, reason, key))


async def late(cafe: Cafe, order: Order, payment: Payment) -> Noted:
    """Let the question that a payment began with come to the terminal now."""
    return await charging.charge(cafe, Noted(payment, order), None)


def payments(cafe: Cafe, order: Order) -> list[Payment]:
    """Give all the payments of an order, whatever came of them."""
    return asyncio.run(cafe.store.read(till.of_orders, [order.id]))[order.id]


def refunds(cafe: Cafe, order: Order) -> list[Refund]:
    """Give all the refunds of an order."""
    return asyncio.run(cafe.store.read(till.refunds_of_order, order.id))


def again(cafe: Cafe, order: Order) -> Order:
    """Give the order as it is now."""
    return asyncio.run(cafe.store.read(order_book.by_id, order.id))


def history(cafe: Cafe, order: Order) -> list[Change]:
    """Give what happened to an order since it was placed."""
    return [event.change for event in asyncio.run(cafe.store.read(events.of_order, order.id))][1:]


def taken(terminal: LocalTerminal) -> dict[str, int]:
    """Add up what the terminal has taken from each card by its own record, less what it gave back."""
    with terminal.record.opened():
        pass  # it begins its record with the first question
    with closing(sqlite3.connect(terminal.record.file)) as book:
        captured = dict(book.execute("SELECT id, amount FROM charges WHERE standing = 'captured'").fetchall())
        for charge, amount in book.execute("SELECT charge, amount FROM refunds"):
            captured[charge] -= amount
    return captured


def assert_agreed(cafe: Cafe, terminal: LocalTerminal, order: Order) -> None:
    """See that the café's book adds up, and says of this order's cards what the terminal says."""
    order, paid, back = again(cafe, order), payments(cafe, order), refunds(cafe, order)
    money = [each for each in paid if each.state is PaymentState.PAID]
    assert order.takings == Takings(
        paid=sum(each.amount for each in money),
        pending=sum(each.amount for each in paid if each.state in (PaymentState.PENDING, PaymentState.AUTHORISED)),
        refunded=sum(each.amount for each in back if each.state is RefundState.DONE),
        refunding=sum(each.amount for each in back if each.state is RefundState.PENDING),
    )
    assert order.takings.paid - order.takings.refunded + order.takings.pending <= order.totals.total
    for each in money:
        of_it = [refund.amount for refund in back if refund.payment_id == each.id and refund.state is RefundState.DONE]
        assert sum(of_it) == each.refunded <= each.amount
    if order.takings.is_settled:
        cards = {each.public_id: each.amount - each.refunded for each in money if each.method is Method.CARD}
        known = {each.public_id for each in paid}
        assert cards == {charge: amount for charge, amount in taken(terminal).items() if charge in known}
