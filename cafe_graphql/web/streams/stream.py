"""One open stream: what is sent on it, whether its listener takes it, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable
from dataclasses import dataclass

from starlette.types import Message, Scope, Send

from cafe_graphql.web import addresses
from cafe_graphql.web.streams.keeping import Streams

BURST = 16
"""Messages after which others get their turn: a source that replays much need not wait for anything in between."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """Why a stream ends; `code` is what a WebSocket is closed with."""

    code: int
    reason: str


GONE = Farewell(1006, "The listener has left.")  # nobody is told: that code is never sent
DONE = Farewell(1000, "All is said.")
LATE = Farewell(4408, "Connection initialisation timeout")
STOPPING = Farewell(1001, "The server is stopping.")
# Both clients and specifications read 1013 as "come again": by a cursor, nothing is missed.
COME_AGAIN = 1013
TOO_SLOW = Farewell(COME_AGAIN, "Messages are not taken fast enough.")
SILENT = Farewell(COME_AGAIN, "A ping was not answered.")


class Left(Exception):
    """Something was to be sent to a listener who is not there any more."""


class Stream:
    """A stream that can be ended from anywhere, and knows when its listener does not take what it is sent.

    The server's write buffer (64 KiB) is the bound on what waits for a listener, with one message for each of its
    operations: `send` waits while it is full, and so does whoever sends.
    """

    __slots__ = ("_beaten", "_deadline", "_farewell", "_send", "_sending", "_sent", "_since", "_streams", "address")

    def __init__(self, streams: Streams, scope: Scope, send: Send) -> None:
        self.address = addresses.of(scope)
        self._streams = streams
        self._send = send
        self._deadline: asyncio.Timeout | None = None
        self._farewell: Farewell | None = None
        self._sending = 0
        self._sent = 0
        self._since = self._beaten = time.monotonic()

    async def send(self, message: Message) -> None:
        """Send a message once the listener has taken enough of those before; raise `Left` if it never will."""
        if not self._sending:
            self._since = time.monotonic()
        self._sending += 1
        try:
            await self._send(message)
        except OSError:
            raise Left from None
        finally:
            self._sending -= 1
            self._since = time.monotonic()
        self._sent += 1
        if self._sent % BURST == 0:
            await asyncio.sleep(0)

    def close(self, farewell: Farewell) -> None:
        """End the stream soon; of several farewells the first is said."""
        if self._farewell is None:
            self._farewell = farewell
            if self._deadline is not None and not self._deadline.expired():
                self._deadline.reschedule(0)

    def close_for_shutdown(self) -> None:
        self.close(STOPPING)

    def look(self, now: float) -> None:
        limits = self._streams.limits
        if self._sending and now - self._since > limits.patience:
            self.close(TOO_SLOW)
        elif not self._sending and now - self._beaten >= limits.heartbeat:
            self._beaten = now
            self._streams.run(self._heartbeat())

    async def _heartbeat(self) -> None:
        with contextlib.suppress(Left):
            await self.send(self._sign_of_life())

    def _sign_of_life(self) -> Message:
        raise NotImplementedError

    async def _live(self, listening: Awaitable[None], *, within: float | None = None) -> Farewell:
        """Listen until the stream is ended, from this side or the other, and give why.

        What is used of `asyncio.timeout` is that its end can be moved: to now, by `close`. `within` is the first end.
        """
        deadline = self._deadline = asyncio.timeout(within)
        try:
            async with deadline:
                if self._farewell is not None:
                    deadline.reschedule(0)
                self._streams.add(self)
                await listening
        except TimeoutError:
            if not deadline.expired():
                raise
            self._farewell = self._farewell or LATE
        except Left:
            self._farewell = GONE
        finally:
            self._deadline = None
            self._streams.discard(self)
        return self._farewell or DONE

    async def _part(self, *messages: Message, within: float | None) -> None:
        """Say the last words, `within` some seconds, for a listener may not listen."""
        try:
            async with asyncio.timeout(within):
                for message in messages:
                    await self._send(message)
        except (TimeoutError, OSError):
            return
