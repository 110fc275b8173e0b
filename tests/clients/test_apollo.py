"""Apollo Client at the café: what a web app with a normalised cache reads, orders and remembers."""

from typing import Any

import pytest

from tests.clients import node


@pytest.fixture(scope="module")
def told(cafe_server: str) -> dict[str, Any]:
    seen: dict[str, Any] = node.run("apollo.mjs", f"{cafe_server}/graphql")
    return seen


def test_just_the_lattes_name_and_price_can_be_had(told: dict[str, Any]) -> None:
    assert told["latte"] == {
        "__typename": "MenuItem",
        "name": "Latte",
        "price": {"__typename": "Money", "formatted": "$3.50", "minorUnits": 350},
    }


def test_a_quote_is_placed_at_its_price_and_told_apart_from_its_replay(told: dict[str, Any]) -> None:
    assert told["quote"]["totals"]["total"]["formatted"] == "$4.00"
    assert told["quote"]["problems"] == []

    placed = told["placed"]
    assert (placed["replayed"], placed["problems"]) == (False, [])
    assert (placed["order"]["status"], placed["order"]["totals"]["total"]["minorUnits"]) == ("PLACED", 400)
    assert [(event["actor"], event["to"]) for event in placed["order"]["events"]] == [("house", "PLACED")]

    assert told["again"] == {**placed, "replayed": True}


def test_a_misspelt_milk_is_explained_in_a_type_of_its_own(told: dict[str, Any]) -> None:
    assert told["misspelt"]["problems"] == [
        {
            "__typename": "UnknownChoiceProblem",
            "code": "UNKNOWN_OPTION",
            "path": ["lines", "0", "options", "1", "option"],
            "didYouMean": "oat",
            "allowed": ["dairy", "oat", "almond", "soy"],
        }
    ]


def test_an_order_at_a_price_of_yesterday_is_refused_with_both_prices(told: dict[str, Any]) -> None:
    assert told["dearer"]["order"] is None
    [problem] = told["dearer"]["problems"]
    assert (problem["__typename"], problem["code"]) == ("PriceChangedProblem", "PRICE_CHANGED")
    assert (problem["expected"]["formatted"], problem["actual"]["formatted"]) == ("$3.50", "$4.00")


def test_pages_of_the_order_book_join_into_one_list_in_the_cache(told: dict[str, Any]) -> None:
    paging = told["paging"]

    assert paging["first"] == paging["placed"][:2]
    assert paging["joined"] == [*paging["placed"], told["placed"]["order"]["id"]]


def test_a_shared_size_keeps_each_drinks_own_price_in_the_cache(told: dict[str, Any]) -> None:
    sizes = told["sizes"]

    assert (sizes["latte"]["delta"], sizes["flat-white"]["delta"], sizes["house-filter"]["delta"]) == (50, 40, 40)
    assert len({size["id"] for size in sizes.values()}) == len(sizes) == 15


def test_a_search_takes_nothing_from_the_menu_in_the_cache(told: dict[str, Any]) -> None:
    before, after = told["search"]["before"], told["search"]["after"]

    assert dict(before)["espresso"][:3] == ["latte", "cappuccino", "espresso"]
    assert after == before


def test_nor_does_a_search_by_headings_if_headings_are_kept_within_their_menu(told: dict[str, Any]) -> None:
    search = told["searchByHeading"]

    assert search["after"] == search["before"] == told["search"]["before"]


def test_every_interface_has_types_for_the_cache_to_match_fragments_with(told: dict[str, Any]) -> None:
    assert told["possibleTypes"].keys() == {"Node", "Problem", "OrderEvent", "MoneyMoved"}
    assert {"UnknownChoiceProblem", "PriceChangedProblem"} < set(told["possibleTypes"]["Problem"])
