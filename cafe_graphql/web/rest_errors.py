"""What the REST addresses say when they cannot answer: in FastAPI's own shape, never more than a caller may know."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cafe_graphql.core.errors import Busy
from cafe_graphql.execution import errors


def speak(app: FastAPI) -> None:
    """Have the app answer with these."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Busy, _busy)
    app.add_exception_handler(Exception, _accident)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    """Name what is wrong with a body without repeating it: not all that JSON can carry can be written as JSON."""
    assert isinstance(error, RequestValidationError)
    detail = [{key: problem[key] for key in ("type", "loc", "msg")} for problem in error.errors()]
    return JSONResponse({"detail": detail}, 422)


async def _busy(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 503, {"Retry-After": "1"})


async def _accident(_: Request, error: Exception) -> JSONResponse:
    told = errors.of_accident(error)
    return JSONResponse({"detail": told["message"], "errorId": told["extensions"]["errorId"]}, 500)


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
