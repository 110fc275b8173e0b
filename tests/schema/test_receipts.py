"""Receipts as callers read them: on their order, as text for a till, and with a link that works where they are."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cafe_graphql.core.orders import Status
from cafe_graphql.core.people import GUEST, HOUSE
from cafe_graphql.execution.engine import Request
from cafe_graphql.execution.subscriptions import Subscription
from cafe_graphql.schema import ids
from cafe_graphql.schema.context import Context
from cafe_graphql.services import cooking
from cafe_graphql.services.following import Watcher
from tests.schema.conftest import Window
from tests.schema.test_orders import place
from tests.schema.test_payments import pay, refund
from tests.services import tills

RECEIPTS = """
query ($token: String!, $width: Int! = 42) { order(by: { token: $token }) {
  receipt { number kind issuedAt url text(width: $width) }
  receipts { number kind issuedAt }
} }
"""


@pytest.fixture(autouse=True)
def terminal(window: Window, tmp_path: Path) -> Iterator[None]:
    with tills.with_terminal(window.cafe, tmp_path / "terminal.db"):
        yield


@pytest.fixture
def latte(window: Window) -> dict[str, Any]:
    """Give a latte for $4.00, placed and not paid."""
    return place(window)


def asked(window: Window, placed: dict[str, Any]) -> dict[str, Any]:
    window.caller = GUEST
    found: dict[str, Any] = window.data(RECEIPTS, token=placed["trackingToken"])["order"]
    return found


def test_an_order_that_is_not_paid_has_no_receipt(window: Window, latte: dict[str, Any]) -> None:
    assert asked(window, latte) == {"receipt": None, "receipts": []}


def test_its_guest_reads_the_receipt_of_the_sale_and_of_each_refund(window: Window, latte: dict[str, Any]) -> None:
    pay(window, latte)
    refund(window, latte, amount=100, reason="Spilled")

    at = "2026-05-04T13:30:00Z"
    order = asked(window, latte)

    assert re.fullmatch(r"/receipts/[\w-]{32}", order["receipt"].pop("url"))
    assert order == {
        "receipt": {
            "number": "R-000001",
            "kind": "SALE",
            "issuedAt": at,
            "text": (
                "               Corner Café\n"
                "             Receipt R-000001\n"
                "               Order A-001\n"
                "           May 4, 2026, 9:30 AM\n"
                "------------------------------------------\n"
                "1 × Latte                            $4.00\n"
                "  Oat milk\n"
                "  Medium (+$0.50)\n"
                "------------------------------------------\n"
                "Total                                $4.00\n"
                "------------------------------------------\n"
                "Card Test ····4242                   $4.00\n"
                "------------------------------------------\n"
                "                Thank you!\n"
            ),
        },
        "receipts": [
            {"number": "R-000001", "kind": "SALE", "issuedAt": at},
            {"number": "R-000002", "kind": "REFUND", "issuedAt": at},
        ],
    }


@pytest.mark.parametrize("width", [-1, 0, 15, 201, 2_147_483_647])
def test_paper_that_no_till_has_is_refused_in_plain_words(window: Window, latte: dict[str, Any], width: int) -> None:
    pay(window, latte)

    response = window.ask(RECEIPTS, token=latte["trackingToken"], width=width)

    assert response["data"] == {"order": {"receipt": None, "receipts": response["data"]["order"]["receipts"]}}
    [error] = response["errors"]
    assert error["message"] == f"A receipt is from 16 to 200 columns wide, not {width}; most paper has 42."
    assert (error["path"], error["extensions"]["code"]) == (["order", "receipt", "text"], "BAD_USER_INPUT")


def test_a_link_begins_where_its_own_caller_has_reached_us(window: Window, latte: dict[str, Any]) -> None:
    pay(window, latte)

    def link(site: str) -> str:
        context = Context(window.cafe, GUEST, lambda: site)
        ask = Request(RECEIPTS, variables={"token": latte["trackingToken"]})
        answer = window.loop.run_until_complete(window.engine.run(ask, context))
        return str(answer.payload["data"]["order"]["receipt"]["url"])

    path = link("")
    assert link("https://cafe.example") == f"https://cafe.example{path}"
    assert link("http://till.local:8000/cafe") == f"http://till.local:8000/cafe{path}"


def test_nobody_hears_of_a_link_that_another_listener_s_address_is_in(window: Window, latte: dict[str, Any]) -> None:
    """Listeners share answers: but not those who have reached us at different addresses."""
    pay(window, latte)
    follow = "subscription ($token: String!) { orderUpdated(by: { token: $token }) { order { receipt { url } } } }"
    sites = ["https://evil.example", "https://cafe.example", "https://cafe.example"]

    async def heard() -> list[str]:
        watcher = Watcher(window.cafe)
        window.cafe.store.on_commit = watcher.look
        listeners = [await listener(window, site, follow, latte) for site in sites]
        await cooking.advance(window.cafe, HOUSE, ids.key_of("Order", latte["order"]["id"]), Status.ACCEPTED)
        told = await asyncio.gather(*(anext(each) for each in listeners))
        for each in listeners:
            await each.aclose()
        return [answer.decode() for answer in told]

    for site, answer in zip(sites, window.loop.run_until_complete(heard()), strict=True):
        assert f'"url":"{site}/receipts/' in answer


async def listener(window: Window, site: str, follow: str, placed: dict[str, Any]) -> Subscription:
    """Give somebody who follows an order, and has seen how it stands."""
    context = Context(window.cafe, GUEST, lambda: site)
    ask = Request(follow, variables={"token": placed["trackingToken"]})
    opened = await window.engine.open(ask, context, context.renewed)
    assert isinstance(opened, Subscription)
    await anext(opened)
    return opened
