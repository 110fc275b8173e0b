"""The server's HTTP, with an end to heads: for uvicorn's `http=`, in place of its own.

Uvicorn on httptools waits for the head of a request as long as it takes, and keeps as much of it as comes: a caller
who sends a header now and then has a connection for ever, and one who never stops has the memory.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

HEAD_SECONDS = 10.0
"""How long a head may take, the first one from the moment of connecting."""

HEAD_BYTES = 64 * 1024
"""Of a head that does not come in one piece; one that does is no larger than what is read from a socket at once."""

HEADERS = 1_000

CLOSED = b"connection: close\r\ncontent-length: 0\r\n\r\n"


class BoundedHttp(HttpToolsProtocol):
    """One connection. What it takes to bound a head is only spent on one that is not whole when it is first seen."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._is_in_head = True
        self._read = 0
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._patience = self.loop.call_later(HEAD_SECONDS, self._end, 408)

    def connection_lost(self, exc: Exception | None) -> None:
        self._calm_down()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._is_in_head = True
        self._read = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_in_head:
            self._read += len(data)
            if self._read > HEAD_BYTES:
                self._end(431)
            elif self._patience is None:
                self._patience = self.loop.call_later(HEAD_SECONDS, self._end, 408)
        elif self._patience is not None:
            self._calm_down()
        if self.headers is not None and len(self.headers) > HEADERS:  # trailers, which come behind a body, too
            self._end(431)

    def _end(self, status: int) -> None:
        self._calm_down()
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(STATUS_LINE[status] + CLOSED)
        self.transport.close()

    def _calm_down(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
