"""Lets pages of other sites read answers, if their sites are configured (the Fetch standard, CORS protocol)."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cafe_graphql.web import rates, requests
from cafe_graphql.web.origins import Origins

Header = tuple[bytes, bytes]

MAX_AGE = 7_200
"""Seconds for which a browser remembers what it may send; none remembers longer."""

# Cookies are not used here, so credentials are never allowed: a page can only send what it was given.
SENT = (
    "Authorization",
    "Content-Type",
    "X-API-Key",
    "GraphQL-Cost",
    "GraphQL-Require-Preflight",
    "Apollo-Require-Preflight",
    "X-Apollo-Operation-Name",
    "Apollographql-Client-Name",
    "Apollographql-Client-Version",
    "X-Requested-With",
)
READ = (*rates.EXPOSED, "ETag")

VARY: Header = (b"vary", b"Origin")
PREFLIGHT: tuple[Header, ...] = (
    (b"access-control-allow-methods", b"GET, HEAD, POST"),
    (b"access-control-allow-headers", ", ".join(SENT).encode()),
    (b"access-control-max-age", b"%d" % MAX_AGE),
)
EXPOSED: Header = (b"access-control-expose-headers", ", ".join(READ).encode())


class CrossOrigin:
    """The outermost layer where other origins are allowed, so that GraphQL, REST and errors obey alike.

    Starlette's own says by which header an answer varies only to those who sent it; a cache in between would give
    the answer of one site to another.
    """

    def __init__(self, app: ASGIApp, origins: Origins) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        headers = requests.headers_of(scope)
        told = self._told(headers.get(b"origin"))
        if scope["method"] == "OPTIONS" and b"access-control-request-method" in headers:
            allowed = PREFLIGHT if len(told) > 1 else ()
            await send({"type": "http.response.start", "status": 204, "headers": [*told, *allowed]})
            return await send({"type": "http.response.body"})

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *told]
            await send(message)

        return await self._app(scope, receive, telling)

    def _told(self, origin: bytes | None) -> tuple[Header, ...]:
        if origin is None or not self._origins.allows(origin):
            return (VARY,)
        return (VARY, (b"access-control-allow-origin", b"*" if self._origins.are_all else origin), EXPOSED)
