"""Quotes as callers see them, and the input that a quote and an order have in common."""

from datetime import datetime
from decimal import Decimal

import strawberry

from cafe_graphql.core import drafts, taxes
from cafe_graphql.schema import problems
from cafe_graphql.schema.enums import AdjustmentKind, Allergen
from cafe_graphql.schema.menu import Menu, MenuItem, in_order
from cafe_graphql.schema.money import Money
from cafe_graphql.schema.problems import Problem, Warning


@strawberry.type(description="An option of a line, named as sold.")
class LineChoice:
    group_slug: str = strawberry.field(description="`milk`.")
    group_name: str = strawberry.field(description="`Milk`.")
    option_slug: str = strawberry.field(description="`oat`.")
    option_name: str = strawberry.field(description="`Oat milk`.")
    quantity: int = strawberry.field(description="How many of it one unit of the line has.")
    price: Money = strawberry.field(description="What it adds to the unit price, its quantity counted in.")

    @classmethod
    def of(cls, chosen: drafts.Chosen, currency: str) -> "LineChoice":
        return cls(
            group_slug=chosen.group_slug,
            group_name=chosen.group_name,
            option_slug=chosen.option_slug,
            option_name=chosen.option_name,
            quantity=chosen.quantity,
            price=Money(minor_units=chosen.price, currency=currency),
        )


@strawberry.type(description="Something between the subtotal and the total.")
class Adjustment:
    kind: AdjustmentKind = strawberry.field(description="What kind of thing it is.")
    label: str = strawberry.field(description="For people to read. `Tip 15 %`.")
    amount: Money = strawberry.field(description="What it adds to the total; a discount is negative.")
    line_index: int | None = strawberry.field(
        description="Which of the order's lines it belongs to, from 0; null: the whole order."
    )


@strawberry.type(description="What an order has of one tax rate, rounded once.")
class Tax:
    name: str = strawberry.field(description="What it is called. `Sales tax`.")
    percent: Decimal = strawberry.field(description='Its rate. `"8.875"` is 8.875 %.')
    is_included: bool = strawberry.field(
        description="True when prices have it in them already, false when it is added."
    )
    net: Money = strawberry.field(description="What it is the tax of: what was sold at this rate, without the tax.")
    amount: Money = strawberry.field(description="The tax.")

    @classmethod
    def of(cls, tax: taxes.Tax, currency: str) -> "Tax":
        return cls(
            name=tax.name,
            percent=tax.percent,
            is_included=tax.is_included,
            net=Money(minor_units=tax.net, currency=currency),
            amount=Money(minor_units=tax.amount, currency=currency),
        )


@strawberry.type(description="The arithmetic of an order: subtotal + Σ adjustments = total, to the cent, always.")
class Totals:
    subtotal: Money = strawberry.field(description="The sum of the lines.")
    adjustments: list[Adjustment] = strawberry.field(description="All that stands between subtotal and total.")
    tax: Money = strawberry.field(description="The tax in the total, whether added to the prices or in them.")
    tax_is_included: bool = strawberry.field(description="True when the prices include all their tax.")
    taxes: list[Tax] = strawberry.field(description="The same tax by rate, the highest first.")
    tip: Money = strawberry.field(description="The tip in the total.")
    total: Money = strawberry.field(description="What is to be paid.")

    @classmethod
    def of(cls, totals: drafts.Totals) -> "Totals":
        def money(minor: int) -> Money:
            return Money(minor_units=minor, currency=totals.currency)

        return cls(
            subtotal=money(totals.subtotal),
            adjustments=[
                Adjustment(kind=a.kind, label=a.label, amount=money(a.amount), line_index=a.line_index)
                for a in totals.adjustments
            ],
            tax=money(totals.tax),
            tax_is_included=totals.tax_is_included,
            taxes=[Tax.of(tax, totals.currency) for tax in totals.taxes],
            tip=money(totals.tip),
            total=money(totals.total),
        )


@strawberry.type(description="A line worked out: defaults filled in and priced.")
class QuoteLine:
    index: int = strawberry.field(description="Which of `OrderInput.lines` it is, from 0.")
    item: MenuItem | None = strawberry.field(description="The item as it is on the menu.")
    quantity: int = strawberry.field(description="How many of it.")
    choices: list[LineChoice] = strawberry.field(description="The whole build, defaults included.")
    allergens: list[Allergen] = strawberry.field(description="Of the item as configured.")
    calories: int | None = strawberry.field(description="Kilocalories of one as configured; null when unknown.")
    unit_price: Money = strawberry.field(description="For one, with its options.")
    total: Money = strawberry.field(description="For all of them, before money off and added tax.")
    discount: Money = strawberry.field(description="What is taken off it: its part of the order's money off.")
    tax: Money = strawberry.field(description="Its part of the order's tax.")

    @classmethod
    def of(cls, build: drafts.Build, menu: Menu, currency: str) -> "QuoteLine":
        return cls(
            index=build.index,
            item=menu.by_slug.get(build.item.slug),
            quantity=build.quantity,
            choices=[LineChoice.of(chosen, currency) for chosen in build.choices],
            allergens=in_order(build.allergens),
            calories=build.calories,
            unit_price=Money(minor_units=build.unit_price, currency=currency),
            total=Money(minor_units=build.total, currency=currency),
            discount=Money(minor_units=build.discount, currency=currency),
            tax=Money(minor_units=build.tax, currency=currency),
        )


@strawberry.type(
    description="What an order would cost: a pure calculation, nothing is stored or reserved. What could be priced is."
)
class Quote:
    lines: list[QuoteLine] = strawberry.field(description="The lines that could be priced.")
    totals: Totals = strawberry.field(description="What those lines come to.")
    estimated_ready_at: datetime | None = strawberry.field(
        description="When it could be handed over, if it were placed now; null when nothing could be priced."
    )
    loyalty_points_earned: int = strawberry.field(
        description="Points that a customer earns by paying for it; 0 for guests and staff, or where there are none."
    )
    problems: list[Problem] = strawberry.field(description="Everything that would stop this order, all at once.")
    warnings: list[Warning] = strawberry.field(description="Worth knowing; stops nothing.")

    @classmethod
    def of(cls, quote: drafts.Quote, menu: Menu) -> "Quote":
        return cls(
            lines=[QuoteLine.of(line, menu, quote.totals.currency) for line in quote.lines],
            totals=Totals.of(quote.totals),
            estimated_ready_at=quote.estimated_ready_at,
            loyalty_points_earned=quote.points,
            problems=[problems.of(problem) for problem in quote.problems],
            warnings=[Warning.of(warning) for warning in quote.warnings],
        )


@strawberry.input(description="An option to choose; a group that no choice names takes its defaults.")
class OptionChoiceInput:
    group: str = strawberry.field(description="Slug of the option group. `milk`.")
    option: str = strawberry.field(description="Slug of the option. `oat`.")
    quantity: int = strawberry.field(default=1, description="How many of it, from 1 to the option's `maxQuantity`.")

    def to_core(self) -> drafts.Choice:
        return drafts.Choice(self.group, self.option, self.quantity)


@strawberry.input(description="A number of one item, all built the same way.")
class OrderLineInput:
    item: str = strawberry.field(description="Slug of the item. `latte`.")
    quantity: int = strawberry.field(default=1, description="How many, from 1 to 100.")
    options: list[OptionChoiceInput] = strawberry.field(
        default_factory=list, description="How to build it, at most 50 choices."
    )
    note: str | None = strawberry.field(default=None, description="For whoever makes it, at most 500 characters.")

    def to_core(self) -> drafts.LineDraft:
        choices = tuple([choice.to_core() for choice in self.options])
        return drafts.LineDraft(self.item, self.quantity, choices, _said(self.note))


@strawberry.input(one_of=True, description="A tip: one of the two.")
class TipInput:
    percent: int | None = strawberry.field(
        default=strawberry.UNSET, description="Of the subtotal, before money off and added tax, from 0 to 100. `15`."
    )
    minor_units: int | None = strawberry.field(default=strawberry.UNSET, description="In minor units. `150`.")

    def to_core(self) -> drafts.Tip:
        if isinstance(self.percent, int):
            return drafts.Tip(percent=self.percent)
        return drafts.Tip(minor=self.minor_units)


@strawberry.input(description="What a guest asks for; the same for `quote` and for `placeOrder`.")
class OrderInput:
    lines: list[OrderLineInput] = strawberry.field(description="From 1 to 100 lines.")
    pickup_at: datetime | None = strawberry.field(
        default=None, description="When the guest will come, at most 30 days ahead; omitted: as soon as possible."
    )
    customer_name: str | None = strawberry.field(default=None, description="To call out, at most 80 characters.")
    note: str | None = strawberry.field(default=None, description="For the café, at most 500 characters.")
    promo_code: str | None = strawberry.field(
        default=None, description="A code for money off, in capitals or not. `SPRING-10`."
    )
    tip: TipInput | None = strawberry.field(default=None, description="For the staff.")
    redeem_points: int = strawberry.field(
        default=0,
        description="Loyalty points to take off, of a customer's account; no more are spent than it comes to.",
    )

    def to_core(self) -> drafts.Draft:
        return drafts.Draft(
            lines=tuple([line.to_core() for line in self.lines]),
            pickup_at=self.pickup_at,
            customer_name=_said(self.customer_name),
            note=_said(self.note),
            promo_code=_said(self.promo_code),
            tip=self.tip.to_core() if self.tip else None,
            redeem_points=self.redeem_points,
        )


def _said(text: str | None) -> str | None:
    """A text without the white space around it; one that is all white space says nothing."""
    return (text.strip() or None) if text else None
