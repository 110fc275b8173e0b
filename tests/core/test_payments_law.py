"""The law of payments: what is due and what may be given back, after whatever has happened at the till."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_graphql.core import payments
from cafe_graphql.core.drafts import Totals
from cafe_graphql.core.orders import Order, Status
from cafe_graphql.core.payments import NOTHING, Method, Payment, PaymentState, PaymentStatus, Takings

NOON = datetime(2026, 5, 1, 16, 0, tzinfo=UTC)


def lunch(total: int) -> Order:
    return Order(
        *(1, "o-1", "A-001", Status.PLACED, 1, (), Totals("USD", total, ()), None, None, NOON, NOON, None, None),
        work=timedelta(minutes=2),
        tracking_token="t-1",
    )


def payment(number: int, amount: int, state: PaymentState = PaymentState.PAID, refunded: int = 0) -> Payment:
    return Payment(
        *(number, f"p-{number}", 1, Method.CARD, state, amount, refunded, None, None, None, None, "guest"),
        created_at=NOON,
        updated_at=NOON,
    )


@pytest.mark.parametrize(
    ("takings", "status", "missing", "refundable"),
    [
        (NOTHING, PaymentStatus.UNPAID, 450, 0),
        (Takings(pending=450), PaymentStatus.UNPAID, 0, 0),
        (Takings(paid=200), PaymentStatus.PARTIALLY_PAID, 250, 200),
        (Takings(paid=200, pending=50), PaymentStatus.PARTIALLY_PAID, 200, 200),
        (Takings(paid=450), PaymentStatus.PAID, 0, 450),
        (Takings(paid=450, refunding=100), PaymentStatus.PAID, 0, 350),
        (Takings(paid=450, refunded=100), PaymentStatus.PARTIALLY_REFUNDED, 100, 350),
        (Takings(paid=450, refunded=450), PaymentStatus.REFUNDED, 450, 0),
        (Takings(paid=200, refunded=200), PaymentStatus.REFUNDED, 450, 0),
        (Takings(paid=550, refunded=100), PaymentStatus.PAID, 0, 450),
    ],
)
def test_the_till_tells_what_is_missing_and_what_may_be_given_back(
    takings: Takings, status: PaymentStatus, missing: int, refundable: int
) -> None:
    assert (takings.status(450), takings.due(450), takings.refundable) == (status, missing, refundable)


@pytest.mark.parametrize(
    ("takings", "covers"),
    [
        (Takings(paid=449), False),
        (Takings(paid=450), True),
        (Takings(paid=450, refunding=449), False),
        (Takings(paid=450, refunded=449), False),
        (Takings(paid=899, refunded=449), True),
    ],
)
def test_a_total_is_covered_by_what_stays(takings: Takings, covers: bool) -> None:
    assert takings.covers(450) is covers


def test_what_is_given_back_is_due_again_until_all_was_paid_and_never_after() -> None:
    early = lunch(450).with_takings(Takings(paid=449, refunded=449))
    made_up = early.with_takings(Takings(paid=899, refunded=449))
    late = made_up.with_takings(Takings(paid=899, refunded=899))

    assert (early.was_paid_up, early.amount_due, early.is_given_back) == (False, 450, False)
    assert (made_up.was_paid_up, made_up.amount_due, made_up.is_given_back) == (True, 0, False)
    assert (late.was_paid_up, late.amount_due, late.is_given_back) == (True, 0, True)
    assert late.next_statuses == (Status.CANCELLED,)


def test_an_order_that_costs_nothing_is_paid() -> None:
    assert NOTHING.status(0) is PaymentStatus.PAID
    assert NOTHING.covers(0)


@dataclass
class Till:
    """What a careful person would write down beside the till: every payment and refund by itself."""

    order: Order
    was_paid_up: bool = False
    asked: list[int] = field(default_factory=list)
    paid: list[int] = field(default_factory=list)
    returning: list[int] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)

    @property
    def takings(self) -> Takings:
        return self.order.takings

    @takings.setter
    def takings(self, takings: Takings) -> None:
        self.order = self.order.with_takings(takings)
        stays = sum(self.paid) - sum(self.returned) - sum(self.returning)
        self.was_paid_up = self.was_paid_up or stays >= self.order.totals.total

    def act(self, act: str, amount: int, which: int) -> None:
        """Do one thing, as far as the till lets one."""
        if act == "ask" and 0 < amount <= self.order.amount_due:
            self.asked.append(amount)
            self.takings = self.takings.awaiting(amount)
        elif act in ("pay", "decline") and self.asked:
            amount = self.asked.pop(which % len(self.asked))
            if act == "pay":
                self.paid.append(amount)
            self.takings = self.takings.received(amount) if act == "pay" else self.takings.released(amount)
        elif act == "refund" and 0 < amount <= self.takings.refundable:
            self.returning.append(amount)
            self.takings = self.takings.returning(amount)
        elif act in ("return", "keep") and self.returning:
            amount = self.returning.pop(which % len(self.returning))
            if act == "return":
                self.returned.append(amount)
            self.takings = self.takings.returned(amount) if act == "return" else self.takings.kept(amount)


acts = st.tuples(
    st.sampled_from(["ask", "pay", "decline", "refund", "return", "keep"]), st.integers(-1, 600), st.integers(0, 5)
)


@given(st.integers(0, 1_000), st.lists(acts, max_size=40))
def test_whatever_happens_at_the_till_the_money_adds_up(total: int, history: list[tuple[str, int, int]]) -> None:
    till = Till(lunch(total))

    for act, amount, which in history:
        till.act(act, amount, which)

        takings = till.takings
        assert takings == Takings(sum(till.paid), sum(till.asked), sum(till.returned), sum(till.returning))
        kept = takings.paid - takings.refunded
        assert 0 <= takings.refunded <= takings.refunded + takings.refunding <= takings.paid
        assert kept + takings.pending <= total
        assert till.order.was_paid_up is till.was_paid_up
        assert till.order.amount_due == (0 if till.was_paid_up else total - kept - takings.pending)
        assert takings.refundable == takings.paid - takings.refunded - takings.refunding >= 0
        assert takings.is_settled == (not till.asked and not till.returning)


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500)), max_size=6), st.integers(1, 2_000))
def test_a_refund_goes_to_the_newest_payments_and_never_beyond_what_each_was(
    paid: list[tuple[int, int]], amount: int
) -> None:
    given_back = [
        (payment(n, most, refunded=min(back, most)), most - min(back, most)) for n, (most, back) in enumerate(paid)
    ]

    found = list(payments.shares(given_back, amount))

    possible = sum(most for _, most in given_back)
    assert sum(share for _, share in found) == min(amount, possible)
    numbers = [each.id for each, _ in found]
    assert numbers == sorted(numbers, reverse=True)
    assert all(0 < share <= dict(given_back)[each] for each, share in found)
    assert all(share == dict(given_back)[each] for each, share in found[:-1])


@pytest.mark.parametrize("state", [state for state in PaymentState if state is not PaymentState.PAID])
def test_nothing_is_given_back_of_what_never_came(state: PaymentState) -> None:
    assert payments.refundable(payment(1, 450, state), 0) == 0


def test_what_is_being_given_back_already_is_not_given_back_again() -> None:
    assert payments.refundable(payment(1, 450, refunded=100), under_way=50) == 300
