"""The till at random: orders placed, paid, refunded and cancelled in any order, also at once and over a bad line, and
after each step the book adds up, and agrees with a simple model and with the terminal."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cafe_graphql.core.orders import Order, Status
from cafe_graphql.core.payments import Method, Takings
from cafe_graphql.core.people import GUEST, HOUSE
from cafe_graphql.services import ordering, paying, reconciling, refunding
from cafe_graphql.services.ordering import NotChanged, Ref
from cafe_graphql.services.paying import Asked
from tests.services import tills
from tests.services.books import at_once, opened

TOTAL = 350
GOOD = ("tok_visa", "tok_twice")
BAD = ("tok_declined", "tok_unheard")
LATE = ("tok_timeout", "tok_capture_timeout", "tok_capture_unheard", "tok_refund_timeout", "tok_refund_unheard")

amounts = st.none() | st.integers(1, 400)


@dataclass
class Modelled:
    """An order as somebody would keep it on a slip of paper, when nothing happens at once and every line is good."""

    order: Order
    paid: int = 0
    refunded: int = 0
    is_cancelled: bool = False
    was_paid_up: bool = False

    @property
    def due(self) -> int:
        return 0 if self.is_cancelled or self.was_paid_up else TOTAL - self.paid + self.refunded

    def balance(self) -> None:
        """Note what follows from the money: all of it back, and nobody has begun, so the order is off."""
        self.was_paid_up = self.was_paid_up or self.paid - self.refunded == TOTAL
        self.is_cancelled = self.is_cancelled or (self.was_paid_up and self.paid == self.refunded)


class Till(RuleBasedStateMachine):
    """What people do at the till, with the clean cards one by one, and with all cards at once."""

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.cafe = self.stack.enter_context(opened(folder / "cafe.db"))
        self.terminal = self.stack.enter_context(tills.with_terminal(self.cafe, folder / "terminal.db"))
        self.orders: list[Modelled] = []

    @rule()
    def place(self) -> None:
        self.orders.append(Modelled(tills.place(self.cafe)))

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), amount=amounts, token=st.sampled_from([*GOOD, *BAD[:1]]) | st.none())
    def pay(self, data: st.DataObject, amount: int | None, token: str | None) -> None:
        """Pay by a clean card, or in cash without one."""
        slip = data.draw(st.sampled_from(self.orders))
        wanted = slip.due if amount is None else amount
        ref = Ref(public_id=slip.order.public_id)
        asked = Asked(Method.CASH if token is None else Method.CARD, amount, token)

        was_paid = self.done(paying.pay(self.cafe, HOUSE, ref, asked))

        assert was_paid is (0 < wanted <= slip.due and token not in BAD)
        slip.paid += wanted if was_paid else 0
        slip.balance()

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), amount=amounts)
    def refund(self, data: st.DataObject, amount: int | None) -> None:
        slip = data.draw(st.sampled_from(self.orders))
        left = slip.paid - slip.refunded
        wanted = left if amount is None else amount

        was_given = self.done(refunding.refund(self.cafe, HOUSE, slip.order.public_id, amount))
        self.settle()

        assert was_given is (0 < wanted <= left)
        slip.refunded += wanted if was_given else 0
        slip.balance()

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        slip = data.draw(st.sampled_from(self.orders))
        cards = sum(
            each.amount - each.refunded
            for each in tills.payments(self.cafe, slip.order)
            if each.method is Method.CARD and each.state == "paid"
        )

        was_cancelled = self.done(ordering.cancel(self.cafe, GUEST, Ref(token=slip.order.tracking_token)))
        self.settle()

        assert was_cancelled is not slip.is_cancelled
        slip.refunded += cards if was_cancelled else 0
        slip.is_cancelled = True

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def all_at_once(self, data: st.DataObject) -> None:
        """Do several things to one order at the same moment, by bad cards, too; then settle what is left."""
        slip = data.draw(st.sampled_from(self.orders))
        acts = data.draw(st.lists(self.acts(slip.order), min_size=2, max_size=6))

        at_once([_tried(act) for act in acts])
        self.settle()

        order = tills.again(self.cafe, slip.order)
        assert order.takings.is_settled
        if order.status is Status.CANCELLED and not slip.is_cancelled:
            cash = [p for p in tills.payments(self.cafe, order) if p.method is Method.CASH]
            assert order.amount_to_return == sum(each.amount - each.refunded for each in cash)
        slip.paid, slip.refunded = order.takings.paid, order.takings.refunded
        slip.is_cancelled, slip.was_paid_up = order.status is Status.CANCELLED, order.was_paid_up
        slip.balance()

    @invariant()
    def the_book_adds_up(self) -> None:
        for slip in getattr(self, "orders", ()):
            order = tills.again(self.cafe, slip.order)
            assert order.takings == Takings(paid=slip.paid, refunded=slip.refunded)
            assert order.amount_due == slip.due >= 0
            assert 0 <= slip.refunded <= slip.paid <= slip.refunded + TOTAL
            assert (order.status is Status.CANCELLED, order.was_paid_up) == (slip.is_cancelled, slip.was_paid_up)
            tills.assert_agreed(self.cafe, self.terminal, order)

    def acts(self, order: Order) -> st.SearchStrategy[Callable[[], Awaitable[Order]]]:
        cafe, ref = self.cafe, Ref(token=order.tracking_token)
        tokens = st.sampled_from([*GOOD, *BAD, *LATE])
        keys = st.none() | st.sampled_from(["monday-1", "monday-2"])
        by_card = st.builds(
            lambda amount, token, key: lambda: paying.pay(cafe, GUEST, ref, Asked(Method.CARD, amount, token), key),
            *(amounts, tokens, keys),
        )
        in_cash = amounts.map(lambda amount: lambda: paying.pay(cafe, HOUSE, ref, Asked(Method.CASH, amount)))
        back = st.builds(
            lambda amount, key: lambda: refunding.refund(cafe, HOUSE, order.public_id, amount, None, key),
            *(amounts, keys),
        )
        off = st.just(lambda: ordering.cancel(cafe, GUEST, ref))
        settled = st.just(lambda: reconciling.reconcile(cafe, timedelta()))
        return by_card | in_cash | back | off | settled  # type: ignore[operator]

    def settle(self) -> None:
        """Settle what is left under way: a card that was asked before may answer its refund late."""
        asyncio.run(reconciling.reconcile(self.cafe, timedelta()))

    def done(self, act: Awaitable[Order]) -> bool:
        """Do something; False when it is refused."""
        return asyncio.run(_is_done(act))

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()


def _tried(act: Callable[[], Awaitable[Order]]) -> Callable[[], Awaitable[bool]]:
    return lambda: _is_done(act())


async def _is_done(act: Awaitable[Order]) -> bool:
    try:
        await act
    except NotChanged:
        return False
    return True


TestTill = Till.TestCase
TestTill.settings = settings(
    max_examples=int(os.environ.get("CAFE_TEST_EXAMPLES", 15)),
    stateful_step_count=15,
    deadline=None,
    derandomize="CAFE_TEST_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
