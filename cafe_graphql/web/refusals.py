"""Requests that come no further than the door, and callers who are gone."""

from __future__ import annotations


class Refused(Exception):
    """A request that never reaches the engine; without a `status` it is JSON, but no GraphQL request."""

    def __init__(
        self, status: int | None, code: str, message: str, headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers


class Disconnected(Exception):
    """The caller left before the request was whole; there is nobody to answer."""
