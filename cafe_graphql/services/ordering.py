"""Taking orders: quote, place, cancel, and asking for the same again.

Who names an order by its token has it from whoever placed it, and may follow it and call it off. By its id, it is found
by those alone who may read it: to others it is as if there were none.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from cafe_graphql.core import orders, permissions, pricing, validation
from cafe_graphql.core.drafts import Draft, Quote
from cafe_graphql.core.errors import Forbidden, Rejected
from cafe_graphql.core.menu import Menu
from cafe_graphql.core.orders import CancelReason, Filter, Order, Sort, Status, StatusChanged
from cafe_graphql.core.people import Actor
from cafe_graphql.core.permissions import Act, Reach
from cafe_graphql.core.problems import Problem, ProblemCode, Warning, WrongStatus
from cafe_graphql.services import charging, receipting, rewarding, settling, stocking
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import events, kitchen, order_pages
from cafe_graphql.store import orders as order_book
from cafe_graphql.store.database import Connection


@dataclass(frozen=True, slots=True)
class Ref:
    """How a caller names an order: by its id, or by the token that its guest holds."""

    public_id: str | None = None
    token: str | None = None

    @property
    def is_held(self) -> bool:
        """Whether it is the token that names the order."""
        return self.token is not None


@dataclass(frozen=True, slots=True)
class Placed:
    """An order that is in the book; `replayed` when this key had placed it before."""

    order: Order
    replayed: bool
    warnings: tuple[Warning, ...]


class NotPlaced(Rejected):
    """A draft that was refused: nothing of it was stored, and `quote` shows what it would cost now."""

    def __init__(self, problems: Iterable[Problem], quote: Quote) -> None:
        super().__init__(problems)
        self.quote = quote


class NotChanged(Rejected):
    """An order that stays as it is; `order` is None when there is none."""

    def __init__(self, problems: Iterable[Problem], order: Order | None) -> None:
        super().__init__(problems)
        self.order = order


def quote(cafe: Cafe, actor: Actor, draft: Draft) -> Quote:
    """Say what a draft would cost the actor now, and all that would stop it; nothing is stored or reserved."""
    return cafe.store.read_now(_priced, cafe.menu(), actor, draft, cafe.clock())


async def place(
    cafe: Cafe, actor: Actor, draft: Draft, key: str | None = None, expected_total: int | None = None
) -> Placed:
    """Place an order, once for each of the actor's keys; `NotPlaced` says everything that stands in its way.

    With `expected_total` (minor units) it is placed at that price or not at all. A refusal burns no key.
    """
    permissions.require(actor, Act.PLACE_ORDERS)
    cafe.menu()  # if it has changed it is read once here, not by every act that waits for the writer
    return await cafe.store.write(_place, cafe, actor, draft, key, expected_total)


async def cancel(
    cafe: Cafe, actor: Actor, ref: Ref, reason: CancelReason = CancelReason.CUSTOMER_REQUEST, note: str | None = None
) -> Order:
    """Call an order off while nobody has begun to make it; `NotChanged` says why it stays.

    What cards have paid for it goes back to them; cash waits at the till, until it is handed back as a refund.
    """
    if not ref.is_held:
        permissions.require(actor, Act.CANCEL_ORDERS)
    return await charging.give_back_for(cafe, await cafe.store.write(_cancel, cafe, actor, ref, reason, note))


async def find(cafe: Cafe, actor: Actor, ref: Ref) -> Order | None:
    """Find one order by its id or by its guest's token; None, too, when it is somebody else's."""
    check_may_follow(actor, ref)
    return await cafe.store.read(found, actor, ref)


def readable(actor: Actor, wanted: Filter) -> Filter:
    """Narrow what is asked of the order book down to what the actor may read: all of it, or their own."""
    if permissions.require(actor, Act.READ_ORDERS) is Reach.ALL:
        return wanted
    if wanted.customer_id not in (None, actor.person_id):
        return replace(wanted, statuses=())  # somebody else's: none of them
    return replace(wanted, customer_id=actor.person_id)


async def latest(cafe: Cafe, actor: Actor, count: int) -> list[Order]:
    """Give the orders that were placed last, the very last first, of those that the actor may read."""
    return await cafe.store.read(order_pages.page, readable(actor, Filter()), Sort.PLACED_AT_DESC, None, count)


def reorder_quote(cafe: Cafe, actor: Actor, order: Order) -> Quote:
    """Say what the order's lines would cost the actor on today's menu."""
    return quote(cafe, actor, order.draft({item.id: item.slug for item in cafe.menu().by_id.values()}))


def _place(
    connection: Connection, cafe: Cafe, actor: Actor, draft: Draft, key: str | None, expected_total: int | None
) -> Placed:
    fingerprint = "" if key is None else _fingerprint(draft)
    known = _remembered(connection, actor, key)
    if known is not None and known.fingerprint == fingerprint:
        return Placed(order_book.by_id(connection, known.order_id), replayed=True, warnings=())
    menu, at = cafe.menu_at(connection), order_book.next_instant(connection, cafe.clock())
    priced = _priced(connection, menu, actor, draft, at)
    if problems := list(_refusals(priced, key, key_is_taken=known is not None, expected_total=expected_total)):
        raise NotPlaced(problems, priced)
    waits = cafe.pay_first and priced.totals.total > 0
    slip = _slip(connection, menu, actor, at)
    order = order_book.add(connection, slip, draft, priced, at, waits_for_payment=waits)
    rewarding.take(connection, order, priced.redeemed)
    stocking.take(connection, menu, actor, order, priced.lines)
    events.append(connection, order.id, at, actor.name, StatusChanged(None, Status.PLACED))
    if not order.totals.total:  # nothing is to be paid, so it is paid
        receipting.issue(connection, cafe, order, (), at)
    if key is not None:
        order_book.remember(connection, actor.id, key, fingerprint, order.id)
    return Placed(order, replayed=False, warnings=priced.warnings)


def _priced(connection: Connection, menu: Menu, actor: Actor, draft: Draft, at: datetime) -> Quote:
    """Price a draft for what the books know of the kitchen, the pantry and whoever asks."""
    busy = kitchen.seen(connection, menu.cafe, draft.pickup_at, at)
    priced = pricing.quote(menu, draft, busy, rewarding.purse(connection, actor, draft))
    return stocking.counted(connection, menu, priced)


def _remembered(connection: Connection, actor: Actor, key: str | None) -> order_book.Remembered | None:
    """Look a key up; one that is not sound has placed nothing."""
    if key is None or any(validation.key_problems(key)):
        return None
    return order_book.remembered(connection, actor.id, key)


def _refusals(priced: Quote, key: str | None, *, key_is_taken: bool, expected_total: int | None) -> Iterator[Problem]:
    """Everything that keeps a priced draft from being placed."""
    if key is not None:
        yield from validation.key_problems(key)
    if key_is_taken:
        message = "This key has placed another order already: use a new key for each order."
        yield Problem(ProblemCode.IDEMPOTENCY_KEY_REUSED, message, ("idempotencyKey",))
    yield from priced.problems
    if not priced.problems and (changed := pricing.price_changed(priced, expected_total)):
        yield changed


def _slip(connection: Connection, menu: Menu, actor: Actor, at: datetime) -> order_book.Slip:
    business_date = _business_date(menu.cafe.time_zone, int(at.timestamp()) // 60)
    sequence = order_book.next_sequence(connection, business_date)
    public_id, tracking_token = _names(at)
    return order_book.Slip(
        public_id=public_id,
        tracking_token=tracking_token,
        business_date=business_date,
        sequence=sequence,
        number=orders.number(sequence),
        placed_by=actor.id,
        customer_id=actor.person_id,
    )


@lru_cache(maxsize=16)
def _business_date(time_zone: str, minute: int) -> str:
    """Give the day that a minute since 1970 is in: days begin with a minute everywhere."""
    return datetime.fromtimestamp(minute * 60, ZoneInfo(time_zone)).date().isoformat()


def _names(at: datetime) -> tuple[str, str]:
    """Make an order's id and its tracking token: 6 bytes of the time, then 6 and 18 of chance, which nobody can guess.

    Names of one hour begin alike, so that an index of them grows in one place: by chance alone, each order would write
    two more pages of the file.
    """
    time, chance = int(at.timestamp() * 1000).to_bytes(6, "big"), secrets.token_bytes(24)
    return urlsafe_b64encode(time + chance[:6]).decode(), urlsafe_b64encode(time + chance[6:]).decode()


def _cancel(
    connection: Connection, cafe: Cafe, actor: Actor, ref: Ref, reason: CancelReason, note: str | None
) -> Order:
    order = found(connection, actor, ref, Act.CANCEL_ORDERS)
    if order is None:
        raise NotChanged([Problem(ProblemCode.NOT_FOUND, "There is no such order.", ("by",))], None)
    if problems := [*_why_not(order), *validation.note_problems(note)]:
        raise NotChanged(problems, order)
    at = max(cafe.clock(), order.updated_at)
    order_book.change_status(connection, order, Status.CANCELLED, None, at)
    rewarding.give_back(connection, order, at)
    events.append(connection, order.id, at, actor.name, StatusChanged(order.status, Status.CANCELLED, reason, note))
    stocking.put_back(connection, cafe, actor, order, at)
    return settling.called_off(connection, cafe, order_book.by_id(connection, order.id), actor.name, at)


def _why_not(order: Order) -> Iterator[Problem]:
    if why := orders.why_not_cancel(order.status):
        message = f"Order {order.number} cannot be cancelled: {why[0].lower()}{why[1:]}"
        yield WrongStatus(ProblemCode.INVALID_STATUS, message, ("by",), order.status, orders.CANCELLABLE)


def check_may_follow(actor: Actor, ref: Ref) -> None:
    """See that the actor may name orders in this way; whoever has a token may follow by it."""
    if not ref.is_held:
        permissions.require(actor, Act.READ_ORDERS)


def found(connection: Connection, actor: Actor, ref: Ref, act: Act = Act.READ_ORDERS) -> Order | None:
    """Find one order in the caller's own transaction, as far as the actor's permission for `act` reaches."""
    if ref.token is not None:
        return order_book.by_token(connection, ref.token)
    order = order_book.by_public_id(connection, ref.public_id or "")
    return order if order is not None and may(actor, act, order) else None


def may(actor: Actor, act: Act, order: Order) -> bool:
    """Whether an actor may do something with this very order."""
    reach = permissions.reach(actor, act)
    return reach is Reach.ALL or (reach is Reach.OWN and order.customer_id == actor.person_id)


def check_may(actor: Actor, act: Act, order: Order) -> None:
    """See that an actor may do something with this very order; `Unauthenticated` or `Forbidden` when not."""
    permissions.require(actor, act)
    if not may(actor, act, order):
        raise Forbidden(f"You may no longer {act} of others.")


def _fingerprint(draft: Draft) -> str:
    """Tell drafts apart: the same for equal ones, whatever they left to defaults."""
    # Not JSON, which has no way to write the broken letters that validation is still to refuse.
    return hashlib.sha256(repr(_said(draft)).encode()).hexdigest()


def _said(value: Any) -> Any:
    """What of a draft is not left to defaults: a field that a later version adds changes no fingerprint."""
    if isinstance(value, tuple):
        return [_said(part) for part in value]
    if not is_dataclass(value):
        return value
    named = ((field, getattr(value, field.name)) for field in fields(value))
    return {field.name: _said(part) for field, part in named if part != field.default}
