"""The server's WebSockets, made leaner: for uvicorn's `ws=`, in place of its own.

An idle socket of uvicorn's takes 19 KiB, and eight of them for nothing: the headers of the handshake four times over,
and queues with room for what never comes. This is uvicorn's class without those; what it inherits does the work.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import MutableMapping
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

LINGER = 10.0
"""Seconds that a closed socket may take to read what was sent, before its connection is cut."""

OF_HANDSHAKE = frozenset(
    (
        b"accept-encoding",
        b"cache-control",
        b"connection",
        b"pragma",
        b"sec-websocket-extensions",
        b"sec-websocket-key",
        b"sec-websocket-protocol",
        b"sec-websocket-version",
        b"upgrade",
    )
)
"""Headers that say nothing of who is calling."""

log = logging.getLogger("uvicorn.error.sockets")
log.setLevel(logging.WARNING)  # not a line for each handshake
log.addFilter(lambda record: record.msg != "Invalid UTF-8 sequence received from client.")  # nor our accident


class LeanSockets(WebSocketsSansIOProtocol):
    """One WebSocket on the wire."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.logger = self.conn.logger = log
        self.queue = Inbox()  # type: ignore[assignment]
        self.writable = Gate()  # type: ignore[assignment]

    async def send(self, message: Any) -> None:
        """Send a message; one of text goes out directly, for it is what a thousand listeners wait for."""
        text = message.get("text")
        if text is not None and self.handshake_complete and not self.close_sent:
            await self.writable.wait()
            if self.disconnected:
                raise ClientDisconnected
            self.transport.write(_text_frame(text.encode()))
        else:
            await super().send(message)
            self._forget_handshake()

    def _forget_handshake(self) -> None:
        self.request.headers.clear()
        self.response.headers.clear()
        headers = self.scope["headers"]
        headers[:] = [pair for pair in headers if pair[0] not in OF_HANDSHAKE]  # type: ignore[index]

    async def run_asgi(self) -> None:
        await super().run_asgi()
        if self.transport.get_write_buffer_size():  # a caller who reads nothing would stay for ever
            self.loop.call_later(LINGER, self.transport.abort)


def _text_frame(payload: bytes) -> bytes:
    """Write a whole, unmasked text frame (RFC 6455, 5.2)."""
    length = len(payload)
    if length < 126:
        return bytes((0x81, length)) + payload
    if length < 2**16:
        return struct.pack("!BBH", 0x81, 126, length) + payload
    return struct.pack("!BBQ", 0x81, 127, length) + payload


class Inbox:
    """As much of `asyncio.Queue` as is needed for one reader and, mostly, no message."""

    __slots__ = ("_messages", "_reader")

    def __init__(self) -> None:
        self._messages: list[MutableMapping[str, Any]] = []
        self._reader: asyncio.Future[None] | None = None

    def empty(self) -> bool:
        return not self._messages

    def put_nowait(self, message: MutableMapping[str, Any]) -> None:
        self._messages.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> MutableMapping[str, Any]:
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        self._reader = None
        return self._messages.pop(0)


class Gate:
    """As much of `asyncio.Event` as is needed where it is nearly always set."""

    __slots__ = ("_is_open", "_waiting")

    def __init__(self) -> None:
        self._is_open = True
        self._waiting: list[asyncio.Future[None]] | None = None

    def set(self) -> None:
        self._is_open = True
        waiting, self._waiting = self._waiting, None
        for one in waiting or ():
            if not one.done():
                one.set_result(None)

    def clear(self) -> None:
        self._is_open = False

    async def wait(self) -> None:
        if self._is_open:
            return
        if self._waiting is None:
            self._waiting = []
        one = asyncio.get_running_loop().create_future()
        self._waiting.append(one)
        await one
