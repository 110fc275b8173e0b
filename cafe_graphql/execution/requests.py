"""What a caller asks for, and what has been made of it when it comes again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import ReferenceType

from cafe_graphql.execution.given import Given
from cafe_graphql.execution.prepared import Operation

MAX_BYTES = 4 * 1024
"""Of a source that is kept."""

MAX_KEPT_BYTES = 512 * 1024
"""Of all of them, each counted with `OVERHEAD` besides; a request takes up to fifteen times its source, 8 MB in all."""

OVERHEAD = 500

MAX_MET = 2_000
"""Of sources that have come once: most of them, with variables that nobody sends again, never come a second time."""


@dataclass(slots=True)  # not frozen: that would cost half a microsecond for each
class Request:
    """What a caller asks for, however it came in. Without `query`, `document_id` or an extension says what is meant.

    `source` are the bytes that all of it was read from, for an engine to know it by when it comes again. `ready` is
    what the engine has made of it then.
    """

    query: str | None
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)
    document_id: str | None = None
    source: bytes | None = field(default=None, compare=False, repr=False)
    ready: Ready | None = field(default=None, compare=False, repr=False)


@dataclass(slots=True)
class Ready:
    """A request that can be run: its operation, its variables, and what it costs once that was worked out.

    Its operation lives no longer for it: when the documents have let go of it, it has to be prepared anew.
    """

    operation: ReferenceType[Operation]
    given: Given
    cost: int | None = None


class Again:
    """The queries that came last, and more than once, ready to be run, by their sources: who polls says the same.

    Never a mutation, which is not said twice in the same words, and may hold a password. Of too many, those that came
    first are forgotten.
    """

    def __init__(self, max_kept_bytes: int = MAX_KEPT_BYTES) -> None:
        self._max_kept_bytes = max_kept_bytes
        self._kept: dict[bytes, Request] = {}
        self._kept_bytes = 0
        self._met: dict[int, None] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, source: bytes) -> Request | None:
        """Give the request that was read from these bytes."""
        return self._kept.get(source) if len(source) <= MAX_BYTES else None

    def keep(self, request: Request, ready: Ready) -> None:
        """Keep a request with what was made of it, at its second coming, if its source says all of it."""
        source = request.source
        if source is None or len(source) > MAX_BYTES:
            return
        if request.document_id is not None or "persistedQuery" in request.extensions:
            return
        if source in self._kept:
            self._kept[source].ready = ready
        elif self._is_met(source):
            request.ready = ready
            self._kept[source] = request
            self._kept_bytes += len(source) + OVERHEAD
            while self._kept_bytes > self._max_kept_bytes:
                oldest = next(iter(self._kept))
                del self._kept[oldest]
                self._kept_bytes -= len(oldest) + OVERHEAD

    def _is_met(self, source: bytes) -> bool:
        """Tell whether a source has come before, by its hash; another's is as good."""
        name = hash(source)
        if name in self._met:
            return True
        self._met[name] = None
        if len(self._met) > MAX_MET:
            del self._met[next(iter(self._met))]
        return False
