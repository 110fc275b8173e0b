"""How bodies are read: so much of them, so many at once, and no slower than they can be meant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import Receive, Scope

from cafe_graphql.web.gate import come_again
from cafe_graphql.web.refusals import Disconnected, Refused
from cafe_graphql.web.waiting import Begun, Deadline, Deadlines, Overdue, begin

MAX_BYTES = 1024 * 1024
MAX_SLOW = 300

SECONDS = 10.0

BODY = "cafe.body"
"""Where our server leaves a body that came with its head, in the request's own state."""


class Bodies:
    """The bodies that one worker reads.

    Most are there when they are asked for. `slow` are waited for at once, each for `seconds`: past that the next slow
    one is refused, and not the others, so that nobody is kept out by callers who send a byte now and then.
    """

    def __init__(self, limit: int = MAX_BYTES, *, slow: int = MAX_SLOW, seconds: float = SECONDS) -> None:
        self.limit = limit
        self._slow = slow
        self._seconds = seconds
        self._deadlines = Deadlines(seconds)
        self._waiting = 0

    def at_hand(self, scope: Scope) -> bytes | None:
        """Give the body if it came with its head, so that nobody need be asked for it; `Refused` if it is too long."""
        body: bytes | None = scope.get("state", {}).pop(BODY, None)
        if body is not None and len(body) > self.limit:
            raise self._too_large()
        return body

    async def read(self, receive: Receive) -> bytes:
        """Read a body; raise `Refused` if it is too long, too late or one too many, and Disconnected if it ends."""
        begun = begin(self._read(receive))
        return await begun.within(self._waited_for()) if isinstance(begun, Begun) else begun

    def check_announced(self, length: bytes | None) -> None:
        """Refuse a body that is too long by its own Content-Length, before any of it is read."""
        # Nobody means more than 15 digits, and reading thousands of them takes its time.
        if length is not None and (len(length) > 15 or (length.isdigit() and int(length) > self.limit)):
            raise self._too_large()

    def _too_large(self) -> Refused:
        return Refused(413, "PAYLOAD_TOO_LARGE", f"The body is larger than the {self.limit} bytes that are read here.")

    async def _read(self, receive: Receive) -> bytes:
        chunks: list[bytes] = []
        length = 0
        is_whole = False
        while not is_whole:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Disconnected
            chunk: bytes = message.get("body", b"")
            length += len(chunk)
            if length > self.limit:
                raise self._too_large()
            chunks.append(chunk)
            is_whole = not message.get("more_body", False)
        return b"".join(chunks)

    @contextmanager
    def _waited_for(self) -> Iterator[None]:
        if self._waiting >= self._slow:
            raise come_again("Too many bodies are being waited for.")
        self._waiting += 1
        try:
            with Deadline(self._deadlines):
                yield
        except Overdue:
            message = f"The body was not here within {self._seconds:g} seconds."
            # What is still to come of it would be taken for the next request.
            raise Refused(408, "REQUEST_TIMEOUT", message, ((b"connection", b"close"),)) from None
        finally:
            self._waiting -= 1
