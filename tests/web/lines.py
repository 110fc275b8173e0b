"""A café that is served over one connection, on which requests are said byte by byte."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from starlette.types import ASGIApp, Receive, Scope, Send

from cafe_graphql.app import create_app
from cafe_graphql.config import Settings
from tests.clients.house import FLAGS
from tests.clients.serving import serve
from tests.running import KEY


class Counted:
    """An app that counts what reaches it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += scope["type"] == "http"
        await self._app(scope, receive, send)


class Line:
    """One connection, on which requests are said byte by byte."""

    def __init__(self, connection: socket.socket) -> None:
        self._said, self._heard = connection, connection.makefile("rb")

    def ask(self, query: str, **headers: str) -> Any:
        self.say(request(query, **headers))
        return self.hear()

    def say(self, part: bytes) -> None:
        self._said.sendall(part)

    def hear(self) -> Any:
        """Read one response, and give what its body says."""
        self._heard.readline()
        head = http.client.parse_headers(self._heard)
        return json.loads(self._heard.read(int(head["content-length"] or 0)))


def request(query: str, **headers: str) -> bytes:
    body = json.dumps({"query": query}).encode()
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()]
    head = f"POST /graphql HTTP/1.1\r\nHost: cafe\r\nContent-Type: application/json\r\n{''.join(lines)}"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


@contextmanager
def open_cafe(database: Path, **settings: Any) -> Iterator[tuple[Counted, Line]]:
    app = Counted(create_app(Settings(database_url=f"sqlite:///{database}", api_key=SecretStr(KEY), **settings)))
    with (
        serve(app, **{**FLAGS, "lifespan": "on"}) as address,
        socket.create_connection(address, timeout=10) as connection,
    ):
        yield app, Line(connection)
