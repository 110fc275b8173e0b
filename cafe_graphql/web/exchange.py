"""One request and its response, on uvicorn's HTTP: a response that is whole leaves in one piece.

Uvicorn writes its head and its body apart, which the kernel is asked for twice, and looks at each character of each
header each time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from uvicorn._types import ASGISendEvent, HTTPResponseStartEvent
from uvicorn.protocols.http.httptools_impl import HEADER_RE, HEADER_VALUE_RE, STATUS_LINE, RequestResponseCycle

from cafe_graphql.web.repeats import AS_OF, STATE

MAX_LINES = 1_024
"""Of headers, as they are written: most are the same in every response."""

_HANDLED_BY_UVICORN = frozenset((b"connection", b"transfer-encoding"))


class Exchange(RequestResponseCycle):
    """Holds a head back that announces the length of its body, until that comes; all others go out at once."""

    _head: HTTPResponseStartEvent | None = None
    request: bytes | None = None
    """All of the request, as it came, if it came alone and in one piece."""

    async def send(self, message: ASGISendEvent) -> None:
        """Take a message of the app's: the ASGI interface."""
        if message["type"] == "http.response.start" and not self.response_started and _is_sized(message):
            self._head = message
            return None
        if (head := self._head) is None:
            return await super().send(message)
        self._head = None
        if not self._write_whole(head, cast("dict[str, Any]", message)):
            await super().send(head)
            await super().send(message)
        return None

    def _write_whole(self, head: HTTPResponseStartEvent, message: dict[str, Any]) -> bool:
        """Write a response if it is whole, and nobody has to wait until there is room for it."""
        body = message.get("body", b"")
        lines = [_line(name, value) for name, value in (*self.default_headers, *head["headers"])]
        if message.get("more_body") or self.flow.write_paused or self.disconnected or self.access_log:
            return False
        if _length(len(body)) not in lines or self.scope["method"] == "HEAD":
            return False
        if not self.keep_alive:
            lines.append(b"connection: close\r\n")
        self.response_started = self.response_complete = True
        response = b"".join((STATUS_LINE[head["status"]], *lines, b"\r\n", body))
        self.transport.write(response)
        self._remember(response)
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()
        return True

    def _remember(self, response: bytes) -> None:
        state = self.scope.get("state", {})
        if AS_OF in state and STATE in state and self.request is not None and self.keep_alive:
            state[STATE].keep(self.request, response, state[AS_OF])


def _is_sized(head: HTTPResponseStartEvent) -> bool:
    names = {name for name, _ in head.get("headers", ())}
    return b"content-length" in names and _HANDLED_BY_UVICORN.isdisjoint(names)


def _length(number: int) -> bytes:
    return b"content-length: %d\r\n" % number


@lru_cache(maxsize=MAX_LINES)
def _line(name: bytes, value: bytes) -> bytes:
    """Write a header, or raise what uvicorn would if it is none."""
    if HEADER_RE.search(name):
        raise RuntimeError("Invalid HTTP header name.")
    if HEADER_VALUE_RE.search(value):
        raise RuntimeError("Invalid HTTP header value.")
    return b"%b: %b\r\n" % (name.lower(), value)
