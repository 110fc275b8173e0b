"""Runs the café in production, as an operator would who read nothing but the README."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from tests.running import running_cafe

KEY = "correct-horse-battery-staple"
WITH_KEY = {"X-API-Key": KEY}


@contextmanager
def in_production(folder: Path, **variables: str) -> Iterator[str]:
    """Serve a café whose database and log lie in the folder, and give its address."""
    with running_cafe(folder / "cafe.db", **{"CAFE_PRODUCTION": "1", "CAFE_API_KEY": KEY, **variables}) as url:
        yield url


def caller(url: str, **headers: str) -> httpx2.Client:
    """Give a caller who sends these headers with every request."""
    return httpx2.Client(base_url=url, headers=headers, timeout=30, trust_env=False)
