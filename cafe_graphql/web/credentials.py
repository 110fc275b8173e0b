"""What a caller sends to say who they are: a key or a token, in a header or when a socket is opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cafe_graphql.web.refusals import Refused
from cafe_graphql.web.requests import Headers

CHALLENGE = ((b"www-authenticate", b'Bearer realm="cafe"'),)

_PARAMETERS = {"x-api-key": b"x-api-key", "apikey": b"x-api-key", "authorization": b"authorization"}


def unauthenticated(message: str) -> Refused:
    """Send away a caller whose word cannot be trusted; never as a guest, who would see less and not know why."""
    return Refused(401, "UNAUTHENTICATED", message, CHALLENGE)


def sent(headers: Headers) -> str | None:
    """Give the key or token that is in `X-API-Key` or `Authorization: Bearer`; None for a guest."""
    key, authorization = headers.get(b"x-api-key"), headers.get(b"authorization")
    if authorization is None:
        return None if key is None else _text(key)
    if key is not None:
        raise unauthenticated("Send either X-API-Key or Authorization, not both: it must be clear who calls.")
    scheme, _, token = authorization.partition(b" ")
    if scheme.lower() != b"bearer":
        raise unauthenticated("Send a key or token as “Authorization: Bearer …”; no other scheme is known here.")
    return _text(token)


def in_parameters(parameters: Mapping[str, Any]) -> Headers:
    """Give the headers that the payload of a socket's `connection_init` stands for: browsers can send no others."""
    nested = parameters.get("headers")
    said = {**(nested if isinstance(nested, dict) else {}), **parameters}
    found: dict[bytes, bytes] = {}
    for name, value in said.items():
        header = _PARAMETERS.get(name.lower())
        if header is not None and value is not None:
            found[header] = _bytes(value)
    return found


def _text(value: bytes) -> str:
    text = value.strip()
    if not text:
        raise unauthenticated("The header that says who calls is empty: leave it out to come as a guest.")
    return text.decode("latin-1")


def _bytes(value: object) -> bytes:
    if not isinstance(value, str):
        raise unauthenticated("A key or token is a text.")
    return value.encode("latin-1", "replace")
