"""Taxes, promo codes and tips as callers see them: what was added and taken off, and of which line."""

from typing import Any

from cafe_graphql.schema.root import schema
from tests.schema.conftest import Window

MENU = """
[cafe]
name = "Corner Café"
currency = "EUR"
time_zone = "Europe/Berlin"
tax = "standard"
tax_rates = [
  { slug = "standard", name = "VAT", percent = "19", included = true },
  { slug = "packaging", name = "Packaging tax", percent = "7.5", included = false },
]

[[categories]]
slug = "coffee"
name = "Coffee"

[[categories]]
slug = "cups"
name = "Cups"
tax = "packaging"

[[items]]
slug = "latte"
name = "Latte"
category = "coffee"
price = "3.50"

[[items]]
slug = "cup"
name = "Paper cup"
category = "cups"
price = "0.50"

[[promo_codes]]
code = "Xyzzy-Plugh"
name = "A tenth off"
percent = 10

[[promo_codes]]
code = "COFFEE-FOR-TWO"
buy = 1
items = ["latte"]
"""

TOTALS = """
  subtotal { formatted } adjustments { kind label amount { formatted } lineIndex }
  tax { minorUnits } taxIsIncluded taxes { name percent isIncluded net { minorUnits } amount { minorUnits } }
  tip { minorUnits } total { formatted }
"""
LINES = "lines { total { minorUnits } discount { minorUnits } tax { minorUnits } }"
QUOTE = f"""
query ($input: OrderInput!) {{
  quote(input: $input) {{
    {LINES} totals {{ {TOTALS} }} problems {{ code message path }} warnings {{ code message path }}
  }}
}}
"""
PLACE = f"""
mutation ($input: OrderInput!) {{
  placeOrder(input: $input) {{
    order {{ {LINES} totals {{ {TOTALS} }} amountDue {{ minorUnits }} }}
    problems {{ message }}
  }}
}}
"""

TWO_LATTES_AND_A_CUP = [{"item": "latte", "quantity": 2}, {"item": "cup"}]


def quote(window: Window, **order: Any) -> dict[str, Any]:
    result: dict[str, Any] = window.data(QUOTE, input={"lines": TWO_LATTES_AND_A_CUP, **order})["quote"]
    return result


def test_a_quote_says_what_is_taken_off_added_and_taxed_and_an_order_says_the_same(window: Window) -> None:
    window.load(MENU)
    wanted = {"lines": TWO_LATTES_AND_A_CUP, "promoCode": "xyzzy-plugh", "tip": {"percent": 10}}

    quoted = window.data(QUOTE, input=wanted)["quote"]
    placed = window.data(PLACE, input=wanted)["placeOrder"]

    priced = {
        "lines": [
            {"total": {"minorUnits": 700}, "discount": {"minorUnits": 70}, "tax": {"minorUnits": 101}},
            {"total": {"minorUnits": 50}, "discount": {"minorUnits": 5}, "tax": {"minorUnits": 3}},
        ],
        "totals": {
            "subtotal": {"formatted": "€7.50"},
            "adjustments": [
                {"kind": "DISCOUNT", "label": "A tenth off", "amount": {"formatted": "-€0.75"}, "lineIndex": None},
                {"kind": "TAX", "label": "Packaging tax 7.5 %", "amount": {"formatted": "€0.03"}, "lineIndex": None},
                {"kind": "TIP", "label": "Tip 10 %", "amount": {"formatted": "€0.75"}, "lineIndex": None},
            ],
            "tax": {"minorUnits": 104},
            "taxIsIncluded": False,
            "taxes": [
                {
                    "name": "VAT",
                    "percent": "19",
                    "isIncluded": True,
                    "net": {"minorUnits": 529},
                    "amount": {"minorUnits": 101},
                },
                {
                    "name": "Packaging tax",
                    "percent": "7.5",
                    "isIncluded": False,
                    "net": {"minorUnits": 45},
                    "amount": {"minorUnits": 3},
                },
            ],
            "tip": {"minorUnits": 75},
            "total": {"formatted": "€7.53"},
        },
    }
    assert quoted == priced | {"problems": [], "warnings": []}
    assert placed == {"order": priced | {"amountDue": {"minorUnits": 753}}, "problems": []}


def test_money_off_one_line_says_which(window: Window) -> None:
    window.load(MENU)

    quoted = quote(window, promoCode="COFFEE-FOR-TWO")

    assert quoted["totals"]["adjustments"][0] == {
        "kind": "DISCOUNT",
        "label": "COFFEE-FOR-TWO",
        "amount": {"formatted": "-€3.50"},
        "lineIndex": 0,
    }


def test_a_code_that_is_none_is_a_problem_and_one_that_does_not_fit_a_warning(window: Window) -> None:
    window.load(MENU)

    none = quote(window, promoCode="xyzzy")
    unfit = quote(window, lines=[{"item": "latte"}], promoCode="coffee-for-two")

    assert none["problems"] == [
        {
            "code": "PROMO_INVALID",
            "message": "There is no promo code “xyzzy”; place the order without it.",
            "path": ["promoCode"],
        }
    ]
    assert (none["warnings"], none["totals"]["total"]) == ([], {"formatted": "€7.54"})
    assert unfit["warnings"] == [
        {
            "code": "PROMO_NOT_APPLIED",
            "message": "“COFFEE-FOR-TWO” takes something off 2 or more; the order has 1.",
            "path": ["promoCode"],
        }
    ]
    assert (unfit["problems"], unfit["totals"]["total"]) == ([], {"formatted": "€3.50"})


def test_no_code_can_be_read_anywhere(window: Window) -> None:
    window.load(MENU)
    everything = """{
      cafe { name } menu { version categories { id slug name } items { id slug name description } }
      quote(input: { lines: [{ item: "latte" }], promoCode: "xyzzy-plug" }) { problems { message } }
    }"""

    told = str(window.ask(everything)) + schema.as_str()

    assert "plugh" not in told.lower()
    assert "coffee-for-two" not in told.lower()
