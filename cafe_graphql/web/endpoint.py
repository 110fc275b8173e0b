"""The GraphQL endpoint: one ASGI app that speaks GraphQL over HTTP to the letter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from starlette.types import ASGIApp, Receive, Scope, Send

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Answer, Finished, Outcome, body_of, to_json
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.execution.subscriptions import Subscription
from cafe_graphql.web import batches, caching, negotiation, requests
from cafe_graphql.web.bodies import Bodies
from cafe_graphql.web.callers import Called
from cafe_graphql.web.heads import noted
from cafe_graphql.web.negotiation import Choice, MediaType, StreamType
from cafe_graphql.web.origins import Origins
from cafe_graphql.web.refusals import Disconnected, Refused
from cafe_graphql.web.repeats import AS_OF, STATE
from cafe_graphql.web.requests import Headers
from cafe_graphql.web.restraints import Restraints
from cafe_graphql.web.security import OF_DATA
from cafe_graphql.web.statuses import COMPAT, Profile
from cafe_graphql.web.streams.framing import FRAMINGS, HEADERS
from cafe_graphql.web.streams.keeping import Streams
from cafe_graphql.web.streams.responses import StreamedResponse
from cafe_graphql.web.waiting import Begun, Overdue, begin

READING = ("GET", "HEAD")

Header = tuple[bytes, bytes]

ALLOW: Header = (b"allow", b"GET, HEAD, POST, OPTIONS")
ALLOW_POST: Header = (b"allow", b"POST")
SOON: Header = (b"retry-after", b"1")

_HEADERS: dict[MediaType, tuple[Header, ...]] = {
    media: (
        (b"content-type", f"{media}; charset=utf-8".encode()),
        (b"vary", b"Accept"),  # which type of JSON it is
        *OF_DATA,
    )
    for media in MediaType
}


class Response(NamedTuple):
    """A finished response, as it goes out; `told` are headers of this one alone."""

    status: int
    headers: tuple[Header, ...]
    body: bytes = b""
    told: tuple[Header, ...] = ()


class Streaming(NamedTuple):
    """A response that goes on."""

    subscription: Subscription
    headers: tuple[Header, ...]


Opened = tuple[Answer | Subscription, tuple[Header, ...]]
"""What an operation comes to, and the headers that tell of its caller's budget."""


class GraphQLEndpoint:
    """Answers GraphQL requests by POST and GET.

    `make_context` makes what resolvers see as `info.context` from the ASGI scope; it may raise `Refused` to
    send a caller away. `page` is handed the requests of browsers that come to look. A subscription is answered as
    Server-Sent Events or multipart, by what its caller accepts, and is one of `streams` while it lasts; for each of
    its events that is run, its context is renewed. `bodies` and `restraints` are the worker's; pages of `origins` may
    query by GET from their own sites.
    """

    def __init__(
        self,
        engine: Engine,
        make_context: Callable[[Scope], Awaitable[Called]],
        *,
        page: ASGIApp | None = None,
        streams: Streams | None = None,
        origins: Origins | None = None,
        bodies: Bodies | None = None,
        restraints: Restraints | None = None,
        profile: Profile = COMPAT,
    ) -> None:
        self._engine = engine
        self._make_context = make_context
        self._page = page
        self._streams = Streams() if streams is None else streams
        self._origins = origins or Origins()
        self._bodies = bodies or Bodies()
        self._restraints = restraints or Restraints()
        self._profile = profile

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, choice = noted(scope, self._read)
        if self._page is not None and choice.prefers_html and scope["method"] in READING:
            return await self._page(scope, receive, send)
        try:
            response = await self._response(scope, headers, choice, receive, send)
            if isinstance(response, Streaming):
                kind = choice.stream or StreamType.EVENTS
                stream = StreamedResponse(self._streams, scope, kind, send, response.headers)
                return await stream.serve(response.subscription, receive)
            await _send(send, response, bodiless=scope["method"] == "HEAD")
        except (Disconnected, OSError):
            return None  # the caller is gone: not our accident, and nobody is left to be told

    def _read(self, scope: Scope) -> tuple[Headers, Choice]:
        headers = requests.headers_of(scope)
        return headers, negotiation.choose(headers.get(b"accept"), self._profile.fallback)

    async def _response(
        self, scope: Scope, headers: Headers, choice: Choice, receive: Receive, send: Send
    ) -> Response | Streaming:
        if scope["method"] == "OPTIONS":
            return Response(204, (ALLOW,))
        try:
            noted(scope, self._check)
            if scope["method"] == "POST":
                body = self._bodies.at_hand(scope)
                if body is None:
                    body = await self._bodies.read(receive)
                request = requests.by_post(body, headers, self._engine.again)
            else:
                request = requests.by_get(scope, headers, self._bodies.limit)
            if isinstance(request, list):
                return await self._batch(scope, choice, request, send)
            answer, told = await self._carried_out(scope, choice, request, send)
            if isinstance(answer, Subscription):
                return Streaming(answer, told)
            if answer.finished is not None and not told:
                _mark(scope)
            if answer.finished is not None and choice.media and scope["method"] in READING:
                return _read(answer.finished, choice.media, headers)
            return self._answered(answer, choice, told)
        except Overdue:
            return self._answered(self._restraints.overdue(is_mutation=False), choice)
        except Refused as refused:
            return self._refused(refused, choice.media)
        except Disconnected:
            raise
        except Exception as error:
            return self._answered(Answer(Outcome.BROKEN, {"errors": [errors.of_accident(error)]}), choice)

    def _check(self, scope: Scope) -> None:
        """Refuse what cannot be answered, or must not be, before any of it is read."""
        method, (headers, choice) = scope["method"], self._read(scope)
        if method != "POST" and method not in READING:
            message = f"{method} means nothing here: send a query or mutation by POST, or a query by GET."
            raise Refused(405, "METHOD_NOT_ALLOWED", message, (ALLOW,))
        if choice.media is None and (choice.stream is None or method == "HEAD"):
            raise _unacceptable()
        if method == "POST":
            requests.check_body_type(headers)
            self._bodies.check_announced(headers.get(b"content-length"))
        elif not self._origins.allows(headers.get(b"origin")):
            requests.check_site(headers, choice.names_graphql)

    async def _batch(self, scope: Scope, choice: Choice, batch: list[Request], send: Send) -> Response:
        if choice.media is None:
            raise _unacceptable()
        single = replace(choice, stream=None)
        told: tuple[Header, ...] = ()

        async def answer(request: Request) -> Answer:
            nonlocal told
            try:
                answer, told = await self._carried_out(scope, single, request, send)
            except Overdue:
                return self._restraints.overdue(is_mutation=False)
            assert isinstance(answer, Answer), "nothing is streamed to who accepts no stream"
            return answer

        body = await batches.answered(batch, answer)
        return Response(200, _HEADERS[self._profile.media_for(choice.media, 200)], body, told)

    async def _carried_out(self, scope: Scope, choice: Choice, request: Request, send: Send) -> Opened:
        restraints = self._restraints
        begun = None if restraints.gate.is_full else begin(self._opened(scope, choice, request))
        if begun is not None and not isinstance(begun, Begun):
            return begun
        is_told = False

        def late() -> bool:
            """Tell the caller of a mutation that its outcome is unknown, and let it go on."""
            nonlocal is_told
            is_told = self._engine.may_change(request)
            if is_told:
                overdue = self._answered(restraints.overdue(is_mutation=True), choice)
                self._streams.run(_send_if_there(send, overdue))
            return not is_told

        if begun is None:
            opened = await restraints.in_turn(lambda: self._opened(scope, choice, request), late)
        else:
            opened = await restraints.rest(begun, late)
        if is_told:
            raise Disconnected
        return opened

    async def _opened(self, scope: Scope, choice: Choice, request: Request) -> Opened:
        context = await self._make_context(scope)
        charge = self._restraints.charge(scope, context)
        may_change = scope["method"] == "POST"
        answer: Answer | Subscription
        if choice.stream is None or scope["method"] == "HEAD":
            answer = await self._engine.run(request, context, allow_mutation=may_change, charge=charge)
        else:
            renew = context.renewed
            answer = await self._engine.open(request, context, renew, allow_mutation=may_change, charge=charge)
        if isinstance(answer, Subscription):
            await self._admit(answer, scope)
        return answer, self._restraints.headers(context, answer)

    async def _admit(self, subscription: Subscription, scope: Scope) -> None:
        try:
            self._streams.admit(scope)
        except Refused:
            await subscription.aclose()
            raise

    def _answered(self, answer: Answer, choice: Choice, told: tuple[Header, ...] = ()) -> Response:
        media = choice.media
        if media is None and choice.stream is not None:  # all that this caller reads: so a stream of one it is
            return Response(200, (*HEADERS[choice.stream], *told), FRAMINGS[choice.stream].whole(body_of(answer)))
        if answer.outcome is Outcome.ANSWERED and media is not None:  # nearly always, and by every profile
            return Response(200, _HEADERS[media], body_of(answer), told)
        status = self._profile.statuses[media or self._profile.fallback][answer.outcome]
        headers = _HEADERS[self._profile.media_for(media, status)]
        if answer.outcome is Outcome.UNSAFE:
            headers = (*headers, ALLOW_POST)
        elif answer.outcome is Outcome.OVERDUE:
            headers = (*headers, SOON)
        return Response(status, headers, body_of(answer), told)

    def _refused(self, refused: Refused, media: MediaType | None) -> Response:
        status = refused.status or self._profile.malformed
        headers = (*_HEADERS[self._profile.media_for(media, status)], *refused.headers)
        return Response(status, headers, to_json({"errors": [errors.plain(refused.message, refused.code)]}))


def _mark(scope: Scope) -> None:
    """Let the server answer the same request the same way without us, until something changes."""
    state = scope.get("state", {})
    if STATE in state:
        state[AS_OF] = state[STATE].seen()


def _unacceptable() -> Refused:
    message = f"Answers are {MediaType.GRAPHQL} or {MediaType.JSON}: accept one of them."
    return Refused(406, "NOT_ACCEPTABLE", message)


async def _send_if_there(send: Send, response: Response) -> None:
    with suppress(OSError):
        await _send(send, response, bodiless=False)


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
    status, headers, body, told = response
    at_once = getattr(getattr(send, "__self__", None), "send_whole", None)  # our own server's, if nobody stands between
    has_length = status not in (204, 304)
    if at_once is not None and has_length and at_once(status, headers, told, body):
        return
    head = [*headers, *told]
    if has_length:
        head.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": b"" if bodiless else body})
