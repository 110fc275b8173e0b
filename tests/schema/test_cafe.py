"""The café itself."""

from datetime import UTC, datetime

from tests.schema.conftest import Window
from tests.schema.test_menu import TEA_HOUSE

CAFE = "{ cafe { name currency timeZone isOpen nextChangeAt hours { weekday opensAt closesAt } } }"


def test_a_cafe_without_hours_is_always_open(window: Window) -> None:
    assert window.data(CAFE)["cafe"] == {
        "name": "Corner Café",
        "currency": "USD",
        "timeZone": "America/New_York",
        "isOpen": True,
        "nextChangeAt": None,
        "hours": [],
    }


def test_a_cafe_with_hours_says_when_it_opens_and_closes_next(window: Window) -> None:
    window.load(TEA_HOUSE.replace('Tokyo"', 'Tokyo"\nhours = { tuesday = "09:00-17:30" }'))

    window.set_clock(datetime(2026, 5, 5, 1, 0, tzinfo=UTC))  # Tuesday, 10:00 in Tokyo
    assert window.data(CAFE)["cafe"] == {
        "name": "Tea House",
        "currency": "JPY",
        "timeZone": "Asia/Tokyo",
        "isOpen": True,
        "nextChangeAt": "2026-05-05T08:30:00Z",
        "hours": [{"weekday": "TUESDAY", "opensAt": "09:00", "closesAt": "17:30"}],
    }

    window.set_clock(datetime(2026, 5, 5, 9, 0, tzinfo=UTC))
    closed = window.data(CAFE)["cafe"]
    assert (closed["isOpen"], closed["nextChangeAt"]) == (False, "2026-05-12T00:00:00Z")


def test_an_order_for_when_the_cafe_is_closed_is_told_when_it_opens(window: Window) -> None:
    window.load(TEA_HOUSE.replace('Tokyo"', 'Tokyo"\nhours = { tuesday = "09:00-17:30" }'))
    window.set_clock(datetime(2026, 5, 5, 9, 0, tzinfo=UTC))
    query = """query ($at: DateTime) { quote(input: { lines: [{ item: "sencha" }], pickupAt: $at }) {
      totals { total { formatted } } problems { code path message ... on ClosedProblem { nextOpensAt } } } }"""

    assert window.data(query)["quote"] == {
        "totals": {"total": {"formatted": "¥480"}},
        "problems": [
            {
                "code": "CLOSED",
                "path": ["pickupAt"],
                "message": "Tea House is closed then. It opens next on Tuesday, 12 May, at 09:00.",
                "nextOpensAt": "2026-05-12T00:00:00Z",
            }
        ],
    }
    assert window.data(query, at="2026-05-12T09:00:00+09:00")["quote"]["problems"] == []
