"""Requests that come again byte for byte, while nothing has changed: answered by the bytes that answered them before.

Frontends ask the same of the menu all day, by the same headers. Such a request is not even parsed: who calls and what
they ask for was found out when it came first, and nothing was written to the books since.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

SECONDS = 1.0
"""How long anything may be repeated: so a key in use is noted, and no old date sent. What is kept next drops it."""

MAX_BYTES = 16 * 1024 * 1024
MAX_REQUEST = 4 * 1024

STATE = "cafe.repeats"
"""Where the `Repeats` of a worker are in its lifespan's state, for the server to find them."""

AS_OF = "cafe.repeats_as_of"
"""Where the app leaves in a request's own state as of when its response will be the same again."""


class Repeats:
    """What was answered since anything changed. `version` tells by another value whenever something has, and at once:
    it is asked where bytes arrive, before whatever the event loop has yet to do. `seen` tells the version that answers
    of this moment go by: they may have been made before something changed that `version` knows of already.
    """

    def __init__(
        self,
        version: Callable[[], Hashable],
        seen: Callable[[], Hashable],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seen = seen
        self._version = version
        self._clock = clock
        self._kept: dict[bytes, bytes] = {}
        self._bytes = 0
        self._as_of: Hashable = None
        self._until = clock()

    def _moment(self) -> Hashable:
        """Give what is the same as long as nothing has changed; what was kept of another moment is dropped."""
        version, now = self._version(), self._clock()
        if version != self._as_of or now >= self._until:
            self._kept = {}
            self._bytes = 0
            self._as_of, self._until = version, now + SECONDS
        return self._as_of

    def get(self, request: bytes) -> bytes | None:
        """Give the response to the same request, if it would be the same now."""
        if request not in self._kept:
            return None
        self._moment()
        return self._kept.get(request)

    def keep(self, request: bytes, response: bytes, as_of: Hashable) -> None:
        """Keep a whole response to a whole request, unless something has changed since `as_of`, which was `seen`."""
        if len(request) <= MAX_REQUEST and as_of == self._moment() and request not in self._kept:
            self._bytes += len(request) + len(response)
            if self._bytes <= MAX_BYTES:
                self._kept[request] = response
