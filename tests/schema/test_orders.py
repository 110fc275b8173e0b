"""Placing orders, following them, and reading the order book."""

from typing import Any

import pytest

from cafe_graphql.core.people import GUEST
from tests.schema.conftest import Window
from tests.schema.test_menu import TEA_HOUSE
from tests.schema.test_quotes import LATTE_MEDIUM_OAT

PLACE = """
mutation ($input: OrderInput!, $key: String, $expected: Int) {
  placeOrder(input: $input, idempotencyKey: $key, expectedTotalMinorUnits: $expected) {
    order { id number status totals { total { minorUnits } } }
    trackingToken replayed
    problems { code path message ... on PriceChangedProblem { expected { minorUnits } actual { minorUnits } } }
    warnings { code }
    quote { totals { total { minorUnits } } }
  }
}
"""
COUNT = "{ orders { totalCount } }"


def place(
    window: Window, *lines: dict[str, Any], key: str | None = None, expected: int | None = None
) -> dict[str, Any]:
    variables = {"input": {"lines": list(lines or [LATTE_MEDIUM_OAT])}, "key": key, "expected": expected}
    payload: dict[str, Any] = window.data(PLACE, **variables)["placeOrder"]
    return payload


def test_an_order_is_placed_and_named_for_the_counter(window: Window) -> None:
    placed = place(window, expected=400)

    order, token = placed.pop("order"), placed.pop("trackingToken")
    assert order.pop("id")
    assert order == {"number": "A-001", "status": "PLACED", "totals": {"total": {"minorUnits": 400}}}
    assert len(token) == 32
    assert placed == {"replayed": False, "problems": [], "warnings": [], "quote": None}


def test_the_same_key_gives_the_same_order_again(window: Window) -> None:
    first, again = place(window, key="breakfast-1"), place(window, key="breakfast-1")

    assert again == first | {"replayed": True}
    assert window.data(COUNT) == {"orders": {"totalCount": 1}}


def test_a_key_does_not_stretch_to_another_order(window: Window) -> None:
    place(window, key="breakfast-1")

    other = place(window, {"item": "espresso"}, key="breakfast-1")

    assert other["order"] is None
    assert [(p["code"], p["path"]) for p in other["problems"]] == [("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"])]
    assert window.data(COUNT) == {"orders": {"totalCount": 1}}


def test_a_price_that_the_guest_did_not_see_is_refused_with_todays_quote(window: Window) -> None:
    refused = place(window, key="breakfast-1", expected=350)

    assert refused == {
        "order": None,
        "trackingToken": None,
        "replayed": False,
        "problems": [
            {
                "code": "PRICE_CHANGED",
                "path": ["expectedTotalMinorUnits"],
                "message": "The order comes to 4.00 USD now, not 3.50: look at the quote, and place it again with its"
                " total.",
                "expected": {"minorUnits": 350},
                "actual": {"minorUnits": 400},
            }
        ],
        "warnings": [],
        "quote": {"totals": {"total": {"minorUnits": 400}}},
    }
    assert window.data(COUNT) == {"orders": {"totalCount": 0}}
    assert place(window, key="breakfast-1", expected=400)["order"]["number"] == "A-001"


def test_a_guest_finds_the_order_by_id_or_token_and_nobody_by_neither(window: Window) -> None:
    placed = place(window)
    query = "query ($by: OrderRef!) { order(by: $by) { number } }"

    assert window.data(query, by={"token": placed["trackingToken"]}) == {"order": {"number": "A-001"}}
    assert window.data(query, by={"id": placed["order"]["id"]}) == {"order": {"number": "A-001"}}
    assert window.data(query, by={"token": "guessed"}) == {"order": None}
    assert window.data(query, by={"id": "T3JkZXI6bm9uZQ"}) == {"order": None}
    assert window.error(query, by={"id": "TWVudUl0ZW06dGVh"}) == (
        "BAD_USER_INPUT",
        "“TWVudUl0ZW06dGVh” is an id of type MenuItem; one of type Order is needed here.",
    )


def test_an_order_keeps_its_names_and_prices_whatever_the_menu_says_later(window: Window) -> None:
    placed = place(window)
    query = """query ($by: OrderRef!) { order(by: $by) {
      lines { name quantity unitPrice { minorUnits } choices { optionName } item { availability { reason } } }
      totals { total { minorUnits } }
      reorderQuote { lines { index } problems { code path } }
    } }"""

    window.load(TEA_HOUSE.replace("JPY", "USD").replace("480", "4.80"))

    assert window.data(query, by={"id": placed["order"]["id"]})["order"] == {
        "lines": [
            {
                "name": "Latte",
                "quantity": 1,
                "unitPrice": {"minorUnits": 400},
                "choices": [{"optionName": "Medium"}, {"optionName": "Oat milk"}],
                "item": {"availability": {"reason": "HIDDEN"}},
            }
        ],
        "totals": {"total": {"minorUnits": 400}},
        "reorderQuote": {
            "lines": [{"index": 0}],
            "problems": [{"code": "ITEM_UNAVAILABLE", "path": ["lines", "0", "item"]}],
        },
    }


def test_an_order_and_its_lines_are_nodes(window: Window) -> None:
    id = place(window, LATTE_MEDIUM_OAT, {"item": "espresso", "quantity": 2})["order"]["id"]
    lines = window.data("query ($id: ID!) { node(id: $id) { ... on Order { lines { id } } } }", id=id)["node"]["lines"]
    node = "query ($id: ID!) { node(id: $id) { id ... on OrderLine { name quantity } } }"

    assert window.data(node, id=lines[1]["id"]) == {"node": {"id": lines[1]["id"], "name": "Espresso", "quantity": 2}}


def test_a_cancelled_order_says_who_why_and_what_is_due(window: Window) -> None:
    window.caller = GUEST
    placed = place(window)
    cancel = """mutation ($by: OrderRef!) { cancelOrder(by: $by, reason: NO_SHOW, note: "Rain") {
      order { status version viewerCanCancel viewerCannotCancelReason nextStatuses amountDue { minorUnits }
              events { at actor ... on StatusChanged { from to reason note } } }
      problems { code message path ... on StatusProblem { current allowed } } } }"""

    cancelled = window.data(cancel, by={"token": placed["trackingToken"]})["cancelOrder"]
    again = window.data(cancel, by={"token": placed["trackingToken"]})["cancelOrder"]

    at = "2026-05-04T13:30:00Z"
    assert cancelled == {
        "order": {
            "status": "CANCELLED",
            "version": 2,
            "viewerCanCancel": False,
            "viewerCannotCancelReason": "It is cancelled already.",
            "nextStatuses": [],
            "amountDue": {"minorUnits": 0},
            "events": [
                {"at": at, "actor": "guest", "from": None, "to": "PLACED", "reason": None, "note": None},
                {"at": at, "actor": "guest", "from": "PLACED", "to": "CANCELLED", "reason": "NO_SHOW", "note": "Rain"},
            ],
        },
        "problems": [],
    }
    assert again["problems"] == [
        {
            "code": "INVALID_STATUS",
            "message": "Order A-001 cannot be cancelled: it is cancelled already.",
            "path": ["by"],
            "current": "CANCELLED",
            "allowed": ["PLACED", "ACCEPTED"],
        }
    ]
    assert again["order"] == cancelled["order"]


def test_an_order_that_is_not_there_cannot_be_cancelled(window: Window) -> None:
    cancel = 'mutation { cancelOrder(by: { token: "guessed" }) { order { id } problems { code path } } }'

    assert window.data(cancel)["cancelOrder"] == {
        "order": None,
        "problems": [{"code": "NOT_FOUND", "path": ["by"]}],
    }


def test_the_order_book_is_read_page_by_page(window: Window) -> None:
    for _ in range(5):
        place(window)
    query = """query ($after: String, $sort: OrderSort! = PLACED_AT_DESC) {
    orders(first: 2, after: $after, sort: $sort) {
      nodes { number } edges { cursor node { number } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
    } }"""

    first = window.data(query)["orders"]
    second = window.data(query, after=first["pageInfo"]["endCursor"])["orders"]
    third = window.data(query, after=second["pageInfo"]["endCursor"])["orders"]

    assert [[node["number"] for node in page["nodes"]] for page in (first, second, third)] == [
        ["A-005", "A-004"],
        ["A-003", "A-002"],
        ["A-001"],
    ]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, second, third)] == [True, True, False]
    assert [page["pageInfo"]["hasPreviousPage"] for page in (first, second, third)] == [False, True, True]
    assert first["totalCount"] == 5
    assert first["edges"][1] == {"cursor": first["pageInfo"]["endCursor"], "node": {"number": "A-004"}}
    code, message = window.error(query, after=first["pageInfo"]["endCursor"], sort="PLACED_AT_ASC")
    assert code == "BAD_USER_INPUT"
    assert message.endswith("pass an `endCursor` exactly as it came, with the same `sort`.")


def test_a_page_has_from_1_to_100_orders(window: Window) -> None:
    messages = [window.error(f"{{ orders(first: {first}) {{ nodes {{ id }} }} }}") for first in (0, 101, -1)]

    assert messages == [("BAD_USER_INPUT", f"`first` must be from 1 to 100, not {first}.") for first in (0, 101, -1)]


def test_the_order_book_is_searched(window: Window) -> None:
    place(window)
    place(window, {"item": "espresso"})
    window.data(
        "mutation ($t: String!) { cancelOrder(by: { token: $t }) { problems { code } } }",
        t=place(window)["trackingToken"],
    )
    query = "query ($f: OrderFilter) { orders(filter: $f) { nodes { number } totalCount } }"

    def found(**filter: Any) -> list[str]:
        page = window.data(query, f=filter)["orders"]
        numbers = [node["number"] for node in page["nodes"]]
        assert page["totalCount"] == len(numbers)
        return numbers

    assert found(status=["CANCELLED"]) == ["A-003"]
    assert found(status=["PLACED", "CANCELLED"]) == ["A-003", "A-002", "A-001"]
    assert found(status=[]) == []
    assert found(item="espresso") == ["A-002"]
    assert found(item="latte", status=["PLACED"]) == ["A-001"]
    assert found(number="A-002") == ["A-002"]
    assert found(placedAfter="2026-05-04T13:30:00Z") == ["A-003", "A-002"]
    assert found(placedBefore="2026-05-04T13:30:00Z") == []
    assert window.error(query, f={"item": "soup"})[0] == "BAD_USER_INPUT"


@pytest.mark.parametrize("spoil", ["!!{}", "{}AA", "{}=x", "e30"])
def test_a_cursor_that_was_tampered_with_is_refused(window: Window, spoil: str) -> None:
    place(window)
    query = "query ($a: String) { orders(first: 1, after: $a) { pageInfo { endCursor } } }"
    cursor = window.data(query)["orders"]["pageInfo"]["endCursor"]

    assert window.error(query, a=spoil.format(cursor))[0] == "BAD_USER_INPUT"
    assert window.error(query, a=cursor[:-1])[0] == "BAD_USER_INPUT"
