"""Rewarding: what an order takes from its guest's purse, what it puts there, and what comes back.

Each is a part of an act and runs in the act's own transaction: so a code is used as often as it may be and no more, and
no point is spent twice, however many place orders at once, in whatever process.
"""

from dataclasses import replace
from datetime import datetime

from cafe_graphql.core import loyalty, promo_codes
from cafe_graphql.core.drafts import Draft
from cafe_graphql.core.loyalty import Account, MovementKind
from cafe_graphql.core.orders import Order, Status
from cafe_graphql.core.people import Actor, Role
from cafe_graphql.core.purses import EMPTY, Purse
from cafe_graphql.store import loyalty as points_book
from cafe_graphql.store import promotions
from cafe_graphql.store.database import Connection

_A_CUSTOMER_S = Purse(has_account=True, collects=True)


def purse(connection: Connection, actor: Actor, draft: Draft) -> Purse:
    """Give what is on record of whoever orders, as far as it matters to a draft."""
    collects = actor.role is Role.CUSTOMER
    if draft.promo_code is None and not draft.redeem_points:
        return _A_CUSTOMER_S if collects else EMPTY
    code_uses, own_uses = 0, 0
    if draft.promo_code is not None:
        code_uses, own_uses = promotions.uses(connection, promo_codes.key(draft.promo_code), actor.person_id)
    points = 0
    if draft.redeem_points and collects and actor.person_id is not None:
        points = points_book.account(connection, actor.person_id).points
    return Purse(actor.person_id is not None, collects, points, code_uses, own_uses)


def take(connection: Connection, order: Order, points: int) -> None:
    """Take from the purse what an order that was just placed has used: its promo code, and so many points."""
    if order.promo_code is not None:
        promotions.use(connection, order.promo_code, order.customer_id)
    if points and order.customer_id is not None:
        account = points_book.account(connection, order.customer_id)
        _move(connection, order, account, -points, MovementKind.REDEEMED, order.placed_at)


def give_back(connection: Connection, order: Order, at: datetime) -> None:
    """Put back into the purse what an order has used that is called off."""
    if order.promo_code is not None:
        promotions.give_back(connection, order.promo_code, order.customer_id)
    settle(connection, replace(order, status=Status.CANCELLED), at)


def settle(connection: Connection, order: Order, at: datetime) -> None:
    """Let an order's points follow its money: those that it earns, and those that it was paid with.

    Told again of an order that has not changed, it does nothing.
    """
    if order.customer_id is None or not (order.points or order.totals.is_paid_with_points):
        return
    total, takings = order.totals.total, order.takings
    so_far = points_book.moved(connection, order.id)
    back = loyalty.given_back(so_far.redeemed, takings.refunded, total)
    if order.status is Status.CANCELLED:
        back = so_far.redeemed
    earned = loyalty.earned(order.points, takings.paid - takings.refunded, total)
    account = points_book.account(connection, order.customer_id)
    account = _move(connection, order, account, back - so_far.given_back, MovementKind.GIVEN_BACK, at)
    more = earned - so_far.earned
    kind = MovementKind.EARNED if more > 0 else MovementKind.TAKEN_BACK
    _move(connection, order, account, more, kind, at)


def _move(
    connection: Connection, order: Order, account: Account, points: int, kind: MovementKind, at: datetime
) -> Account:
    """Add points to the account of whose order it is, or take some (negative), and give it as it is then."""
    assert order.customer_id is not None, "points are on somebody's account"
    if not points:
        return account
    after = account.gaining(points) if points > 0 else account.losing(-points)
    points_book.move(connection, order.customer_id, order.id, kind, after, at)
    return after
