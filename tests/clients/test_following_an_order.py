"""An order followed from the window to the guest's hand, with the libraries that people use, and cut off on the way."""

import pytest

from tests.clients import node


@pytest.mark.parametrize("library", ["graphql-ws", "graphql-sse", "apollo", "urql"])
def test_a_guest_who_was_cut_off_is_told_what_was_missed_and_then_the_rest(cafe_server: str, library: str) -> None:
    heard = node.run("follow_an_order.mjs", f"{cafe_server}/graphql", library)

    assert heard == {
        "told": [
            [None, False],
            ["ACCEPTED", False],
            ["PREPARING", True],
            ["READY", False],
            ["COMPLETED", False],
        ],
        "end": "end",
    }
