"""Responses that are ready in the same turn of the event loop leave together, at its end.

To write to a connection wakes whoever waits at its other end, if they sleep: that takes longer than the write, on a
virtual machine three times as long. Of responses that leave together, it is only the first that finds them asleep.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Protocol

PATIENCE = 0.001
"""Seconds that a response waits for others of its turn, which may take long."""

STATE = "cafe.outbox"
"""Where the `Outbox` of a worker is in its lifespan's state, for the server to find it."""


_log = logging.getLogger("cafe_graphql")


class Connection(Protocol):
    """Whatever holds something that is to be sent."""

    def send_held(self) -> None:
        """Send it, if it has not been sent meanwhile."""


class Outbox:
    """The connections of a worker that hold a response."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._holding: list[Connection] = []
        self._until = 0.0

    def add(self, connection: Connection) -> None:
        """Have what a connection holds sent before the next turn; at once if the first one has waited long enough."""
        if not self._holding:
            asyncio.get_running_loop().call_soon(self.send)
            self._until = self._clock() + PATIENCE
        self._holding.append(connection)
        if self._clock() > self._until:
            self.send()

    def send(self) -> None:
        """Send all that is held."""
        holding, self._holding = self._holding, []
        for connection in holding:
            try:
                connection.send_held()
            except Exception:  # the others have nothing to do with it
                _log.exception("A response could not be sent")
