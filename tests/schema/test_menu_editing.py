"""The menu, edited in GraphQL: what a manager asks, and the whole answer."""

from typing import Any

import pytest

from cafe_graphql.core.people import HOUSE, SCOPES, Actor, Role
from tests.schema.conftest import Window

ITEM = """item { slug name description imageUrl category { slug } price { formatted } calories allergens diets
    optionGroups { slug options { slug priceDelta { formatted } } } availability { isAvailable reason } }"""
PROBLEMS = """problems { __typename code message path
    ... on UnknownChoiceProblem { given allowed didYouMean }
    ... on OutOfRangeProblem { min max value }
    ... on TextTooLongProblem { maxLength length } }"""
UPSERT = f"""mutation ($slug: String!, $input: MenuItemInput!) {{
    upsertMenuItem(slug: $slug, input: $input) {{ {ITEM} {PROBLEMS} }} }}"""
SET = f"""mutation ($slug: String!, $available: Boolean!) {{
    setItemAvailability(slug: $slug, available: $available) {{ item {{ slug availability {{ isAvailable reason }} }}
    {PROBLEMS} }} }}"""

TONIC = {"name": "Espresso tonic", "category": "cold", "priceMinorUnits": 450}
SIZES = {
    "slug": "size",
    "options": [
        {"slug": "small", "priceDelta": {"formatted": "$0.00"}},
        {"slug": "medium", "priceDelta": {"formatted": "$0.50"}},
        {"slug": "large", "priceDelta": {"formatted": "$1.00"}},
    ],
}


def upsert(window: Window, slug: str, **input: Any) -> dict[str, Any]:
    payload: dict[str, Any] = window.data(UPSERT, slug=slug, input=input)["upsertMenuItem"]
    return payload


def version(window: Window) -> str:
    found: str = window.data("{ menu { version } }")["menu"]["version"]
    return found


def test_a_new_item_is_answered_as_it_stands_on_the_menu(window: Window) -> None:
    said = TONIC | {
        "description": "Over ice.",
        "imageUrl": "/tonic.jpg",
        "calories": 90,
        "allergens": ["SULPHITES"],
        "diets": ["VEGAN"],
        "optionGroups": ["size"],
    }

    payload = upsert(window, "espresso-tonic", **said)

    assert payload == {
        "item": {
            "slug": "espresso-tonic",
            "name": "Espresso tonic",
            "description": "Over ice.",
            "imageUrl": "/tonic.jpg",
            "category": {"slug": "cold"},
            "price": {"formatted": "$4.50"},
            "calories": 90,
            "allergens": ["SULPHITES"],
            "diets": ["VEGAN"],
            "optionGroups": [SIZES],
            "availability": {"isAvailable": True, "reason": None},
        },
        "problems": [],
    }
    assert window.data('{ menuItem(slug: "espresso-tonic") { name } }') == {"menuItem": {"name": "Espresso tonic"}}


def test_a_new_item_of_which_little_is_said_has_nothing_that_was_not_said(window: Window) -> None:
    assert upsert(window, "espresso-tonic", **TONIC) == {
        "item": {
            "slug": "espresso-tonic",
            "name": "Espresso tonic",
            "description": None,
            "imageUrl": None,
            "category": {"slug": "cold"},
            "price": {"formatted": "$4.50"},
            "calories": None,
            "allergens": [],
            "diets": [],
            "optionGroups": [],
            "availability": {"isAvailable": True, "reason": None},
        },
        "problems": [],
    }


def test_what_is_left_out_stays_and_what_is_null_is_cleared(window: Window) -> None:
    before = upsert(window, "latte")["item"]

    after = upsert(window, "latte", priceMinorUnits=420, description=None)["item"]

    assert before["description"] == "A double shot under plenty of silky steamed milk."
    assert after == before | {"price": {"formatted": "$4.20"}, "description": None}


def test_what_is_left_out_as_a_variable_stays_too(window: Window) -> None:
    query = """mutation ($name: String, $description: String) {
        upsertMenuItem(slug: "latte", input: { name: $name, description: $description, calories: null }) {
            item { name description calories } problems { code } } }"""

    assert window.data(query, name="Caffè latte") == {
        "upsertMenuItem": {
            "item": {
                "name": "Caffè latte",
                "description": "A double shot under plenty of silky steamed milk.",
                "calories": None,
            },
            "problems": [],
        }
    }


def test_a_refusal_tells_every_problem_with_its_place_and_changes_nothing(window: Window) -> None:
    payload = upsert(
        window,
        "espresso-tonic",
        category="colt",
        priceMinorUnits=-1,
        name="x" * 121,
        allergens=None,
        optionGroups=["size", "size"],
    )

    assert payload == {
        "item": None,
        "problems": [
            {
                "__typename": "BasicProblem",
                "code": "MISSING_FIELD",
                "message": "An item is never without allergens: leave it out to keep what there is.",
                "path": ["input", "allergens"],
            },
            {
                "__typename": "TextTooLongProblem",
                "code": "TEXT_TOO_LONG",
                "message": "The name has 121 characters; at most 120 fit.",
                "path": ["input", "name"],
                "maxLength": 120,
                "length": 121,
            },
            {
                "__typename": "UnknownChoiceProblem",
                "code": "UNKNOWN_CATEGORY",
                "message": "There is no category “colt” on the menu. Did you mean “cold”?",
                "path": ["input", "category"],
                "given": "colt",
                "allowed": ["espresso", "coffee", "tea", "warm", "cold", "bakery", "kitchen"],
                "didYouMean": "cold",
            },
            {
                "__typename": "OutOfRangeProblem",
                "code": "QUANTITY_OUT_OF_RANGE",
                "message": "The price in minor units must be from 0 to 21474836, not -1.",
                "path": ["input", "priceMinorUnits"],
                "min": 0,
                "max": 21474836,
                "value": -1,
            },
            {
                "__typename": "BasicProblem",
                "code": "DUPLICATE_OPTION",
                "message": "The option group “size” is listed twice.",
                "path": ["input", "optionGroups", "1"],
            },
        ],
    }
    assert version(window) == "1"
    assert window.data('{ menuItem(slug: "espresso-tonic") { name } }') == {"menuItem": None}


def test_a_new_item_needs_a_name_a_category_and_a_price(window: Window) -> None:
    assert upsert(window, "espresso-tonic") == {
        "item": None,
        "problems": [
            {
                "__typename": "BasicProblem",
                "code": "MISSING_FIELD",
                "message": f"There is no item “espresso-tonic” yet, and a new one needs {field}.",
                "path": ["input", field],
            }
            for field in ("name", "category", "priceMinorUnits")
        ],
    }


def test_a_hidden_item_is_on_no_menu_until_it_is_brought_back(window: Window) -> None:
    hidden = upsert(window, "latte", isHidden=True)["item"]

    assert hidden["availability"] == {"isAvailable": False, "reason": "HIDDEN"}
    assert window.data('{ menuItem(slug: "latte") { name } }') == {"menuItem": None}
    assert upsert(window, "latte", name="Caffè latte")["item"]["availability"]["reason"] == "HIDDEN"
    assert upsert(window, "latte", isHidden=False)["item"]["availability"] == {"isAvailable": True, "reason": None}
    assert window.data('{ menuItem(slug: "latte") { name } }') == {"menuItem": {"name": "Caffè latte"}}


def test_an_item_is_sold_out_and_to_be_had_again(window: Window) -> None:
    def answer(is_available: bool) -> dict[str, Any]:
        return window.data(SET, slug="latte", available=is_available)

    def told(is_available: bool, reason: str | None) -> dict[str, Any]:
        item = {"slug": "latte", "availability": {"isAvailable": is_available, "reason": reason}}
        return {"setItemAvailability": {"item": item, "problems": []}}

    versions = [version(window)]
    for is_available, reason in ((False, "SOLD_OUT"), (False, "SOLD_OUT"), (True, None)):
        assert answer(is_available) == told(is_available, reason)
        versions.append(version(window))

    assert versions == ["1", "2", "2", "3"]


def test_what_is_not_on_the_menu_cannot_be_sold_out(window: Window) -> None:
    menu = [item["slug"] for item in window.data("{ menu { items { slug } } }")["menu"]["items"]]

    assert window.data(SET, slug="late", available=False) == {
        "setItemAvailability": {
            "item": None,
            "problems": [
                {
                    "__typename": "UnknownChoiceProblem",
                    "code": "UNKNOWN_ITEM",
                    "message": "There is no item “late” on the menu. Did you mean “latte”?",
                    "path": ["slug"],
                    "given": "late",
                    "allowed": menu,
                    "didYouMean": "latte",
                }
            ],
        }
    }


def test_changes_of_one_operation_are_each_answered_as_of_their_own_moment(window: Window) -> None:
    answer = window.data("""mutation {
        first: upsertMenuItem(slug: "latte", input: { priceMinorUnits: 400 }) { item { price { minorUnits } } }
        refused: upsertMenuItem(slug: "latte", input: { priceMinorUnits: -1 }) { problems { code } }
        order: placeOrder(input: { lines: [{ item: "latte" }] }) {
            order { lines { item { price { minorUnits } } } totals { total { minorUnits } } } }
        second: upsertMenuItem(slug: "latte", input: { priceMinorUnits: 410 }) { item { price { minorUnits } } }
    }""")

    assert answer == {
        "first": {"item": {"price": {"minorUnits": 400}}},
        "refused": {"problems": [{"code": "QUANTITY_OUT_OF_RANGE"}]},
        "order": {
            "order": {
                "lines": [{"item": {"price": {"minorUnits": 400}}}],
                "totals": {"total": {"minorUnits": 400}},
            }
        },
        "second": {"item": {"price": {"minorUnits": 410}}},
    }


def test_an_order_keeps_its_price_whatever_becomes_of_its_item(window: Window) -> None:
    placed = window.data("""mutation { placeOrder(input: { lines: [{ item: "latte" }] }) {
        trackingToken order { totals { total { minorUnits } } } } }""")["placeOrder"]

    upsert(window, "latte", priceMinorUnits=999, name="Caffè latte")

    seen = window.data(
        """query ($token: String!) { order(by: { token: $token }) {
        lines { name total { minorUnits } item { name price { minorUnits } } } } }""",
        token=placed["trackingToken"],
    )
    line = {
        "name": "Latte",
        "total": {"minorUnits": 350},
        "item": {"name": "Caffè latte", "price": {"minorUnits": 999}},
    }
    assert seen == {"order": {"lines": [line]}}


@pytest.mark.parametrize(
    ("query", "variables"),
    [(UPSERT, {"slug": "latte", "input": {"priceMinorUnits": 1}}), (SET, {"slug": "latte", "available": False})],
)
def test_a_barista_changes_no_menu(window: Window, query: str, variables: dict[str, Any]) -> None:
    window.caller = Actor("person:1", "Bo", SCOPES[Role.BARISTA], Role.BARISTA, person_id=1)

    code, message = window.error(query, **variables)

    assert code == "FORBIDDEN"
    assert message == (
        "To change the menu, one needs the scope MENU_WRITE;"
        " what you sent has KITCHEN, ORDERS_PLACE, ORDERS_READ, PANTRY_WRITE, PAYMENTS."
    )
    window.caller = HOUSE
    assert version(window) == "1"
