"""Subscription: everything that can be followed."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated

import strawberry

from cafe_graphql.core.permissions import Act
from cafe_graphql.schema import live, menu
from cafe_graphql.schema.access import told
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.live import OrderUpdate, Since
from cafe_graphql.schema.menu import Menu
from cafe_graphql.schema.orders import OrderRef
from cafe_graphql.services import following


@strawberry.type(description="What can be followed: each tells how it stands at once, then every change.")
class Subscription:
    @strawberry.subscription(
        description=told(
            "One order: at once, then at every change, until its end. Came off the line? Give the last `cursor`"
            " back as `after`, and what was missed comes first.",
            Act.READ_ORDERS,
            by_token=True,
        )
    )
    async def order_updated(
        self,
        info: Info,
        by: Annotated[OrderRef, strawberry.argument(description="Its id, or its guest's token.")],
        after: Since = None,
    ) -> AsyncIterator[OrderUpdate]:
        cafe, viewer, ref = info.context.cafe, info.context.actor, by.to_core()
        followed = following.order(cafe, viewer, ref, live.number(after))
        return live.Told(cafe, followed, viewer, None if ref.is_held else Act.READ_ORDERS, info.context.site)

    @strawberry.subscription(
        description=told(
            "The kitchen's work: every order in the queue at once, then every change to any order.",
            Act.WORK_IN_KITCHEN,
        )
    )
    async def kitchen_queue_updated(self, info: Info, after: Since = None) -> AsyncIterator[OrderUpdate]:
        cafe, viewer = info.context.cafe, info.context.actor
        followed = following.kitchen_queue(cafe, viewer, live.number(after))
        return live.Told(cafe, followed, viewer, Act.WORK_IN_KITCHEN, info.context.site)

    @strawberry.subscription(description=told("The menu: at once, then whenever anything on it has changed.", None))
    async def menu_changed(self, info: Info) -> AsyncGenerator[Menu, None]:
        async with aclosing(following.menu(info.context.cafe)) as menus:
            async for now in menus:
                yield menu.of(now)
