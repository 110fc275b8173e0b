"""Paying and refunding in words: the till, the guest's card, and what history and followers are told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cafe_graphql.core.people import GUEST, HOUSE, Actor, Scope
from cafe_graphql.services import reconciling
from tests.schema.conftest import Window
from tests.schema.test_orders import place
from tests.services import tills

MONEY = "{ minorUnits formatted }"
ORDER = f"""
  order {{
    status paymentStatus version amountDue {MONEY} amountToReturn {MONEY}
    payments {{ method status amount {MONEY} refunded {MONEY} card reason }}
  }}
  problems {{ code message path }}
"""
PAY = f"""
mutation ($by: OrderRef!, $input: PaymentInput!, $key: String) {{
  payOrder(by: $by, input: $input, idempotencyKey: $key) {{ {ORDER} }}
}}
"""
REFUND = f"""
mutation ($id: ID!, $amount: Int, $reason: String, $key: String) {{
  refundOrder(id: $id, amountMinorUnits: $amount, reason: $reason, idempotencyKey: $key) {{ {ORDER} }}
}}
"""
HISTORY = """
query ($id: ID!) {
  node(id: $id) {
    ... on Order {
      events {
        __typename actor
        ... on MoneyMoved { amount { minorUnits } payment { id status refunded { minorUnits } } }
        ... on PaymentFailed { why: reason }
        ... on RefundStarted { reason }
        ... on RefundRecorded { reason }
      }
    }
  }
}
"""


@pytest.fixture(autouse=True)
def terminal(window: Window, tmp_path: Path) -> Iterator[None]:
    with tills.with_terminal(window.cafe, tmp_path / "terminal.db"):
        yield


def pay(window: Window, placed: dict[str, Any], method: str = "CARD", **said: Any) -> dict[str, Any]:
    """Pay by the guest's token; `key` goes beside what else is said."""
    key = said.pop("key", None)
    by = {"token": placed["trackingToken"]}
    payload: dict[str, Any] = window.data(PAY, by=by, input={"method": method, **said}, key=key)["payOrder"]
    return payload


def refund(window: Window, placed: dict[str, Any], **said: Any) -> dict[str, Any]:
    payload: dict[str, Any] = window.data(REFUND, id=placed["order"]["id"], **said)["refundOrder"]
    return payload


def dollars(minor: int) -> dict[str, Any]:
    return {"minorUnits": minor, "formatted": f"${minor / 100:.2f}"}


def payment(amount: int, refunded: int = 0, **other: Any) -> dict[str, Any]:
    paid = {"method": "CARD", "status": "PAID", "card": "Test ····4242", "reason": None, **other}
    return {**paid, "amount": dollars(amount), "refunded": dollars(refunded)}


def order(payment_status: str, version: int, due: int, *payments: dict[str, Any]) -> dict[str, Any]:
    return {
        "status": "PLACED",
        "paymentStatus": payment_status,
        "version": version,
        "amountDue": dollars(due),
        "amountToReturn": dollars(0),
        "payments": list(payments),
    }


def test_a_guest_pays_half_by_card_and_the_till_takes_the_rest_in_cash(window: Window) -> None:
    placed = place(window)

    window.caller = GUEST
    half = pay(window, placed, amountMinorUnits=200)
    window.caller = Actor("key:1", "till", frozenset((Scope.PAYMENTS,)))
    paid = pay(window, placed, "CASH")

    assert half == {"order": order("PARTIALLY_PAID", 3, 200, payment(200)), "problems": []}
    in_cash = payment(200, method="CASH", card=None)
    assert paid == {"order": order("PAID", 4, 0, payment(200), in_cash), "problems": []}


def test_a_declined_card_is_told_and_is_none_of_the_order_s_payments(window: Window) -> None:
    placed = place(window)

    declined = pay(window, placed, token="tok_no_funds")

    message = "Nothing was paid: There is not enough money on the card."
    problem = {"code": "PAYMENT_DECLINED", "message": message, "path": ["input", "token"]}
    assert declined == {"order": order("UNPAID", 3, 400), "problems": [problem]}


def test_a_payment_without_an_answer_is_pending_until_it_is_known(window: Window) -> None:
    placed = place(window)

    asked = pay(window, placed, token="tok_timeout", key="monday-1")
    window.loop.run_until_complete(reconciling.reconcile(window.cafe))
    again = pay(window, placed, token="tok_timeout", key="monday-1")

    waiting = payment(400, status="PENDING", card=None, reason="The card terminal has not answered yet.")
    assert asked == {"order": order("UNPAID", 2, 0, waiting), "problems": []}
    assert again == {"order": order("PAID", 3, 0, payment(400, card="Test ····0101")), "problems": []}


def test_a_refund_is_told_with_its_reason(window: Window) -> None:
    placed = place(window)
    pay(window, placed)

    refunded = refund(window, placed, amount=150, reason="Too sweet")
    too_much = refund(window, placed, amount=251)

    kept = order("PARTIALLY_REFUNDED", 5, 0, payment(400, 150))
    message = "2.51 USD is more than the 2.50 USD that can be given back for order A-001."
    problem = {"code": "AMOUNT_EXCEEDS_BALANCE", "message": message, "path": ["amountMinorUnits"]}
    assert refunded == {"order": kept, "problems": []}
    assert too_much == {"order": kept, "problems": [problem]}


def test_history_tells_all_that_happened_to_the_money_and_by_whom(window: Window) -> None:
    placed = place(window)
    window.caller = GUEST
    pay(window, placed, token="tok_declined")
    pay(window, placed)
    window.caller = HOUSE
    refund(window, placed, amount=150, reason="Too sweet")

    events = window.data(HISTORY, id=placed["order"]["id"])["node"]["events"]

    ids = [event["payment"].pop("id") for event in events[1:]]
    assert [ids.index(id) for id in ids] == [0, 0, 2, 2, 2, 2]
    declined, paid = (
        {"status": "DECLINED", "refunded": {"minorUnits": 0}},
        {"status": "PAID", "refunded": {"minorUnits": 150}},
    )
    started, recorded = [
        {"__typename": kind, "actor": "guest", "amount": {"minorUnits": 400}}
        for kind in ("PaymentStarted", "PaymentRecorded")
    ]
    back = {"actor": "house", "amount": {"minorUnits": 150}, "payment": paid, "reason": "Too sweet"}
    assert events == [
        {"__typename": "StatusChanged", "actor": "house"},
        {**started, "payment": declined},
        {**started, "__typename": "PaymentFailed", "payment": declined, "why": "The card was declined."},
        {**started, "payment": paid},
        {**recorded, "payment": paid},
        {"__typename": "RefundStarted", **back},
        {"__typename": "RefundRecorded", **back},
    ]


def test_a_payment_is_found_by_its_id_by_those_who_may_read_its_order(window: Window) -> None:
    placed = place(window)
    pay(window, placed, token="tok_declined")
    [_, started, _] = window.data(HISTORY, id=placed["order"]["id"])["node"]["events"]
    ask, id = (
        "query ($id: ID!) { node(id: $id) { ... on Payment { status reason reference } } }",
        started["payment"]["id"],
    )

    found = window.data(ask, id=id)["node"]
    window.caller = GUEST

    assert (found["status"], found["reason"]) == ("DECLINED", "The card was declined.")
    assert found["reference"].startswith("T-")
    assert window.error(ask, id=id)[0] == "UNAUTHENTICATED"


def test_two_payments_in_one_request_each_tell_what_they_did(window: Window) -> None:
    placed = place(window)
    ask = """
    mutation ($by: OrderRef!) {
      one: payOrder(by: $by, input: { method: CARD, amountMinorUnits: 100 }) { ...Paid }
      two: payOrder(by: $by, input: { method: CARD }) { ...Paid }
    }
    fragment Paid on OrderPayload { order { payments { amount { minorUnits } } } }
    """

    answer = window.data(ask, by={"token": placed["trackingToken"]})

    amounts = [[each["amount"]["minorUnits"] for each in answer[name]["order"]["payments"]] for name in ("one", "two")]
    assert amounts == [[100], [100, 300]]


def test_a_page_of_orders_reads_their_payments_at_once(window: Window) -> None:
    for _ in range(3):
        pay(window, place(window))
    asked = list[str]()
    window.cafe.store._driver.set_trace_callback(lambda sql: asked.append(sql) if "payments" in sql else None)

    page = window.data("{ orders { nodes { paymentStatus payments { status } } } }")["orders"]["nodes"]

    assert page == [{"paymentStatus": "PAID", "payments": [{"status": "PAID"}]}] * 3
    assert len(asked) == 1


def test_when_orders_are_paid_first_the_kitchen_sees_them_paid(window: Window) -> None:
    window.cafe.pay_first = True
    placed = place(window)
    id = placed["order"]["id"]
    ask = "query ($id: ID!) { kitchenQueue { id } node(id: $id) { ... on Order { queuePosition nextStatuses } } }"
    accept = (
        "mutation ($id: ID!) { advanceOrder(id: $id, to: ACCEPTED) { order { status } problems { code message } } }"
    )

    unpaid, refused = window.data(ask, id=id), window.data(accept, id=id)["advanceOrder"]
    pay(window, placed)
    paid, accepted = window.data(ask, id=id), window.data(accept, id=id)["advanceOrder"]

    assert unpaid == {"kitchenQueue": [], "node": {"queuePosition": None, "nextStatuses": ["CANCELLED"]}}
    message = "Order A-001 goes to the kitchen when it is paid: 4.00 USD is due."
    assert refused == {"order": {"status": "PLACED"}, "problems": [{"code": "INVALID_STATUS", "message": message}]}
    assert paid == {
        "kitchenQueue": [{"id": id}],
        "node": {"queuePosition": 1, "nextStatuses": ["ACCEPTED", "CANCELLED"]},
    }
    assert accepted == {"order": {"status": "ACCEPTED"}, "problems": []}
