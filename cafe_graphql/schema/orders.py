"""Orders as callers see them: one order, the order book by pages, and what to ask it for."""

from collections.abc import Awaitable, Hashable, Iterable
from datetime import datetime
from functools import cached_property

import strawberry

from cafe_graphql.core import orders, permissions
from cafe_graphql.core import problems as core_problems
from cafe_graphql.core.people import Actor
from cafe_graphql.core.permissions import Act
from cafe_graphql.schema import ids, payments, people, problems
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.enums import Allergen, PaymentStatus, ReceiptKind, Status
from cafe_graphql.schema.events import OrderEvent
from cafe_graphql.schema.events import of as event_of
from cafe_graphql.schema.ids import Node
from cafe_graphql.schema.menu import Menu, MenuItem, in_order
from cafe_graphql.schema.money import Money
from cafe_graphql.schema.payments import Payment
from cafe_graphql.schema.people import Customer
from cafe_graphql.schema.problems import Problem
from cafe_graphql.schema.quotes import LineChoice, Quote, Totals
from cafe_graphql.schema.receipts import Receipt
from cafe_graphql.services import ordering
from cafe_graphql.services.ordering import Ref
from cafe_graphql.store import events, kitchen

MAX_SAID = 2_000
"""Orders whose words are kept, of about 5 KiB each."""

_SAID: dict[Hashable, "Order"] = {}


@strawberry.type(description="A line as sold: later changes of the menu never change it.")
class OrderLine(Node):
    name: str = strawberry.field(description="The item's name when it was sold.")
    item: MenuItem | None = strawberry.field(description="The item as it is on the menu today.")
    quantity: int = strawberry.field(description="How many of it.")
    choices: list[LineChoice] = strawberry.field(description="How it is built, defaults included.")
    note: str | None = strawberry.field(description="For whoever makes it.")
    allergens: list[Allergen] = strawberry.field(description="Of the item as configured, when it was sold.")
    unit_price: Money = strawberry.field(description="For one, with its options, as sold.")
    total: Money = strawberry.field(description="For all of them, as sold, before money off and added tax.")
    discount: Money = strawberry.field(description="What was taken off it: its part of the order's money off.")
    tax: Money = strawberry.field(description="Its part of the order's tax.")
    is_done: bool = strawberry.field(description="Whether the kitchen has made it.")

    @classmethod
    def of(cls, order: orders.Order, index: int, menu: Menu) -> "OrderLine":
        line, currency = order.lines[index], order.totals.currency
        return cls(
            id=ids.line_id(order, index),
            name=line.name,
            item=menu.item(line.item_id),
            quantity=line.quantity,
            choices=[LineChoice.of(chosen, currency) for chosen in line.choices],
            note=line.note,
            allergens=in_order(line.allergens),
            unit_price=Money(minor_units=line.unit_price, currency=currency),
            total=Money(minor_units=line.total, currency=currency),
            discount=Money(minor_units=line.discount, currency=currency),
            tax=Money(minor_units=line.tax, currency=currency),
            is_done=line.is_done,
        )


@strawberry.type(description="A placed order.")
class Order(Node):
    number: str = strawberry.field(description="Short, for the counter; restarts daily. `A-042`.")
    status: Status = strawberry.field(description="Where it stands.")
    payment_status: PaymentStatus = strawberry.field(description="How much of it has been paid.")
    version: int = strawberry.field(description="Grows with every change; give it back as `expectedVersion`.")
    totals: Totals = strawberry.field(description="What it comes to, as sold.")
    amount_due: Money = strawberry.field(
        description="What is still to be paid, less what cards are being asked for; nothing once it is cancelled."
    )
    amount_to_return: Money = strawberry.field(
        description="What is still to be given back: all that was paid, once it is cancelled; cash waits at the till."
    )
    loyalty_points_earned: int = strawberry.field(
        description="Points that it has earned its customer so far: as it is paid, less what was given back."
    )
    customer_name: str | None = strawberry.field(description="The name to call out.")
    note: str | None = strawberry.field(description="For the café.")
    placed_at: datetime = strawberry.field(description="When it was placed.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
    pickup_at: datetime | None = strawberry.field(description="When the guest will come; null: as soon as possible.")
    estimated_ready_at: datetime | None = strawberry.field(description="When it should be ready.")
    viewer_can_cancel: bool = strawberry.field(description="Whether `cancelOrder` would work now.")
    viewer_cannot_cancel_reason: str | None = strawberry.field(description="Why it would not; null when it would.")
    next_statuses: list[Status] = strawberry.field(
        description="Where you may move it from here; empty without the scope `KITCHEN`."
    )
    source: strawberry.Private[orders.Order]
    menu: strawberry.Private[Menu]

    @strawberry.field(description="What was ordered, as sold.")
    def lines(self) -> list[OrderLine]:
        return self._lines

    @cached_property
    def _lines(self) -> list[OrderLine]:
        """The lines, put into words when they are first asked for: who places an order seldom reads them back."""
        return [OrderLine.of(self.source, index, self.menu) for index in range(len(self.source.lines))]

    @strawberry.field(description="Who ordered it while signed in; null for guests, and for who may not know.")
    async def customer(self, info: Info) -> Customer | None:
        return await people.customer_of(info, self.source.customer_id)

    @strawberry.field(description="All that happened to it, oldest first.")
    async def events(self, info: Info) -> list[OrderEvent]:
        happened = await info.context.cafe.store.read(events.of_order, self.source.id)
        return [event_of(event, self.source) for event in happened]

    @strawberry.field(description="Its payments that are money or may yet be, oldest first: not those that failed.")
    async def payments(self, info: Info) -> list[Payment]:
        return await payments.of_order(info, self.source)

    @strawberry.field(description="The receipt for it; null until it is wholly paid.")
    async def receipt(self, info: Info) -> Receipt | None:
        issued = await info.context.receipts.load(self.source.id)
        return next((Receipt.of(each) for each in issued if each.kind is ReceiptKind.SALE), None)

    @strawberry.field(description="Every receipt for it, oldest first: of the sale, and of each refund.")
    async def receipts(self, info: Info) -> list[Receipt]:
        return [Receipt.of(each) for each in await info.context.receipts.load(self.source.id)]

    @strawberry.field(description="Its place in the kitchen's queue, from 1; null when it is not in it.")
    async def queue_position(self, info: Info) -> int | None:
        return await info.context.cafe.store.read(kitchen.position, self.source)

    @strawberry.field(description="The same lines against today's menu.")
    def reorder_quote(self, info: Info) -> Quote:
        return Quote.of(ordering.reorder_quote(info.context.cafe, info.context.actor, self.source), info.context.menu)

    @classmethod
    def of(cls, order: orders.Order, menu: Menu, viewer: Actor, *, is_held: bool = False) -> "Order":
        """Put an order into words for one who sees it; `is_held`: they have its token."""
        if is_held:
            return cls._said(order, menu, True, moves_orders(viewer))
        # The book is read far more often than it changes, and the same words do for all who may do the same with it.
        key = (order.public_id, order.version, menu.source, viewer.standing)
        if (said := _SAID.get(key)) is None or said.source is not order:
            may_cancel = ordering.may(viewer, Act.CANCEL_ORDERS, order)
            said = _SAID[key] = cls._said(order, menu, may_cancel, moves_orders(viewer))
            if len(_SAID) > MAX_SAID:
                del _SAID[next(iter(_SAID))]
        return said

    @classmethod
    def _said(cls, order: orders.Order, menu: Menu, may_cancel: bool, may_move: bool) -> "Order":
        why_not = orders.why_not_cancel(order.status) or (None if may_cancel else "You may not call it off.")
        return cls(
            id=ids.encode("Order", order.public_id),
            number=order.number,
            status=order.status,
            payment_status=order.payment_status,
            version=order.version,
            totals=Totals.of(order.totals),
            amount_due=Money(minor_units=order.amount_due, currency=order.totals.currency),
            amount_to_return=Money(minor_units=order.amount_to_return, currency=order.totals.currency),
            loyalty_points_earned=order.points_earned,
            customer_name=order.customer_name,
            note=order.note,
            placed_at=order.placed_at,
            updated_at=order.updated_at,
            pickup_at=order.pickup_at,
            estimated_ready_at=order.estimated_ready_at,
            viewer_can_cancel=why_not is None,
            viewer_cannot_cancel_reason=why_not,
            next_statuses=list(order.next_statuses) if may_move else [],
            source=order,
            menu=menu,
        )


@strawberry.input(one_of=True, description="Which order: one of the two.")
class OrderRef:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="The order's `id`.")
    token: str | None = strawberry.field(
        default=strawberry.UNSET, description="The `trackingToken` that placing it gave: for guests."
    )

    def to_core(self) -> Ref:
        if isinstance(self.token, str):
            return Ref(token=self.token)
        return Ref(public_id=ids.key_of("Order", self.id or ""))


@strawberry.type(description="Success: `problems` is empty. Refusal: nothing was changed.")
class OrderPayload:
    order: Order | None = strawberry.field(description="The order as it is now; null when there is none.")
    problems: list[Problem] = strawberry.field(default_factory=list, description="Everything that stands in the way.")


async def changed(info: Info, act: Awaitable[orders.Order], *, is_held: bool = False) -> OrderPayload:
    """Do something to an order, and say how it stands then or why it cannot be; `is_held`: the caller has its token."""
    try:
        return _payload(info, await act, (), is_held)
    except ordering.NotChanged as refusal:
        return _payload(info, refusal.order, refusal.problems, is_held)


async def node(info: Info, kind: str, key: str) -> Order | OrderLine | Payment | None:
    """Find an order, or one of its lines or payments, by what its id says."""
    public_id, _, index = key.partition("/")
    found = await ordering.find(info.context.cafe, info.context.actor, Ref(public_id=public_id))
    order = Order.of(found, info.context.menu, info.context.actor) if found else None
    if order is None or kind == "Order":
        return order
    if kind == "Payment":
        return await payments.find(info, order.source, index)
    return next((line for line in order._lines if line.id == ids.encode(kind, f"{public_id}/{index}")), None)


def moves_orders(viewer: Actor) -> bool:
    """Whether somebody moves orders on in their life."""
    return permissions.reach(viewer, Act.WORK_IN_KITCHEN) is not None


def _payload(
    info: Info, order: orders.Order | None, found: Iterable[core_problems.Problem], is_held: bool
) -> OrderPayload:
    context = info.context
    return OrderPayload(
        order=None if order is None else Order.of(order, context.menu, context.actor, is_held=is_held),
        problems=[problems.of(each) for each in found],
    )
