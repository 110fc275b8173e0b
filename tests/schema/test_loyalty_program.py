"""Points as callers see them: what there is to earn, what was earned and spent, and whose business that is."""

from typing import Any

import pytest
from argon2 import PasswordHasher

from cafe_graphql.core.people import GUEST, HOUSE, Role
from cafe_graphql.services import passwords, signing_in
from tests.schema.conftest import Window
from tests.schema.test_people import asked_by, person
from tests.schema.test_prices import MENU

REWARDING = MENU.replace("[cafe]", '[cafe]\nloyalty = { points = 2, per = "1.00", worth = "0.05" }', 1)

SCHEME = "{ cafe { loyalty { points per { formatted } worth { formatted } } } }"
QUOTE = """
query ($input: OrderInput!) {
  quote(input: $input) {
    totals { adjustments { kind label amount { formatted } lineIndex } total { formatted } } loyaltyPointsEarned
    problems { code message path }
  }
}
"""
PLACE = """
mutation ($input: OrderInput!) {
  placeOrder(input: $input) { order { id loyaltyPointsEarned totals { total { formatted } } } problems { code } }
}
"""
PAY = """
mutation ($id: ID!) {
  payOrder(by: { id: $id }, input: { method: CASH }) {
    order { loyaltyPointsEarned customer { loyaltyPoints } } problems { message }
  }
}
"""
REFUND = "mutation ($id: ID!) { refundOrder(id: $id) { order { loyaltyPointsEarned } problems { message } } }"
MINE = "{ viewer { customer { loyaltyPoints pointsMovements(first: 5) { kind points owed at order { id } } } } }"

FOUR_LATTES = [{"item": "latte", "quantity": 4}]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let passwords be hashed in no time, and forget the wrong tries of other tests."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    signing_in._tries.storage.reset()


def mine(answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = answer["data"]["viewer"]["customer"]
    return found


def test_everybody_can_read_what_earns_points_and_what_they_are_worth(window: Window) -> None:
    assert asked_by(window, GUEST, SCHEME) == {"data": {"cafe": {"loyalty": None}}}
    window.load(REWARDING)

    assert asked_by(window, GUEST, SCHEME) == {
        "data": {"cafe": {"loyalty": {"points": 2, "per": {"formatted": "€1.00"}, "worth": {"formatted": "€0.05"}}}}
    }


def test_points_are_earned_redeemed_and_taken_back(window: Window) -> None:
    window.load(REWARDING)
    ada = person(window, "Ada")

    [quoted] = asked_by(window, ada, QUOTE, input={"lines": FOUR_LATTES})["data"].values()
    [placed] = asked_by(window, ada, PLACE, input={"lines": FOUR_LATTES})["data"].values()
    assert (quoted["loyaltyPointsEarned"], placed["order"]["loyaltyPointsEarned"]) == (28, 0)
    order = placed["order"]["id"]
    assert asked_by(window, HOUSE, PAY, id=order)["data"] == {
        "payOrder": {"order": {"loyaltyPointsEarned": 28, "customer": {"loyaltyPoints": 28}}, "problems": []}
    }

    spending = {"lines": [{"item": "latte"}], "redeemPoints": 20}
    assert asked_by(window, ada, QUOTE, input=spending)["data"]["quote"] == {
        "totals": {
            "adjustments": [
                {"kind": "LOYALTY", "label": "20 points", "amount": {"formatted": "-€1.00"}, "lineIndex": None}
            ],
            "total": {"formatted": "€2.50"},
        },
        "loyaltyPointsEarned": 4,
        "problems": [],
    }
    [placed] = asked_by(window, ada, PLACE, input=spending)["data"].values()
    assert placed["order"]["totals"] == {"total": {"formatted": "€2.50"}}
    [refunded] = asked_by(window, HOUSE, REFUND, id=order)["data"].values()
    assert refunded == {"order": {"loyaltyPointsEarned": 0}, "problems": []}

    later = "2026-05-04T13:30:00.000001Z"
    assert mine(asked_by(window, ada, MINE)) == {
        "loyaltyPoints": 0,
        "pointsMovements": [
            {"kind": "TAKEN_BACK", "points": -8, "owed": 20, "at": "2026-05-04T13:30:00Z", "order": {"id": order}},
            {"kind": "REDEEMED", "points": -20, "owed": 0, "at": later, "order": {"id": placed["order"]["id"]}},
            {"kind": "EARNED", "points": 28, "owed": 0, "at": "2026-05-04T13:30:00Z", "order": {"id": order}},
        ],
    }


def test_a_guest_is_told_to_sign_in(window: Window) -> None:
    window.load(REWARDING)

    [quoted] = asked_by(window, GUEST, QUOTE, input={"lines": FOUR_LATTES, "redeemPoints": 1})["data"].values()

    assert quoted["problems"] == [
        {
            "code": "POINTS_INSUFFICIENT",
            "message": "Points are on customers' accounts: sign in to redeem them, "
            "or place the order with redeemPoints 0.",
            "path": ["redeemPoints"],
        }
    ]
    assert quoted["loyaltyPointsEarned"] == 0


def test_nobody_sees_another_s_points_but_who_reads_all_orders(window: Window) -> None:
    window.load(REWARDING)
    ada, bob, ben = person(window, "Ada"), person(window, "Bob"), person(window, "Ben", Role.BARISTA)
    ask = "query ($id: ID!) { node(id: $id) { ... on Customer { loyaltyPoints pointsMovements { points } } } }"
    [id] = asked_by(window, ada, "{ viewer { customer { id } } }")["data"]["viewer"]["customer"].values()

    seen = [asked_by(window, caller, ask, id=id)["data"]["node"] for caller in (ada, ben, bob)]

    assert seen == [{"loyaltyPoints": 0, "pointsMovements": []}] * 2 + [None]


@pytest.mark.parametrize("first", [0, 101, -1])
def test_no_more_than_a_hundred_movements_are_told(window: Window, first: int) -> None:
    ada = person(window, "Ada")

    answer = asked_by(window, ada, f"{{ viewer {{ customer {{ pointsMovements(first: {first}) {{ points }} }} }} }}")

    assert [error["message"] for error in answer["errors"]] == [f"`first` must be from 1 to 100, not {first}."]
