"""Makes an answer once for all who are to get the same: many listeners, one event, one piece of work."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from typing import Any

MAX_ANSWERS = 1_000
MAX_BYTES = 8 * 1024 * 1024

Answering = asyncio.Task[bytes]


class SharedAnswers:
    """The finished answers that were asked for last, under keys that say all they depend on."""

    def __init__(self, *, max_answers: int = MAX_ANSWERS, max_bytes: int = MAX_BYTES) -> None:
        self._max_answers = max_answers
        self._max_bytes = max_bytes
        self._kept: OrderedDict[Hashable, bytes | Answering] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    async def once(self, key: Hashable, make: Callable[[], bytes | Coroutine[Any, Any, bytes]]) -> bytes:
        """Give the answer kept under `key`; the first to ask has it made, and those who come meanwhile wait for it.

        It is made to its end even if the first to ask leaves. A failure is raised to all who wait, and not kept.
        """
        kept = self._kept.get(key)
        if kept is None:
            kept = self._begin(key, make())
        else:
            self._kept.move_to_end(key)
        return kept if isinstance(kept, bytes) else await asyncio.shield(kept)

    def _begin(self, key: Hashable, made: bytes | Coroutine[Any, Any, bytes]) -> bytes | Answering:
        if isinstance(made, bytes):
            self._keep(key, made)
            return made
        answering = self._kept[key] = asyncio.create_task(made)
        answering.add_done_callback(lambda done: self._end(key, done))
        return answering

    def _end(self, key: Hashable, done: Answering) -> None:
        self._kept.pop(key, None)
        if not done.cancelled() and done.exception() is None:
            self._keep(key, done.result())

    def _keep(self, key: Hashable, answer: bytes) -> None:
        before = self._kept.pop(key, None)
        self._kept[key] = answer
        self._bytes += len(answer) - (len(before) if isinstance(before, bytes) else 0)
        while len(self._kept) > self._max_answers or self._bytes > self._max_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped) if isinstance(dropped, bytes) else 0
