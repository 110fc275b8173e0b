"""Heads of requests that come again byte for byte: they are parsed once, and what follows from one is found out once.

A client sends the same head with each request of the same length, whatever it asks for. Half of the time that a small
query took went into reading what had been read before: its headers, the media types, the key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from starlette.types import Scope

T = TypeVar("T")

MAX_KEPT = 500

MAX_BYTES = 4 * 1024
"""Of a head that is kept."""

MAX_HEADERS = 64
"""In a head that is kept: each takes some 200 bytes once it is parsed, however short it is."""

STATE = "cafe.heads"
"""Where the `Heads` of a worker are in its lifespan's state, for the server to find them."""

NOTES = "cafe.notes"
"""Where the server leaves in a scope what has been found out of its head, shared by all requests that have the same."""

_END = b"\r\n\r\n"

_OF_CONNECTION = frozenset(("server", "client", "scheme", "state"))


class Head(NamedTuple):
    """`size` is the head's own in bytes; its `scope` has all but what is the connection's."""

    size: int
    scope: dict[str, Any]


class Heads:
    """The heads that a worker has seen. Of too many, those seen first are forgotten."""

    def __init__(self) -> None:
        self._kept: dict[bytes, tuple[Head, int]] = {}

    def get(self, request: bytes) -> Head | None:
        """Give the head if it is known, and the request is whole: with all of its body, and nothing behind it."""
        size = request.find(_END) + len(_END)
        known = self._kept.get(request[:size])
        return known[0] if known is not None and size + known[1] == len(request) else None

    def keep(self, request: bytes, scope: Any, length: int) -> None:
        """Keep the head of a whole request, as it was parsed to `scope` and a body of `length` bytes.

        Nothing but a body is to come behind it, and then the next request: then the same head says so each time.
        """
        size = request.find(_END) + len(_END)
        if request[:size] in self._kept or size > MAX_BYTES or size + length != len(request):
            return
        if len(scope["headers"]) > MAX_HEADERS:
            return
        if len(self._kept) >= MAX_KEPT:
            del self._kept[next(iter(self._kept))]
        again = {name: value for name, value in scope.items() if name not in _OF_CONNECTION}
        again["headers"] = tuple(scope["headers"])  # which nobody can change for the next
        again[NOTES] = {}
        self._kept[request[:size]] = Head(size, again), length


def noted(scope: Scope, find_out: Callable[[Scope], T]) -> T:
    """Give what `find_out` gives, asked once of requests with the same head: it must look at nothing else.

    What it raises is not noted.
    """
    notes: dict[Any, T] | None = scope.get(NOTES)
    if notes is None:
        return find_out(scope)
    if find_out not in notes:
        notes[find_out] = find_out(scope)
    return notes[find_out]
