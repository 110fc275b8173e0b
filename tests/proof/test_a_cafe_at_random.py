"""A whole café at random: two workers on one file, and guests who order, pay, get back and change their minds at once.

Whatever happens, in whatever order, the books add up to the last cent, gram and point, and what is done stays done.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Choice, Draft, LineDraft, Tip
from cafe_graphql.core.errors import Rejected
from cafe_graphql.core.item_edits import ItemEdit
from cafe_graphql.core.menu import Sheet
from cafe_graphql.core.orders import Order, Status
from cafe_graphql.core.payments import Method
from cafe_graphql.core.people import GUEST, HOUSE
from cafe_graphql.core.promo_codes import PromoCode
from cafe_graphql.core.taxes import TaxRate
from cafe_graphql.services import cooking, item_editing, menu_editing, ordering, paying, reconciling, refunding
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotChanged, NotPlaced, Ref
from cafe_graphql.services.paying import Asked
from tests.proof.adding_up import Auditor
from tests.services import tills
from tests.services.books import Clock, at_once, opened
from tests.services.customers import customer

Act = Callable[[Cafe], Awaitable[object]]
"""What somebody does at whichever worker they come to."""

LIMIT = 3
LAST = PromoCode("LAST", percent=20, limit=LIMIT)
NOON = PromoCode("NOON", "Happy hour", percent=10)

CLEAN = ("tok_visa", "tok_twice")
BAD = ("tok_declined", "tok_unheard", "tok_timeout", "tok_capture_timeout", "tok_capture_unheard", "tok_refund_timeout")


def menu() -> Sheet:
    """Give the built-in menu of a café that adds one tax, includes another, and has promo codes."""
    sheet = menu_file.read(menu_file.builtin())
    rates = (
        TaxRate("prepared", "Sales tax", Decimal("8.875"), is_included=False),
        TaxRate("bakery", "Bread tax", Decimal(7), is_included=True),
    )
    categories = tuple(replace(each, tax="bakery" if each.slug == "bakes" else None) for each in sheet.categories)
    taxed = replace(sheet.cafe, tax_rates=rates, tax="prepared")
    return replace(sheet, cafe=taxed, categories=categories, promo_codes=(LAST, NOON))


@dataclass
class Slip:
    """An order as somebody would keep it on a slip of paper."""

    order: Order
    paid: int = 0
    refunded: int = 0
    is_cancelled: bool = False

    @property
    def due(self) -> int:
        return 0 if self.is_cancelled else self.order.totals.total - self.paid

    @property
    def kept(self) -> int:
        return self.paid - self.refunded


amounts = st.none() | st.integers(1, 2_000)
cards = st.sampled_from([None, *CLEAN])
lines = st.builds(
    LineDraft,
    st.sampled_from(["latte", "espresso", "butter-croissant"]),
    st.integers(1, 3),
    st.just(()),
)
oat_latte = LineDraft("latte", 1, (Choice("size", "large"), Choice("milk", "oat")))
drafts = st.builds(
    Draft,
    st.lists(lines | st.just(oat_latte), min_size=1, max_size=3).map(tuple),
    promo_code=st.none() | st.just("noon"),
    tip=st.none() | st.builds(Tip, percent=st.integers(0, 20)) | st.builds(Tip, minor=st.integers(0, 300)),
)


class CafeAtRandom(RuleBasedStateMachine):
    """What happens in a café. Where it can be foretold, also when many act at once, a simple model foretells it."""

    new_books: ClassVar[Path]

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        file = Path(shutil.copy(self.new_books, folder / "cafe.db"))
        self.clock = Clock()
        self.workers = [self.stack.enter_context(opened(file, self.clock)) for _ in range(2)]
        self.ada = customer(self.cafe, "ada")
        terminal = self.stack.enter_context(tills.with_terminal(self.cafe, folder / "terminal.db"))
        for worker in self.workers:
            worker.gateway = terminal
        self.terminal = terminal
        self.auditor = Auditor(file)
        self.slips: list[Slip] = []
        self.codes_used = 0

    @rule(draft=drafts, is_guest=st.booleans())
    def place(self, draft: Draft, is_guest: bool) -> None:
        placed = asyncio.run(ordering.place(self.cafe, GUEST if is_guest else self.ada, draft))
        self.slips.append(Slip(placed.order))

    @rule(count=st.integers(2, 6))
    def rush_for_the_last_of_a_code(self, count: int) -> None:
        """Place the same order at once, by a code that is good for three: as many are placed as it is good for."""
        draft = Draft((LineDraft("latte"),), promo_code="last")

        placed = self.at_once([lambda cafe: ordering.place(cafe, GUEST, draft)] * count)

        orders = [each.order for each in placed if isinstance(each, ordering.Placed)]
        assert len(orders) == min(count, LIMIT - self.codes_used)
        assert all(isinstance(each, ordering.Placed | NotPlaced) for each in placed)
        self.codes_used += len(orders)
        self.slips += map(Slip, orders)

    @precondition(lambda self: self.slips)
    @rule(data=st.data(), amount=amounts, card=cards)
    def pay(self, data: st.DataObject, amount: int | None, card: str | None) -> None:
        slip = self.one_of(data)
        wanted = slip.due if amount is None else amount

        [paid] = self.at_once([paying_act(slip.order, amount, card)])

        assert isinstance(paid, NotChanged) is not (0 < wanted <= slip.due)
        slip.paid += 0 if isinstance(paid, NotChanged) else wanted

    @precondition(lambda self: any(slip.due for slip in self.slips))
    @rule(data=st.data(), part=st.integers(1, 4), count=st.integers(2, 6), card=cards)
    def rush_to_pay(self, data: st.DataObject, part: int, count: int, card: str | None) -> None:
        """Pay the same amount several times at once: as often as it goes into what is due, and no more."""
        slip = data.draw(st.sampled_from([slip for slip in self.slips if slip.due]))
        amount = max(1, slip.due // part)

        paid = self.at_once([paying_act(slip.order, amount, card)] * count)

        succeeded = sum(not isinstance(each, NotChanged) for each in paid)
        assert succeeded == min(count, slip.due // amount)
        slip.paid += succeeded * amount

    @precondition(lambda self: any(slip.kept for slip in self.slips))
    @rule(data=st.data(), part=st.integers(1, 4), count=st.integers(1, 6))
    def rush_to_refund(self, data: st.DataObject, part: int, count: int) -> None:
        """Give the same amount back several times at once: as often as it goes into what was paid, and no more."""
        slip = data.draw(st.sampled_from([slip for slip in self.slips if slip.kept]))
        amount = max(1, slip.kept // part)

        given = self.at_once([refunding_act(slip.order, amount)] * count)

        succeeded = sum(not isinstance(each, NotChanged) for each in given)
        assert succeeded == min(count, slip.kept // amount)
        slip.refunded += succeeded * amount

    @precondition(lambda self: self.slips)
    @rule(data=st.data(), count=st.integers(1, 3))
    def cancel(self, data: st.DataObject, count: int) -> None:
        """Call an order off, several times at once: it is once, and every card has its money back."""
        slip = self.one_of(data)
        by_card = [each for each in tills.payments(self.cafe, slip.order) if each.method is Method.CARD]
        may = not slip.is_cancelled and tills.again(self.cafe, slip.order).status in (Status.PLACED, Status.ACCEPTED)

        called_off = self.at_once([cancelling_act(slip.order)] * count)

        assert sum(not isinstance(each, NotChanged) for each in called_off) == may
        if may:
            slip.is_cancelled = True
            slip.refunded += sum(each.amount - each.refunded for each in by_card if each.state == "paid")
            self.codes_used -= slip.order.promo_code == LAST.key

    @precondition(lambda self: self.slips)
    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """Move an order on in the kitchen, if it can be."""
        slip = self.one_of(data)
        order = tills.again(self.cafe, slip.order)
        for status in [each for each in order.next_statuses if each is not Status.CANCELLED][:1]:
            asyncio.run(cooking.advance(self.cafe, HOUSE, order.public_id, status))

    @rule(price=st.integers(100, 900), name=st.sampled_from(["Latte", "Caffè latte", "ラテ"]))
    def change_the_menu(self, price: int, name: str) -> None:
        asyncio.run(item_editing.upsert(self.cafe, HOUSE, "latte", ItemEdit(name=name, price=price)))

    @rule(name=st.sampled_from(["Corner Café", "Café an der Ecke"]), locale=st.sampled_from(["en-US", "de-DE"]))
    def rename_the_cafe(self, name: str, locale: str) -> None:
        sheet = menu()
        asyncio.run(menu_editing.load(self.cafe, replace(sheet, cafe=replace(sheet.cafe, name=name, locale=locale))))

    @precondition(lambda self: self.slips)
    @rule(data=st.data())
    def everybody_at_once(self, data: st.DataObject) -> None:
        """Do all kinds of things at once to a few orders, by bad cards, too; then settle what is left."""
        slips = data.draw(st.lists(st.sampled_from(self.slips), min_size=1, max_size=3, unique_by=id))
        acts = [act for slip in slips for act in data.draw(st.lists(acts_on(slip.order), min_size=1, max_size=4))]

        done = self.at_once([*acts, self.placing(data.draw(drafts))])
        asyncio.run(reconciling.reconcile(self.cafe, timedelta()))

        *_, placed = done
        assert isinstance(placed, ordering.Placed)
        self.slips.append(Slip(placed.order))
        for slip in slips:
            order = tills.again(self.cafe, slip.order)
            assert order.takings.is_settled
            slip.paid, slip.refunded = order.takings.paid, order.takings.refunded
            if order.status is Status.CANCELLED and not slip.is_cancelled:
                slip.is_cancelled = True
                self.codes_used -= order.promo_code == LAST.key

    @invariant()
    def the_books_add_up(self) -> None:
        if hasattr(self, "auditor"):
            self.auditor.audit()

    @invariant()
    def every_order_is_as_on_its_slip(self) -> None:
        for slip in getattr(self, "slips", ()):
            order = tills.again(self.cafe, slip.order)
            assert (order.takings.paid, order.takings.refunded) == (slip.paid, slip.refunded)
            assert (order.status is Status.CANCELLED) is slip.is_cancelled
            assert order.amount_due == slip.due
            tills.assert_agreed(self.cafe, self.terminal, order)

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    @property
    def cafe(self) -> Cafe:
        return self.workers[0]

    def one_of(self, data: st.DataObject) -> Slip:
        return data.draw(st.sampled_from(self.slips))

    def placing(self, draft: Draft) -> Act:
        return lambda cafe: ordering.place(cafe, self.ada, draft)

    def at_once(self, acts: Sequence[Act]) -> list[object]:
        """Let everybody act in the same moment, at one worker or the other, and give what came of it or a refusal."""
        self.clock.passes(timedelta(seconds=20))
        return at_once([_tried(act, worker) for act, worker in zip(acts, cycle(self.workers), strict=False)])


def paying_act(order: Order, amount: int | None, card: str | None, key: str | None = None) -> Act:
    """Pay by a card, or in cash without one."""
    asked = Asked(Method.CASH if card is None else Method.CARD, amount, card)
    return lambda cafe: paying.pay(cafe, HOUSE, Ref(public_id=order.public_id), asked, key)


def refunding_act(order: Order, amount: int | None, key: str | None = None) -> Act:
    return lambda cafe: refunding.refund(cafe, HOUSE, order.public_id, amount, "cold", key)


def cancelling_act(order: Order) -> Act:
    return lambda cafe: ordering.cancel(cafe, GUEST, Ref(token=order.tracking_token))


def acts_on(order: Order) -> st.SearchStrategy[Act]:
    keys = st.none() | st.sampled_from(["monday-1", "monday-2"])
    return st.one_of(
        st.builds(paying_act, st.just(order), amounts, st.sampled_from([None, *CLEAN, *BAD]), keys),
        st.builds(refunding_act, st.just(order), amounts, keys),
        st.just(cancelling_act(order)),
    )


def _tried(act: Act, worker: Cafe) -> Callable[[], Awaitable[object]]:
    async def tried() -> object:
        try:
            return await act(worker)
        except Rejected as refusal:
            return refusal

    return tried


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> type[CafeAtRandom]:
    """Give cafés that begin with the same new books."""
    file = tmp_path_factory.mktemp("books") / "cafe.db"
    with opened(file) as cafe:
        asyncio.run(menu_editing.load(cafe, menu()))
    CafeAtRandom.new_books = file
    return CafeAtRandom


def test_whatever_happens_the_books_add_up(machine: type[CafeAtRandom]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(os.environ.get("CAFE_TEST_EXAMPLES", 15)),
            stateful_step_count=20,
            deadline=None,
            phases=(Phase.reuse, Phase.generate),  # to shrink what fails would take many times as long as to find it
            report_multiple_bugs=False,
            derandomize="CAFE_TEST_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
