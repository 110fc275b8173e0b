"""Orders as callers see them: one order, the order book by pages, and what to ask it for."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated

import strawberry

from cafe_graphql.core import orders
from cafe_graphql.schema import ids, problems
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.enums import Allergen, PaymentStatus, Sort, Status
from cafe_graphql.schema.events import OrderEvent
from cafe_graphql.schema.events import of as event_of
from cafe_graphql.schema.ids import Node
from cafe_graphql.schema.menu import Menu, MenuItem, in_order
from cafe_graphql.schema.money import Money
from cafe_graphql.schema.problems import Problem
from cafe_graphql.schema.quotes import LineChoice, Quote, Totals
from cafe_graphql.schema.refusals import bad_input, spoken
from cafe_graphql.services import ordering
from cafe_graphql.services.ordering import Ref
from cafe_graphql.store import events, kitchen, order_pages

MAX_PAGE = 100


@strawberry.type(description="A line as sold: later changes of the menu never change it.")
class OrderLine(Node):
    name: str = strawberry.field(description="The item's name when it was sold.")
    item: MenuItem | None = strawberry.field(description="The item as it is on the menu today.")
    quantity: int = strawberry.field(description="How many of it.")
    choices: list[LineChoice] = strawberry.field(description="How it is built, defaults included.")
    note: str | None = strawberry.field(description="For whoever makes it.")
    allergens: list[Allergen] = strawberry.field(description="Of the item as configured, when it was sold.")
    unit_price: Money = strawberry.field(description="For one, with its options, as sold.")
    total: Money = strawberry.field(description="For all of them, as sold.")
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
            is_done=line.is_done,
        )


@strawberry.type(description="A placed order.")
class Order(Node):
    number: str = strawberry.field(description="Short, for the counter; restarts daily. `A-042`.")
    status: Status = strawberry.field(description="Where it stands.")
    payment_status: PaymentStatus = strawberry.field(description="How much of it has been paid.")
    version: int = strawberry.field(description="Grows with every change; give it back as `expectedVersion`.")
    lines: list[OrderLine] = strawberry.field(description="What was ordered, as sold.")
    totals: Totals = strawberry.field(description="What it comes to, as sold.")
    amount_due: Money = strawberry.field(description="What is still to be paid; nothing once it is cancelled.")
    customer_name: str | None = strawberry.field(description="The name to call out.")
    note: str | None = strawberry.field(description="For the café.")
    placed_at: datetime = strawberry.field(description="When it was placed.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
    pickup_at: datetime | None = strawberry.field(description="When the guest will come; null: as soon as possible.")
    estimated_ready_at: datetime | None = strawberry.field(description="When it should be ready.")
    viewer_can_cancel: bool = strawberry.field(description="Whether `cancelOrder` would work now.")
    viewer_cannot_cancel_reason: str | None = strawberry.field(description="Why it would not; null when it would.")
    next_statuses: list[Status] = strawberry.field(description="Where it can go from here.")
    source: strawberry.Private[orders.Order]

    @strawberry.field(description="All that happened to it, oldest first.")
    async def events(self, info: Info) -> list[OrderEvent]:
        happened = await info.context.cafe.store.read(events.of_order, self.source.id)
        return [event_of(event, self.source) for event in happened]

    @strawberry.field(description="Its place in the kitchen's queue, from 1; null when it is not in it.")
    async def queue_position(self, info: Info) -> int | None:
        return await info.context.cafe.store.read(kitchen.position, self.source)

    @strawberry.field(description="The same lines against today's menu.")
    def reorder_quote(self, info: Info) -> Quote:
        return Quote.of(ordering.reorder_quote(info.context.cafe, info.context.actor, self.source), info.context.menu)

    @classmethod
    def of(cls, order: orders.Order, menu: Menu) -> "Order":
        why_not = orders.why_not_cancel(order.status)
        return cls(
            id=ids.encode("Order", order.public_id),
            number=order.number,
            status=order.status,
            payment_status=PaymentStatus.UNPAID,
            version=order.version,
            lines=[OrderLine.of(order, index, menu) for index in range(len(order.lines))],
            totals=Totals.of(order.totals),
            amount_due=Money(minor_units=order.amount_due, currency=order.totals.currency),
            customer_name=order.customer_name,
            note=order.note,
            placed_at=order.placed_at,
            updated_at=order.updated_at,
            pickup_at=order.pickup_at,
            estimated_ready_at=order.estimated_ready_at,
            viewer_can_cancel=why_not is None,
            viewer_cannot_cancel_reason=why_not,
            next_statuses=list(orders.NEXT[order.status]),
            source=order,
        )


@strawberry.type(description="Where a page lies, by the Relay cursor connections specification.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(description="Whether there are any before.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last: give it back as `after`.")


@strawberry.type(description="An order and its place in the list.")
class OrderEdge:
    cursor: str = strawberry.field(description="Marks the place: give it back as `after`.")
    node: Order = strawberry.field(description="The order.")


@strawberry.type(description="A page of the order book.")
class OrderConnection:
    nodes: list[Order] = strawberry.field(description="The orders of this page.")
    edges: list[OrderEdge] = strawberry.field(description="The same with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where this page lies.")
    wanted: strawberry.Private[orders.Filter]

    @strawberry.field(description="How many there are in all; looks at each of them, so ask only when you need it.")
    async def total_count(self, info: Info) -> int:
        return await info.context.cafe.store.read_long(order_pages.count, self.wanted)


@strawberry.input(description="Which orders to read; an order must meet all that is given.")
class OrderFilter:
    status: list[Status] | None = strawberry.field(default=None, description="One of these.")
    placed_after: datetime | None = strawberry.field(default=None, description="Placed later than this.")
    placed_before: datetime | None = strawberry.field(default=None, description="Placed earlier than this.")
    updated_after: datetime | None = strawberry.field(default=None, description="Changed later than this.")
    item: str | None = strawberry.field(default=None, description="With a line of the item with this slug. `latte`.")
    number: str | None = strawberry.field(default=None, description="With this number, of any day. `A-042`.")

    def to_core(self, menu: Menu) -> orders.Filter:
        return orders.Filter(
            statuses=None if self.status is None else tuple(dict.fromkeys(self.status)),
            placed_after=self.placed_after,
            placed_before=self.placed_before,
            updated_after=self.updated_after,
            item_id=None if self.item is None else _item_id(menu, self.item),
            number=self.number,
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


First = Annotated[int, strawberry.argument(description="How many at most, from 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="The `endCursor` of the page before.")]


async def changed(info: Info, act: Awaitable[orders.Order]) -> OrderPayload:
    """Do something to an order, and say how it stands then or why it cannot be."""
    try:
        with spoken():
            return OrderPayload(order=Order.of(await act, info.context.menu))
    except ordering.NotChanged as refusal:
        return OrderPayload(
            order=Order.of(refusal.order, info.context.menu) if refusal.order else None,
            problems=[problems.of(problem) for problem in refusal.problems],
        )


async def page(info: Info, wanted: OrderFilter | None, sort: Sort, first: int, after: str | None) -> OrderConnection:
    """Read a page of the order book."""
    if not 1 <= first <= MAX_PAGE:
        raise bad_input(f"`first` must be from 1 to {MAX_PAGE}, not {first}.")
    criteria = wanted.to_core(info.context.menu) if wanted else orders.Filter()
    place = None if after is None else ids.place_of(after, sort)
    store = info.context.cafe.store
    read = store.read if order_pages.is_bounded(criteria, sort) else store.read_long
    found = await read(order_pages.page, criteria, sort, place, first + 1)
    return _connection(found[:first], sort, criteria, info.context.menu, more=len(found) > first, after=after)


async def node(info: Info, kind: str, key: str) -> Order | OrderLine | None:
    """Find an order, or one of its lines, by what its id says."""
    public_id, _, index = key.partition("/")
    found = await ordering.find(info.context.cafe, info.context.actor, Ref(public_id=public_id))
    order = Order.of(found, info.context.menu) if found else None
    if order is None or kind == "Order":
        return order
    return next((line for line in order.lines if line.id == ids.encode(kind, f"{public_id}/{index}")), None)


def _connection(
    found: list[orders.Order], sort: Sort, wanted: orders.Filter, menu: Menu, *, more: bool, after: str | None
) -> OrderConnection:
    edges = [OrderEdge(cursor=ids.cursor(order, sort), node=Order.of(order, menu)) for order in found]
    return OrderConnection(
        nodes=[edge.node for edge in edges],
        edges=edges,
        page_info=PageInfo(
            has_next_page=more,
            has_previous_page=after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        wanted=wanted,
    )


def _item_id(menu: Menu, slug: str) -> int:
    item = menu.source.by_slug.get(slug)
    if item is None:
        raise bad_input(f"There is no item “{slug[:64]}”: `filter.item` takes the `slug` of a menu item.")
    return item.id
