"""What the engine hands back: how far a request came, and the response the specification asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import orjson


class Outcome(Enum):
    """How far a request came; the door picks its status code by this, never by reading the errors."""

    ANSWERED = auto()  # every field
    PARTLY_ANSWERED = auto()  # it ran, and some fields failed; `data` may even be null
    UNPARSABLE = auto()  # the document is not GraphQL
    TOO_LARGE = auto()  # it asks for more than one request may: see the limits
    INVALID = auto()  # the document does not fit the schema
    UNRESOLVED = auto()  # which operation of the document is meant, cannot be told
    UNCOERCED = auto()  # the variables do not fit the operation
    UNSUPPORTED = auto()  # fine GraphQL, but not served this way
    UNOPENED = auto()  # a subscription whose source refused to open
    UNSAFE = auto()  # a mutation where only reading is allowed
    THROTTLED = auto()  # its caller has asked too much for now
    OVERDUE = auto()  # it has taken too long
    BROKEN = auto()  # our own fault, outside any field


@dataclass(frozen=True, slots=True)
class Finished:
    """A response as it is written, and the digest by which it is known again."""

    body: bytes
    digest: bytes


@dataclass(slots=True)  # not frozen: that would cost half a microsecond for each
class Answer:
    """One response; its `payload` has `data` exactly if the operation ran, and `errors` if there are any.

    What is public is `finished` too; its `payload` may then be written as JSON, but not looked into.
    """

    outcome: Outcome
    payload: dict[str, Any]
    finished: Finished | None = None


def to_json(payload: dict[str, Any]) -> bytes:
    """Give a response as UTF-8 JSON: the one place where JSON is written."""
    return orjson.dumps(payload)


def body_of(answer: Answer) -> bytes:
    """Give a response as UTF-8 JSON, as it was kept if it was."""
    return to_json(answer.payload) if answer.finished is None else answer.finished.body
