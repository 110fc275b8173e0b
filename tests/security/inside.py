"""The whole café in production in this process, behind no socket: for as many requests as one likes."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, event
from starlette.types import ASGIApp

from cafe_graphql.app import create_app
from cafe_graphql.config import Settings
from cafe_graphql.store.hot import Hot
from tests.clients.raw import Reply, _exchange
from tests.security.production import KEY

Headers = Sequence[tuple[bytes, bytes]]


class Inside:
    """An app that is open, its loop, and what it has logged as an accident or worse."""

    def __init__(self, loop: asyncio.AbstractEventLoop, app: ASGIApp, accidents: list[str]) -> None:
        self.loop = loop
        self.app = app
        self.accidents = accidents
        self.addresses: Iterator[str] = (f"2001:db8:{number >> 16:x}:{number & 65_535:x}::1" for number in count())
        """Where requests come from: each from another line, so that nobody is held back for what others sent."""

    def ask(self, method: str, path: str, headers: Headers = (), body: bytes = b"", query_string: bytes = b"") -> Reply:
        """Send a request, and give what comes back."""
        return self.loop.run_until_complete(self.asked(method, path, headers, body, query_string))

    async def asked(
        self, method: str, path: str, headers: Headers = (), body: bytes = b"", query_string: bytes = b""
    ) -> Reply:
        """The same, for several at once."""
        scope = {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query_string,
            "headers": [(name.lower(), value) for name, value in headers],
            "client": (next(self.addresses), 50_000),
            "server": ("127.0.0.1", 8_000),
        }
        return await _exchange(self.app, scope, [body])


class _Accidents(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(self.format(record))


@contextmanager
def opened(folder: Path, **settings: Any) -> Iterator[Inside]:
    """Open a café whose books lie in the folder, until the block ends; nobody's budget is soon used up."""
    usual: dict[str, Any] = {"production": True, "api_key": SecretStr(KEY), "rate_limit": 100_000_000}
    app = create_app(Settings(database_url=f"sqlite:///{folder}/cafe.db", **{**usual, **settings}))
    accidents = _Accidents()
    logging.getLogger().addHandler(accidents)
    loop = asyncio.new_event_loop()
    said: asyncio.Queue[str] = asyncio.Queue()
    heard: asyncio.Queue[str] = asyncio.Queue()
    lasting = loop.create_task(_last(app, said, heard))
    try:
        said.put_nowait("lifespan.startup")
        assert loop.run_until_complete(heard.get()) == "lifespan.startup.complete"
        yield Inside(loop, app, accidents.told)
        said.put_nowait("lifespan.shutdown")
        loop.run_until_complete(lasting)
    finally:
        logging.getLogger().removeHandler(accidents)
        loop.close()


async def _last(app: ASGIApp, said: "asyncio.Queue[str]", heard: "asyncio.Queue[str]") -> None:
    async def receive() -> Any:
        return {"type": await said.get()}

    async def send(message: Any) -> None:
        heard.put_nowait(message["type"])

    await app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, receive, send)


@contextmanager
def statements() -> Iterator[list[tuple[str, int]]]:
    """Give what is asked of any database in the block, by SQLAlchemy or past it, and with how many values."""
    told: list[tuple[str, int]] = []
    ask = Hot._execute

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        told.append((statement, len(parameters)))

    def ask_hot(statement: Hot, connection: Connection, values: Mapping[str, Any]) -> Any:
        sql, take = statement._compiled
        told.append((sql, len(take(values))))
        return ask(statement, connection, values)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with patch.object(Hot, "_execute", ask_hot):
            yield told
    finally:
        event.remove(Engine, "before_cursor_execute", note)
