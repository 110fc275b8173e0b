"""An order followed from the window to the guest's hand, with the libraries that people use, and cut off on the way."""

from collections.abc import Iterator

import pytest

from tests.clients import node
from tests.running import running_cafe


@pytest.fixture(scope="module")
def quiet_cafe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a café with nothing else to make, which keeps its first promises."""
    with running_cafe(tmp_path_factory.mktemp("quiet") / "cafe.db") as url:
        yield url


@pytest.mark.parametrize("library", ["graphql-ws", "graphql-sse", "apollo", "urql"])
def test_a_guest_who_was_cut_off_is_told_what_was_missed_and_then_the_rest(quiet_cafe: str, library: str) -> None:
    heard = node.run("follow_an_order.mjs", f"{quiet_cafe}/graphql", library)

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
