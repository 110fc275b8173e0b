"""The day's figures in GraphQL: the whole answer, and what is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.schema.conftest import Window
from tests.services.books import execute

PLACE = "mutation ($input: OrderInput!) { placeOrder(input: $input) { problems { message } } }"

REPORT = """query ($from: Date!, $to: Date!) { salesReport(from: $from, to: $to) {
  orders items revenue { minorUnits formatted } averageOrder { amount currency }
  byItem { item quantity revenue { formatted } }
  byHour { hour orders revenue { formatted } }
  byDay { date orders revenue { formatted } }
} }"""


def place(window: Window, *lines: dict[str, object]) -> None:
    tip = {"percent": 10}
    assert window.data(PLACE, input={"lines": lines, "tip": tip})["placeOrder"] == {"problems": []}


def test_the_figures_of_two_days(window: Window) -> None:
    place(window, {"item": "latte", "quantity": 2, "options": [{"group": "size", "option": "large"}]})
    window.set_clock(datetime(2026, 5, 5, 16, 5, tzinfo=UTC))
    place(window, {"item": "espresso"}, {"item": "latte"})
    place(window, {"item": "espresso"})

    report = window.data(REPORT, **{"from": "2026-05-03", "to": "2026-05-05"})["salesReport"]

    hours = report.pop("byHour")
    assert report == {
        "orders": 3,
        "items": 5,
        "revenue": {"minorUnits": 1690, "formatted": "$16.90"},
        "averageOrder": {"amount": "5.63", "currency": "USD"},
        "byItem": [
            {"item": "latte", "quantity": 3, "revenue": {"formatted": "$12.50"}},
            {"item": "espresso", "quantity": 2, "revenue": {"formatted": "$4.40"}},
        ],
        "byDay": [
            {"date": "2026-05-03", "orders": 0, "revenue": {"formatted": "$0.00"}},
            {"date": "2026-05-04", "orders": 1, "revenue": {"formatted": "$9.00"}},
            {"date": "2026-05-05", "orders": 2, "revenue": {"formatted": "$7.90"}},
        ],
    }
    assert [hour["hour"] for hour in hours] == list(range(24))
    assert [hour for hour in hours if hour["orders"]] == [
        {"hour": 9, "orders": 1, "revenue": {"formatted": "$9.00"}},
        {"hour": 12, "orders": 2, "revenue": {"formatted": "$7.90"}},
    ]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (
            "2026-05-02",
            "2026-05-01",
            "The last day, 2026-05-01, is before the first, 2026-05-02: give the earlier one as `from`.",
        ),
        (
            "2020-01-01",
            "2026-05-01",
            "2020-01-01 to 2026-05-01 are 2,313 days; a report spans 366 at most: ask for a year at a time.",
        ),
    ],
)
def test_days_that_cannot_be_reported_are_bad_input_and_say_what_to_ask_for(
    window: Window, first: str, last: str, said: str
) -> None:
    assert window.error(REPORT, **{"from": first, "to": last}) == ("BAD_USER_INPUT", said)


def test_more_than_an_int_can_say_is_refused_rather_than_wrong(window: Window) -> None:
    place(window, {"item": "latte"})
    file = window.cafe.store.engine.url.database
    assert file is not None
    execute(Path(file), "UPDATE orders SET subtotal = 2147483648")

    assert window.error(REPORT, **{"from": "2026-05-04", "to": "2026-05-04"}) == (
        "BAD_USER_INPUT",
        "These days come to more than 2147483647 minor units or items: ask for fewer days.",
    )
