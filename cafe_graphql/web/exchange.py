"""One request and its response, on uvicorn's HTTP: a response that is whole leaves in one piece.

Uvicorn writes its head and its body apart, which the kernel is asked for twice, and looks at each character of each
header each time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

from uvicorn._types import HTTPResponseStartEvent
from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from cafe_graphql.web.repeats import AS_OF, STATE
from cafe_graphql.web.security import Header

MAX_LINES = 1_024
"""Of headers, as they are written: most are the same in every response."""

_HANDLED_BY_UVICORN = frozenset((b"connection", b"transfer-encoding"))

Headers = tuple[Header, ...]


class Connection(HttpToolsProtocol):
    """What an exchange needs of its connection, beyond what uvicorn's has."""

    def hold(self, response: bytes) -> None:
        """Send a whole response soon, and before anything else."""
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        """Send this now, behind what is held."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the connection, once all was sent."""
        raise NotImplementedError


class Exchange(RequestResponseCycle):
    """Holds a head back that announces the length of its body, until that comes; all others go out at once."""

    # Every exchange begins like this: uvicorn's __init__ sets it anew each time, which takes as long as parsing does.
    disconnected = False
    more_body = True
    response_started = False
    response_complete = False
    chunked_encoding = None
    expected_content_length = 0

    request: bytes | None = None
    """All of the request, as it came, if it came alone and in one piece."""
    _has_event = False
    _head: HTTPResponseStartEvent | None = None
    _lines: list[bytes]

    def __init__(self, connection: Connection, keep_alive: bool) -> None:
        self.scope = connection.scope
        self.transport = cast("asyncio.Transport", connection)  # of which uvicorn's cycle asks to write and to close
        self.flow = connection.flow
        self.logger = connection.logger
        self.access_logger = connection.access_logger
        self.access_log = connection.access_log
        self.default_headers = connection.server_state.default_headers
        self.on_response = connection.on_response_complete
        self._hold = connection.hold
        self.keep_alive = keep_alive
        self.waiting_for_100_continue = connection.expect_100_continue
        self.body = bytearray()

    def __getattr__(self, name: str) -> asyncio.Event:
        """Make the event that something of this request has come, or its end, for the first who asks for it."""
        if name != "message_event":
            raise AttributeError(name)
        self._has_event = True
        self.message_event = asyncio.Event()
        if not self.more_body:
            self.message_event.set()
        return self.message_event

    def take_whole(self, request: bytes, body: bytes) -> None:
        """Begin with all of a request, which has come in one piece, and its body."""
        self.request = request
        self.body += body
        self.more_body = False

    async def send(self, message: Any) -> None:
        """Take a message of the app's: the ASGI interface."""
        if message["type"] == "http.response.start" and not self.response_started:
            lines = _sized(message.get("headers", ()))
            if lines is not None:
                self._head, self._lines = message, lines
                return
        head, self._head = self._head, None
        if message["type"] == "http.response.start":  # the app has failed meanwhile, and uvicorn says so instead
            head = None
        if head is not None and self._can_send_whole() and self._is_whole(message):
            self._write(head["status"], self._lines, message.get("body", b""))
            return
        if head is not None:
            await super().send(head)
        await super().send(message)

    def send_whole(self, status: int, headers: Headers, told: Headers, body: bytes) -> bool:
        """Send a response as the two messages of one would, but at once; False if it has to be sent by messages.

        `headers` are the same in many responses, and `told` are this one's own; the body's length is said behind them.
        """
        if self.response_started or self._head is not None or not self._can_send_whole():
            return False
        same = _same_lines(headers)
        if same is None:
            return False
        self._write(status, [same, *_lines(told), _length(len(body))], body)
        return True

    def _can_send_whole(self) -> bool:
        """Whether nobody has to wait until there is room for it, or wants less of it."""
        if self.flow.write_paused or self.disconnected or self.access_log:
            return False
        return bool(self.scope["method"] != "HEAD")

    def _is_whole(self, message: dict[str, Any]) -> bool:
        return not message.get("more_body") and _length(len(message.get("body", b""))) in self._lines

    def _write(self, status: int, lines: list[bytes], body: bytes) -> None:
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        own = [_line(name, value) for name, value in self.default_headers]
        end = b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n"
        response = b"".join((STATUS_LINE[status], *own, *lines, end, body))
        self._hold(response)
        self._remember(response)
        if self._has_event:  # somebody waits for it, or may
            self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()

    def _remember(self, response: bytes) -> None:
        state = self.scope.get("state", {})
        if AS_OF in state and STATE in state and self.request is not None and self.keep_alive:
            state[STATE].keep(self.request, response, state[AS_OF])


def _sized(headers: Iterable[Header]) -> list[bytes] | None:
    """Write headers that say how long the body is; None if they do not, or say what uvicorn has to know."""
    names = {name for name, _ in headers}
    if b"content-length" not in names or not names.isdisjoint(_HANDLED_BY_UVICORN):
        return None
    return _lines(headers)


def _lines(headers: Iterable[Header]) -> list[bytes]:
    """Write headers. A number is what few other responses have, and cannot hold what is forbidden."""
    return [_beginning(name) + value + b"\r\n" if value.isdigit() else _line(name, value) for name, value in headers]


@lru_cache(maxsize=MAX_LINES)
def _same_lines(headers: Headers) -> bytes | None:
    """Write headers that are the same in many responses; None if they say what uvicorn has to know."""
    is_plain = _HANDLED_BY_UVICORN.isdisjoint(name for name, _ in headers)
    return b"".join(_lines(headers)) if is_plain else None


def _length(number: int) -> bytes:
    return b"content-length: %d\r\n" % number


@lru_cache(maxsize=MAX_LINES)
def _line(name: bytes, value: bytes) -> bytes:
    """Write a header, or raise what uvicorn would if it is none."""
    if HEADER_VALUE_RE.search(value):
        raise RuntimeError("Invalid HTTP header value.")
    return _beginning(name) + value + b"\r\n"


@lru_cache(maxsize=MAX_LINES)
def _beginning(name: bytes) -> bytes:
    if HEADER_RE.search(name):
        raise RuntimeError("Invalid HTTP header name.")
    return name.lower() + b": "
