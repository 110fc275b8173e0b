"""A subscription as one long HTTP response."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.types import Message, Receive, Scope, Send

from cafe_graphql.execution.subscriptions import SourceFailed, Subscription
from cafe_graphql.web.negotiation import StreamType
from cafe_graphql.web.streams.framing import FRAMINGS, HEADERS
from cafe_graphql.web.streams.keeping import Streams
from cafe_graphql.web.streams.stream import DONE, GONE, STOPPING, TOO_SLOW, Farewell, Left, Stream

Headers = tuple[tuple[bytes, bytes], ...]


class StreamedResponse(Stream):
    """The answers of one subscription, in the framing that its listener can read."""

    __slots__ = ("_framing", "_headers")

    def __init__(self, streams: Streams, scope: Scope, kind: StreamType, send: Send, headers: Headers = ()) -> None:
        super().__init__(streams, scope, send)
        self._framing = FRAMINGS[kind]
        self._headers = (*HEADERS[kind], *headers)

    async def serve(self, subscription: Subscription, receive: Receive) -> None:
        """Send all answers, until there are no more, nobody listens or the server stops; then close the source."""
        answering = asyncio.create_task(self._answer(subscription))
        try:
            farewell = await self._live(self._listen(receive))
        finally:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)
        if farewell is not GONE:
            await self._end(farewell)

    async def _listen(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.close(GONE)

    async def _answer(self, subscription: Subscription) -> None:
        async with contextlib.aclosing(subscription):
            try:
                await self.send({"type": "http.response.start", "status": 200, "headers": list(self._headers)})
                await self.send(_body(self._framing.opening))
                async for answer in subscription:
                    await self.send(_body(self._framing.answered(answer)))
                self.close(DONE)
            except SourceFailed as failed:
                await self._fail(failed)
            except Left:
                self.close(GONE)

    async def _fail(self, failed: SourceFailed) -> None:
        with contextlib.suppress(Left):
            await self.send(_body(self._framing.failed(failed.errors)))
        self.close(DONE)

    async def _end(self, farewell: Farewell) -> None:
        """End the response; without the words that say that all was sent, if not all was."""
        ending = self._framing.ending if farewell in (DONE, STOPPING) else b""
        # A slow listener costs nothing now but its connection, which would stay just the same if it were closed. When
        # the server loses its patience, it cancels what is left: no accident.
        within = None if farewell is TOO_SLOW else self._streams.limits.goodbye
        with contextlib.suppress(asyncio.CancelledError):
            await self._part(_body(ending, more=False), within=within)

    def _sign_of_life(self) -> Message:
        return _body(self._framing.heartbeat)


def _body(content: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": content, "more_body": more}
