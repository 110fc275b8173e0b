"""Rewarding: what an order takes from its guest's purse, and gives back when it is called off.

Each is a part of an act: it runs in the act's own transaction, so that a code is used as often as it may be and no
more, however many place orders at once, in whatever process.
"""

from cafe_graphql.core.drafts import Draft
from cafe_graphql.core.orders import Order
from cafe_graphql.core.people import Actor
from cafe_graphql.core.promo_codes import key
from cafe_graphql.core.purses import EMPTY, Purse
from cafe_graphql.store import promotions
from cafe_graphql.store.database import Connection


def purse(connection: Connection, actor: Actor, draft: Draft) -> Purse:
    """Give what is on record of whoever orders, as far as it matters to a draft."""
    if draft.promo_code is None:
        return EMPTY
    return promotions.seen(connection, key(draft.promo_code), actor.person_id)


def take(connection: Connection, order: Order) -> None:
    """Take from the purse what an order that was just placed has used."""
    if order.promo_code is not None:
        promotions.use(connection, order.promo_code, order.customer_id)


def give_back(connection: Connection, order: Order) -> None:
    """Put back into the purse what an order has used that is called off."""
    if order.promo_code is not None:
        promotions.give_back(connection, order.promo_code, order.customer_id)
