"""The law of receipts: numbers that count on, and refunds that give back just the tax that there was."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cafe_graphql.core import receipts
from cafe_graphql.core.payments import Method, Payment, PaymentState
from cafe_graphql.core.receipts import Issuer, Kind, Line, Moved, Receipt, Refund, Sale
from cafe_graphql.core.taxes import Tax

NOON = datetime(2026, 5, 1, 16, 0, tzinfo=UTC)
CORNER = Issuer("Corner Café", "en-US", "America/New_York")


def paid(amount: int) -> Payment:
    return Payment(
        *(1, "p-1", 1, Method.CARD, PaymentState.PAID, amount, 0, "local", "term-77", "Visa ····4242", None, "ana"),
        created_at=NOON,
        updated_at=NOON,
    )


def issued(sequence: int, contents: Sale | Refund) -> Receipt:
    return Receipt(sequence, f"token-{sequence}", NOON, CORNER, "A-001", "USD", contents)


def lunch(total: int, *taxes: Tax) -> Sale:
    return Sale((Line("Lunch", 1, total, ()),), total, (), taxes, (Moved(Method.CARD, total, "Visa ····4242"),))


@pytest.mark.parametrize(("sequence", "number"), [(1, "R-000001"), (42, "R-000042"), (1_234_567, "R-1234567")])
def test_receipts_are_numbered_in_the_order_of_their_issue(sequence: int, number: str) -> None:
    assert receipts.number(sequence) == number


def test_a_refund_goes_back_the_way_that_the_money_came_and_names_the_sale_s_receipt() -> None:
    sale = issued(7, lunch(1000, Tax("VAT", Decimal(25), True, 800, 200)))

    refund = receipts.refund(paid(1000), 400, "cold", [sale])

    assert refund == Refund(
        Moved(Method.CARD, 400, "Visa ····4242"), "cold", (Tax("VAT", Decimal(25), True, 320, 80),), "R-000007"
    )


def test_what_is_given_back_before_all_was_paid_is_part_of_no_sale() -> None:
    early = receipts.refund(paid(400), 400, None, [])

    late = receipts.refund(
        paid(1000), 500, None, [issued(1, early), issued(2, lunch(1000, Tax("VAT", Decimal(25), True, 800, 200)))]
    )

    assert early == Refund(Moved(Method.CARD, 400, "Visa ····4242"), None)
    assert late.taxes == (Tax("VAT", Decimal(25), True, 400, 100),)


@pytest.mark.parametrize(
    ("given_back", "net", "amount"),
    [(123, 118, 5), (13, 13, 0), (14, 13, 1), (2269, 2183, 86)],  # exactly 4.66, 0.49, 0.53 and 86 cents of tax
)
def test_the_tax_in_a_refund_is_rounded_to_the_nearest_cent(given_back: int, net: int, amount: int) -> None:
    sale = issued(1, lunch(2269, Tax("VAT", Decimal("3.94"), True, 2183, 86)))

    assert receipts.refund(paid(2269), given_back, None, [sale]).taxes == (
        Tax("VAT", Decimal("3.94"), True, net, amount),
    )


@given(st.data(), st.integers(1, 1_000_000))
def test_where_all_is_of_one_rate_net_and_tax_add_up_to_what_is_given_back(data: st.DataObject, total: int) -> None:
    amount = data.draw(st.integers(0, total))
    cuts = sorted({0, total, *data.draw(st.lists(st.integers(0, total), max_size=6))})
    book = [issued(1, lunch(total, Tax("VAT", Decimal(10), True, total - amount, amount)))]

    for before, after in pairwise(cuts):
        refund = receipts.refund(paid(total), after - before, None, book)
        book.append(issued(len(book) + 1, refund))

        assert refund.taxes[0].net + refund.taxes[0].amount == after - before
        assert abs(refund.taxes[0].amount - Fraction(amount * (after - before), total)) <= 1


@given(st.data(), st.integers(1, 1_000_000))
def test_all_refunds_of_a_sale_together_have_exactly_its_tax(data: st.DataObject, total: int) -> None:
    amounts = data.draw(st.lists(st.integers(0, total), min_size=2, max_size=2))
    taxes = [Tax(f"VAT {n}", Decimal(10), True, total - amount, amount) for n, amount in enumerate(amounts)]
    cuts = sorted({0, total, *data.draw(st.lists(st.integers(0, total), max_size=6))})
    book = [issued(1, lunch(total, *taxes))]

    for before, after in pairwise(cuts):
        book.append(issued(len(book) + 1, receipts.refund(paid(total), after - before, None, book)))

    refunds = [each.contents for each in book if isinstance(each.contents, Refund)]
    for index, tax in enumerate(taxes):
        assert sum(refund.taxes[index].amount for refund in refunds) == tax.amount
        assert sum(refund.taxes[index].net for refund in refunds) == tax.net
    assert all(0 <= tax.amount <= refund.repaid.amount for refund in refunds for tax in refund.taxes)
    assert [each.kind for each in book] == [Kind.SALE, *[Kind.REFUND] * len(refunds)]
