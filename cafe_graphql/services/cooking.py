"""Making orders: moving them on, and ticking off what is made."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cafe_graphql.core import money, orders, permissions
from cafe_graphql.core.orders import QUEUED, CancelReason, EstimateChanged, LineDone, Order, Status, StatusChanged
from cafe_graphql.core.people import Actor
from cafe_graphql.core.permissions import Act
from cafe_graphql.core.problems import Problem, ProblemCode, WrongStatus
from cafe_graphql.services import charging, rewarding, settling, stocking
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotChanged
from cafe_graphql.store import events, kitchen
from cafe_graphql.store import orders as order_book
from cafe_graphql.store.database import Connection

WORTH_TELLING = timedelta(minutes=1)
"""A promise that moves by less is kept as it is."""


async def advance(cafe: Cafe, actor: Actor, public_id: str, to: Status, expected_version: int | None = None) -> Order:
    """Move an order on; `NotChanged` says why it cannot, or that somebody else has changed it first."""
    permissions.require(actor, Act.WORK_IN_KITCHEN)
    order = await cafe.store.write(_advance, cafe, actor, public_id, to, expected_version)
    return await charging.give_back_for(cafe, order) if to is Status.CANCELLED else order


async def queue(cafe: Cafe, actor: Actor) -> list[Order]:
    """Give what the kitchen has to make, the oldest promise first."""
    permissions.require(actor, Act.WORK_IN_KITCHEN)
    return await cafe.store.read(kitchen.queue)


async def mark_line(cafe: Cafe, actor: Actor, public_id: str, index: int, is_done: bool) -> Order:
    """Tick a line of an order off, or take the tick back; ticked already, nothing happens."""
    permissions.require(actor, Act.WORK_IN_KITCHEN)
    return await cafe.store.write(_mark_line, cafe, actor, public_id, index, is_done)


def _advance(
    connection: Connection, cafe: Cafe, actor: Actor, public_id: str, to: Status, expected_version: int | None
) -> Order:
    order = _found(connection, public_id, "id")
    if problems := list(_hindrances(order, to, expected_version)):
        raise NotChanged(problems, order)
    at = max(cafe.clock(), order.updated_at)
    estimate = _estimate(order, to, at)
    order_book.change_status(connection, order, to, estimate, at)
    if to is Status.CANCELLED:
        rewarding.give_back(connection, order, at)
        stocking.put_back(connection, cafe, actor, order, at)
    reason = CancelReason.OTHER if to is Status.CANCELLED else None
    events.append(connection, order.id, at, actor.name, StatusChanged(order.status, to, reason))
    if estimate is not None and estimate != order.estimated_ready_at:
        events.append(connection, order.id, at, actor.name, EstimateChanged(estimate))
    changed = order_book.by_id(connection, order.id)
    return settling.called_off(connection, cafe, changed, actor.name, at) if to is Status.CANCELLED else changed


def _mark_line(connection: Connection, cafe: Cafe, actor: Actor, public_id: str, index: int, is_done: bool) -> Order:
    order = _found(connection, public_id, "lineId")
    if not 0 <= index < len(order.lines):
        raise NotChanged([Problem(ProblemCode.NOT_FOUND, "The order has no such line.", ("lineId",))], order)
    if why := _why_not_make(order):
        message = f"Order {order.number} {why}"
        raise NotChanged([WrongStatus(ProblemCode.INVALID_STATUS, message, ("lineId",), order.status, QUEUED)], order)
    if order.lines[index].is_done is is_done:
        return order
    at = max(cafe.clock(), order.updated_at)
    order_book.mark_line(connection, order, index, is_done, at)
    events.append(connection, order.id, at, actor.name, LineDone(index, is_done))
    return order_book.by_id(connection, order.id)


def _why_not_make(order: Order) -> str | None:
    return _why_not_begin(order) or orders.why_not_make(order.status)


def _why_not_begin(order: Order) -> str | None:
    if order.waits_for_payment:
        due = money.Money(order.amount_due, order.totals.currency)
        return f"goes to the kitchen when it is paid: {due.in_words} is due."
    if order.status is Status.PLACED and order.is_given_back:
        return "is not made: all that was paid for it is given back, or about to be."
    return None


def _found(connection: Connection, public_id: str, argument: str) -> Order:
    order = order_book.by_public_id(connection, public_id)
    if order is None:
        raise NotChanged([_not_found(argument)], None)
    return order


def _not_found(argument: str) -> Problem:
    return Problem(ProblemCode.NOT_FOUND, "There is no such order.", (argument,))


def _hindrances(order: Order, to: Status, expected_version: int | None) -> Iterator[Problem]:
    if expected_version is not None and expected_version != order.version:
        message = f"Order {order.number} has changed: it is at version {order.version} now, and {order.status}."
        yield Problem(ProblemCode.VERSION_CONFLICT, message, ("expectedVersion",))
    if to is Status.ACCEPTED and (why := _why_not_begin(order)):
        message = f"Order {order.number} {why}"
        yield WrongStatus(ProblemCode.INVALID_STATUS, message, ("to",), order.status, (Status.PLACED,))
    elif why := orders.why_not_next(order.status, to):
        allowed = tuple(status for status in Status if to in orders.NEXT[status])
        yield WrongStatus(ProblemCode.INVALID_STATUS, f"Order {order.number} {why}", ("to",), order.status, allowed)


def _estimate(order: Order, to: Status, at: datetime) -> datetime | None:
    """When it will be ready, now that it moves on: told anew only when it begins far from when it should have."""
    if to is Status.CANCELLED:
        return None
    if to is not Status.PREPARING or order.pickup_at is not None or order.estimated_ready_at is None:
        return order.estimated_ready_at
    anew = at + order.work
    return anew if abs(anew - order.estimated_ready_at) >= WORTH_TELLING else order.estimated_ready_at
