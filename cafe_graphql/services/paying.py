"""Paying for orders: by card, or in cash at the till, once for each of the actor's keys."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from cafe_graphql.core import permissions, texts
from cafe_graphql.core.money import Money
from cafe_graphql.core.orders import Order, Status
from cafe_graphql.core.payments import UNDER_WAY, Method, PaymentState
from cafe_graphql.core.people import Actor
from cafe_graphql.core.permissions import Act
from cafe_graphql.core.problems import OutOfRange, Problem, ProblemCode, WrongStatus
from cafe_graphql.gateways.cards import PATIENCE
from cafe_graphql.services import charging, keeping_keys, ordering, settling
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotChanged, Ref
from cafe_graphql.services.settling import Noted
from cafe_graphql.store import orders as order_book
from cafe_graphql.store import payments as till
from cafe_graphql.store.database import Connection

PAYABLE = tuple(status for status in Status if status is not Status.CANCELLED)
MAX_TOKEN = 255

LOOK_SECONDS = 0.05
"""How often somebody who repeats a payment looks whether the first one has come to its end."""

WAIT_SECONDS = 2 * PATIENCE
"""For so long they look: as long as two questions to the gateway may take, and less than an operation may."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How much is to be paid, in minor units (None: all that is due), and how; `token` stands for the card."""

    method: Method
    amount: int | None = None
    token: str | None = None


async def pay(cafe: Cafe, actor: Actor, ref: Ref, asked: Asked, key: str | None = None) -> Order:
    """Pay for an order, all of it or a part; `NotChanged` says why not, also when the card is declined.

    Cash is taken by those who may; a card is charged for whoever may pay for the order. Without an answer from the
    gateway the payment stays under way, and its amount is held back from what is due, until it is known.
    """
    if asked.method is Method.CASH:
        permissions.require(actor, Act.TAKE_PAYMENTS)
    elif not ref.is_held:
        permissions.require(actor, Act.PAY_ORDERS)
    noted, is_new = await cafe.store.write(_begin, cafe, actor, ref, asked, key)
    if not is_new:
        noted = await _ended(cafe, noted)
    elif noted.payment.state is PaymentState.PENDING:
        noted = await charging.charge(cafe, noted, asked.token)
    if noted.payment.state in (PaymentState.DECLINED, PaymentState.VOIDED):
        message = f"Nothing was paid: {noted.payment.reason}"
        raise NotChanged([Problem(ProblemCode.PAYMENT_DECLINED, message, ("input", "token"))], noted.order)
    return noted.order


async def _ended(cafe: Cafe, noted: Noted) -> Noted:
    """Wait until a payment that somebody else has begun is over, or nobody waits for its answer any more."""
    for _ in range(int(WAIT_SECONDS / LOOK_SECONDS)):
        if noted.payment.state not in UNDER_WAY or noted.payment.reason is not None:
            break
        await asyncio.sleep(LOOK_SECONDS)
        noted = await cafe.store.read(_noted, noted.payment.id)
    return noted


def _begin(
    connection: Connection, cafe: Cafe, actor: Actor, ref: Ref, asked: Asked, key: str | None
) -> tuple[Noted, bool]:
    """Write the payment down, unless the key has made it before: then it is not new."""
    order = ordering.found(connection, actor, ref, Act.PAY_ORDERS)
    if order is None:
        raise NotChanged([Problem(ProblemCode.NOT_FOUND, "There is no such order.", ("by",))], None)
    keyed = keeping_keys.Keyed.of(connection, actor, order, key, "pay", asked)
    if keyed.made:
        return _noted(connection, keyed.made[0]), False
    if problems := [*keyed.problems(), *_hindrances(cafe, order, asked)]:
        raise NotChanged(problems, order)
    amount = order.amount_due if asked.amount is None else asked.amount
    at = max(cafe.clock(), order.updated_at)
    noted = settling.begin(connection, cafe, order, asked.method, amount, actor.name, at)
    keyed.remember(connection, [noted.payment.id])
    return noted, True


def _noted(connection: Connection, payment_id: int) -> Noted:
    payment = till.by_id(connection, payment_id)
    return Noted(payment, order_book.by_id(connection, payment.order_id))


def _hindrances(cafe: Cafe, order: Order, asked: Asked) -> Iterator[Problem]:
    if order.status is Status.CANCELLED:
        message = f"Order {order.number} cannot be paid: it is cancelled."
        yield WrongStatus(ProblemCode.INVALID_STATUS, message, ("by",), order.status, PAYABLE)
    else:
        yield from _amount_problems(order, asked.amount)
    if asked.method is Method.CASH:
        return
    path = ("input", "token")
    if problems := list(texts.line_problems(asked.token, MAX_TOKEN, path)):
        yield from problems
    elif why := cafe.gateway.why_not(asked.token):
        yield Problem(ProblemCode.PAYMENT_DECLINED, why, path)


def _amount_problems(order: Order, amount: int | None) -> Iterator[Problem]:
    path, due = ("input", "amountMinorUnits"), Money(order.amount_due, order.totals.currency)
    if not due.minor:
        pending = Money(order.takings.pending, due.currency)
        why = f"a card is being asked for {pending.in_words}" if pending.minor else "it is paid"
        message = f"Nothing is due on order {order.number}: {why}."
        yield Problem(ProblemCode.AMOUNT_EXCEEDS_BALANCE, message, path)
    elif amount is not None and amount < 1:
        message = f"The amount must be from 1 to {due.minor} minor units, not {amount}."
        yield OutOfRange(ProblemCode.QUANTITY_OUT_OF_RANGE, message, path, 1, due.minor, amount)
    elif amount is not None and amount > due.minor:
        asked = Money(amount, due.currency)
        message = f"{asked.in_words} is more than the {due.in_words} that is due on order {order.number}."
        yield Problem(ProblemCode.AMOUNT_EXCEEDS_BALANCE, message, path)
