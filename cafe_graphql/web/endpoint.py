"""The GraphQL endpoint: one ASGI app that speaks GraphQL over HTTP to the letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Answer, Finished, Outcome, body_of, to_json
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.execution.subscriptions import Subscription
from cafe_graphql.web import caching, negotiation, requests
from cafe_graphql.web.negotiation import Choice, MediaType, StreamType
from cafe_graphql.web.requests import Disconnected, Headers, Refused
from cafe_graphql.web.statuses import COMPAT, Profile
from cafe_graphql.web.streams.framing import FRAMINGS, HEADERS
from cafe_graphql.web.streams.keeping import Streams
from cafe_graphql.web.streams.responses import StreamedResponse

MAX_BODY_BYTES = 1024 * 1024
READING = ("GET", "HEAD")

Header = tuple[bytes, bytes]

ALLOW: Header = (b"allow", b"GET, HEAD, POST, OPTIONS")
ALLOW_POST: Header = (b"allow", b"POST")

# Nobody is to keep an answer, unless it is public, or take it for anything but JSON; Accept decides of which type.
_HEADERS: dict[MediaType, tuple[Header, ...]] = {
    media: (
        (b"content-type", f"{media}; charset=utf-8".encode()),
        caching.VARY,
        caching.NEVER,
        (b"x-content-type-options", b"nosniff"),
    )
    for media in MediaType
}


@dataclass(frozen=True, slots=True)
class Response:
    """A finished response, as it goes out."""

    status: int
    headers: tuple[Header, ...]
    body: bytes = b""


class GraphQLEndpoint:
    """Answers GraphQL requests by POST and GET.

    `make_context` makes what resolvers see as `info.context` from the ASGI scope; it may raise `Refused` to
    send a caller away. `page` is handed the requests of browsers that come to look. A subscription is answered as
    Server-Sent Events or multipart, by what its caller accepts, and is one of `streams` while it lasts; for each of
    its events that is run, a context is made anew.
    """

    def __init__(
        self,
        engine: Engine,
        make_context: Callable[[Scope], object],
        *,
        page: ASGIApp | None = None,
        streams: Streams | None = None,
        max_body_bytes: int = MAX_BODY_BYTES,
        profile: Profile = COMPAT,
    ) -> None:
        self._engine = engine
        self._make_context = make_context
        self._page = page
        self._streams = Streams() if streams is None else streams
        self._max_body_bytes = max_body_bytes
        self._profile = profile

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = requests.headers_of(scope)
        choice = negotiation.choose(headers.get(b"accept"), self._profile.fallback)
        if self._page is not None and choice.prefers_html and scope["method"] in READING:
            return await self._page(scope, receive, send)
        try:
            response = await self._response(scope, headers, choice, receive)
            if isinstance(response, Subscription):
                stream = StreamedResponse(self._streams, choice.stream or StreamType.EVENTS, send)
                return await stream.serve(response, receive)
            await _send(send, response, bodiless=scope["method"] == "HEAD")
        except (Disconnected, OSError):
            return None  # the caller is gone: not our accident, and nobody is left to be told

    async def _response(
        self, scope: Scope, headers: Headers, choice: Choice, receive: Receive
    ) -> Response | Subscription:
        if scope["method"] == "OPTIONS":
            return Response(204, (ALLOW,))
        try:
            request = await self._request(scope, headers, choice, receive)
            answer = await self._opened(scope, choice, request)
            if isinstance(answer, Subscription):
                return answer
            if answer.finished is not None and choice.media and scope["method"] in READING:
                return _read(answer.finished, choice.media, headers)
            return self._answered(answer, choice)
        except Refused as refused:
            return self._refused(refused, choice.media)
        except Disconnected:
            raise
        except Exception as error:
            return self._answered(Answer(Outcome.BROKEN, {"errors": [errors.of_accident(error)]}), choice)

    async def _request(self, scope: Scope, headers: Headers, choice: Choice, receive: Receive) -> Request:
        method = scope["method"]
        if method != "POST" and method not in READING:
            message = f"{method} means nothing here: send a query or mutation by POST, or a query by GET."
            raise Refused(405, "METHOD_NOT_ALLOWED", message, (ALLOW,))
        if choice.media is None and (choice.stream is None or method == "HEAD"):
            message = f"Answers are {MediaType.GRAPHQL} or {MediaType.JSON}: accept one of them."
            raise Refused(406, "NOT_ACCEPTABLE", message)
        if method == "POST":
            return await requests.by_post(headers, receive, self._max_body_bytes)
        return requests.by_get(scope, headers, choice.names_graphql, self._max_body_bytes)

    async def _opened(self, scope: Scope, choice: Choice, request: Request) -> Answer | Subscription:
        context = self._make_context(scope)
        may_change = scope["method"] == "POST"
        if choice.stream is None or scope["method"] == "HEAD":
            return await self._engine.run(request, context, allow_mutation=may_change)
        return await self._engine.open(request, context, lambda: self._renewed(scope), allow_mutation=may_change)

    def _renewed(self, scope: Scope) -> object:
        try:
            return self._make_context(scope)
        except Refused as refused:
            raise refused.within_operation() from None

    def _answered(self, answer: Answer, choice: Choice) -> Response:
        media = choice.media
        if media is None and choice.stream is not None:  # all that this caller reads: so a stream of one it is
            return Response(200, HEADERS[choice.stream], FRAMINGS[choice.stream].whole(body_of(answer)))
        status = self._profile.statuses[media or self._profile.fallback][answer.outcome]
        headers = _HEADERS[self._profile.media_for(media, status)]
        if answer.outcome is Outcome.UNSAFE:
            headers = (*headers, ALLOW_POST)
        return Response(status, headers, body_of(answer))

    def _refused(self, refused: Refused, media: MediaType | None) -> Response:
        status = refused.status or self._profile.malformed
        headers = (*_HEADERS[self._profile.media_for(media, status)], *refused.headers)
        return Response(status, headers, to_json({"errors": [errors.plain(refused.message, refused.code)]}))


def _read(finished: Finished, media: MediaType, headers: Headers) -> Response:
    """Answer a GET with what is public; whoever has it already is told so."""
    if not caching.may_be_shared(headers):
        return Response(200, _HEADERS[media], finished.body)
    tag = caching.tag_of(finished, media)
    shared = (caching.PUBLIC, (b"etag", tag))
    if caching.is_known(tag, headers):
        return Response(304, (*shared, caching.VARY))
    return Response(200, (*shared, *(pair for pair in _HEADERS[media] if pair != caching.NEVER)), finished.body)


async def _send(send: Send, response: Response, *, bodiless: bool) -> None:
    headers = list(response.headers)
    if response.status not in (204, 304):
        headers.append((b"content-length", b"%d" % len(response.body)))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if bodiless else response.body})
