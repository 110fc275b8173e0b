"""Persisted queries as Apollo Client and urql send them: a hash, once its text as well, and then the hash alone."""

from typing import Any

import pytest

from tests.clients import node


@pytest.fixture(scope="module")
def told(cafe_server: str) -> dict[str, Any]:
    seen: dict[str, Any] = node.run("persisted.mjs", f"{cafe_server}/graphql")
    return seen


@pytest.mark.parametrize("client", ["apolloByPost", "apolloByGet", "urqlByPost", "urqlByGet"])
def test_a_query_is_sent_in_full_once_and_then_by_its_hash(client: str, told: dict[str, Any]) -> None:
    queries = [request for request in told[client]["sent"] if not request["isOrder"]]

    assert told[client]["answers"] == ["Latte"] * 3
    assert [(request["text"], request["hash"]) for request in queries] == [
        (False, True),  # it is not known yet
        (True, True),
        (False, True),
        (False, True),
    ]
    by = "GET" if client.endswith("Get") else "POST"
    assert [request["method"] for request in queries if not request["text"]] == [by] * 3


@pytest.mark.parametrize("client", ["apolloByPost", "apolloByGet", "urqlByPost", "urqlByGet"])
def test_an_order_is_placed_by_post_all_the_same(client: str, told: dict[str, Any]) -> None:
    assert told[client]["placed"] == []
    assert {request["method"] for request in told[client]["sent"] if request["isOrder"]} == {"POST"}
