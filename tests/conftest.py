"""What tests of every room share."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.running import running_cafe

# How long it takes to draw a whole menu says more of how busy the machine is than of the test.
settings.register_profile("cafe", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cafe")


@pytest.fixture(scope="session")
def cafe_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a real server with the built-in menu, shared by tests that do not mind other orders."""
    with running_cafe(tmp_path_factory.mktemp("cafe") / "cafe.db") as url:
        yield url
