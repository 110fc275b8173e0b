"""A café on a real database file that answers GraphQL in process, at an hour that the test sets."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.core.people import HOUSE, Actor
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.schema import refusals
from cafe_graphql.schema.context import Context
from cafe_graphql.schema.root import core_schema
from cafe_graphql.services import menu_editing
from cafe_graphql.services.cafe import Cafe
from tests.services.books import found

MONDAY_MORNING = datetime(2026, 5, 4, 13, 30, tzinfo=UTC)


@dataclass
class Window:
    """Where a test asks: one event loop, one café, one clock."""

    loop: asyncio.AbstractEventLoop
    cafe: Cafe
    engine: Engine
    caller: Actor = HOUSE
    """Who asks; by default somebody who may do everything."""

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Run an operation and give the whole response."""
        context = Context(self.cafe, self.caller)
        answer = self.loop.run_until_complete(self.engine.run(Request(query, variables=variables), context))
        return answer.payload

    def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """Run an operation that has no errors and give its data."""
        response = self.ask(query, **variables)
        assert "errors" not in response, response["errors"]
        data: dict[str, Any] = response["data"]
        return data

    def error(self, query: str, **variables: Any) -> tuple[str, str]:
        """Run an operation that has one error and give its code and message."""
        [error] = self.ask(query, **variables)["errors"]
        return error["extensions"]["code"], error["message"]

    def load(self, menu: str) -> None:
        """Make the text of a menu file the menu."""
        self.loop.run_until_complete(menu_editing.load(self.cafe, menu_file.read(menu)))

    def set_clock(self, now: datetime) -> None:
        """Let it be `now`."""
        self.cafe.clock = lambda: now


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    """Give a café with the built-in menu on a Monday morning in New York."""
    with opened(tmp_path) as window:
        yield window


@contextmanager
def opened(folder: Path) -> Iterator[Window]:
    """Give such a café, whose books are in this folder, until the block ends."""
    found(folder / "cafe.db")
    loop = asyncio.new_event_loop()
    cafe = loop.run_until_complete(menu_editing.open_cafe(f"sqlite:///{folder}/cafe.db"))
    window = Window(loop, cafe, Engine(core_schema(), translate=refusals.spoken))
    window.set_clock(MONDAY_MORNING)
    yield window
    cafe.store.close()
    loop.close()
