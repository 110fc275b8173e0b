"""Refunding: giving money back the way that it came, once for each of the actor's keys."""

import asyncio
from collections.abc import Iterator, Sequence

from cafe_graphql.core import payments, permissions, texts
from cafe_graphql.core.money import Money
from cafe_graphql.core.orders import Order
from cafe_graphql.core.payments import Refund, RefundState
from cafe_graphql.core.people import Actor
from cafe_graphql.core.permissions import Act
from cafe_graphql.core.problems import OutOfRange, Problem, ProblemCode
from cafe_graphql.core.validation import MAX_NOTE
from cafe_graphql.services import charging, settling
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.keeping_keys import Keyed
from cafe_graphql.services.ordering import NotChanged
from cafe_graphql.services.paying import LOOK_SECONDS, WAIT_SECONDS
from cafe_graphql.store import orders as order_book
from cafe_graphql.store import payments as till
from cafe_graphql.store.database import Connection


async def refund(
    cafe: Cafe,
    actor: Actor,
    public_id: str,
    amount: int | None = None,
    reason: str | None = None,
    key: str | None = None,
) -> Order:
    """Give back what was paid for an order (None: all of it), the newest payments first; `NotChanged` says why not.

    Without an answer from the gateway a refund stays under way until it is known; it is made once.
    """
    permissions.require(actor, Act.TAKE_PAYMENTS)
    refunds, is_new = await cafe.store.write(_begin, cafe, actor, public_id, amount, reason, key)
    refunds = await charging.give_back(cafe, refunds) if is_new else await _ended(cafe, refunds)
    order = await cafe.store.read(order_book.by_id, refunds[0].order_id)
    if failed := [refund for refund in refunds if refund.state is RefundState.FAILED]:
        elsewhere = await cafe.store.read(_elsewhere, order)
        raise NotChanged([_failed(order, refund, elsewhere) for refund in failed], order)
    return order


async def _ended(cafe: Cafe, refunds: Sequence[Refund]) -> Sequence[Refund]:
    """Wait until refunds that somebody else has begun are over, or nobody waits for their answers any more."""
    for _ in range(int(WAIT_SECONDS / LOOK_SECONDS)):
        if not any(refund.state is RefundState.PENDING and refund.failure is None for refund in refunds):
            break
        await asyncio.sleep(LOOK_SECONDS)
        refunds = await cafe.store.read(_refunds, [refund.id for refund in refunds])
    return refunds


def _begin(
    connection: Connection,
    cafe: Cafe,
    actor: Actor,
    public_id: str,
    amount: int | None,
    reason: str | None,
    key: str | None,
) -> tuple[Sequence[Refund], bool]:
    """Write the refunds down, unless the key has made them before: then they are not new."""
    order = order_book.by_public_id(connection, public_id)
    if order is None:
        raise NotChanged([Problem(ProblemCode.NOT_FOUND, "There is no such order.", ("id",))], None)
    keyed = Keyed.of(connection, actor, order, key, "refund", (amount, reason))
    if keyed.made:
        return _refunds(connection, keyed.made), False
    if problems := [*keyed.problems(), *_hindrances(order, amount), *texts.problems(reason, MAX_NOTE, ("reason",))]:
        raise NotChanged(problems, order)
    wanted = order.takings.refundable if amount is None else amount
    refused = settling.refused(connection, order)
    shares = payments.shares(settling.refundables(connection, order), wanted, refused)
    at = max(cafe.clock(), order.updated_at)
    made = settling.start_refunds(connection, cafe, order, shares, reason, actor.name, at)
    keyed.remember(connection, [refund.id for refund in made])
    return made, True


def _refunds(connection: Connection, refund_ids: Sequence[int]) -> list[Refund]:
    return [till.refund_by_id(connection, refund_id) for refund_id in refund_ids]


def _hindrances(order: Order, amount: int | None) -> Iterator[Problem]:
    path, most = ("amountMinorUnits",), Money(order.takings.refundable, order.totals.currency)
    if not most.minor:
        why = "nothing is paid" if not order.takings.paid else "all that was paid is given back, or about to be"
        message = f"There is nothing to give back for order {order.number}: {why}."
        yield Problem(ProblemCode.AMOUNT_EXCEEDS_BALANCE, message, path)
    elif amount is not None and amount < 1:
        message = f"The amount must be from 1 to {most.minor} minor units, not {amount}."
        yield OutOfRange(ProblemCode.QUANTITY_OUT_OF_RANGE, message, path, 1, most.minor, amount)
    elif amount is not None and amount > most.minor:
        asked = Money(amount, most.currency)
        message = f"{asked.in_words} is more than the {most.in_words} that can be given back for order {order.number}."
        yield Problem(ProblemCode.AMOUNT_EXCEEDS_BALANCE, message, path)


def _elsewhere(connection: Connection, order: Order) -> int:
    """What may be given back of payments of which no refund has failed."""
    refused = settling.refused(connection, order)
    return sum(most for payment, most in settling.refundables(connection, order) if payment.id not in refused)


def _failed(order: Order, refund: Refund, elsewhere: int) -> Problem:
    amount, other = (Money(minor, order.totals.currency) for minor in (refund.amount, elsewhere))
    message = f"{amount.in_words} of order {order.number} was not given back: {refund.failure} "
    if elsewhere:
        message += f"Ask again for up to {other.in_words}, and it is taken from what was paid otherwise."
    else:
        message += "Nothing else was paid that it could be taken from: hand it back outside of the till."
    return Problem(ProblemCode.PAYMENT_DECLINED, message, ("amountMinorUnits",))
