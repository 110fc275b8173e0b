"""The bulletin board: what changed, told to whoever listens.

The board keeps the latest entries in one log for all. A listener has no queue of its own: it remembers how far it has
read, takes what the log has beyond that, and sleeps on its topic when there is nothing more. One that has fallen
behind the log, or comes back after a while, is told so and reads the same entries from the store.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

E = TypeVar("E")

KEPT = 1_000
"""How many entries the log keeps."""


@dataclass(frozen=True, slots=True)
class Entry(Generic[E]):
    """Something that happened: `number` grows from entry to entry."""

    number: int
    topic: Hashable
    content: E


class Board(Generic[E]):
    """One process's board. `reached` is the number up to which everything has been put up."""

    def __init__(self) -> None:
        self.reached = 0
        self._forgotten = 0
        self._log: deque[Entry[E]] = deque(maxlen=KEPT)
        self._sleepers: WeakValueDictionary[Hashable, asyncio.Future[int]] = WeakValueDictionary()
        self._listeners = 0

    @property
    def has_listeners(self) -> bool:
        return self._listeners > 0

    def start_at(self, number: int) -> None:
        """Forget the log: what happened up to `number` is for the store to tell."""
        self._log.clear()
        self.reached = self._forgotten = number

    def put_up(self, entries: Iterable[Entry[E]]) -> None:
        """Add what happened next, and wake whoever listens to it."""
        for entry in entries:
            if len(self._log) == KEPT:
                self._forgotten = self._log[0].number
            self._log.append(entry)
            self.reached = entry.number
            self.wake(entry.topic)
            self.wake(None)

    def since(self, number: int, topic: Hashable | None) -> Sequence[Entry[E]] | None:
        """Give the entries after `number` on a topic, or on any; None when the log does not reach back so far."""
        if number < self._forgotten:
            return None
        latest = takewhile(lambda entry: entry.number > number, reversed(self._log))
        return [entry for entry in latest if topic is None or entry.topic == topic][::-1]

    def wake(self, topic: Hashable | None) -> None:
        """Wake whoever sleeps on the topic."""
        if (sleepers := self._sleepers.pop(topic, None)) is not None:
            sleepers.set_result(self.reached - 1)

    async def sleep(self, topic: Hashable | None) -> int:
        """Wait until something is put up on the topic, or on any; give the number before it."""
        sleepers = self._sleepers.get(topic)
        if sleepers is None:
            self._sleepers[topic] = sleepers = asyncio.get_running_loop().create_future()
        return await asyncio.shield(sleepers)  # one listener's leaving must not wake the others

    def enter(self, latest: Callable[[], int]) -> None:
        """Count a listener in; the first finds the board clean, with everything up to `latest()` left to the store."""
        if not self._listeners:
            self.start_at(latest())
        self._listeners += 1

    def leave(self) -> None:
        """Count a listener out."""
        self._listeners -= 1

    @contextmanager
    def listening(self, latest: Callable[[], int]) -> Iterator[None]:
        """Count a listener in for as long as the block runs."""
        self.enter(latest)
        try:
            yield
        finally:
            self.leave()
