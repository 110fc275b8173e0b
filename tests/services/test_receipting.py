"""Receipts: issued once with the money, numbered without a gap, and never changed by anything that happens later."""

import asyncio
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from sqlite3 import IntegrityError, connect

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Choice, Chosen, Draft, LineDraft
from cafe_graphql.core.orders import Order
from cafe_graphql.core.payments import Method
from cafe_graphql.core.people import GUEST, HOUSE
from cafe_graphql.core.receipts import Issuer, Line, Moved, Receipt, Refund, Sale
from cafe_graphql.services import menu_editing, ordering, receipting
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import receipts
from cafe_graphql.store.database import Connection
from tests.services import drawers
from tests.services.books import NOON, Clock, at_once, counted, execute, opened

OAT_LATTES = Draft((LineDraft("latte", 2, (Choice("size", "medium"), Choice("milk", "oat"))), LineDraft("espresso")))


def placed(cafe: Cafe) -> Order:
    return asyncio.run(ordering.place(cafe, GUEST, OAT_LATTES)).order


def filed(cafe: Cafe, order: Order) -> list[Receipt]:
    return asyncio.run(cafe.store.read(receipts.of_order, order.id))


def test_a_receipt_says_what_was_sold_and_how_it_was_paid(cafe: Cafe) -> None:
    order = placed(cafe)

    receipt = asyncio.run(drawers.take(cafe, order, 500, 520))

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
            payments=(Moved(Method.CASH, 500), Moved(Method.CARD, 520, "Visa ····4242")),
        ),
    )
    assert receipt.number == "R-000001" and len(receipt.token) == 32
    assert filed(cafe, order) == [receipt]


def test_an_order_has_one_receipt_however_often_it_is_issued(cafe: Cafe, file: Path) -> None:
    order = placed(cafe)
    first = asyncio.run(drawers.take(cafe, order, 1020))

    def again(connection: Connection) -> Receipt:
        return receipting.issue(connection, cafe, order, (), cafe.clock())

    assert at_once([lambda: cafe.store.write(again)] * 3) == [first] * 3
    assert counted(file)["receipts"] == 1


def test_not_even_by_accident_does_a_sale_get_a_second_one(cafe: Cafe, file: Path) -> None:
    asyncio.run(drawers.take(cafe, placed(cafe), 1020))

    with pytest.raises(IntegrityError, match=r"receipts\.order_id"):
        execute(
            file,
            "INSERT INTO receipts SELECT 2, 'other', order_id, kind, issued_at, content FROM receipts",
        )


def test_a_refund_has_its_own_with_the_next_number(cafe: Cafe, clock: Clock) -> None:
    order = placed(cafe)
    sale = asyncio.run(drawers.take(cafe, order, 500, 520))
    clock.passes(timedelta(minutes=5))

    refund = asyncio.run(drawers.give_back(cafe, order, 400, "spilled"))

    assert (refund.number, refund.issued_at) == ("R-000002", NOON + timedelta(minutes=5))
    assert refund.contents == Refund(Moved(Method.CARD, 400, "Visa ····4242"), "spilled", (), "R-000001")
    assert filed(cafe, order) == [sale, refund]
    assert refund.token != sale.token


def test_what_is_undone_leaves_no_gap_in_the_numbers(cafe: Cafe) -> None:
    asyncio.run(drawers.take(cafe, placed(cafe), 1020))
    unlucky, lucky = placed(cafe), placed(cafe)

    def half_done(connection: Connection) -> None:
        receipting.issue(connection, cafe, unlucky, (), cafe.clock())
        raise RuntimeError("the drawer is stuck")

    async def together() -> tuple[object, object]:
        return await asyncio.gather(
            cafe.store.write(half_done), drawers.take(cafe, lucky, 1020), return_exceptions=True
        )

    stuck, receipt = asyncio.run(together())

    assert isinstance(stuck, RuntimeError)
    assert isinstance(receipt, Receipt) and receipt.number == "R-000002"
    assert filed(cafe, unlucky) == []


def test_two_workers_at_once_number_without_gap_or_doubling(cafe: Cafe, file: Path, clock: Clock) -> None:
    orders = [placed(cafe) for _ in range(40)]
    with opened(file, clock) as other:
        workers = cycle((cafe, other))

        issued = at_once([partial(drawers.take, next(workers), order, 1020) for order in orders])

    assert sorted(receipt.sequence for receipt in issued) == list(range(1, 41))
    assert len({receipt.token for receipt in issued}) == 40


def test_a_receipt_stays_as_it_was_whatever_becomes_of_the_café(cafe: Cafe, file: Path) -> None:
    order = placed(cafe)
    receipt = asyncio.run(drawers.take(cafe, order, 1020))
    sheet = menu_file.read(menu_file.builtin())
    items = tuple(replace(item, name=f"New {item.name}", price=item.price + 100) for item in sheet.items)
    renamed = replace(sheet.cafe, name="Café Nouveau", locale="fr-FR", time_zone="Europe/Paris", currency="EUR")

    asyncio.run(menu_editing.load(cafe, replace(sheet, cafe=renamed, items=items)))
    asyncio.run(ordering.cancel(cafe, HOUSE, ordering.Ref(public_id=order.public_id)))

    assert filed(cafe, order) == [receipt]
    with opened(file) as reopened:
        assert asyncio.run(receipting.find(reopened, receipt.token)) == receipt
    assert asyncio.run(drawers.take(cafe, placed_anew(cafe), 1020)).issuer == Issuer(
        "Café Nouveau", "fr-FR", "Europe/Paris"
    )


def placed_anew(cafe: Cafe) -> Order:
    return asyncio.run(ordering.place(cafe, GUEST, Draft((LineDraft("espresso"),)))).order


def test_a_token_opens_its_receipt_and_no_other(cafe: Cafe) -> None:
    order = placed(cafe)
    receipt = asyncio.run(drawers.take(cafe, order, 1020))

    found = [asyncio.run(receipting.find(cafe, token)) for token in (receipt.token, receipt.token[:-1], "", "%")]

    assert found == [receipt, None, None, None]
    assert asyncio.run(receipting.find(cafe, order.tracking_token)) is None


def test_before_any_is_paid_there_is_none(cafe: Cafe, file: Path) -> None:
    assert filed(cafe, placed(cafe)) == []
    with closing(connect(file)) as books:
        assert books.execute("SELECT count(*) FROM receipts").fetchone() == (0,)
