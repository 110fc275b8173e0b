"""What holds the REST addresses back: the same as GraphQL's operations, and said in FastAPI's shape."""

from __future__ import annotations

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cafe_graphql.web import requests
from cafe_graphql.web.bodies import Bodies
from cafe_graphql.web.door import path_below_root
from cafe_graphql.web.refusals import Disconnected, Refused
from cafe_graphql.web.restraints import Restraints
from cafe_graphql.web.waiting import Overdue

READING = ("GET", "HEAD", "OPTIONS")


class Restrained:
    """Middleware that reads bodies whole and as JSON only, and lets so many requests wait at once.

    JSON only, because a page of another site can make a browser send any other kind unasked, and FastAPI would read
    it. `free` begins the paths that nothing holds back.
    """

    def __init__(self, app: ASGIApp, *, bodies: Bodies, restraints: Restraints, free: tuple[str, ...]) -> None:
        self._app = app
        self._bodies = bodies
        self._restraints = restraints
        self._free = free

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or path_below_root(scope).startswith(self._free):
            return await self._app(scope, receive, send)
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            return await self._carried_out(scope, receive, sending)
        except Disconnected:
            return None
        except Refused as refused:
            answer = _said(refused.status or 400, refused.message, refused.headers)
        except Overdue:
            if begun:  # its caller does not take the answer
                return None
            [told] = self._restraints.overdue(is_mutation=False).payload["errors"]
            answer = _said(503, told["message"])
        return await answer(scope, receive, send)

    async def _carried_out(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_reading = scope["method"] in READING
        if not is_reading:
            receive = await self._read(scope, receive)

        async def act() -> None:
            await self._app(scope, receive, send)

        # What may have changed something is not ended half-way, and answered when it is done.
        await self._restraints.carry_out(act, lambda: is_reading)

    async def _read(self, scope: Scope, receive: Receive) -> Receive:
        requests.check_body_type(requests.headers_of(scope))
        whole: Message | None = {"type": "http.request", "body": await self._bodies.read(receive), "more_body": False}

        async def again() -> Message:
            nonlocal whole
            message, whole = whole, None
            return await receive() if message is None else message

        return again


def _said(status: int, message: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> JSONResponse:
    return JSONResponse({"detail": message}, status, {name.decode(): value.decode() for name, value in headers})
