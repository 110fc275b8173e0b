"""The messages of `graphql-transport-ws`: reads those of a client, and writes those of a server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from starlette.types import Message as Event

PROTOCOL = "graphql-transport-ws"
LEGACY = "graphql-ws"  # the name of an older protocol, which is another one in spite of the package called so

MAX_ID_LENGTH = 255
TYPES = ("connection_init", "subscribe", "complete", "ping", "pong")  # that a client sends
WITH_ID = ("subscribe", "complete")

ACK = '{"type":"connection_ack"}'
PING = '{"type":"ping"}'


class Unreadable(Exception):
    """What came is no message of the protocol; the words say why."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a client; without an `id` where its type has none."""

    type: str
    id: str
    payload: dict[str, Any]


def read(event: Event, max_length: int) -> Message:
    """Read what a WebSocket received, or raise `Unreadable`."""
    text = event.get("text")
    if text is None:
        raise Unreadable("Messages are text, not binary")
    if len(text) > max_length:
        raise Unreadable(f"A message has at most {max_length} characters")
    try:
        fields = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Unreadable("A message is JSON") from None
    if type(fields) is not dict:
        raise Unreadable("A message is a JSON object")
    return _message(fields)


def pong(payload: dict[str, Any]) -> str:
    """Answer a ping with what it carried."""
    return _json({"type": "pong", "payload": payload} if payload else {"type": "pong"})


def following(operation_id: str, answer: bytes) -> str:
    """Give the `next` message around an answer that is JSON already."""
    return f'{{"id":{_json(operation_id)},"type":"next","payload":{answer.decode()}}}'


def error(operation_id: str, errors: list[dict[str, Any]]) -> str:
    """Give the message that ends an operation with errors."""
    return _json({"id": operation_id, "type": "error", "payload": errors})


def complete(operation_id: str) -> str:
    """Give the message that ends an operation."""
    return _json({"id": operation_id, "type": "complete"})


def _message(fields: dict[str, Any]) -> Message:
    kind = fields.get("type")
    if kind not in TYPES:
        raise Unreadable(f"A message has one of these types: {', '.join(TYPES)}")
    payload = fields.get("payload")
    if payload is None and kind != "subscribe":
        payload = {}
    if type(payload) is not dict:
        raise Unreadable(f"The payload of {kind} is an object")
    return Message(kind, _id(fields) if kind in WITH_ID else "", payload)


def _id(fields: dict[str, Any]) -> str:
    found = fields.get("id")
    if type(found) is str and 0 < len(found) <= MAX_ID_LENGTH:
        return found
    raise Unreadable(f"An id is a string of 1 to {MAX_ID_LENGTH} characters")


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
