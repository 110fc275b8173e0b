"""Headers that tell a browser what it must not do with an answer (OWASP: HTTP Security Response Headers)."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]

# An answer is data for whoever asked: it is not kept, not guessed at, not drawn into another site's page, and no link
# in it says where it was found.
OF_DATA: tuple[Header, ...] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

OVER_TLS: Header = (b"strict-transport-security", b"max-age=31536000")  # a year


class Guarded:
    """Gives every response of an app those of `OF_DATA` that it does not set itself, errors and accidents too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                own = {name.lower() for name, _ in headers}
                message["headers"] = [*headers, *(header for header in OF_DATA if header[0] not in own)]
            await send(message)

        await self._app(scope, receive, guarding if scope["type"] == "http" else send)


class StrictTransport:
    """The outermost layer in production: who came by HTTPS comes by nothing else from then on (RFC 6797).

    Said over HTTPS only, for a browser heeds it nowhere else, and a café without a certificate must not promise one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope.get("scheme") != "https":
            return await self._app(scope, receive, send)

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], OVER_TLS]
            await send(message)

        return await self._app(scope, receive, telling)
