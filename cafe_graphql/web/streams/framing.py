"""How answers are framed in one long HTTP response: as Server-Sent Events, or as parts of a multipart body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cafe_graphql.execution.answers import to_json
from cafe_graphql.web.negotiation import StreamType
from cafe_graphql.web.security import OF_DATA


@dataclass(frozen=True, slots=True)
class Framing:
    """The bytes around answers that are JSON already."""

    content_type: bytes
    opening: bytes
    answer: tuple[bytes, bytes]
    failure: tuple[bytes, bytes]  # around a list of errors, after which nothing follows
    heartbeat: bytes
    ending: bytes  # that says: all was sent

    def answered(self, answer: bytes) -> bytes:
        before, after = self.answer
        return before + answer + after

    def failed(self, errors: list[dict[str, Any]]) -> bytes:
        before, after = self.failure
        return before + to_json({"errors": errors})[1:] + after

    def whole(self, answer: bytes) -> bytes:
        """Give a stream of a single answer."""
        return self.opening + self.answered(answer) + self.ending


# graphql-sse, distinct connections mode. Lines end with LF: urql looks for two of them. The comment at the start gets
# a response through proxies that wait for a body; `data:` makes a browser's EventSource hear of the end.
_EVENTS = Framing(
    content_type=b"text/event-stream; charset=utf-8",
    opening=b":\n\n",
    answer=(b"event: next\ndata: ", b"\n\n"),
    failure=(b"event: next\ndata: {", b"\n\n"),
    heartbeat=b":\n\n",
    ending=b"event: complete\ndata:\n\n",
)

# Apollo's multipart protocol for subscriptions 1.0. A part is over when the next boundary is there: so each brings
# the boundary that ends it. Errors beside `payload` are the transport's, and end the subscription.
_PART = b"\r\ncontent-type: application/json\r\n\r\n"
_BOUNDARY = b"\r\n--graphql"
_PARTS = Framing(
    content_type=b'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    opening=_BOUNDARY,
    answer=(_PART + b'{"payload":', b"}" + _BOUNDARY),
    failure=(_PART + b'{"payload":null,', _BOUNDARY),
    heartbeat=_PART + b"{}" + _BOUNDARY,
    ending=b"--\r\n",
)

FRAMINGS: Mapping[StreamType, Framing] = {StreamType.EVENTS: _EVENTS, StreamType.PARTS: _PARTS}

_NOT_KEPT = (
    (b"vary", b"Accept"),
    (b"x-accel-buffering", b"no"),  # nginx would hold events back until it has a buffer full of them
    *OF_DATA,
)
HEADERS: Mapping[StreamType, tuple[tuple[bytes, bytes], ...]] = {
    kind: ((b"content-type", framing.content_type), *_NOT_KEPT) for kind, framing in FRAMINGS.items()
}
