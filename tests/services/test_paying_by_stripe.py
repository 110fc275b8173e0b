"""Paying by Stripe over a bad line: whichever question or answer is lost, the card is charged once, or not at all."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from cafe_graphql.core.orders import Order
from cafe_graphql.core.payments import PaymentStatus, Takings
from cafe_graphql.core.people import GUEST
from cafe_graphql.gateways.stripe import Stripe
from cafe_graphql.services import ordering, reconciling
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotChanged, Ref
from cafe_graphql.services.reconciling import Reconciled
from tests.gateways.stripe_house import KEY, House, open_house
from tests.running import running_cafe
from tests.services import tills
from tests.web.test_rest import ask

LOST = ["question", "answer", "500"]
QUESTIONS = range(1, 8)
"""A latte paid and refunded takes seven requests."""


@pytest.fixture
def house(cafe: Cafe) -> Iterator[House]:
    with open_house() as (house, url):
        stripe = Stripe(KEY, url)
        cafe.gateway = stripe
        yield house
        stripe.close()


@pytest.fixture
def order(cafe: Cafe, house: House) -> Order:
    return tills.place(cafe)


def lose(house: House, number: int, what: str) -> None:
    house.loses = lambda _, asked: what if asked == number else None


def reconcile(cafe: Cafe) -> Reconciled:
    return asyncio.run(reconciling.reconcile(cafe))


@pytest.mark.parametrize("what", LOST)
@pytest.mark.parametrize("number", QUESTIONS)
def test_whatever_is_lost_the_book_agrees_with_stripe_afterwards(
    cafe: Cafe, house: House, order: Order, number: int, what: str
) -> None:
    lose(house, number, what)

    tills.card(cafe, order, "pm_card_visa")
    reconcile(cafe)
    paid = tills.again(cafe, order).takings
    assert paid in (Takings(paid=350), Takings())
    assert sum(house.charged().values()) == paid.paid
    if paid.paid:
        tills.refund(cafe, order, 100)
        reconcile(cafe)

        assert tills.again(cafe, order).takings == Takings(paid=350, refunded=100)
        assert list(house.charged().values()) == [250]
    assert reconcile(cafe) == Reconciled(0, 0)


@pytest.mark.parametrize("what", LOST)
@pytest.mark.parametrize("number", QUESTIONS)
def test_whatever_is_lost_when_a_paid_order_is_cancelled_the_guest_has_their_money(
    cafe: Cafe, house: House, order: Order, number: int, what: str
) -> None:
    lose(house, number, what)

    tills.card(cafe, order, "pm_card_visa")
    asyncio.run(ordering.cancel(cafe, GUEST, Ref(token=order.tracking_token)))
    reconcile(cafe)

    ended = tills.again(cafe, order)
    assert ended.is_over and ended.amount_to_return == 0
    assert sum(house.charged().values()) == 0
    assert {intent["status"] for intent in house.intents.values()} <= {"succeeded", "canceled"}


@pytest.mark.parametrize("what", LOST)
def test_a_card_whose_decline_was_lost_is_declined_when_it_is_known(
    cafe: Cafe, house: House, order: Order, what: str
) -> None:
    lose(house, 2, what)

    pending = tills.card(cafe, order, "pm_card_chargeDeclined", key="monday-1")
    assert pending.takings == Takings(pending=350)
    reconcile(cafe)

    with pytest.raises(NotChanged) as refusal:
        tills.card(cafe, order, "pm_card_chargeDeclined", key="monday-1")
    heard = (
        "Your card was declined." if what == "answer" else "The card terminal knows nothing of it: nothing was taken."
    )
    assert [problem.message for problem in refusal.value.problems] == [f"Nothing was paid: {heard}"]
    assert tills.card(cafe, order, "pm_card_visa").payment_status is PaymentStatus.PAID


def test_a_cafe_that_is_served_charges_by_stripe_and_tells_nobody_its_key(file: Path) -> None:
    placing = 'mutation { placeOrder(input: { lines: [{ item: "latte" }] }) { trackingToken } }'
    paying = """mutation ($by: OrderRef!) {
      payOrder(by: $by, input: { method: CARD, token: "pm_card_visa" }) {
        order { paymentStatus payments { card reference } } problems { message }
      }
    }"""
    with open_house() as (house, stripe):
        variables = {"CAFE_CARD_GATEWAY": "stripe", "CAFE_STRIPE_KEY": KEY, "CAFE_STRIPE_URL": stripe}
        with running_cafe(file, **variables) as url:
            _, placed = ask(f"{url}/graphql", {"query": placing})
            by = {"token": placed["data"]["placeOrder"]["trackingToken"]}
            _, paid = ask(f"{url}/graphql", {"query": paying, "variables": {"by": by}})

    order = {"paymentStatus": "PAID", "payments": [{"card": "Visa ····4242", "reference": "pi_0001"}]}
    assert paid == {"data": {"payOrder": {"order": order, "problems": []}}}
    assert list(house.charged().values()) == [350]
    assert KEY not in file.with_suffix(".log").read_text()


def test_while_stripe_is_away_payments_wait_and_are_settled_when_it_is_back(cafe: Cafe, house: House) -> None:
    house.loses = lambda _, __: "500"
    orders = [tills.place(cafe) for _ in range(3)]
    for order in orders:
        tills.card(cafe, order, "pm_card_visa")
    assert reconcile(cafe) == Reconciled(settled=0, waiting=3)

    house.loses = lambda _, __: None

    assert reconcile(cafe) == Reconciled(settled=3, waiting=0)
    assert [tills.again(cafe, order).takings for order in orders] == [Takings()] * 3
    assert house.charged() == {}
