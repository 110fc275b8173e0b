"""The café as strangers meet it: on a real socket, in production."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.security.production import caller, in_production


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a server in production, for tests that use up no budget and order nothing to speak of."""
    with in_production(tmp_path_factory.mktemp("production")) as url:
        yield url


@pytest.fixture(scope="module")
def stranger(production: str) -> Iterator[httpx2.Client]:
    """Give a caller of whom nothing is known, at the server in production."""
    with caller(production) as client:
        yield client
