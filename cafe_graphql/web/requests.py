"""Reads GraphQL requests off the wire, and refuses what is none: a refusal says what to send instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Scope

from cafe_graphql.execution.requests import MAX_BYTES, Again, Request
from cafe_graphql.web.negotiation import BodyType, body_type
from cafe_graphql.web.refusals import Refused

MAX_PARAMETERS = 20
MAX_BATCH = 5
PARAMETERS = ("query", "operationName", "variables", "extensions", "documentId", "doc_id")
# A browser sends these to another site only after asking it, so no page can make a visitor send them unasked.
PREFLIGHT_HEADERS = frozenset(
    (
        b"graphql-require-preflight",
        b"apollo-require-preflight",
        b"x-apollo-operation-name",
        b"x-requested-with",
    )
)

Headers = Mapping[bytes, bytes]


def headers_of(scope: Scope) -> Headers:
    """Give the headers by their lower-case names; those sent twice are joined by commas, as HTTP has it."""
    pairs = scope["headers"]
    headers: dict[bytes, bytes] = dict(pairs)
    return headers if len(headers) == len(pairs) else _joined(pairs)


def check_body_type(headers: Headers) -> None:
    """Refuse a body that does not say that it is JSON in UTF-8, as it stands."""
    promised = body_type(headers.get(b"content-type"))
    if promised is BodyType.OTHER:
        message = 'Send the request as JSON, with the header "Content-Type: application/json".'
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", message)
    if promised is BodyType.OTHER_CHARSET:
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", "Send JSON in UTF-8; no other charset is read here.")
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        message = "Send the body as it is; compressed requests are not read here."
        raise Refused(415, "UNSUPPORTED_MEDIA_TYPE", message, ((b"accept-encoding", b"identity"),))


def by_post(body: bytes, headers: Headers, again: Again) -> Request | list[Request]:
    """Read the request, or several, from a JSON body, unless it is one that comes again."""
    if (known := again.get(body)) is not None:
        return _with_wishes(known, headers)
    try:
        fields = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Refused(400, "BAD_REQUEST", f"The body is not JSON in UTF-8: {error}.") from None
    if type(fields) is list:
        return [_with_wishes(request, headers) for request in _batch(fields)]
    request = of(fields)
    request.source = body if len(body) <= MAX_BYTES else None
    return _with_wishes(request, headers)


def check_site(headers: Headers, names_graphql: bool) -> None:
    """Refuse a GET unless its sender meant GraphQL: not for an image, a link or a form on another site."""
    # "cors" is what a script's fetch() is sent with; a browser lets no page claim it for a link or an image.
    by_script = headers.get(b"sec-fetch-mode") == b"cors"
    deliberate = names_graphql or by_script or not PREFLIGHT_HEADERS.isdisjoint(headers)
    if not deliberate or headers.get(b"sec-fetch-site") == b"cross-site":
        message = (
            "To query by GET, name application/graphql-response+json or application/json in Accept, or send "
            "the header GraphQL-Require-Preflight, and do it from this site. From anywhere else, use POST."
        )
        raise Refused(400, "BAD_REQUEST", message)


def by_get(scope: Scope, headers: Headers, limit: int) -> Request:
    """Read the request from the URL; `check_site` first whether another site can have made a browser send it."""
    if len(scope["query_string"]) > limit:
        raise Refused(414, "URI_TOO_LONG", f"The URL has more than {limit} bytes of parameters: use POST.")
    fields: dict[str, Any] = _parameters(scope["query_string"])
    for name in ("variables", "extensions"):
        if name in fields:
            fields[name] = _from_json(name, fields[name])
    return _with_wishes(of(fields), headers)


def of(fields: Any) -> Request:
    """Give the request that is written in JSON as `fields`."""
    if type(fields) is not dict:
        raise _malformed("A request is a JSON object with a query.")
    query = _field(fields, "query", str)
    extensions = _field(fields, "extensions", dict) or {}
    # The appendix of GraphQL over HTTP has the first name, and Relay's documentation the other.
    document_id = _field(fields, "documentId", str) or _field(fields, "doc_id", str)
    if query is None and document_id is None and "persistedQuery" not in extensions:
        raise _malformed("The request has no query.")
    variables = _field(fields, "variables", dict) or {}
    return Request(query, _field(fields, "operationName", str), variables, extensions, document_id)


def _with_wishes(request: Request, headers: Headers) -> Request:
    """Take what a caller wishes for by a header as if it were written in the request."""
    if headers.get(b"graphql-cost") != b"report":
        return request
    return replace(request, extensions={**request.extensions, "cost": True}, source=None)


def _batch(items: list[Any]) -> list[Request]:
    if not items:
        raise _malformed("There is no request in this batch.")
    if len(items) > MAX_BATCH:
        message = f"A batch has at most {MAX_BATCH} requests, and this one has {len(items)}."
        raise Refused(None, "BATCH_LIMIT_EXCEEDED", message)
    return [of(item) for item in items]


def _joined(pairs: Iterable[tuple[bytes, bytes]]) -> Headers:
    values: dict[bytes, list[bytes]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: b", ".join(found) for name, found in values.items()}


def _parameters(query_string: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(query_string.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except UnicodeDecodeError:
        raise Refused(400, "BAD_REQUEST", "The parameters in the URL are not UTF-8.") from None
    except ValueError:
        raise Refused(400, "BAD_REQUEST", f"The URL has more than {MAX_PARAMETERS} parameters.") from None
    # An empty parameter is an absent one.
    found = [(name, value) for name, value in pairs if name in PARAMETERS and value]
    if len(found) > len(dict(found)):
        raise Refused(400, "BAD_REQUEST", "A parameter is given twice in the URL.")
    return dict(found)


def _from_json(name: str, text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Refused(400, "BAD_REQUEST", f"The parameter {name} is not JSON: {error}.") from None


def _field(fields: dict[str, Any], name: str, kind: type[str] | type[dict[str, Any]]) -> Any:
    value = fields.get(name)
    if value is None or type(value) is kind:
        return value
    raise _malformed(f"The parameter {name} must be {'a string' if kind is str else 'an object'}.")


def _malformed(message: str) -> Refused:
    return Refused(None, "BAD_REQUEST", message)
