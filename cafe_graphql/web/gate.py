"""How many operations wait at once: past that they queue, and past the queue they are told to come again."""

from __future__ import annotations

import asyncio
from collections import deque

from cafe_graphql.web.refusals import Refused

MAX_OPERATIONS = 200
MAX_QUEUE = 100

QUEUE_SECONDS = 2.0
"""How long one may stand in the queue: by then its caller does better to come again."""


def come_again(message: str) -> Refused:
    """Give the refusal of somebody for whom there is no room just now."""
    return Refused(503, "SERVICE_UNAVAILABLE", f"{message} Try again in a second.", ((b"retry-after", b"1"),))


class Gate:
    """Lets `limit` operations of a worker wait at once. What need not wait is never counted.

    A place that becomes free goes to whoever has queued longest.
    """

    def __init__(self, limit: int = MAX_OPERATIONS, queue: int = MAX_QUEUE, patience: float = QUEUE_SECONDS) -> None:
        self._limit = limit
        self._length = queue
        self._patience = patience
        self._inside = 0
        self._queue: deque[asyncio.Future[None]] = deque()

    @property
    def is_full(self) -> bool:
        """Whether whoever comes now has to queue."""
        return self._inside >= self._limit

    def enter(self) -> None:
        """Take a place, which is to be left; for whoever has found the gate not full."""
        self._inside += 1

    async def turn(self) -> None:
        """Queue for a place, which is to be left; raise `Refused` when the queue is too long, or does not move."""
        if len(self._queue) >= self._length:
            raise come_again("Too much is under way here.")
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            async with asyncio.timeout(self._patience):
                await turn
        except BaseException as error:
            self._give_up(turn)
            if isinstance(error, TimeoutError):
                raise come_again("Too much is under way here.") from None
            raise

    def leave(self) -> None:
        """Give a place back, or on to the first in the queue."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._inside -= 1

    def _give_up(self, turn: asyncio.Future[None]) -> None:
        if turn.done() and not turn.cancelled():  # its place came in the same moment
            self.leave()
        else:
            turn.cancel()
            if turn in self._queue:
                self._queue.remove(turn)
