"""Keeps the open streams of a worker: gives them their heartbeat, and ends them all when the server stops."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Limits:
    """How long is waited for a listener, in seconds, and how much one may ask."""

    init: float = 5  # until a socket says connection_init
    heartbeat: float = 20  # between two signs of life from us
    patience: float = 15  # until a listener takes what is sent, or answers a ping
    goodbye: float = 1  # for the last words to a listener who does not listen
    operations: int = 100  # open at once on one socket
    message_length: int = 1024 * 1024  # of what it says at once, in characters

    @property
    def tick(self) -> float:
        """How often all streams are looked at: often enough for each limit, seldom enough to cost nothing."""
        return min(1.0, self.heartbeat / 4, self.patience / 4)


DEFAULT_LIMITS = Limits()


class Kept(Protocol):
    """What is kept here."""

    def look(self, now: float) -> None:
        """Send a heartbeat if one is due, and end the stream if its listener is slow or dead."""

    def close_for_shutdown(self) -> None:
        """End the stream: the server stops."""


class Streams:
    """All open streams of one worker; one timer serves them all, so that an idle stream costs no task or timer."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self.limits = limits
        self._open: set[Kept] = set()
        self._errands: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closing = False

    def __len__(self) -> int:
        return len(self._open)

    def add(self, stream: Kept) -> None:
        """Keep a stream, until it is discarded."""
        self._open.add(stream)
        if self._closing:
            stream.close_for_shutdown()
        self._wind()

    def discard(self, stream: Kept) -> None:
        """Let go of a stream that has ended."""
        self._open.discard(stream)
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
