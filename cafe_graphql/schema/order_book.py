"""The order book as callers read it: by pages, and what to ask it for."""

from dataclasses import replace
from datetime import datetime

import strawberry

from cafe_graphql.core.orders import Filter
from cafe_graphql.schema import ids
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.enums import Sort, Status
from cafe_graphql.schema.menu import Menu
from cafe_graphql.schema.orders import Order
from cafe_graphql.schema.paging import MAX_PAGE, PageInfo
from cafe_graphql.schema.refusals import bad_input
from cafe_graphql.services import ordering
from cafe_graphql.store import order_pages


@strawberry.type(description="An order and its place in the list.")
class OrderEdge:
    cursor: str = strawberry.field(description="Marks the place: give it back as `after`.")
    node: Order = strawberry.field(description="The order.")


@strawberry.type(description="A page of the order book.")
class OrderConnection:
    nodes: list[Order] = strawberry.field(description="The orders of this page.")
    wanted: strawberry.Private[Filter]
    sort: strawberry.Private[Sort]
    is_first: strawberry.Private[bool]
    is_last: strawberry.Private[bool]

    @strawberry.field(description="Where this page lies.")
    def page_info(self) -> PageInfo:
        return PageInfo(
            has_next_page=not self.is_last,
            has_previous_page=not self.is_first,
            start_cursor=ids.cursor(self.nodes[0].source, self.sort) if self.nodes else None,
            end_cursor=ids.cursor(self.nodes[-1].source, self.sort) if self.nodes else None,
        )

    @strawberry.field(description="The same with their cursors.")
    def edges(self) -> list[OrderEdge]:
        return [OrderEdge(cursor=ids.cursor(order.source, self.sort), node=order) for order in self.nodes]

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

    def to_core(self, menu: Menu) -> Filter:
        return Filter(
            statuses=None if self.status is None else tuple(dict.fromkeys(self.status)),
            placed_after=self.placed_after,
            placed_before=self.placed_before,
            updated_after=self.updated_after,
            item_id=None if self.item is None else _item_id(menu, self.item),
            number=self.number,
        )


EVERYTHING = Filter()


async def page(
    info: Info, wanted: OrderFilter | None, sort: Sort, first: int, after: str | None, whose: int | None = None
) -> OrderConnection:
    """Read a page of what the caller may read of the order book; `whose`: of one customer's orders."""
    if not 1 <= first <= MAX_PAGE:
        raise bad_input(f"`first` must be from 1 to {MAX_PAGE}, not {first}.")
    criteria = wanted.to_core(info.context.menu) if wanted else EVERYTHING
    if whose is not None:
        criteria = replace(criteria, customer_id=whose)
    criteria = ordering.readable(info.context.actor, criteria)
    place = None if after is None else ids.place_of(after, sort)
    context = info.context
    read = context.cafe.store.read if order_pages.is_bounded(criteria, sort) else context.cafe.store.read_long
    found = await read(order_pages.page, criteria, sort, place, first + 1)
    menu, viewer = context.menu, context.actor
    return OrderConnection(
        nodes=[Order.of(order, menu, viewer) for order in found[:first]],
        wanted=criteria,
        sort=sort,
        is_first=after is None,
        is_last=len(found) <= first,
    )


def _item_id(menu: Menu, slug: str) -> int:
    item = menu.source.by_slug.get(slug)
    if item is None:
        raise bad_input(f"There is no item “{slug[:64]}”: `filter.item` takes the `slug` of a menu item.")
    return item.id
