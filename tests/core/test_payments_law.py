"""The law of payments: what is due and what may be given back, after whatever has happened at the till."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_graphql.core import payments
from cafe_graphql.core.payments import NOTHING, Method, Payment, PaymentState, PaymentStatus, Takings

NOON = datetime(2026, 5, 1, 16, 0, tzinfo=UTC)


def payment(number: int, amount: int, state: PaymentState = PaymentState.PAID, refunded: int = 0) -> Payment:
    return Payment(
        *(number, f"p-{number}", 1, Method.CARD, state, amount, refunded, None, None, None, None, "guest"),
        created_at=NOON,
        updated_at=NOON,
    )


@pytest.mark.parametrize(
    ("takings", "status", "due", "refundable"),
    [
        (NOTHING, PaymentStatus.UNPAID, 450, 0),
        (Takings(pending=450), PaymentStatus.UNPAID, 0, 0),
        (Takings(paid=200), PaymentStatus.PARTIALLY_PAID, 250, 200),
        (Takings(paid=200, pending=50), PaymentStatus.PARTIALLY_PAID, 200, 200),
        (Takings(paid=450), PaymentStatus.PAID, 0, 450),
        (Takings(paid=450, refunding=100), PaymentStatus.PAID, 0, 350),
        (Takings(paid=450, refunded=100), PaymentStatus.PARTIALLY_REFUNDED, 0, 350),
        (Takings(paid=450, refunded=450), PaymentStatus.REFUNDED, 0, 0),
        (Takings(paid=200, refunded=200), PaymentStatus.REFUNDED, 250, 0),
    ],
)
def test_the_till_tells_what_is_due_and_what_may_be_given_back(
    takings: Takings, status: PaymentStatus, due: int, refundable: int
) -> None:
    assert (takings.status(450), takings.due(450), takings.refundable) == (status, due, refundable)


def test_an_order_that_costs_nothing_is_paid() -> None:
    assert NOTHING.status(0) is PaymentStatus.PAID
    assert NOTHING.covers(0)


@dataclass
class Till:
    """What a careful person would write down beside the till: every payment and refund by itself."""

    total: int
    takings: Takings = NOTHING
    asked: list[int] = field(default_factory=list)
    paid: list[int] = field(default_factory=list)
    returning: list[int] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)

    def act(self, act: str, amount: int, which: int) -> None:
        """Do one thing, as far as the till lets one."""
        if act == "ask" and 0 < amount <= self.takings.due(self.total):
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
    till = Till(total)

    for act, amount, which in history:
        till.act(act, amount, which)

        takings = till.takings
        assert takings == Takings(sum(till.paid), sum(till.asked), sum(till.returned), sum(till.returning))
        assert takings.paid + takings.pending + takings.due(total) == total
        assert 0 <= takings.refunded <= takings.refunded + takings.refunding <= takings.paid <= total
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
