"""Taxes in the books: an order keeps those it was sold with, and the day's figures agree with the till."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Draft, LineDraft, Tip
from cafe_graphql.core.menu import Sheet
from cafe_graphql.core.people import GUEST, HOUSE
from cafe_graphql.core.promo_codes import PromoCode
from cafe_graphql.core.reports import ItemSales
from cafe_graphql.core.taxes import Tax, TaxRate
from cafe_graphql.services import menu_editing, ordering, reporting
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import Ref
from tests.services.books import all_orders

MENU = menu_file.read(menu_file.builtin())
SALES = TaxRate("sales", "Sales tax", Decimal("8.875"), is_included=False)
VAT = TaxRate("vat", "VAT", Decimal(19), is_included=True)
FIFTH = PromoCode("FIFTH", percent=20)
DRAFT = Draft((LineDraft("latte", 2), LineDraft("espresso")), promo_code="fifth", tip=Tip(percent=10))


def taxed(rate: TaxRate) -> Sheet:
    return replace(MENU, cafe=replace(MENU.cafe, tax_rates=(rate,), tax=rate.slug), promo_codes=(FIFTH,))


def test_an_order_keeps_the_taxes_that_it_was_sold_with(cafe: Cafe) -> None:
    asyncio.run(menu_editing.load(cafe, taxed(SALES)))
    order = asyncio.run(ordering.place(cafe, GUEST, DRAFT, expected_total=893)).order

    asyncio.run(menu_editing.load(cafe, taxed(VAT)))

    (kept,) = all_orders(cafe)
    assert kept == order
    assert kept.totals.taxes == (Tax("Sales tax", Decimal("8.875"), False, net=736, amount=65),)
    assert [(a.label, a.amount) for a in kept.totals.adjustments] == [
        ("FIFTH", -184),
        ("Sales tax 8.875 %", 65),
        ("Tip 10 %", 92),
    ]
    assert [(line.total, line.discount, line.tax) for line in kept.lines] == [(700, 140, 49), (220, 44, 16)]
    assert (kept.totals.subtotal, kept.totals.total, kept.totals.tax_is_included) == (920, 893, False)


def test_the_day_s_figures_are_net_of_money_off_and_know_nothing_of_added_tax_and_tips(cafe: Cafe) -> None:
    asyncio.run(menu_editing.load(cafe, taxed(SALES)))
    order = asyncio.run(ordering.place(cafe, GUEST, DRAFT)).order
    called_off = asyncio.run(ordering.place(cafe, GUEST, DRAFT)).order
    asyncio.run(ordering.cancel(cafe, HOUSE, Ref(token=called_off.tracking_token)))

    report = asyncio.run(reporting.sales(cafe, HOUSE, date(2026, 5, 1), date(2026, 5, 1)))

    assert report.by_item == (ItemSales("latte", "Latte", 2, 560), ItemSales("espresso", "Espresso", 1, 176))
    assert (report.orders, report.revenue) == (1, 736)
    assert report.revenue == order.totals.total - order.totals.tax - order.totals.tip


def test_the_day_s_figures_have_included_tax_in_them(cafe: Cafe) -> None:
    asyncio.run(menu_editing.load(cafe, taxed(VAT)))
    order = asyncio.run(ordering.place(cafe, GUEST, DRAFT)).order

    report = asyncio.run(reporting.sales(cafe, HOUSE, date(2026, 5, 1), date(2026, 5, 1)))

    assert report.revenue == order.totals.total - order.totals.tip == 736
