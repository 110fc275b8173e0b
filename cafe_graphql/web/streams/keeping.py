"""Keeps the open streams of a worker: gives them their heartbeat, and ends them all when the server stops."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.types import Scope

from cafe_graphql.web import addresses
from cafe_graphql.web.gate import come_again


@dataclass(frozen=True, slots=True)
class Limits:
    """How long is waited for a listener, in seconds, and how much one may ask."""

    init: float = 5  # until a socket says connection_init
    heartbeat: float = 20  # between two signs of life from us
    patience: float = 15  # until a listener takes what is sent, or answers a ping
    goodbye: float = 1  # for the last words to a listener who does not listen
    operations: int = 100  # open at once on one socket
    streams: int = 5_000  # open at once on one worker
    streams_each: int = 2_000  # of them, from one address
    message_length: int = 1024 * 1024  # of what it says at once, in characters

    @property
    def tick(self) -> float:
        """How often all streams are looked at: often enough for each limit, seldom enough to cost nothing."""
        return min(1.0, self.heartbeat / 4, self.patience / 4)


DEFAULT_LIMITS = Limits()


class Kept(Protocol):
    """What is kept here; `address` is where its listener is counted."""

    address: str

    def look(self, now: float) -> None:
        """Send a heartbeat if one is due, and end the stream if its listener is slow or dead."""

    def close_for_shutdown(self) -> None:
        """End the stream: the server stops."""


class Streams:
    """All open streams of one worker; one timer serves them all, so that an idle stream costs no task or timer."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self._open: set[Kept] = set()
        self._from: Counter[str] = Counter()
        self._errands: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, scope: Scope) -> None:
        """Raise `Refused` if one more stream from there would be too many."""
        if len(self._open) >= self.limits.streams:
            raise come_again("Too many streams are open here.")
        if self._from[addresses.of(scope)] >= self.limits.streams_each:
            raise come_again(f"From one address, {self.limits.streams_each} streams are open at most.")

    def add(self, stream: Kept) -> None:
        """Keep a stream, until it is discarded."""
        self._open.add(stream)
        self._from[stream.address] += 1
        if self._closing:
            stream.close_for_shutdown()
        self._wind()

    def discard(self, stream: Kept) -> None:
        """Let go of a stream that has ended."""
        if stream in self._open:
            self._open.remove(stream)
            self._from[stream.address] -= 1
            if not self._from[stream.address]:
                del self._from[stream.address]
        if not self._open and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close_all(self) -> None:
        """End all streams, and those that are opened from now on. Call it on the event loop that they live on.

        Call it as soon as the server is told to stop: it waits for open responses to end, and streams do not by
        themselves.
        """
        self._closing = True
        for stream in list(self._open):
            stream.close_for_shutdown()

    def run(self, errand: Coroutine[Any, Any, None]) -> None:
        """Run something short beside the streams."""
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def _wind(self) -> None:
        if self._timer is None and self._open:
            self._timer = asyncio.get_running_loop().call_later(self.limits.tick, self._look)

    def _look(self) -> None:
        now = time.monotonic()
        for stream in list(self._open):
            stream.look(now)
        self._timer = None
        self._wind()
