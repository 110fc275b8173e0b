"""How much of a body is read: the REST addresses' bound; the GraphQL endpoint counts for itself."""

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BoundedBodies:
    """Middleware that reads no body beyond `limit` bytes: 413 instead."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise _TooLarge
            return message

        try:
            await self._app(scope, bounded if scope["type"] == "http" else receive, send)
        except _TooLarge:
            message = f"The body is larger than the {self._limit} bytes that are read here."
            await JSONResponse({"detail": message}, 413)(scope, receive, send)


class _TooLarge(BaseException):
    """Not an Exception, which whoever reads the body would take for broken JSON."""
