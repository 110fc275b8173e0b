"""What tests of the playground share."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.web import browsing


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing.chromium() as browser:
        yield browser
