"""Mutation: everything that can be done."""

from datetime import datetime
from typing import Annotated

import strawberry

from cafe_graphql.core.errors import Rejected
from cafe_graphql.core.permissions import Act
from cafe_graphql.schema import ids, orders, problems, stock
from cafe_graphql.schema.access import told
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.enums import CancelReason, Scope, Status
from cafe_graphql.schema.menu_editing import MenuItemInput, MenuItemPayload
from cafe_graphql.schema.orders import Order, OrderPayload, OrderRef
from cafe_graphql.schema.payments import PaymentInput
from cafe_graphql.schema.people import ApiKey, ApiKeyPayload, SessionPayload
from cafe_graphql.schema.problems import Problem, Warning
from cafe_graphql.schema.quotes import OrderInput, Quote
from cafe_graphql.schema.stock import IngredientPayload, PantryChangeInput
from cafe_graphql.services import cooking, item_editing, key_cutting, ordering, paying, refunding, signing_in


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
            str | None,
            strawberry.argument(
                description="New for each order and hard to guess, such as a UUID: who repeats it with the same input"
                " is given the order. At most 255 characters."
            ),
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
        description=told(
            "Pays for an order, all of it or a part: by card whoever may, in cash staff with the scope `PAYMENTS`. When"
            " the card terminal does not answer, the payment stays `PENDING` until it is known. Repeated with the same"
            " `idempotencyKey` it charges nobody again.",
            Act.PAY_ORDERS,
            by_token=True,
        )
    )
    async def pay_order(
        self,
        info: Info,
        by: Annotated[OrderRef, strawberry.argument(description="Its id, or its guest's token.")],
        input: Annotated[PaymentInput, strawberry.argument(description="How, and how much.")],
        idempotency_key: Annotated[
            str | None,
            strawberry.argument(description="New for each payment, such as a UUID. At most 255 characters."),
        ] = None,
    ) -> OrderPayload | None:
        ref = by.to_core()
        act = paying.pay(info.context.cafe, info.context.actor, ref, input.to_core(), idempotency_key)
        return await orders.changed(info, act, is_held=ref.is_held)

    @strawberry.mutation(
        description=told(
            "Gives back what was paid for an order, the way that it came, the newest payments first. Cash of an order"
            " that was cancelled is handed back so.",
            Act.TAKE_PAYMENTS,
        )
    )
    async def refund_order(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The order's `id`.")],
        amount_minor_units: Annotated[
            int | None, strawberry.argument(description="How much, in minor units; all that is left when omitted.")
        ] = None,
        reason: Annotated[str | None, strawberry.argument(description="What for, at most 500 characters.")] = None,
        idempotency_key: Annotated[
            str | None,
            strawberry.argument(description="New for each refund, such as a UUID. At most 255 characters."),
        ] = None,
    ) -> OrderPayload | None:
        context, public_id = info.context, ids.key_of("Order", id)
        act = refunding.refund(context.cafe, context.actor, public_id, amount_minor_units, reason, idempotency_key)
        return await orders.changed(info, act)

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

    @strawberry.mutation(
        description=told(
            "Changes what is said of an item, and nothing else of it; one that is not there yet is added to the end of"
            " the menu, and needs at least `name`, `category` and `priceMinorUnits`. All of it or nothing.",
            Act.WRITE_MENU,
        )
    )
    async def upsert_menu_item(
        self,
        info: Info,
        slug: Annotated[
            str, strawberry.argument(description="The item's handle: small letters and digits, joined by `-`.")
        ],
        input: Annotated[MenuItemInput, strawberry.argument(description="What it is to be from now on.")],
    ) -> MenuItemPayload | None:
        context = info.context
        act = item_editing.upsert(context.cafe, context.actor, slug, input.to_core())
        return await MenuItemPayload.after(info, act, slug)

    @strawberry.mutation(description=told("Says that an item is sold out, or to be had again.", Act.WRITE_MENU))
    async def set_item_availability(
        self,
        info: Info,
        slug: Annotated[str, strawberry.argument(description="The item's slug. `latte`.")],
        available: Annotated[bool, strawberry.argument(description="False: it is sold out.")],
    ) -> MenuItemPayload | None:
        context = info.context
        act = item_editing.set_availability(context.cafe, context.actor, slug, available)
        return await MenuItemPayload.after(info, act, slug)

    @strawberry.mutation(
        description=told(
            "Says that an ingredient came in, went out or was counted. What can no longer be made of it is shown as"
            " unavailable at once, and to be had again as soon as there is enough.",
            Act.KEEP_PANTRY,
        )
    )
    async def adjust_pantry(
        self,
        info: Info,
        ingredient: Annotated[str, strawberry.argument(description="The ingredient's slug. `oat-milk`.")],
        change: Annotated[PantryChangeInput, strawberry.argument(description="How much, in the ingredient's unit.")],
        note: Annotated[
            str | None, strawberry.argument(description="Why, for the pantry's ledger, at most 500 characters.")
        ] = None,
    ) -> IngredientPayload | None:
        return await stock.adjust(info, ingredient, change, note)

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
        description=told("Signs somebody in for an hour. Ten wrong passwords close an account for some minutes.", None)
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
