"""The ids and cursors that callers see: opaque, and checked when they come back."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode

import strawberry

from cafe_graphql.core.orders import Order, Sort
from cafe_graphql.schema.refusals import bad_input
from cafe_graphql.store.order_pages import Key
from cafe_graphql.store.times import to_micros


@strawberry.interface(description="Anything with an id that `node` can find again.")
class Node:
    id: strawberry.ID = strawberry.field(description="Opaque and lasting; give it back to `node`.")


def encode(kind: str, key: str) -> strawberry.ID:
    """Give the id of what is known here as `key` among its kind."""
    return strawberry.ID(_pack(f"{kind}:{key}"))


def decode(id: str) -> tuple[str, str]:
    """Give the kind and key of an id that `encode` made; refuses any other text."""
    kind, colon, key = (_unpack(id) or "").partition(":")
    if not colon:
        raise bad_input(f"“{id[:64]}” is not an id of this API: pass one exactly as an `id` field gave it.")
    return kind, key


def key_of(kind: str, id: str) -> str:
    """Give the key of an id that must be of this kind."""
    found, key = decode(id)
    if found != kind:
        raise bad_input(f"“{id[:64]}” is an id of type {found}; one of type {kind} is needed here.")
    return key


def line_id(order: Order, index: int) -> strawberry.ID:
    """Give the id of an order's line, counted from 0."""
    return encode("OrderLine", f"{order.public_id}/{index}")


def line_of(id: str) -> tuple[str, int]:
    """Give what callers' id of a line means: the order's public id, and the line's index."""
    public_id, _, index = key_of("OrderLine", id).partition("/")
    if not _is_number(index) or str(int(index)) != index:
        raise bad_input(f"“{id[:64]}” is not an id of this API: pass one exactly as an `id` field gave it.")
    return public_id, int(index)


def event_cursor(number: int | None) -> str:
    """Mark a place in history; None marks the very beginning of following, before all was shown."""
    return _pack("event:none" if number is None else f"event:{number}")


def event_number(cursor: str) -> int | None:
    """Give the place in history that a cursor marks; refuses any other text."""
    kind, _, number = (_unpack(cursor) or "").partition(":")
    if (kind, number) == ("event", "none"):
        return None
    if kind != "event" or not _is_number(number):
        raise bad_input(f"“{cursor[:64]}” is not a cursor of an event: pass a `cursor` exactly as it came.")
    return int(number)


def cursor(order: Order, sort: Sort) -> str:
    """Mark an order's place in the order book, read in this sort."""
    return _pack(f"{sort}:{to_micros(order.updated_at)}:{order.id}")


def place_of(cursor: str, sort: Sort) -> Key:
    """Give the place that a cursor of this sort marks; refuses any other text."""
    marked, *numbers = (_unpack(cursor) or "").split(":")
    if marked != sort or len(numbers) != 2 or not all(_is_number(number) for number in numbers):
        raise bad_input(
            f"“{cursor[:64]}” is not a cursor of this list in this sort: pass an `endCursor` exactly as it came,"
            " with the same `sort`."
        )
    return int(numbers[0]), int(numbers[1])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _pack(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unpack(text: str) -> str | None:
    bare = text.rstrip("=")
    try:
        unpacked = urlsafe_b64decode(bare + "=" * (-len(bare) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    return unpacked if _pack(unpacked) == bare else None  # decoding passes over letters that are none of its own
