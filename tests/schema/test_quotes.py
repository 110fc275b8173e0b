"""Asking what an order would cost."""

from typing import Any

import pytest

from tests.schema.conftest import Window

QUOTE = """
query ($input: OrderInput!) {
  quote(input: $input) {
    lines { index quantity item { slug } choices { groupSlug optionSlug quantity price { minorUnits } }
            allergens calories unitPrice { minorUnits } total { minorUnits } }
    totals { subtotal { minorUnits } adjustments { kind label amount { minorUnits } lineIndex }
             tax { minorUnits } taxIsIncluded tip { minorUnits } total { minorUnits } }
    estimatedReadyAt loyaltyPointsEarned
    problems {
      code message path
      ... on UnknownChoiceProblem { named: given allowed didYouMean }
      ... on SelectionCountProblem { group min max given }
      ... on OutOfRangeProblem { min max value }
      ... on TextTooLongProblem { maxLength length }
    }
    warnings { code message path }
  }
}
"""

LATTE_MEDIUM_OAT = {
    "item": "latte",
    "options": [{"group": "size", "option": "medium"}, {"group": "milk", "option": "oat"}],
}


def quote(window: Window, *lines: dict[str, Any], **order: Any) -> dict[str, Any]:
    result: dict[str, Any] = window.data(QUOTE, input={"lines": list(lines), **order})["quote"]
    return result


def test_one_latte_medium_oat_milk_is_4_00(window: Window) -> None:
    assert quote(window, LATTE_MEDIUM_OAT) == {
        "lines": [
            {
                "index": 0,
                "quantity": 1,
                "item": {"slug": "latte"},
                "choices": [
                    {"groupSlug": "size", "optionSlug": "medium", "quantity": 1, "price": {"minorUnits": 50}},
                    {"groupSlug": "milk", "optionSlug": "oat", "quantity": 1, "price": {"minorUnits": 0}},
                ],
                "allergens": ["GLUTEN"],
                "calories": 160,
                "unitPrice": {"minorUnits": 400},
                "total": {"minorUnits": 400},
            }
        ],
        "totals": {
            "subtotal": {"minorUnits": 400},
            "adjustments": [],
            "tax": {"minorUnits": 0},
            "taxIsIncluded": True,
            "tip": {"minorUnits": 0},
            "total": {"minorUnits": 400},
        },
        "estimatedReadyAt": "2026-05-04T13:31:30Z",
        "loyaltyPointsEarned": 0,
        "problems": [],
        "warnings": [],
    }


def test_what_was_not_chosen_takes_its_default_and_says_so(window: Window) -> None:
    got = quote(window, {"item": "latte", "options": [{"group": "extras", "option": "extra-shot", "quantity": 2}]})

    assert [(c["optionSlug"], c["quantity"], c["price"]["minorUnits"]) for c in got["lines"][0]["choices"]] == [
        ("small", 1, 0),
        ("dairy", 1, 0),
        ("extra-shot", 2, 160),
    ]
    assert got["warnings"] == [
        {
            "code": "DEFAULT_APPLIED",
            "message": "Size: Small, as nothing else was chosen.",
            "path": ["lines", "0", "options"],
        },
        {
            "code": "DEFAULT_APPLIED",
            "message": "Milk: Dairy milk, as nothing else was chosen.",
            "path": ["lines", "0", "options"],
        },
    ]
    assert got["totals"]["total"] == {"minorUnits": 510}


def test_every_problem_is_named_at_once_each_with_its_way_out(window: Window) -> None:
    got = quote(
        window,
        {"item": "lattte"},
        {"item": "latte", "options": [{"group": "milk", "option": "oats"}]},
        {"item": "latte", "quantity": 0, "options": [{"group": "size", "option": "small"}] * 2},
        LATTE_MEDIUM_OAT,
        customerName="A" * 81,
    )

    allowed_items = [item["slug"] for item in window.data("{ menu { items { slug } } }")["menu"]["items"]]
    assert got["problems"] == [
        {
            "code": "TEXT_TOO_LONG",
            "message": "This text has 81 characters; at most 80 fit.",
            "path": ["customerName"],
            "maxLength": 80,
            "length": 81,
        },
        {
            "code": "UNKNOWN_ITEM",
            "message": "There is no item “lattte” on the menu. Did you mean “latte”?",
            "path": ["lines", "0", "item"],
            "named": "lattte",
            "allowed": allowed_items,
            "didYouMean": "latte",
        },
        {
            "code": "UNKNOWN_OPTION",
            "message": "Milk of Latte has no option “oats”. Did you mean “oat”?",
            "path": ["lines", "1", "options", "0", "option"],
            "named": "oats",
            "allowed": ["dairy", "oat", "almond", "soy"],
            "didYouMean": "oat",
        },
        {
            "code": "QUANTITY_OUT_OF_RANGE",
            "message": "The quantity must be from 1 to 100, not 0.",
            "path": ["lines", "2", "quantity"],
            "min": 1,
            "max": 100,
            "value": 0,
        },
        {
            "code": "DUPLICATE_OPTION",
            "message": "Small is listed twice; list it once, with its quantity.",
            "path": ["lines", "2", "options", "1"],
        },
        {
            "code": "SELECTION_COUNT",
            "message": "Size: choose 1 of small, medium, large; 2 chosen.",
            "path": ["lines", "2", "options"],
            "group": "size",
            "min": 1,
            "max": 1,
            "given": 2,
        },
    ]
    assert [line["index"] for line in got["lines"]] == [3]
    assert got["totals"]["total"] == {"minorUnits": 400}


def test_a_tip_stands_between_subtotal_and_total(window: Window) -> None:
    by_percent = quote(window, LATTE_MEDIUM_OAT, tip={"percent": 15})["totals"]
    by_amount = quote(window, LATTE_MEDIUM_OAT, tip={"minorUnits": 75})["totals"]

    assert by_percent["adjustments"] == [
        {"kind": "TIP", "label": "Tip 15 %", "amount": {"minorUnits": 60}, "lineIndex": None}
    ]
    assert (by_percent["tip"], by_percent["total"]) == ({"minorUnits": 60}, {"minorUnits": 460})
    assert by_amount["total"] == {"minorUnits": 475}


def test_a_tip_is_one_of_percent_and_amount(window: Window) -> None:
    code, message = window.error(QUOTE, input={"lines": [], "tip": {"percent": 10, "minorUnits": 50}})

    assert code == "BAD_USER_INPUT"
    assert "TipInput" in message


def test_a_time_without_a_zone_is_explained(window: Window) -> None:
    code, message = window.error(QUOTE, input={"lines": [], "pickupAt": "2026-05-04T13:31:30"})

    assert code == "BAD_USER_INPUT"
    assert 'A DateTime is written like "2026-05-01T08:30:00Z", with its time zone.' in message


@pytest.mark.parametrize("at", ["20260501T083000Z", "2026-W18-5T08:00:00Z", "2026-05-01", "2026-05-01T08:30Z", "soon"])
def test_a_time_that_rfc_3339_does_not_know_is_explained(window: Window, at: str) -> None:
    assert window.error(QUOTE, input={"lines": [], "pickupAt": at})[0] == "BAD_USER_INPUT"


def test_no_tip_at_all_is_a_tip_of_nothing(window: Window) -> None:
    totals = quote(window, LATTE_MEDIUM_OAT, tip={"percent": 0})["totals"]

    assert [(a["label"], a["amount"]) for a in totals["adjustments"]] == [("Tip 0 %", {"minorUnits": 0})]


def test_a_name_to_call_out_is_one_line(window: Window) -> None:
    got = quote(window, LATTE_MEDIUM_OAT, customerName="Ada\nLovelace", note="No lid,\nplease")

    assert [(p["code"], p["path"]) for p in got["problems"]] == [("INVALID_TEXT", ["customerName"])]
