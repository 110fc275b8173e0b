"""Finds the programs that some tests need beside Python: skipped where missing, never in a full run."""

import os
import shutil
from typing import NoReturn

import pytest


def require(name: str) -> str:
    """Give the path of the program `name`, or end the test with a plain reason."""
    return shutil.which(name) or missing(f"{name} is not installed here")


def missing(reason: str) -> NoReturn:
    """Skip the test, or fail it where CAFE_TEST_REQUIRE_ALL says that nothing may be skipped."""
    if os.environ.get("CAFE_TEST_REQUIRE_ALL"):
        pytest.fail(f"{reason}, and CAFE_TEST_REQUIRE_ALL is set")
    pytest.skip(reason)
