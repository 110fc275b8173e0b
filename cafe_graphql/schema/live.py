"""What subscriptions tell: an order as it is, and what has just happened to it."""

from collections.abc import Hashable
from functools import lru_cache
from typing import Annotated

import strawberry

from cafe_graphql.core import menu as core_menu
from cafe_graphql.core.people import Actor
from cafe_graphql.core.permissions import Act
from cafe_graphql.schema import events, ids, menu
from cafe_graphql.schema.events import OrderEvent
from cafe_graphql.schema.orders import Order
from cafe_graphql.services import ordering, recognising
from cafe_graphql.services.cafe import Cafe, Update
from cafe_graphql.services.following import Followed

Since = Annotated[
    str | None, strawberry.argument(description="The last `cursor` that was seen: what was missed since comes first.")
]


@strawberry.type(description="An order as it is, and what has just happened to it.")
class OrderUpdate:
    order: Order = strawberry.field(description="The order; for something missed it may be newer than the event.")
    event: OrderEvent | None = strawberry.field(description="What has happened; null: it is shown for the first time.")
    cursor: str = strawberry.field(description="Keep it, and give it back as `after` to miss nothing.")
    is_replay: bool = strawberry.field(description="Whether it happened before this subscription began.")
    share_key: strawberry.Private[Hashable | None]


@lru_cache(maxsize=256)
def of(update: Update, now: core_menu.Menu, viewer: Actor, is_held: bool, site: str) -> OrderUpdate:
    """Put an update into words, once for all listeners who see the same; `is_held`: they have the order's token.

    `site` is where they have reached us: links in the answer begin with it.
    """
    order = update.order
    return OrderUpdate(
        order=Order.of(order, menu.of(now), viewer, is_held=is_held),
        event=events.of(update.event, order) if update.event else None,
        cursor=ids.event_cursor(update.cursor),
        is_replay=update.is_replay,
        share_key=_share_key(update, now, viewer, is_held, site),
    )


class Told:
    """What a listener is told, in words; as light as what it follows.

    `right` is what they need to listen, unless they hold an order's token. Whoever is no longer who they were, or may
    no longer listen, hears so instead of the next update.
    """

    __slots__ = ("_cafe", "_followed", "_right", "_site", "_viewer")

    def __init__(self, cafe: Cafe, followed: Followed, viewer: Actor, right: Act | None, site: str) -> None:
        self._cafe = cafe
        self._followed = followed
        self._viewer = viewer
        self._right = right
        self._site = site

    def __aiter__(self) -> "Told":
        return self

    async def __anext__(self) -> OrderUpdate:
        update = await anext(self._followed)
        if not self._viewer.is_guest:
            self._viewer = recognising.still(self._cafe, self._viewer)
            if self._right is not None:
                ordering.check_may(self._viewer, self._right, update.order)
        return of(update, self._cafe.menu(), self._viewer, self._right is None, self._site)

    async def aclose(self) -> None:
        """Listen no longer."""
        await self._followed.aclose()


def number(after: str | None) -> int | None:
    """Give the place in history that `after` marks."""
    return None if after is None else ids.event_number(after)


def _share_key(update: Update, now: core_menu.Menu, viewer: Actor, is_held: bool, site: str) -> Hashable | None:
    """What the answer to an update depends on.

    What is shown at first, or missed and told later, is no one moment's: its fields are read when each listener hears
    it, so nobody shares it.
    """
    if update.event is None or update.is_replay:
        return None
    return update.cursor, update.order.version, now.version, viewer.standing, is_held, site
