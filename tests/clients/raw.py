"""A client without a network: calls an ASGI app directly, and misbehaves as no HTTP library would."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message

Headers = dict[str, str] | Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Reply:
    """What came back; without a status, nothing did."""

    status: int | None
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    app: ASGIApp,
    method: str = "POST",
    *,
    path: str = "/graphql",
    query_string: bytes = b"",
    headers: Headers = (),
    chunks: Iterable[bytes | None] = (b"",),
    root_path: str = "",
) -> Reply:
    """Send one request whose body comes in `chunks`; None among them is a caller who hangs up."""
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "root_path": root_path,
        "query_string": query_string,
        "headers": _as_sent(headers),
        "client": ("127.0.0.1", 50_000),
    }
    return asyncio.run(_exchange(app, scope, list(chunks)))


def post(app: ASGIApp, request: object, *, accept: str = "application/graphql-response+json") -> Reply:
    """Send a well-behaved GraphQL request by POST; `request` is made to JSON unless it is bytes already."""
    body = request if isinstance(request, bytes) else json.dumps(request).encode()
    return ask(app, headers={"content-type": "application/json", "accept": accept}, chunks=[body])


def _as_sent(headers: Headers) -> list[tuple[bytes, bytes]]:
    if isinstance(headers, dict):
        return [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return list(headers)


async def _exchange(app: ASGIApp, scope: dict[str, Any], chunks: list[bytes | None]) -> Reply:
    sent: list[Message] = []

    async def receive() -> Message:
        chunk = chunks.pop(0) if chunks else None
        if chunk is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return _reply(sent)


def _reply(sent: list[Message]) -> Reply:
    if not sent:
        return Reply(None, {}, b"")
    start, *bodies = sent
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return Reply(start["status"], headers, b"".join(message.get("body", b"") for message in bodies))
