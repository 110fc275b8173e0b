"""Runs the café in production, as an operator would who read nothing but the README."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

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
    return httpx2.Client(base_url=url, headers=headers, timeout=30, trust_env=False, follow_redirects=True)


def ask(caller: httpx2.Client, query: str, /, **variables: Any) -> Any:
    """Send a question, and give its answer, or the answers to a batch, whatever it is."""
    return caller.post("/graphql", json={"query": query, "variables": variables}).json()


def codes(answer: Any) -> list[str]:
    """Give the codes of an answer's errors."""
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


def address(url: str) -> tuple[str, int]:
    """Give host and port, for those who write their requests by hand."""
    host, port = url.removeprefix("http://").split(":")
    return host, int(port)


def wait_for_room_in_the_minute(seconds: int = 10) -> None:
    """Wait until so much is left of the minute by whose end budgets are full again."""
    if (passed := time.time() % 60) > 60 - seconds:
        time.sleep(60 - passed)
