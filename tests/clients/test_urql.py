"""urql at the café: queries by POST and by GET, and a cache that forgets what an order has changed."""

from typing import Any

import pytest

from tests.clients import node


@pytest.fixture(scope="module", params=["POST", "GET"])
def told(request: pytest.FixtureRequest, cafe_server: str) -> dict[str, Any]:
    seen: dict[str, Any] = node.run("urql.mjs", f"{cafe_server}/graphql", request.param)
    return {**seen, "method": request.param}


def test_queries_go_out_as_asked_for_and_orders_always_by_post(told: dict[str, Any]) -> None:
    by = told["method"]

    # The second look at the latte comes from the cache; so would the last orders, had none been placed since.
    assert told["methods"] == {"Latte": [by], "Quote": [by, by], "Place": ["POST"] * 5, "Orders": [by] * 3}


def test_just_the_lattes_name_and_price_can_be_had(told: dict[str, Any]) -> None:
    price = {"__typename": "Money", "formatted": "$3.50", "minorUnits": 350}

    assert told["latte"] == told["latteAgain"] == {"__typename": "MenuItem", "name": "Latte", "price": price}


def test_a_quote_is_placed_at_its_price_and_told_apart_from_its_replay(told: dict[str, Any]) -> None:
    assert told["quote"]["totals"]["total"]["formatted"] == "$4.00"
    assert told["quote"]["problems"] == []

    placed = told["placed"]
    assert (placed["replayed"], placed["problems"]) == (False, [])
    assert (placed["order"]["status"], placed["order"]["totals"]["total"]["minorUnits"]) == ("PLACED", 400)

    assert told["again"] == {**placed, "replayed": True}


def test_a_misspelt_milk_is_explained_in_a_type_of_its_own(told: dict[str, Any]) -> None:
    [problem] = told["misspelt"]["problems"]

    assert (problem["__typename"], problem["code"]) == ("UnknownChoiceProblem", "UNKNOWN_OPTION")
    assert (problem["didYouMean"], problem["allowed"]) == ("oat", ["dairy", "oat", "almond", "soy"])


def test_an_order_at_a_price_of_yesterday_is_refused_with_both_prices(told: dict[str, Any]) -> None:
    assert told["dearer"]["order"] is None
    [problem] = told["dearer"]["problems"]
    assert (problem["expected"]["formatted"], problem["actual"]["formatted"]) == ("$3.50", "$4.00")


def test_the_order_book_is_read_again_once_something_was_ordered(told: dict[str, Any]) -> None:
    paging = told["paging"]

    assert paging["before"][0] == told["placed"]["order"]["id"]
    assert paging["first"] == paging["newer"]
    assert paging["second"] == paging["before"]
