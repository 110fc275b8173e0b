"""Counts what callers use up: in this process, or in a Redis that several share."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

WINDOW = 60
"""Seconds for which is counted, by the clock: all windows end on the full minute, so when one ends is never asked."""

PATIENCE = 0.25
"""Seconds that Redis may take for an answer."""

PAUSE = 5.0
"""Seconds after which Redis is asked again when it was away."""

SILENCE = 60.0
"""Seconds between two lines in the log that say so."""

_log = logging.getLogger("cafe_graphql")


class Counters(Protocol):
    """One number for each key and window."""

    def add_now(self, keys: Sequence[str], window: int, amount: int) -> list[int] | None:
        """Do as `add` does; None, and nothing was done, when that has to be waited for."""

    async def add(self, keys: Sequence[str], window: int, amount: int) -> list[int]:
        """Add to the number of each key, and give what they are now."""

    async def aclose(self) -> None:
        """Let go of whatever is held."""


class MemoryCounters:
    """Counts in this process: for a café with one worker, and for one whose Redis is away.

    Not by the memory of `limits`, which starts a thread each hundredth of a second to look through all keys: here the
    numbers of a window are dropped together when the next one begins, and counting takes half a microsecond.
    """

    def __init__(self) -> None:
        self._window = 0
        self._counts: dict[str, int] = {}

    async def add(self, keys: Sequence[str], window: int, amount: int) -> list[int]:
        return self.add_now(keys, window, amount)

    def add_now(self, keys: Sequence[str], window: int, amount: int) -> list[int]:
        if window != self._window:
            self._window, self._counts = window, {}
        sums = []
        for key in keys:
            count = self._counts[key] = self._counts.get(key, 0) + amount
            sums.append(count)
        return sums

    async def aclose(self) -> None:
        """Nothing is held."""


class RedisCounters:
    """Counts in Redis, for all workers of a café together.

    When Redis is away or slow, no order fails for it: each worker counts for itself then, so that callers are let
    through at most as often as there are workers, asks Redis again a few seconds later, and says so in the log once
    a minute.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        # Not needed by a café without Redis, and slow to load.
        from limits.aio.storage import RedisStorage
        from redis.asyncio import ConnectionPool

        self._pool = ConnectionPool.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        self._redis = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix="cafe:rates",
            wrap_exceptions=True,
            connection_pool=self._pool,  # type: ignore[arg-type]  # handed through; declared as text or number
        )
        self._alone = MemoryCounters()
        self._clock = clock
        self._away_until = self._silent_until = float("-inf")

    def add_now(self, keys: Sequence[str], window: int, amount: int) -> None:
        """Never: Redis is another process."""

    async def add(self, keys: Sequence[str], window: int, amount: int) -> list[int]:
        if self._clock() >= self._away_until:
            try:
                async with asyncio.timeout(PATIENCE):
                    return [await self._redis.incr(f"{key}/{window}", 2 * WINDOW, amount) for key in keys]
            except Exception as error:  # whatever it is, it is not worth an order
                self._note(error)
        return self._alone.add_now(keys, window, amount)

    async def aclose(self) -> None:
        await self._pool.aclose()

    def _note(self, error: Exception) -> None:
        now = self._clock()
        self._away_until = now + PAUSE
        if now >= self._silent_until:
            self._silent_until = now + SILENCE
            # Not the error's own words: they may quote the URL, and so the password in it.
            _log.warning("Redis does not answer (%s): each worker counts for itself", type(error).__name__)
