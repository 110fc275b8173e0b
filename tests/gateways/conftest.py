"""Issuers for the tests."""

from collections.abc import Iterator

import pytest

from tests.gateways.forge import Forge, running_forge


@pytest.fixture
def forge() -> Iterator[Forge]:
    """Give an issuer made by hand."""
    with running_forge() as running:
        yield running
