"""The pantry in GraphQL: what its keepers ask, what guests see of it, and the whole answer."""

from typing import Any

import pytest

from cafe_graphql.core.people import GUEST
from tests.schema.conftest import Window

INGREDIENT = "ingredient { slug name unit onHand lowStockAt isLow }"
ADJUST = f"""mutation ($ingredient: String!, $change: PantryChangeInput!, $note: String) {{
    adjustPantry(ingredient: $ingredient, change: $change, note: $note) {{
        {INGREDIENT} nowUnavailable {{ slug availability {{ isAvailable reason }} }}
        problems {{ __typename code message path ... on UnknownChoiceProblem {{ given didYouMean }} }} }} }}"""
PLACE = """mutation ($input: OrderInput!) { placeOrder(input: $input) {
    order { number } quote { totals { total { amount } } }
    problems { __typename code message path ... on StockProblem { available requested } }
    warnings { code message path } } }"""
LATTE = """{ menuItem(slug: "latte") {
    availability { isAvailable reason } optionGroups { options { slug availability { reason } } } } }"""


def adjust(window: Window, ingredient: str, note: str | None = None, **change: str | None) -> dict[str, Any]:
    payload: dict[str, Any] = window.data(ADJUST, ingredient=ingredient, change=change, note=note)["adjustPantry"]
    return payload


def oat_lattes(count: int) -> dict[str, Any]:
    return {"lines": [{"item": "latte", "quantity": count, "options": [{"group": "milk", "option": "oat"}]}]}


def test_a_count_is_answered_with_the_ingredient_as_it_is_now(window: Window) -> None:
    assert adjust(window, "oat-milk", setTo="4.80") == {
        "ingredient": {
            "slug": "oat-milk",
            "name": "Oat milk",
            "unit": "l",
            "onHand": "4.8",
            "lowStockAt": "5",
            "isLow": True,
        },
        "nowUnavailable": [],
        "problems": [],
    }
    assert adjust(window, "oat-milk", add="12")["ingredient"]["onHand"] == "16.8"


def test_what_runs_out_goes_at_once_and_comes_back(window: Window) -> None:
    def reasons() -> dict[str, str | None]:
        latte = window.data(LATTE)["menuItem"]
        milks = latte["optionGroups"][1]["options"]
        return {"latte": latte["availability"]["reason"]} | {o["slug"]: o["availability"]["reason"] for o in milks}

    everything = {"latte": None, "dairy": None, "oat": None, "almond": None, "soy": None}
    out = "INGREDIENT_OUT"

    assert adjust(window, "oat-milk", setTo="0")["nowUnavailable"] == [
        {"slug": "golden-milk", "availability": {"isAvailable": False, "reason": out}}
    ]
    assert reasons() == everything | {"oat": out}
    assert [item["slug"] for item in adjust(window, "espresso-beans", setTo="0")["nowUnavailable"]] == [
        "latte", "cappuccino", "espresso", "flat-white", "macchiato", "cortado", "americano", "mocha", "iced-latte",
    ]  # fmt: skip
    assert reasons() == everything | {"latte": out, "oat": out}
    adjust(window, "espresso-beans", setTo="1")
    adjust(window, "oat-milk", setTo="1")
    assert reasons() == everything


def test_a_menu_of_what_can_be_had_leaves_out_what_has_run_out(window: Window) -> None:
    query = '{ menu(filter: { category: "tea", availableOnly: true }) { items { slug } } }'

    adjust(window, "black-tea", setTo="0")

    assert window.data(query) == {"menu": {"items": [{"slug": "sencha"}, {"slug": "peppermint"}]}}


def test_a_guest_is_told_how_many_can_still_be_made(window: Window) -> None:
    adjust(window, "oat-milk", setTo="0.5")
    window.caller = GUEST

    told = {
        "__typename": "StockProblem",
        "code": "OUT_OF_STOCK",
        "message": "Of Oat milk there is enough for 2 of these 3:"
        " order fewer or choose other Milk: dairy, almond, soy.",
        "path": ["lines", "0", "quantity"],
        "available": 2,
        "requested": 3,
    }
    assert window.data(PLACE, input=oat_lattes(3)) == {
        "placeOrder": {
            "order": None,
            "quote": {"totals": {"total": {"amount": "10.50"}}},
            "problems": [told],
            "warnings": [
                {
                    "code": "DEFAULT_APPLIED",
                    "message": "Size: Small, as nothing else was chosen.",
                    "path": ["lines", "0", "options"],
                }
            ],
        }
    }
    quote = "query ($input: OrderInput!) { quote(input: $input) { problems { __typename code message path"
    quote += " ... on StockProblem { available requested } } } }"
    assert window.data(quote, input=oat_lattes(3)) == {"quote": {"problems": [told]}}


def test_a_guest_who_takes_nearly_the_last_is_served_and_told(window: Window) -> None:
    adjust(window, "oat-milk", setTo="0.5")
    window.caller = GUEST

    placed = window.data(PLACE, input=oat_lattes(2))["placeOrder"]

    assert (placed["order"], placed["problems"]) == ({"number": "A-001"}, [])
    low = {"code": "LOW_STOCK", "message": "Of Oat milk there is little left.", "path": ["lines", "0"]}
    assert placed["warnings"][-1] == low


def test_the_pantry_is_listed_in_the_café_s_order_or_what_is_low_of_it(window: Window) -> None:
    adjust(window, "milk", setTo="4.5")
    adjust(window, "espresso-beans", setTo="2")

    every = window.data("{ pantry { slug } }")["pantry"]
    low = window.data("{ pantry(lowOnly: true) { slug unit onHand lowStockAt isLow } }")

    assert (len(every), every[0]) == (42, {"slug": "espresso-beans"})
    assert low == {
        "pantry": [
            {"slug": "espresso-beans", "unit": "kg", "onHand": "2", "lowStockAt": "2", "isLow": True},
            {"slug": "milk", "unit": "l", "onHand": "4.5", "lowStockAt": "5", "isLow": True},
        ]
    }


def test_an_ingredient_is_found_by_its_id_and_tells_what_it_is_for(window: Window) -> None:
    paste = next(each for each in window.data("{ pantry { id slug } }")["pantry"] if each["slug"] == "turmeric-paste")

    found = window.data(
        "query ($id: ID!) { node(id: $id) { id ... on Ingredient { name usedBy { slug } } } }", id=paste["id"]
    )

    assert found == {"node": {"id": paste["id"], "name": "Turmeric paste", "usedBy": [{"slug": "golden-milk"}]}}
    assert window.data('{ node(id: "SW5ncmVkaWVudDpub3N1Y2g") { id } }') == {"node": None}


def test_a_refusal_says_everything_and_changes_nothing(window: Window) -> None:
    before = window.data("{ pantry { slug onHand } }")

    assert adjust(window, "oat milk", "x" * 501, add="1") == {
        "ingredient": None,
        "nowUnavailable": [],
        "problems": [
            {
                "__typename": "UnknownChoiceProblem",
                "code": "NOT_FOUND",
                "message": "There is no ingredient “oat milk” in the pantry. Did you mean “oat-milk”?",
                "path": ["ingredient"],
                "given": "oat milk",
                "didYouMean": "oat-milk",
            },
            {
                "__typename": "TextTooLongProblem",
                "code": "TEXT_TOO_LONG",
                "message": "This text has 501 characters; at most 500 fit.",
                "path": ["note"],
            },
        ],
    }
    assert adjust(window, "oat-milk", setTo="-1")["problems"] == [
        {
            "__typename": "BasicProblem",
            "code": "QUANTITY_OUT_OF_RANGE",
            "message": "There cannot be less than nothing: set it to 0 when all of it is gone.",
            "path": ["change", "setTo"],
        }
    ]
    assert window.data("{ pantry { slug onHand } }") == before


@pytest.mark.parametrize(
    "change", ["{}", '{ add: "1", setTo: "1" }', "{ add: null }", "{ add: 1.5 }", '{ add: "NaN" }']
)
def test_a_change_is_one_exact_number(window: Window, change: str) -> None:
    mutation = f'mutation {{ adjustPantry(ingredient: "milk", change: {change}) {{ problems {{ code }} }} }}'

    assert window.error(mutation)[0] == "BAD_USER_INPUT"
