"""Query: everything that can be asked."""

from datetime import date
from typing import Annotated

import strawberry

from cafe_graphql.core.permissions import Act, in_words
from cafe_graphql.schema import ids, menu, order_book, orders, people, stock
from cafe_graphql.schema.access import EVERYBODY, told
from cafe_graphql.schema.cafe import Cafe
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.enums import Sort
from cafe_graphql.schema.ids import Node
from cafe_graphql.schema.menu import Menu, MenuFilter, MenuItem
from cafe_graphql.schema.order_book import OrderConnection, OrderFilter
from cafe_graphql.schema.orders import Order, OrderRef
from cafe_graphql.schema.paging import After, First
from cafe_graphql.schema.people import Viewer
from cafe_graphql.schema.quotes import OrderInput, Quote
from cafe_graphql.schema.reports import SalesReport
from cafe_graphql.schema.stock import Ingredient
from cafe_graphql.services import cooking, ordering, reporting


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
        return Quote.of(ordering.quote(info.context.cafe, info.context.actor, input.to_core()), info.context.menu)

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
        f" For ingredients: {in_words(Act.KEEP_PANTRY)}"
    )
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="As an `id` field gave it.")]
    ) -> Node | None:
        kind, key = ids.decode(id)
        if kind in ("Order", "OrderLine", "Payment"):
            return await orders.node(info, kind, key)
        if kind in ("Customer", "ApiKey"):
            return await people.node(info, kind, key)
        if kind == "Ingredient":
            return await stock.node(info, key)
        return info.context.menu.node(id)

    @strawberry.field(
        description=told("What the kitchen has to make, the oldest promise first; at most 200.", Act.WORK_IN_KITCHEN)
    )
    async def kitchen_queue(self, info: Info) -> list[Order] | None:
        context = info.context
        queue = await cooking.queue(context.cafe, context.actor)
        return [Order.of(order, context.menu, context.actor) for order in queue]

    @strawberry.field(description=told("What the café has of its ingredients.", Act.KEEP_PANTRY))
    async def pantry(self, info: Info, low_only: stock.Low = False) -> list[Ingredient] | None:
        return await stock.pantry(info, low_only)

    @strawberry.field(description=told("Who is calling, and what they may do.", None))
    def viewer(self, info: Info) -> Viewer:
        return Viewer.of(info.context.actor)

    @strawberry.field(description=told("The figures of some days, a year at most.", Act.READ_REPORTS))
    async def sales_report(
        self,
        info: Info,
        from_: Annotated[date, strawberry.argument(name="from", description="The first day.")],
        to: Annotated[date, strawberry.argument(description="The last day, which counts too; of one day, the same.")],
    ) -> SalesReport | None:
        context = info.context
        return SalesReport.of(await reporting.sales(context.cafe, context.actor, from_, to))
