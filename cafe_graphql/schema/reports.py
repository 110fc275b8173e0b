"""The day's figures as callers see them."""

from datetime import date

import strawberry

from cafe_graphql.core import money, reports
from cafe_graphql.schema.money import Money
from cafe_graphql.schema.refusals import bad_input


@strawberry.type(description="What was sold of one item.")
class ItemSales:
    item: str = strawberry.field(description="Its slug, which stays when it is renamed or taken off the menu. `latte`.")
    quantity: int = strawberry.field(description="How many of it.")
    revenue: Money = strawberry.field(description="What they came to, with their options, as sold, less money off.")


@strawberry.type(description="What was sold in one hour of the day.")
class HourSales:
    hour: int = strawberry.field(description="The hour that the café's own clocks showed, 0 to 23: 8 is 8:00 to 8:59.")
    orders: int = strawberry.field(description="How many orders were placed in it, on all the days together.")
    revenue: Money = strawberry.field(description="What they came to, without tips and added tax.")


_GIVEN_BACK = (
    "as it was handed out, with tip and tax in it, for orders of any day, those called off too; so it is not taken off"
    " `revenue`."
)


@strawberry.type(description="What was sold on one day, and given back on it.")
class DaySales:
    day: date = strawberry.field(name="date", description="The day, by the café's own calendar.")
    orders: int = strawberry.field(description="How many orders were placed on it.")
    revenue: Money = strawberry.field(description="What they came to, without tips and added tax.")
    refunds: Money = strawberry.field(description=f"What was given back on it, {_GIVEN_BACK}")


@strawberry.type(
    description="What was sold: every order counts but those called off, paid or not, on the day it was placed."
    " The sums by item, by hour and by day are each those of the whole."
)
class SalesReport:
    orders: int = strawberry.field(description="How many orders.")
    items: int = strawberry.field(description="How many items, quantities counted.")
    revenue: Money = strawberry.field(
        description="What the orders came to as sold, less money off, without tips and added tax."
    )
    refunds: Money = strawberry.field(description=f"What was given back on these days, {_GIVEN_BACK}")
    average_order: Money = strawberry.field(
        description="The revenue of one order, rounded to whole minor units, halves up; 0 without orders."
    )
    by_item: list[ItemSales] = strawberry.field(description="Each item that was sold, what sold most first.")
    by_hour: list[HourSales] = strawberry.field(description="Each of the 24 hours of the day, from midnight on.")
    by_day: list[DaySales] = strawberry.field(description="Each day that was asked for, also those without orders.")

    @classmethod
    def of(cls, report: reports.SalesReport) -> "SalesReport":
        if max(report.revenue, report.items, report.refunds) > money.MAX_TOTAL:
            raise bad_input(f"These days come to more than {money.MAX_TOTAL} minor units or items: ask for fewer days.")

        def amount(minor: int) -> Money:
            return Money(minor_units=minor, currency=report.currency)

        return cls(
            orders=report.orders,
            items=report.items,
            revenue=amount(report.revenue),
            refunds=amount(report.refunds),
            average_order=amount(report.average_order),
            by_item=[
                ItemSales(item=item.slug, quantity=item.quantity, revenue=amount(item.revenue))
                for item in report.by_item
            ],
            by_hour=[
                HourSales(hour=hour.hour, orders=hour.orders, revenue=amount(hour.revenue)) for hour in report.by_hour
            ],
            by_day=[
                DaySales(day=day.day, orders=day.orders, revenue=amount(day.revenue), refunds=amount(day.refunds))
                for day in report.by_day
            ],
        )
