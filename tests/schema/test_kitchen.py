"""The kitchen: the queue, moving orders on, and what can be promised."""

from base64 import urlsafe_b64decode as b64decode
from base64 import urlsafe_b64encode as b64encode
from datetime import timedelta
from typing import Any

import pytest

from tests.schema.conftest import MONDAY_MORNING, Window
from tests.schema.test_menu import TEA_HOUSE
from tests.schema.test_orders import place

ADVANCE = """
mutation ($id: ID!, $to: OrderStatus!, $version: Int) {
  advanceOrder(id: $id, to: $to, expectedVersion: $version) {
    order { status version nextStatuses viewerCanCancel viewerCannotCancelReason estimatedReadyAt queuePosition }
    problems { code message path ... on StatusProblem { current allowed } }
  }
}
"""
HISTORY = """
query ($id: ID!) { node(id: $id) { ... on Order { events { cursor ... on StatusChanged { from to }
  ... on LineDone { isDone lineId } ... on EstimateChanged { estimatedReadyAt } } } } }
"""


def advance(window: Window, id: str, *statuses: str, version: int | None = None) -> dict[str, Any]:
    for status in statuses:
        payload: dict[str, Any] = window.data(ADVANCE, id=id, to=status, version=version)["advanceOrder"]
    return payload


def test_an_order_goes_from_the_window_to_the_guest_s_hand(window: Window) -> None:
    id = place(window)["order"]["id"]

    handed_over = advance(window, id, "ACCEPTED", "PREPARING", "READY", "COMPLETED")

    assert handed_over == {
        "order": {
            "status": "COMPLETED",
            "version": 5,
            "nextStatuses": [],
            "viewerCanCancel": False,
            "viewerCannotCancelReason": "It was handed over already.",
            "estimatedReadyAt": "2026-05-04T13:31:30Z",
            "queuePosition": None,
        },
        "problems": [],
    }
    steps = window.data(HISTORY, id=id)["node"]["events"]
    assert [(step["from"], step["to"]) for step in steps] == [
        (None, "PLACED"),
        ("PLACED", "ACCEPTED"),
        ("ACCEPTED", "PREPARING"),
        ("PREPARING", "READY"),
        ("READY", "COMPLETED"),
    ]


def test_of_two_baristas_who_tap_at_once_one_wins_and_the_other_is_told(window: Window) -> None:
    id = place(window)["order"]["id"]

    first, second = (advance(window, id, "ACCEPTED", version=1) for _ in range(2))

    assert (first["order"]["version"], first["problems"]) == (2, [])
    assert second["order"] == first["order"]
    assert [(p["code"], p["path"], p["message"]) for p in second["problems"]] == [
        (
            "VERSION_CONFLICT",
            ["expectedVersion"],
            "Order A-001 has changed: it is at version 2 now, and accepted.",
        ),
        ("INVALID_STATUS", ["to"], "Order A-001 is accepted; from there it can only become preparing or cancelled."),
    ]


def test_an_order_cannot_jump(window: Window) -> None:
    id = place(window)["order"]["id"]

    refused = advance(window, id, "READY")

    assert refused["order"]["status"] == "PLACED"
    assert refused["problems"] == [
        {
            "code": "INVALID_STATUS",
            "message": "Order A-001 is placed; from there it can only become accepted or cancelled.",
            "path": ["to"],
            "current": "PLACED",
            "allowed": ["PREPARING"],
        }
    ]


def test_what_is_being_made_cannot_be_called_off(window: Window) -> None:
    placed = place(window)
    advance(window, placed["order"]["id"], "ACCEPTED", "PREPARING")
    cancel = "mutation ($t: String!) { cancelOrder(by: { token: $t }) { order { status } problems { code message } } }"

    assert window.data(cancel, t=placed["trackingToken"])["cancelOrder"] == {
        "order": {"status": "PREPARING"},
        "problems": [
            {"code": "INVALID_STATUS", "message": "Order A-001 cannot be cancelled: it is being made already."}
        ],
    }


def test_a_line_is_ticked_off_once_and_the_tick_taken_back(window: Window) -> None:
    id = place(window, {"item": "latte"}, {"item": "espresso"})["order"]["id"]
    lines = window.data("query ($id: ID!) { node(id: $id) { ... on Order { lines { id } } } }", id=id)["node"]["lines"]
    mark = """mutation ($line: ID!, $done: Boolean!) { markLineDone(lineId: $line, done: $done) {
      order { version lines { isDone } } problems { code path } } }"""

    ticked, again, back = (
        window.data(mark, line=lines[1]["id"], done=done)["markLineDone"] for done in (True, True, False)
    )

    assert ticked == {"order": {"version": 2, "lines": [{"isDone": False}, {"isDone": True}]}, "problems": []}
    assert again == ticked
    assert back["order"] == {"version": 3, "lines": [{"isDone": False}, {"isDone": False}]}
    done = [event for event in window.data(HISTORY, id=id)["node"]["events"] if "lineId" in event]
    assert [(event["lineId"], event["isDone"]) for event in done] == [(lines[1]["id"], True), (lines[1]["id"], False)]


def test_the_kitchen_sees_the_oldest_promise_first(window: Window) -> None:
    for item in ("latte", "espresso", "flat-white"):
        place(window, {"item": item})
    query = "{ kitchenQueue { number estimatedReadyAt queuePosition } cafe { currentWaitMinutes } }"

    seen = window.data(query)

    promises = [ticket["estimatedReadyAt"] for ticket in seen["kitchenQueue"]]
    assert promises == sorted(promises)
    assert [ticket["queuePosition"] for ticket in seen["kitchenQueue"]] == [1, 2, 3]
    assert seen["cafe"]["currentWaitMinutes"] > 0


def test_a_third_latte_waits_until_one_of_two_stations_is_free(window: Window) -> None:
    for _ in range(3):
        place(window, {"item": "latte"})
    seen = window.data("{ kitchenQueue { estimatedReadyAt } cafe { currentWaitMinutes } }")

    assert [ticket["estimatedReadyAt"][11:19] for ticket in seen["kitchenQueue"]] == [
        "13:31:30",
        "13:31:30",
        "13:33:00",
    ]
    assert seen["cafe"] == {"currentWaitMinutes": 2}


def test_a_late_start_is_told(window: Window) -> None:
    id = place(window)["order"]["id"]
    advance(window, id, "ACCEPTED")
    window.set_clock(MONDAY_MORNING + timedelta(minutes=10))

    late = advance(window, id, "PREPARING")

    assert late["order"]["estimatedReadyAt"] == "2026-05-04T13:41:30Z"
    assert window.data(HISTORY, id=id)["node"]["events"][-1]["estimatedReadyAt"] == "2026-05-04T13:41:30Z"


def test_a_slot_is_full_when_as_many_as_fit_have_been_promised(window: Window) -> None:
    window.load(TEA_HOUSE.replace('Tokyo"', 'Tokyo"\nslot_capacity = 2\nhours = { tuesday = "09:00-10:00" }'))
    slots = '{ cafe { pickupSlots(date: "2026-05-05") { startsAt endsAt remaining } } }'
    place_at = """mutation ($at: DateTime!) { placeOrder(input: { lines: [{ item: "sencha" }], pickupAt: $at }) {
      order { id estimatedReadyAt } problems { code path message } } }"""

    before = window.data(slots)["cafe"]["pickupSlots"]
    placed = [
        window.data(place_at, at=f"2026-05-05T00:{minute}:00Z")["placeOrder"] for minute in ("20", "29", "15", "30")
    ]

    assert before == [
        {"startsAt": "2026-05-05T00:00:00Z", "endsAt": "2026-05-05T00:15:00Z", "remaining": 2},
        {"startsAt": "2026-05-05T00:15:00Z", "endsAt": "2026-05-05T00:30:00Z", "remaining": 2},
        {"startsAt": "2026-05-05T00:30:00Z", "endsAt": "2026-05-05T00:45:00Z", "remaining": 2},
        {"startsAt": "2026-05-05T00:45:00Z", "endsAt": "2026-05-05T01:00:00Z", "remaining": 2},
    ]
    assert [order["problems"] for order in placed] == [
        [],
        [],
        [
            {
                "code": "SLOT_UNAVAILABLE",
                "path": ["pickupAt"],
                "message": "Nothing more can be picked up around that time; see `cafe.pickupSlots` for others.",
            }
        ],
        [],
    ]
    assert [slot["remaining"] for slot in window.data(slots)["cafe"]["pickupSlots"]] == [2, 0, 1, 2]


@pytest.mark.parametrize("index", ["x", "-1", "0/0", "00", ""])
def test_a_line_id_that_we_never_gave_ticks_nothing(window: Window, index: str) -> None:
    id = place(window)["order"]["id"]
    public_id = b64decode(id + "==").decode().removeprefix("Order:")
    line = b64encode(f"OrderLine:{public_id}/{index}".encode()).decode()
    mark = "mutation ($line: ID!) { markLineDone(lineId: $line) { order { version } } }"

    assert window.error(mark, line=line)[0] == "BAD_USER_INPUT"
    assert len(window.data(HISTORY, id=id)["node"]["events"]) == 1


def test_a_line_that_the_order_has_not_is_not_found(window: Window) -> None:
    id = place(window)["order"]["id"]
    public_id = b64decode(id + "==").decode().removeprefix("Order:")
    line = b64encode(f"OrderLine:{public_id}/7".encode()).decode()
    mark = "mutation ($line: ID!) { markLineDone(lineId: $line) { problems { code message path } } }"

    assert window.data(mark, line=line)["markLineDone"]["problems"] == [
        {"code": "NOT_FOUND", "message": "The order has no such line.", "path": ["lineId"]}
    ]


def test_two_who_come_at_the_same_time_have_a_first_and_a_second_place(window: Window) -> None:
    at = "2026-05-04T14:00:00Z"
    for _ in range(2):
        window.data(
            f'mutation {{ placeOrder(input: {{ lines: [{{ item: "latte" }}], pickupAt: "{at}" }}) {{ replayed }} }}'
        )

    assert window.data("{ kitchenQueue { queuePosition } }") == {
        "kitchenQueue": [{"queuePosition": 1}, {"queuePosition": 2}]
    }
