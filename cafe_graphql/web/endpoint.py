"""The GraphQL endpoint: one ASGI app that speaks GraphQL over HTTP to the letter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Answer, Outcome, to_json
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.execution.subscriptions import Subscription
from cafe_graphql.web import negotiation, requests
from cafe_graphql.web.callers import Called
from cafe_graphql.web.negotiation import Choice, MediaType, StreamType
from cafe_graphql.web.rates import RateLimiter
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

# Nobody is to keep an answer or take it for anything but JSON; which type of JSON it is depends on Accept.
_HEADERS: dict[MediaType, tuple[Header, ...]] = {
    media: (
        (b"content-type", f"{media}; charset=utf-8".encode()),
        (b"vary", b"Accept"),
        (b"cache-control", b"no-store"),
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


@dataclass(frozen=True, slots=True)
class Streaming:
    """A response that goes on."""

    subscription: Subscription
    headers: tuple[Header, ...]


class GraphQLEndpoint:
    """Answers GraphQL requests by POST and GET.

    `make_context` makes what resolvers see as `info.context` from the ASGI scope; it may raise `Refused` to
    send a caller away. `page` is handed the requests of browsers that come to look. A subscription is answered as
    Server-Sent Events or multipart, by what its caller accepts, and is one of `streams` while it lasts; for each of
    its events that is run, its context is renewed. `rates` charges each operation to whoever asks for it.
    """

    def __init__(
        self,
        engine: Engine,
        make_context: Callable[[Scope], Awaitable[Called]],
        *,
        page: ASGIApp | None = None,
        streams: Streams | None = None,
        rates: RateLimiter | None = None,
        max_body_bytes: int = MAX_BODY_BYTES,
        profile: Profile = COMPAT,
    ) -> None:
        self._engine = engine
        self._make_context = make_context
        self._page = page
        self._streams = Streams() if streams is None else streams
        self._rates = rates
        self._max_body_bytes = max_body_bytes
        self._profile = profile

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = requests.headers_of(scope)
        choice = negotiation.choose(headers.get(b"accept"), self._profile.fallback)
        if self._page is not None and choice.prefers_html and scope["method"] in READING:
            return await self._page(scope, receive, send)
        try:
            response = await self._response(scope, headers, choice, receive)
            if isinstance(response, Streaming):
                stream = StreamedResponse(self._streams, choice.stream or StreamType.EVENTS, send, response.headers)
                return await stream.serve(response.subscription, receive)
            await _send(send, response, bodiless=scope["method"] == "HEAD")
        except (Disconnected, OSError):
            return None  # the caller is gone: not our accident, and nobody is left to be told

    async def _response(self, scope: Scope, headers: Headers, choice: Choice, receive: Receive) -> Response | Streaming:
        if scope["method"] == "OPTIONS":
            return Response(204, (ALLOW,))
        try:
            request = await self._request(scope, headers, choice, receive)
            context = await self._make_context(scope)
            answer = await self._opened(scope, choice, request, context)
            told = self._told(context, answer)
            return Streaming(answer, told) if isinstance(answer, Subscription) else self._answered(answer, choice, told)
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

    async def _opened(self, scope: Scope, choice: Choice, request: Request, context: Called) -> Answer | Subscription:
        charge = None if self._rates is None else partial(self._rates.charge, scope, context)
        may_change = scope["method"] == "POST"
        if choice.stream is None or scope["method"] == "HEAD":
            return await self._engine.run(request, context, allow_mutation=may_change, charge=charge)
        return await self._engine.open(request, context, context.renewed, allow_mutation=may_change, charge=charge)

    def _told(self, context: Called, answer: Answer | Subscription) -> tuple[Header, ...]:
        """Give the headers that tell of a caller's budget, if the answer was charged."""
        if self._rates is None or context.rate is None:
            return ()
        is_refused = isinstance(answer, Answer) and answer.outcome is Outcome.THROTTLED
        return self._rates.headers(context.rate, is_refused=is_refused)

    def _answered(self, answer: Answer, choice: Choice, told: tuple[Header, ...] = ()) -> Response:
        media = choice.media
        if media is None and choice.stream is not None:  # all that this caller reads: so a stream of one it is
            framing = FRAMINGS[choice.stream]
            return Response(200, (*HEADERS[choice.stream], *told), framing.whole(to_json(answer.payload)))
        status = self._profile.statuses[media or self._profile.fallback][answer.outcome]
        headers = (*_HEADERS[self._profile.media_for(media, status)], *told)
        if answer.outcome is Outcome.UNSAFE:
            headers = (*headers, ALLOW_POST)
        return Response(status, headers, to_json(answer.payload))

    def _refused(self, refused: Refused, media: MediaType | None) -> Response:
        status = refused.status or self._profile.malformed
        headers = (*_HEADERS[self._profile.media_for(media, status)], *refused.headers)
        return Response(status, headers, to_json({"errors": [errors.plain(refused.message, refused.code)]}))


async def _send(send: Send, response: Response, *, bodiless: bool) -> None:
    headers = list(response.headers)
    if response.status != 204:
        headers.append((b"content-length", b"%d" % len(response.body)))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if bodiless else response.body})
