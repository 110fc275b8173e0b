"""Receipts: issued once with the money, numbered without a gap, and never changed by anything that happens later."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import cycle
from pathlib import Path
from sqlite3 import IntegrityError

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import AdjustmentKind, Choice, Chosen, Draft, LineDraft, Tip
from cafe_graphql.core.orders import Order
from cafe_graphql.core.payments import Method
from cafe_graphql.core.people import GUEST, HOUSE
from cafe_graphql.core.promo_codes import PromoCode
from cafe_graphql.core.receipts import Issuer, Line, Moved, Receipt, Refund, Sale
from cafe_graphql.core.taxes import Tax, TaxRate
from cafe_graphql.gateways.terminal import LocalTerminal
from cafe_graphql.services import menu_editing, ordering, paying, receipting
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import Ref
from cafe_graphql.services.paying import Asked
from cafe_graphql.store import receipts
from cafe_graphql.store.database import Connection
from tests.services import tills
from tests.services.books import NOON, Clock, at_once, counted, execute, opened

OAT_LATTES = Draft((LineDraft("latte", 2, (Choice("size", "medium"), Choice("milk", "oat"))), LineDraft("espresso")))


def placed(cafe: Cafe) -> Order:
    return asyncio.run(ordering.place(cafe, GUEST, OAT_LATTES)).order


def filed(cafe: Cafe, order: Order) -> list[Receipt]:
    return asyncio.run(cafe.store.read(receipts.of_order, order.id))


def paid(cafe: Cafe, order: Order) -> Receipt:
    """Pay for an order in cash, and give its receipt."""
    tills.cash(cafe, order)
    [receipt] = filed(cafe, order)
    return receipt


async def pay(cafe: Cafe, order: Order) -> Order:
    return await paying.pay(cafe, HOUSE, Ref(public_id=order.public_id), Asked(Method.CASH))


@pytest.fixture(autouse=True)
def terminal(cafe: Cafe, tmp_path: Path) -> Iterator[LocalTerminal]:
    with tills.with_terminal(cafe, tmp_path / "terminal.db") as terminal:
        yield terminal


def test_a_receipt_says_what_was_sold_and_how_it_was_paid(cafe: Cafe) -> None:
    order = placed(cafe)

    tills.cash(cafe, order, 500)
    assert filed(cafe, order) == []
    tills.card(cafe, order)

    [receipt] = filed(cafe, order)
    medium_oat = (
        Chosen("size", "Size", "medium", "Medium", 1, 50),
        Chosen("milk", "Milk", "oat", "Oat milk", 1, 0),
    )
    small = (Chosen("size", "Size", "small", "Small", 1, 0),)
    assert receipt == Receipt(
        sequence=1,
        token=receipt.token,
        issued_at=NOON,
        issuer=Issuer("Corner Café", "en-US", "America/New_York"),
        order="A-001",
        currency="USD",
        contents=Sale(
            lines=(Line("Latte", 2, 400, medium_oat), Line("Espresso", 1, 220, small)),
            subtotal=1020,
            adjustments=(),
            taxes=(),
            payments=(Moved(Method.CASH, 500), Moved(Method.CARD, 520, "Test ····4242")),
        ),
    )
    assert receipt.number == "R-000001" and len(receipt.token) == 32


def test_money_off_taxes_and_tip_stand_on_it_and_a_refund_has_its_share_of_the_tax(cafe: Cafe) -> None:
    sheet = menu_file.read(menu_file.builtin())
    rates = (TaxRate("sales", "Sales tax", Decimal("8.875"), False),)
    off = (PromoCode("NOON", "Happy hour", percent=10),)
    taxed = replace(sheet, cafe=replace(sheet.cafe, tax_rates=rates, tax="sales"), promo_codes=off)
    asyncio.run(menu_editing.load(cafe, taxed))
    order = asyncio.run(ordering.place(cafe, GUEST, replace(OAT_LATTES, promo_code="noon", tip=Tip(percent=10)))).order

    paid(cafe, order)
    for amount in (500, 601):
        tills.refund(cafe, order, amount)

    sale, *refunds = (receipt.contents for receipt in filed(cafe, order))
    assert isinstance(sale, Sale)
    assert [(each.kind, each.label, each.amount) for each in sale.adjustments] == [
        (AdjustmentKind.DISCOUNT, "Happy hour", -102),
        (AdjustmentKind.TAX, "Sales tax 8.875 %", 81),
        (AdjustmentKind.TIP, "Tip 10 %", 102),
    ]
    assert (sale.subtotal, sale.total) == (1020, 1101)
    assert sale.taxes == (Tax("Sales tax", Decimal("8.875"), False, 918, 81),)
    assert [each.taxes for each in refunds] == [
        (Tax("Sales tax", Decimal("8.875"), False, 417, 37),),
        (Tax("Sales tax", Decimal("8.875"), False, 501, 44),),
    ]


def test_an_order_has_one_receipt_however_often_it_is_issued(cafe: Cafe, file: Path) -> None:
    order = placed(cafe)
    first = paid(cafe, order)

    def again(connection: Connection) -> Receipt:
        return receipting.issue(connection, cafe, order, (), cafe.clock())

    assert at_once([lambda: cafe.store.write(again)] * 3) == [first] * 3
    assert counted(file)["receipts"] == 1


def test_not_even_by_accident_does_a_sale_get_a_second_one(cafe: Cafe, file: Path) -> None:
    paid(cafe, placed(cafe))

    with pytest.raises(IntegrityError, match=r"receipts\.order_id"):
        execute(
            file,
            "INSERT INTO receipts SELECT 2, 'other', order_id, kind, issued_at, content FROM receipts",
        )


def test_a_refund_has_its_own_with_the_next_number(cafe: Cafe, clock: Clock) -> None:
    order = placed(cafe)
    tills.card(cafe, order)
    clock.passes(timedelta(minutes=5))

    tills.refund(cafe, order, 400, "spilled")

    sale, refund = filed(cafe, order)

    assert (refund.number, refund.issued_at) == ("R-000002", NOON + timedelta(minutes=5))
    assert refund.contents == Refund(Moved(Method.CARD, 400, "Test ····4242"), "spilled", (), "R-000001")
    assert refund.token != sale.token


def test_what_is_undone_leaves_no_gap_in_the_numbers(cafe: Cafe) -> None:
    paid(cafe, placed(cafe))
    unlucky, lucky = placed(cafe), placed(cafe)

    def half_done(connection: Connection) -> None:
        receipting.issue(connection, cafe, unlucky, (), cafe.clock())
        raise RuntimeError("the drawer is stuck")

    async def together() -> tuple[object, object]:
        return await asyncio.gather(cafe.store.write(half_done), pay(cafe, lucky), return_exceptions=True)

    stuck, _ = asyncio.run(together())

    assert isinstance(stuck, RuntimeError)
    assert [receipt.number for receipt in filed(cafe, lucky)] == ["R-000002"]
    assert filed(cafe, unlucky) == []


def test_two_workers_at_once_number_without_gap_or_doubling(cafe: Cafe, file: Path, clock: Clock) -> None:
    orders = [placed(cafe) for _ in range(40)]
    with opened(file, clock) as other:
        workers = cycle((cafe, other))

        at_once([partial(pay, next(workers), order) for order in orders])

    issued = [receipt for order in orders for receipt in filed(cafe, order)]
    assert sorted(receipt.sequence for receipt in issued) == list(range(1, 41))
    assert len({receipt.token for receipt in issued}) == 40


def test_a_receipt_stays_as_it_was_whatever_becomes_of_the_café(cafe: Cafe, file: Path) -> None:
    order = placed(cafe)
    receipt = paid(cafe, order)
    sheet = menu_file.read(menu_file.builtin())
    items = tuple(replace(item, name=f"New {item.name}", price=item.price + 100) for item in sheet.items)
    renamed = replace(sheet.cafe, name="Café Nouveau", locale="fr-FR", time_zone="Europe/Paris")

    asyncio.run(menu_editing.load(cafe, replace(sheet, cafe=renamed, items=items)))
    tills.refund(cafe, order, 20)

    assert filed(cafe, order)[0] == receipt
    with opened(file) as reopened:
        assert asyncio.run(receipting.find(reopened, receipt.token)) == receipt
    assert paid(cafe, placed(cafe)).issuer == Issuer("Café Nouveau", "fr-FR", "Europe/Paris")


def test_a_token_opens_its_receipt_and_no_other(cafe: Cafe) -> None:
    order = placed(cafe)
    receipt = paid(cafe, order)

    found = [asyncio.run(receipting.find(cafe, token)) for token in (receipt.token, receipt.token[:-1], "", "%")]

    assert found == [receipt, None, None, None]
    assert asyncio.run(receipting.find(cafe, order.tracking_token)) is None


def test_an_order_that_costs_nothing_has_its_receipt_at_once(cafe: Cafe) -> None:
    sheet = menu_file.read(menu_file.builtin())
    asyncio.run(menu_editing.load(cafe, replace(sheet, promo_codes=(PromoCode("ONUS", "On us", percent=100),))))

    order = asyncio.run(ordering.place(cafe, GUEST, replace(OAT_LATTES, promo_code="ONUS"))).order

    [receipt] = filed(cafe, order)
    assert isinstance(receipt.contents, Sale)
    assert (receipt.contents.subtotal, receipt.contents.total, receipt.contents.payments) == (1020, 0, ())


def test_what_is_given_back_before_all_was_paid_has_a_receipt_too(cafe: Cafe) -> None:
    order = placed(cafe)
    tills.cash(cafe, order, 500)

    tills.refund(cafe, order, 500, "changed their mind")

    assert [receipt.contents for receipt in filed(cafe, order)] == [
        Refund(Moved(Method.CASH, 500), "changed their mind")
    ]
