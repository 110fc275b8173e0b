"""The plug is pulled at every step of a payment, a refund and a cancelling: the card is charged once or not at all, and
the book agrees with the terminal."""

import asyncio
import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from cafe_graphql.core.orders import Order
from cafe_graphql.core.payments import PaymentStatus, Takings
from cafe_graphql.services import reconciling
from cafe_graphql.services.cafe import Cafe, utc_now
from tests import running
from tests.proof.adding_up import Auditor
from tests.services import tills
from tests.services.books import all_orders, opened

TWICE = ("before", "after")
THRICE = ("before", "within", "after")

PAYING = [
    *(f"{moment} paying._begin 1" for moment in THRICE),
    *(f"{moment} authorise 1" for moment in TWICE),
    *(f"{moment} settling.note 1" for moment in THRICE),
    *(f"{moment} capture 1" for moment in TWICE),
    *(f"{moment} settling.note 2" for moment in THRICE),
]
REFUNDING = [
    *(f"{moment} refunding._begin 1" for moment in THRICE),
    *(f"{moment} refund 1" for moment in TWICE),
    *(f"{moment} settling.note_refund 1" for moment in THRICE),
]
CANCELLING = [
    *(f"{moment} ordering._cancel 1" for moment in THRICE),
    *(f"{moment} refund 1" for moment in TWICE),
    *(f"{moment} settling.note_refund 1" for moment in THRICE),
]
"""Every step of each: acts of the book, and questions to the terminal, in their order."""

PLACE = 'mutation { placeOrder(input: { lines: [{ item: "latte" }] }) { trackingToken order { id } } }'
PAY = """
mutation ($t: String!) {
  payOrder(by: { token: $t }, input: { method: CARD, token: "tok_visa" }, idempotencyKey: "monday-1") {
    order { paymentStatus amountDue { minorUnits } } problems { code }
  }
}
"""
REFUND = """
mutation ($id: ID!) {
  refundOrder(id: $id, amountMinorUnits: 100, idempotencyKey: "monday-2") { order { paymentStatus } problems { code } }
}
"""
CANCEL = "mutation ($t: String!) { cancelOrder(by: { token: $t }) { order { status } problems { code } } }"


@pytest.mark.parametrize("step", PAYING)
def test_a_card_is_charged_once_or_not_at_all_whenever_the_plug_is_pulled(file: Path, step: str) -> None:
    with dying(file, step) as (server, url):
        placed = ask(url, PLACE)["placeOrder"]
        assert_dies(server, url, PAY, t=placed["trackingToken"])

    with afterwards(file) as cafe, tills.with_terminal(cafe, terminal_of(file)) as terminal:
        asyncio.run(reconciling.reconcile(cafe, timedelta()))
        order = the_order(cafe)

        assert order.takings in (Takings(paid=350), Takings())
        assert sum(tills.taken(terminal).values()) == order.takings.paid
        assert bool(order.takings.paid) is (PAYING.index(step) > PAYING.index("before authorise 1"))
        tills.assert_agreed(cafe, terminal, order)
        if not order.takings.paid:
            tills.card(cafe, order)
        assert the_order(cafe).payment_status is PaymentStatus.PAID
        assert sum(tills.taken(terminal).values()) == 350


@pytest.mark.parametrize("step", REFUNDING)
def test_a_refund_is_made_once_or_not_at_all_whenever_the_plug_is_pulled(file: Path, step: str) -> None:
    with dying(file, step) as (server, url):
        placed = ask(url, PLACE)["placeOrder"]
        ask(url, PAY, t=placed["trackingToken"])
        assert_dies(server, url, REFUND, id=placed["order"]["id"])

    with afterwards(file) as cafe, tills.with_terminal(cafe, terminal_of(file)) as terminal:
        asyncio.run(reconciling.reconcile(cafe, timedelta()))
        order = the_order(cafe)

        was_begun = REFUNDING.index(step) > REFUNDING.index("within refunding._begin 1")
        assert order.takings == Takings(paid=350, refunded=100 if was_begun else 0)
        tills.assert_agreed(cafe, terminal, order)
        again = tills.refund(cafe, order, 100, key="monday-2")
        assert again.takings == Takings(paid=350, refunded=100)
        assert list(tills.taken(terminal).values()) == [250]


@pytest.mark.parametrize("step", CANCELLING)
def test_a_guest_who_cancels_has_their_money_whenever_the_plug_is_pulled(file: Path, step: str) -> None:
    with dying(file, step) as (server, url):
        placed = ask(url, PLACE)["placeOrder"]
        ask(url, PAY, t=placed["trackingToken"])
        assert_dies(server, url, CANCEL, t=placed["trackingToken"])

    with afterwards(file) as cafe, tills.with_terminal(cafe, terminal_of(file)) as terminal:
        asyncio.run(reconciling.reconcile(cafe, timedelta()))
        order = the_order(cafe)

        was_cancelled = CANCELLING.index(step) > CANCELLING.index("within ordering._cancel 1")
        assert order.takings == Takings(paid=350, refunded=350 if was_cancelled else 0)
        assert order.is_over is was_cancelled
        tills.assert_agreed(cafe, terminal, order)


def test_a_server_that_starts_again_settles_what_it_left_and_the_same_key_has_its_answer(file: Path) -> None:
    with dying(file, "after capture 1") as (server, url):
        placed = ask(url, PLACE)["placeOrder"]
        assert_dies(server, url, PAY, t=placed["trackingToken"])

    with running.running_cafe(file) as url:
        again = ask(url, PAY, t=placed["trackingToken"])["payOrder"]

    assert again == {"order": {"paymentStatus": "PAID", "amountDue": {"minorUnits": 0}}, "problems": []}
    with afterwards(file) as cafe, tills.with_terminal(cafe, terminal_of(file)) as terminal:
        assert list(tills.taken(terminal).values()) == [350]


def the_order(cafe: Cafe) -> Order:
    [order] = all_orders(cafe)
    return order


def terminal_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-terminal")


def ask(url: str, query: str, **variables: str) -> dict[str, Any]:
    body = json.dumps({"query": query, "variables": variables}).encode()
    headers = {"Content-Type": "application/json", **running.WITH_KEY}
    with urllib.request.urlopen(urllib.request.Request(f"{url}/graphql", body, headers), timeout=20) as answer:
        data: dict[str, Any] = json.load(answer)["data"]
    return data


def assert_dies(server: "subprocess.Popen[bytes]", url: str, query: str, **variables: str) -> None:
    with pytest.raises((OSError, HTTPException)):
        ask(url, query, **variables)
    assert server.wait(running.PATIENCE) == -signal.SIGKILL


@contextmanager
def dying(file: Path, step: str) -> "Iterator[tuple[subprocess.Popen[bytes], str]]":
    """Serve a database file by a process that dies at a step."""
    port = running._free_port()
    log = file.with_suffix(".log")
    command = [sys.executable, "-m", "tests.services.dying", str(port), step]
    with log.open("ab") as output:
        server = subprocess.Popen(command, stdout=output, stderr=output, env=running._environment(file, {}))
        try:
            running._wait_for(f"http://127.0.0.1:{port}", server, log)
            yield server, f"http://127.0.0.1:{port}"
        finally:
            server.kill()
            server.wait()


@contextmanager
def afterwards(file: Path) -> Iterator[Cafe]:
    """Open the books again, on the same day; in the end they add up, receipts and all."""
    with opened(file) as cafe:
        cafe.clock = utc_now
        yield cafe
    Auditor(file).audit()
