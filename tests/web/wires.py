"""The server's own end of a connection, on no network: what comes in is said, and what goes out is kept."""

import asyncio
from collections.abc import Iterable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from cafe_graphql.web import heads
from cafe_graphql.web.wire import BoundedHttp


async def mirror(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what reached the app."""
    message = await receive()
    body = message["body"]
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    seen = {name: value for name, value in scope.items() if name not in ("state", heads.NOTES)}
    seen["headers"] = list(seen["headers"])
    said = repr((sorted(seen.items()), body)).encode()
    length = (b"content-length", b"%d" % len(said))
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": said})


class Wire(asyncio.Transport):
    """Where a connection writes to."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.is_over = False

    def write(self, data: Any) -> None:
        if not self.is_over:  # a closed one drops it, and says nothing
            self.written += data

    def close(self) -> None:
        self.is_over = True

    def is_closing(self) -> bool:
        return self.is_over

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("192.0.2.7", 4711), "sockname": ("192.0.2.1", 80)}.get(name, default)


def connected(state: dict[str, Any], app: ASGIApp = mirror) -> tuple[BoundedHttp, Wire]:
    """Open a connection to an app whose lifespan has this state, on the loop that runs."""
    config = Config(app, lifespan="off", log_config=None, access_log=False)
    config.load()
    connection, wire = BoundedHttp(config, ServerState(), state), Wire()
    connection.connection_made(wire)
    return connection, wire


async def conversation(pieces: Iterable[bytes], state: dict[str, Any], app: ASGIApp = mirror) -> tuple[bytes, bool]:
    """Say this on one connection, each piece when what is before it was answered: what came back, and is it over?"""
    connection, wire = connected(state, app)
    for piece in pieces:
        if wire.is_over:
            break
        connection.data_received(piece)
        for _ in range(10):
            await asyncio.sleep(0)
    written, is_over = wire.written, wire.is_over
    connection.connection_lost(None)
    return written, is_over
