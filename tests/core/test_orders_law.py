"""The law of placed orders: their numbers, and where each may go from where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_graphql.core import orders
from cafe_graphql.core.orders import Status


@pytest.mark.parametrize(
    ("sequence", "number"),
    [
        (1, "A-001"),
        (42, "A-042"),
        (999, "A-999"),
        (1_000, "B-001"),
        (26 * 999, "Z-999"),
        (26 * 999 + 1, "AA-001"),
        (27 * 999, "AA-999"),
        (27 * 999 + 1, "AB-001"),
        (702 * 999, "ZZ-999"),
        (702 * 999 + 1, "AAA-001"),
    ],
)
def test_orders_are_numbered_a_001_to_z_999_and_then_aa_001(sequence: int, number: str) -> None:
    assert orders.number(sequence) == number


@given(st.integers(1, 10**7))
def test_the_number_tells_how_many_came_before(sequence: int) -> None:
    letters, _, digits = orders.number(sequence).partition("-")

    block = 0
    for letter in letters:
        block = block * 26 + ord(letter) - ord("A") + 1

    assert (block - 1) * 999 + int(digits) == sequence


@pytest.mark.parametrize(
    ("status", "following", "why_not"),
    [
        (Status.PLACED, (Status.ACCEPTED, Status.CANCELLED), None),
        (Status.ACCEPTED, (Status.PREPARING, Status.CANCELLED), None),
        (Status.PREPARING, (Status.READY,), "It is being made already."),
        (Status.READY, (Status.COMPLETED,), "It is ready and waiting."),
        (Status.COMPLETED, (), "It was handed over already."),
        (Status.CANCELLED, (), "It is cancelled already."),
    ],
)
def test_an_order_is_cancelled_only_while_nobody_has_begun_it(
    status: Status, following: tuple[Status, ...], why_not: str | None
) -> None:
    assert orders.NEXT[status] == following
    assert orders.why_not_cancel(status) == why_not
    assert (status in orders.CANCELLABLE) == (why_not is None)
