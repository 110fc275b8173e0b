"""What the REST addresses say when they cannot answer: in FastAPI's own shape, never more than a caller may know."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse

from cafe_graphql.core.errors import Busy, Forbidden, Unauthenticated
from cafe_graphql.execution import errors
from cafe_graphql.web import credentials
from cafe_graphql.web.refusals import Refused


def speak(app: FastAPI) -> None:
    """Have the app answer with these."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Busy, _busy)
    app.add_exception_handler(Forbidden, _forbidden)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Exception, _accident)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    """Name what is wrong with a body without repeating it: not all that JSON can carry can be written as JSON."""
    assert isinstance(error, RequestValidationError)
    detail = [{key: problem[key] for key in ("type", "loc", "msg")} for problem in error.errors()]
    return JSONResponse({"detail": detail}, 422)


async def _busy(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 503, {"Retry-After": "1"})


async def _forbidden(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, Unauthenticated):
        return JSONResponse({"detail": str(error)}, 401, {"WWW-Authenticate": credentials.CHALLENGE[0][1].decode()})
    return JSONResponse({"detail": str(error)}, 403)


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    headers = {name.decode(): value.decode() for name, value in error.headers}
    return JSONResponse({"detail": error.message}, error.status or 400, headers)


async def _accident(_: Request, error: Exception) -> JSONResponse:
    told = errors.of_accident(error)
    return JSONResponse({"detail": told["message"], "errorId": told["extensions"]["errorId"]}, 500)
