"""Issuers for the tests: a certified provider, and one made by hand."""

from collections.abc import Iterator

import pytest

from tests.gateways.forge import Forge, running_forge
from tests.gateways.provider import Provider, running_provider


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """Give a certified provider; its keys are those of spring, whenever a test begins."""
    with running_provider(tmp_path_factory.mktemp("provider") / "provider.log") as running:
        yield running


@pytest.fixture
def forge() -> Iterator[Forge]:
    """Give an issuer made by hand."""
    with running_forge() as running:
        yield running
