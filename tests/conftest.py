"""What tests of every room share."""

from collections.abc import Iterator

import pytest

from tests.running import running_cafe


@pytest.fixture(scope="session")
def cafe_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a real server with the built-in menu, shared by tests that do not mind other orders."""
    with running_cafe(tmp_path_factory.mktemp("cafe") / "cafe.db") as url:
        yield url
