"""Points and a promo code through any history of placing, paying, refunding and calling off, beside a simple model."""

import asyncio
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Draft, LineDraft
from cafe_graphql.core.loyalty import Account
from cafe_graphql.core.orders import Order
from cafe_graphql.core.people import GUEST
from cafe_graphql.core.points import Scheme
from cafe_graphql.core.promo_codes import PromoCode
from cafe_graphql.services import menu_editing, ordering
from cafe_graphql.services.ordering import NotPlaced, Ref
from cafe_graphql.store import loyalty, promotions
from tests.services import tills
from tests.services.books import opened
from tests.services.customers import customer

MENU = menu_file.read(menu_file.builtin())
CAFE = replace(MENU.cafe, loyalty=Scheme(points=3, per=100, worth=7))
CODE = PromoCode("SOME", percent=15, limit=3)


@dataclass
class Sold:
    """An order as the model has it, in minor units and points."""

    order: Order
    offered: int
    spent: int
    has_code: bool
    paid: int = 0
    refunded: int = 0
    is_cancelled: bool = False
    was_paid_up: bool = False

    @property
    def total(self) -> int:
        return self.order.totals.total

    @property
    def due(self) -> int:
        return 0 if self.is_cancelled or self.was_paid_up else self.total - self.kept

    @property
    def kept(self) -> int:
        return self.paid - self.refunded

    @property
    def worth(self) -> int:
        """What the order has done to its customer's points so far, by the rules as they are told to people."""
        if not self.total:
            return 0 if self.is_cancelled else -self.spent
        back = self.spent if self.is_cancelled else self.spent * self.refunded // self.total
        return self.offered * self.kept // self.total - self.spent + back


class Counter(RuleBasedStateMachine):
    """A counter at which one customer and a guest order, pay, ask their money back and change their minds."""

    new_books: Path

    def __init__(self) -> None:
        super().__init__()
        self.left = ExitStack()
        folder = Path(self.left.enter_context(tempfile.TemporaryDirectory()))
        self.cafe = self.left.enter_context(opened(Path(shutil.copy(self.new_books, folder / "cafe.db"))))
        asyncio.run(menu_editing.load(self.cafe, replace(MENU, cafe=CAFE, promo_codes=(CODE,))))
        self.ada = customer(self.cafe, "ada")
        self.sold: list[Sold] = []

    def teardown(self) -> None:
        self.left.close()

    @rule(quantity=st.integers(1, 9), part=st.sampled_from([0, 0.3, 1]), by_code=st.booleans(), paid=st.booleans())
    def place(self, quantity: int, part: float, by_code: bool, paid: bool) -> None:
        before = self.balance.points
        points, by_code = int(before * part), by_code and self.uses < 3
        draft = Draft((LineDraft("latte", quantity),), promo_code="some" if by_code else None, redeem_points=points)

        order = tills.place(self.cafe, draft, self.ada)

        price = quantity * 350
        price -= (price * 15 + 50) // 100 if by_code else 0
        spent = before - self.balance.points
        assert spent == min(points, price // 7)
        assert order.totals.total == price - spent * 7
        offered = order.totals.total // 100 * 3
        self.sold.append(Sold(order, offered, spent, by_code))
        if paid and order.totals.total:
            self.take(self.sold[-1], order.totals.total)

    @rule(more=st.integers(1, 5))
    def ask_for_too_many_points(self, more: int) -> None:
        with pytest.raises(NotPlaced, match=r"points?, not"):
            tills.place(self.cafe, Draft((LineDraft("latte"),), redeem_points=self.balance.points + more), self.ada)

    @precondition(lambda self: self.uses == 3)
    @rule()
    def ask_for_a_code_that_is_used_up(self) -> None:
        with pytest.raises(NotPlaced, match="has been used up"):
            tills.place(self.cafe, Draft((LineDraft("latte"),), promo_code="SOME"), self.ada)

    @rule()
    def serve_a_guest(self) -> None:
        order = tills.place(self.cafe, Draft((LineDraft("espresso"),)), GUEST)
        self.sold.append(Sold(order, offered=0, spent=0, has_code=False))

    @precondition(lambda self: any(sold.due for sold in self.sold))
    @rule(data=st.data(), part=st.sampled_from([0.3, 1]))
    def pay(self, data: st.DataObject, part: float) -> None:
        sold = data.draw(st.sampled_from([sold for sold in self.sold if sold.due]))
        self.take(sold, max(1, int(sold.due * part)))

    @precondition(lambda self: any(sold.kept for sold in self.sold))
    @rule(data=st.data(), part=st.sampled_from([0.01, 0.3, 1]))
    def refund(self, data: st.DataObject, part: float) -> None:
        sold = data.draw(st.sampled_from([sold for sold in self.sold if sold.kept]))
        amount = max(1, int(sold.kept * part))
        tills.refund(self.cafe, sold.order, amount)
        sold.refunded += amount
        sold.is_cancelled = sold.is_cancelled or (sold.was_paid_up and not sold.kept)

    @precondition(lambda self: any(not sold.is_cancelled for sold in self.sold))
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        sold = data.draw(st.sampled_from([sold for sold in self.sold if not sold.is_cancelled]))
        asyncio.run(ordering.cancel(self.cafe, GUEST, Ref(token=sold.order.tracking_token)))
        sold.is_cancelled = True

    def take(self, sold: Sold, amount: int) -> None:
        tills.cash(self.cafe, sold.order, amount)
        sold.paid += amount
        sold.was_paid_up = sold.was_paid_up or sold.kept == sold.total

    @invariant()
    def the_balance_is_what_the_orders_have_done_to_it(self) -> None:
        balance = self.balance
        assert balance.points >= 0
        assert balance.owed >= 0
        assert balance.points - balance.owed == sum(sold.worth for sold in self.sold)

    @invariant()
    def the_ledger_adds_up_to_the_balance(self) -> None:
        movements = asyncio.run(self.cafe.store.read(loyalty.latest, self.person, 10_000))
        assert Account(sum(m.points for m in movements), sum(m.owed for m in movements)) == self.balance

    @invariant()
    def the_code_is_used_by_the_orders_that_stand(self) -> None:
        assert asyncio.run(self.cafe.store.read(promotions.uses, CODE.key, self.person)) == (self.uses, self.uses)

    @property
    def uses(self) -> int:
        return sum(sold.has_code and not sold.is_cancelled for sold in self.sold)

    @property
    def balance(self) -> Account:
        return asyncio.run(self.cafe.store.read(loyalty.account, self.person))

    @property
    def person(self) -> int:
        assert self.ada.person_id is not None
        return self.ada.person_id


@pytest.fixture
def counter(new_books: Path) -> type[Counter]:
    """Give counters that begin with new books."""
    Counter.new_books = new_books
    return Counter


def test_points_agree_with_a_model_through_any_history(counter: type[Counter]) -> None:
    run_state_machine_as_test(
        counter,
        settings=settings(
            max_examples=30, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
