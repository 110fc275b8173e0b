"""The day's figures in GraphQL: the whole answer, and what is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.schema.conftest import Window
from tests.services import tills
from tests.services.books import all_orders, execute

PLACE = "mutation ($input: OrderInput!) { placeOrder(input: $input) { problems { message } } }"

REPORT = """query ($from: Date!, $to: Date!) { salesReport(from: $from, to: $to) {
  orders items revenue { minorUnits formatted } refunds { formatted } averageOrder { amount currency }
  byItem { item quantity revenue { formatted } }
  byHour { hour orders revenue { formatted } }
  byDay { date orders revenue { formatted } refunds { formatted } }
} }"""

TOO_MUCH = ("BAD_USER_INPUT", "These days come to more than 2147483647 minor units or items: ask for fewer days.")


def place(window: Window, *lines: dict[str, object]) -> None:
    tip = {"percent": 10}
    assert window.data(PLACE, input={"lines": lines, "tip": tip})["placeOrder"] == {"problems": []}


def test_the_figures_of_two_days(window: Window) -> None:
    place(window, {"item": "latte", "quantity": 2, "options": [{"group": "size", "option": "large"}]})
    window.set_clock(datetime(2026, 5, 5, 16, 5, tzinfo=UTC))
    place(window, {"item": "espresso"}, {"item": "latte"})
    place(window, {"item": "espresso"})
    latte, *_ = all_orders(window.cafe)
    tills.cash(window.cafe, latte)
    tills.refund(window.cafe, latte, 980)

    report = window.data(REPORT, **{"from": "2026-05-03", "to": "2026-05-05"})["salesReport"]

    hours = report.pop("byHour")
    assert report == {
        "orders": 3,
        "items": 5,
        "revenue": {"minorUnits": 1690, "formatted": "$16.90"},
        "refunds": {"formatted": "$9.80"},
        "averageOrder": {"amount": "5.63", "currency": "USD"},
        "byItem": [
            {"item": "latte", "quantity": 3, "revenue": {"formatted": "$12.50"}},
            {"item": "espresso", "quantity": 2, "revenue": {"formatted": "$4.40"}},
        ],
        "byDay": [
            {"date": "2026-05-03", "orders": 0, "revenue": {"formatted": "$0.00"}, "refunds": {"formatted": "$0.00"}},
            {"date": "2026-05-04", "orders": 1, "revenue": {"formatted": "$9.00"}, "refunds": {"formatted": "$0.00"}},
            {"date": "2026-05-05", "orders": 2, "revenue": {"formatted": "$7.90"}, "refunds": {"formatted": "$9.80"}},
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

    assert window.error(REPORT, **{"from": "2026-05-04", "to": "2026-05-04"}) == TOO_MUCH


def test_so_it_is_of_what_was_given_back(window: Window) -> None:
    place(window, {"item": "latte"})
    [latte] = all_orders(window.cafe)
    tills.cash(window.cafe, latte)
    tills.refund(window.cafe, latte)
    file = window.cafe.store.engine.url.database
    assert file is not None
    execute(Path(file), "UPDATE refunds SET amount = 2147483648")

    assert window.error(REPORT, **{"from": "2026-05-04", "to": "2026-05-04"}) == TOO_MUCH
