"""The café as strangers meet it: on a real socket, in production."""

from collections.abc import Iterator

import pytest

from tests.security.production import in_production


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a server in production, for tests that use up no budget and order nothing to speak of."""
    with in_production(tmp_path_factory.mktemp("production")) as url:
        yield url
