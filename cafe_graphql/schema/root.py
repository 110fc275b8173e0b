"""The roots: everything that can be asked (Query) and done (Mutation)."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from cafe_graphql.schema import events, ids, live, menu, orders, problems
from cafe_graphql.schema.cafe import Cafe
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.enums import CancelReason, Sort, Status
from cafe_graphql.schema.ids import Node
from cafe_graphql.schema.live import OrderUpdate, Since
from cafe_graphql.schema.menu import Menu, MenuFilter, MenuItem
from cafe_graphql.schema.orders import After, First, Order, OrderConnection, OrderFilter, OrderPayload, OrderRef
from cafe_graphql.schema.problems import Problem, Warning
from cafe_graphql.schema.quotes import OrderInput, Quote
from cafe_graphql.schema.refusals import spoken
from cafe_graphql.schema.scalars import SCALARS
from cafe_graphql.services import cooking, following, ordering
from cafe_graphql.store import kitchen


@strawberry.type(
    description="Success: `order` is set and `problems` is empty. Refusal: nothing was stored, and `quote` shows why."
)
class PlaceOrderPayload:
    order: Order | None = strawberry.field(default=None, description="The order; null when it was refused.")
    tracking_token: str | None = strawberry.field(
        default=None, description="Lets a guest follow this order: keep it, and give it back as `OrderRef.token`."
    )
    replayed: bool = strawberry.field(
        default=False, description="True when this idempotency key had placed the order before."
    )
    problems: list[Problem] = strawberry.field(default_factory=list, description="Everything that stands in its way.")
    warnings: list[Warning] = strawberry.field(default_factory=list, description="Worth knowing; stopped nothing.")
    quote: Quote | None = strawberry.field(
        default=None, description="What it would cost now; null when the order was placed."
    )


@strawberry.type(description="What can be asked.")
class Query:
    @strawberry.field(description="The café itself.")
    def cafe(self, info: Info) -> Cafe:
        return Cafe.now(info)

    @strawberry.field(description="The menu, or the part of it that meets the filter.")
    def menu(
        self,
        info: Info,
        filter: Annotated[MenuFilter | None, strawberry.argument(description="Omitted: all of it.")] = None,
    ) -> Menu:
        return menu.filtered(info.context.menu, filter.to_core()) if filter else info.context.menu

    @strawberry.field(description="One item of the menu; null when there is none of this slug.")
    def menu_item(
        self, info: Info, slug: Annotated[str, strawberry.argument(description="`latte`.")]
    ) -> MenuItem | None:
        return info.context.menu.on_offer(slug)

    @strawberry.field(description="What an order would cost now, and all that would stop it.")
    def quote(
        self, info: Info, input: Annotated[OrderInput, strawberry.argument(description="The order to price.")]
    ) -> Quote:
        return Quote.of(ordering.quote(info.context.cafe, info.context.actor, input.to_core()), info.context.menu)

    @strawberry.field(description="One order; null when there is none.")
    async def order(
        self, info: Info, by: Annotated[OrderRef, strawberry.argument(description="Its id, or its guest's token.")]
    ) -> Order | None:
        found = await ordering.find(info.context.cafe, info.context.actor, by.to_core())
        return Order.of(found, info.context.menu) if found else None

    @strawberry.field(description="The order book, a page at a time.")
    async def orders(
        self,
        info: Info,
        filter: Annotated[OrderFilter | None, strawberry.argument(description="Omitted: all orders.")] = None,
        sort: Annotated[Sort, strawberry.argument(description="Which come first.")] = Sort.PLACED_AT_DESC,
        first: First = 20,
        after: After = None,
    ) -> OrderConnection | None:
        return await orders.page(info, filter, sort, first, after)

    @strawberry.field(description="Anything by its id; null when there is no such thing.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="As an `id` field gave it.")]
    ) -> Node | None:
        kind, key = ids.decode(id)
        if kind in ("Order", "OrderLine"):
            return await orders.node(info, kind, key)
        return info.context.menu.node(id)

    @strawberry.field(description="What the kitchen has to make, the oldest promise first; at most 200.")
    async def kitchen_queue(self, info: Info) -> list[Order] | None:
        queue = await info.context.cafe.store.read(kitchen.queue)
        return [Order.of(order, info.context.menu) for order in queue]


@strawberry.type(description="What can be done.")
class Mutation:
    @strawberry.mutation(
        description="Places an order, at once and for good: when it is answered, it is on disk. Repeated with the same"
        " `idempotencyKey` it gives the same order, so a script that got no answer can safely try again."
    )
    async def place_order(
        self,
        info: Info,
        input: Annotated[OrderInput, strawberry.argument(description="The same as for `quote`.")],
        idempotency_key: Annotated[
            str | None, strawberry.argument(description="New for each order, such as a UUID; at most 255 characters.")
        ] = None,
        expected_total_minor_units: Annotated[
            int | None, strawberry.argument(description="The quote's total: refused rather than placed at another.")
        ] = None,
    ) -> PlaceOrderPayload | None:
        context = info.context
        try:
            with spoken():
                placed = await ordering.place(
                    context.cafe, context.actor, input.to_core(), idempotency_key, expected_total_minor_units
                )
        except ordering.NotPlaced as refusal:
            return PlaceOrderPayload(
                problems=[problems.of(problem) for problem in refusal.problems],
                warnings=[Warning.of(warning) for warning in refusal.quote.warnings],
                quote=Quote.of(refusal.quote, context.menu),
            )
        return PlaceOrderPayload(
            order=Order.of(placed.order, context.menu),
            tracking_token=placed.order.tracking_token,
            replayed=placed.replayed,
            warnings=[Warning.of(warning) for warning in placed.warnings],
        )

    @strawberry.mutation(description="Calls an order off, as long as nobody has begun to make it.")
    async def cancel_order(
        self,
        info: Info,
        by: Annotated[OrderRef, strawberry.argument(description="Its id, or its guest's token.")],
        reason: Annotated[CancelReason, strawberry.argument(description="Why.")] = CancelReason.CUSTOMER_REQUEST,
        note: Annotated[
            str | None, strawberry.argument(description="What else to say, at most 500 characters.")
        ] = None,
    ) -> OrderPayload | None:
        return await orders.changed(
            info, ordering.cancel(info.context.cafe, info.context.actor, by.to_core(), reason, note)
        )

    @strawberry.mutation(description="Moves an order on in its life: see its `nextStatuses`.")
    async def advance_order(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The order's `id`.")],
        to: Annotated[Status, strawberry.argument(description="Where to.")],
        expected_version: Annotated[
            int | None, strawberry.argument(description="The `version` that was seen: refused if it has changed since.")
        ] = None,
    ) -> OrderPayload | None:
        public_id = ids.key_of("Order", id)
        return await orders.changed(
            info, cooking.advance(info.context.cafe, info.context.actor, public_id, to, expected_version)
        )

    @strawberry.mutation(description="Ticks a line of an order off as made, or takes the tick back.")
    async def mark_line_done(
        self,
        info: Info,
        line_id: Annotated[strawberry.ID, strawberry.argument(description="The line's `id`.")],
        done: Annotated[bool, strawberry.argument(description="False takes the tick back.")] = True,
    ) -> OrderPayload | None:
        public_id, index = ids.line_of(line_id)
        return await orders.changed(
            info, cooking.mark_line(info.context.cafe, info.context.actor, public_id, index, done)
        )


@strawberry.type(description="What can be followed: each tells how it stands at once, then every change.")
class Subscription:
    @strawberry.subscription(
        description="One order: at once, then at every change, until its end. Came off the line? Give the last `cursor`"
        " back as `after`, and what was missed comes first."
    )
    async def order_updated(
        self,
        info: Info,
        by: Annotated[OrderRef, strawberry.argument(description="Its id, or its guest's token.")],
        after: Since = None,
    ) -> AsyncIterator[OrderUpdate]:
        cafe = info.context.cafe
        return live.Told(cafe, following.order(cafe, info.context.actor, by.to_core(), live.number(after)))

    @strawberry.subscription(
        description="The kitchen's work: every order in the queue at once, then every change to any order."
    )
    async def kitchen_queue_updated(self, info: Info, after: Since = None) -> AsyncIterator[OrderUpdate]:
        cafe = info.context.cafe
        return live.Told(cafe, following.kitchen_queue(cafe, info.context.actor, live.number(after)))

    @strawberry.subscription(description="The menu: at once, then whenever anything on it has changed.")
    async def menu_changed(self, info: Info) -> AsyncGenerator[Menu, None]:
        async with aclosing(following.menu(info.context.cafe)) as menus:
            async for now in menus:
                yield menu.of(now)


schema = strawberry.Schema(
    Query,
    Mutation,
    Subscription,
    types=[*events.TYPES, *problems.TYPES],
    config=StrawberryConfig(scalar_map=SCALARS),
)


def core_schema() -> GraphQLSchema:
    """Give the schema as graphql-core knows it, to run operations on."""
    return schema._schema
