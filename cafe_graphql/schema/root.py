"""The roots: everything that can be asked (Query) and done (Mutation)."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from cafe_graphql.core.errors import Rejected
from cafe_graphql.core.permissions import Act, in_words
from cafe_graphql.schema import events, ids, live, menu, order_book, orders, people, problems
from cafe_graphql.schema.access import EVERYBODY, told
from cafe_graphql.schema.cafe import Cafe
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.enums import CancelReason, Scope, Sort, Status
from cafe_graphql.schema.ids import Node
from cafe_graphql.schema.live import OrderUpdate, Since
from cafe_graphql.schema.menu import Menu, MenuFilter, MenuItem
from cafe_graphql.schema.order_book import OrderConnection, OrderFilter
from cafe_graphql.schema.orders import Order, OrderPayload, OrderRef
from cafe_graphql.schema.paging import After, First
from cafe_graphql.schema.people import ApiKey, ApiKeyPayload, SessionPayload, Viewer
from cafe_graphql.schema.problems import Problem, Warning
from cafe_graphql.schema.quotes import OrderInput, Quote
from cafe_graphql.schema.scalars import SCALARS
from cafe_graphql.services import cooking, following, key_cutting, ordering, signing_in


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
    @strawberry.field(description=told("The café itself.", None))
    def cafe(self, info: Info) -> Cafe:
        return Cafe.now(info)

    @strawberry.field(description=told("The menu, or the part of it that meets the filter.", None))
    def menu(
        self,
        info: Info,
        filter: Annotated[MenuFilter | None, strawberry.argument(description="Omitted: all of it.")] = None,
    ) -> Menu:
        return menu.filtered(info.context.menu, filter.to_core()) if filter else info.context.menu

    @strawberry.field(description=told("One item of the menu; null when there is none of this slug.", None))
    def menu_item(
        self, info: Info, slug: Annotated[str, strawberry.argument(description="`latte`.")]
    ) -> MenuItem | None:
        return info.context.menu.on_offer(slug)

    @strawberry.field(description=told("What an order would cost now, and all that would stop it.", None))
    def quote(
        self, info: Info, input: Annotated[OrderInput, strawberry.argument(description="The order to price.")]
    ) -> Quote:
        return Quote.of(ordering.quote(info.context.cafe, input.to_core()), info.context.menu)

    @strawberry.field(
        description=told("One order; null when there is none that you may see.", Act.READ_ORDERS, by_token=True)
    )
    async def order(
        self, info: Info, by: Annotated[OrderRef, strawberry.argument(description="Its id, or its guest's token.")]
    ) -> Order | None:
        context, ref = info.context, by.to_core()
        found = await ordering.find(context.cafe, context.actor, ref)
        return Order.of(found, context.menu, context.actor, is_held=ref.is_held) if found else None

    @strawberry.field(description=told("The order book, a page at a time.", Act.READ_ORDERS))
    async def orders(
        self,
        info: Info,
        filter: Annotated[OrderFilter | None, strawberry.argument(description="Omitted: all orders.")] = None,
        sort: Annotated[Sort, strawberry.argument(description="Which come first.")] = Sort.PLACED_AT_DESC,
        first: First = 20,
        after: After = None,
    ) -> OrderConnection | None:
        return await order_book.page(info, filter, sort, first, after)

    @strawberry.field(
        description=f"Anything by its id; null when there is no such thing that you may see. {EVERYBODY} For orders and"
        f" customers: {in_words(Act.READ_ORDERS)} For keys: {in_words(Act.CUT_KEYS)}"
    )
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="As an `id` field gave it.")]
    ) -> Node | None:
        kind, key = ids.decode(id)
        if kind in ("Order", "OrderLine"):
            return await orders.node(info, kind, key)
        if kind in ("Customer", "ApiKey"):
            return await people.node(info, kind, key)
        return info.context.menu.node(id)

    @strawberry.field(
        description=told("What the kitchen has to make, the oldest promise first; at most 200.", Act.WORK_IN_KITCHEN)
    )
    async def kitchen_queue(self, info: Info) -> list[Order] | None:
        context = info.context
        queue = await cooking.queue(context.cafe, context.actor)
        return [Order.of(order, context.menu, context.actor) for order in queue]

    @strawberry.field(description=told("Who is calling, and what they may do.", None))
    def viewer(self, info: Info) -> Viewer:
        return Viewer.of(info.context.actor)


@strawberry.type(description="What can be done.")
class Mutation:
    @strawberry.mutation(
        description=told(
            "Places an order, at once and for good: when it is answered, it is on disk. Repeated with the same"
            " `idempotencyKey` it gives the same order, so a script that got no answer can safely try again.",
            Act.PLACE_ORDERS,
        )
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
            order=Order.of(placed.order, context.menu, context.actor, is_held=True),
            tracking_token=placed.order.tracking_token,
            replayed=placed.replayed,
            warnings=[Warning.of(warning) for warning in placed.warnings],
        )

    @strawberry.mutation(
        description=told(
            "Calls an order off, as long as nobody has begun to make it.", Act.CANCEL_ORDERS, by_token=True
        )
    )
    async def cancel_order(
        self,
        info: Info,
        by: Annotated[OrderRef, strawberry.argument(description="Its id, or its guest's token.")],
        reason: Annotated[CancelReason, strawberry.argument(description="Why.")] = CancelReason.CUSTOMER_REQUEST,
        note: Annotated[
            str | None, strawberry.argument(description="What else to say, at most 500 characters.")
        ] = None,
    ) -> OrderPayload | None:
        ref = by.to_core()
        act = ordering.cancel(info.context.cafe, info.context.actor, ref, reason, note)
        return await orders.changed(info, act, is_held=ref.is_held)

    @strawberry.mutation(
        description=told("Moves an order on in its life: see its `nextStatuses`.", Act.WORK_IN_KITCHEN)
    )
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

    @strawberry.mutation(
        description=told("Ticks a line of an order off as made, or takes the tick back.", Act.WORK_IN_KITCHEN)
    )
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

    @strawberry.mutation(description=told("Opens an account for a customer, and signs them in.", None))
    async def sign_up(
        self,
        info: Info,
        email: Annotated[str, strawberry.argument(description="`ada@example.com`.")],
        password: Annotated[str, strawberry.argument(description="From 8 to 256 characters.")],
        name: Annotated[str, strawberry.argument(description="The name to call out, at most 80 characters.")],
    ) -> SessionPayload | None:
        try:
            return SessionPayload.of(await signing_in.sign_up(info.context.cafe, email, password, name))
        except Rejected as refusal:
            return SessionPayload.refused(refusal)

    @strawberry.mutation(
        description=told("Signs somebody in for an hour. Ten wrong passwords close an account for five minutes.", None)
    )
    async def sign_in(
        self,
        info: Info,
        email: Annotated[str, strawberry.argument(description="The address that they signed up with.")],
        password: Annotated[str, strawberry.argument(description="Their password.")],
    ) -> SessionPayload | None:
        try:
            return SessionPayload.of(await signing_in.sign_in(info.context.cafe, email, password))
        except Rejected as refusal:
            return SessionPayload.refused(refusal)

    @strawberry.mutation(description=told("Makes a key for a program; it opens no more than you may do.", Act.CUT_KEYS))
    async def create_api_key(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="What it is for, at most 80 characters. `till`.")],
        scopes: Annotated[list[Scope], strawberry.argument(description="What it opens.")],
        expires_at: Annotated[
            datetime | None, strawberry.argument(description="When it ceases to; omitted: never.")
        ] = None,
    ) -> ApiKeyPayload | None:
        try:
            made = await key_cutting.cut(info.context.cafe, info.context.actor, name, scopes, expires_at)
        except Rejected as refusal:
            return ApiKeyPayload.refused(refusal)
        return ApiKeyPayload(api_key=ApiKey.of(made.key), secret=made.secret)

    @strawberry.mutation(description=told("Revokes a key: from now on it opens nothing.", Act.CUT_KEYS))
    async def revoke_api_key(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The key's `id`.")]
    ) -> ApiKeyPayload | None:
        public_id = ids.key_of("ApiKey", id)
        try:
            return ApiKeyPayload(
                api_key=ApiKey.of(await key_cutting.revoke(info.context.cafe, info.context.actor, public_id))
            )
        except Rejected as refusal:
            return ApiKeyPayload.refused(refusal)


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
        return live.Told(cafe, followed, viewer, None if ref.is_held else Act.READ_ORDERS)

    @strawberry.subscription(
        description=told(
            "The kitchen's work: every order in the queue at once, then every change to any order.",
            Act.WORK_IN_KITCHEN,
        )
    )
    async def kitchen_queue_updated(self, info: Info, after: Since = None) -> AsyncIterator[OrderUpdate]:
        cafe, viewer = info.context.cafe, info.context.actor
        followed = following.kitchen_queue(cafe, viewer, live.number(after))
        return live.Told(cafe, followed, viewer, Act.WORK_IN_KITCHEN)

    @strawberry.subscription(description=told("The menu: at once, then whenever anything on it has changed.", None))
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
