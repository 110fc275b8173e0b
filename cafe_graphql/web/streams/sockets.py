"""GraphQL over WebSockets: an ASGI app that speaks `graphql-transport-ws`, each operation in a task of its own."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from graphql import GraphQLError
from starlette.types import Message as Event
from starlette.types import Receive, Scope, Send

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Answer, Outcome
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.execution.subscriptions import Subscription
from cafe_graphql.web import requests
from cafe_graphql.web.callers import Called
from cafe_graphql.web.refusals import Refused
from cafe_graphql.web.restraints import Restraints
from cafe_graphql.web.streams import messages
from cafe_graphql.web.streams.keeping import Streams
from cafe_graphql.web.streams.messages import Message, Unreadable
from cafe_graphql.web.streams.operations import Operation
from cafe_graphql.web.streams.stream import COME_AGAIN, GONE, SILENT, Farewell, Left, Stream
from cafe_graphql.web.waiting import Overdue

MakeContext = Callable[[Scope, Mapping[str, Any]], Awaitable[Called]]

MAX_REASON_BYTES = 123  # of a close frame, by RFC 6455

BROKEN = Farewell(4500, "Internal server error")
NOT_OUR_PROTOCOL = Farewell(4406, "Subprotocol not acceptable")
NOT_YET = Farewell(4401, "Unauthorized")
TWICE = Farewell(4429, "Too many initialisation requests")
SPOKEN = (messages.PROTOCOL, messages.LEGACY)  # the latter to say goodbye in
CODES = {401: 4401, 403: 4403, 429: 4429}  # of a context that is refused; any other is 4400


def anyone(_: Scope) -> None:
    """Let every handshake in."""


class GraphQLSockets:
    """Answers operations of every kind over WebSockets.

    `make_context` makes what resolvers see as `info.context` from the ASGI scope and the payload of
    `connection_init`, once: it may raise `Refused`, which closes the socket (401 as 4401, and so on). For each
    operation, and for each event of a subscription that is run, that context is renewed; a GraphQLError ends the
    operation then. `admit` looks at a handshake before it is accepted, and may raise `Refused` to send it away.
    `streams` and `restraints` are the worker's.
    """

    def __init__(
        self,
        engine: Engine,
        make_context: MakeContext,
        streams: Streams,
        *,
        restraints: Restraints | None = None,
        admit: Callable[[Scope], None] = anyone,
    ) -> None:
        self.engine = engine
        self.make_context = make_context
        self.streams = streams
        self.restraints = restraints or Restraints()
        self._admit = admit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # the handshake itself
        try:
            self._admit(scope)
        except Refused:
            return await send({"type": "websocket.close"})  # which, before an accept, is a 403
        return await Socket(self, scope, send).serve(receive)


class Socket(Stream):
    """One WebSocket, from its handshake to its end."""

    __slots__ = ("_asked", "_context", "_operations", "_scope", "_sockets")

    def __init__(self, sockets: GraphQLSockets, scope: Scope, send: Send) -> None:
        super().__init__(sockets.streams, scope, send)
        self._sockets = sockets
        self._scope = scope
        self._context: Called | None = None  # None until connection_init
        self._operations: dict[str, Operation] = {}
        self._asked: float | None = None  # when the first ping was sent that nothing was heard after

    async def serve(self, receive: Receive) -> None:
        under_way: list[asyncio.Task[None]] = []
        unwelcome = self._unwelcome()
        # Accepted all the same, and by the legacy name if that was offered: else no client would see the code.
        await self._accept(next((name for name in SPOKEN if name in self._scope.get("subprotocols", ())), None))
        if unwelcome is None:
            farewell = await self._live(self._listen(receive), within=self._streams.limits.init)
            under_way = self._leave_operations()
        else:
            farewell = unwelcome
        if farewell is not GONE:
            await self._part(_close(farewell), within=self._streams.limits.goodbye)
        await asyncio.gather(*under_way, return_exceptions=True)

    def _unwelcome(self) -> Farewell | None:
        if messages.PROTOCOL not in self._scope.get("subprotocols", ()):
            return NOT_OUR_PROTOCOL
        try:
            self._streams.admit(self._scope)
        except Refused as refused:
            return Farewell(COME_AGAIN, refused.message)
        return None

    async def _accept(self, protocol: str | None) -> None:
        with contextlib.suppress(Left):  # which will be noticed
            await self.send({"type": "websocket.accept", "subprotocol": protocol})

    def look(self, now: float) -> None:
        if self._asked is not None and now - self._asked > self._streams.limits.patience:
            self.close(SILENT)
        super().look(now)

    def _sign_of_life(self) -> Event:
        if self._asked is None:
            self._asked = time.monotonic()
        return _text(messages.PING)

    async def _listen(self, receive: Receive) -> None:
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                return self.close(GONE)
            self._asked = None
            try:
                await self._take(messages.read(event, self._streams.limits.message_length))
            except Unreadable as error:
                return self.close(Farewell(4400, str(error)))
            if self._farewell is not None:
                return None

    async def _take(self, message: Message) -> None:
        match message.type:
            case "connection_init":
                await self._init(message.payload)
            case "subscribe":
                await self._subscribe(message.id, message.payload)
            case "complete":
                if operation := self._operations.get(message.id):
                    operation.leave()
            case "ping":
                await self._say(messages.pong(message.payload))

    async def _init(self, parameters: Mapping[str, Any]) -> None:
        if self._context is not None:
            return self.close(TWICE)
        try:
            self._context = await self._sockets.make_context(self._scope, parameters)
        except Refused as refused:
            return self.close(Farewell(CODES.get(refused.status or 400, 4400), refused.message))
        except Exception as error:
            errors.of_accident(error)
            return self.close(BROKEN)
        if self._deadline is not None and not self._deadline.expired():
            self._deadline.reschedule(None)
        return await self._say(messages.ACK)

    async def _subscribe(self, operation_id: str, payload: dict[str, Any]) -> None:
        if self._context is None:
            return self.close(NOT_YET)
        if (known := self._operations.get(operation_id)) and not known.is_left:
            return self.close(Farewell(4409, f"Subscriber for {operation_id} already exists"))
        try:
            request = requests.of(payload)
        except Refused as refused:
            raise Unreadable(refused.message) from None
        limit = self._streams.limits.operations
        if len(self._operations) >= limit:
            told = errors.plain(f"At most {limit} operations run on one socket at once.", "TOO_MANY_OPERATIONS")
            return await self._say(messages.error(operation_id, [told]))
        operation = self._operations[operation_id] = Operation(operation_id, self._say)
        operation.task = asyncio.create_task(self._perform(operation, request, self._context))
        return None

    async def _perform(self, operation: Operation, request: Request, caller: Called) -> None:
        try:
            opened = await self._open(operation, request, caller)
            del request  # for a subscription lasts, and the text of its query is long
            if isinstance(opened, Subscription):
                last = await operation.stream(opened)
            else:
                last = await operation.tell(opened)
            self._forget(operation)  # first, for on the last word a client may use the id again
            if not operation.is_left:
                await self._say(last)
        except Left:
            self.close(GONE)
        finally:
            self._forget(operation)

    async def _open(self, operation: Operation, request: Request, caller: Called) -> Answer | Subscription:
        engine, restraints = self._sockets.engine, self._sockets.restraints

        def late() -> bool:
            """Tell the caller of a mutation that its outcome is unknown, and let it go on."""
            is_mutation = engine.may_change(request)
            if is_mutation and not operation.is_left:
                self._streams.run(operation.excuse(restraints.overdue(is_mutation=True)))
            return not is_mutation

        try:
            context = caller.renewed()
            charge = restraints.charge(self._scope, context)
            return await restraints.carry_out(
                lambda: engine.open(request, context, caller.renewed, charge=charge), late
            )
        except Overdue:
            return restraints.overdue(is_mutation=False)
        except Refused as refused:
            return Answer(Outcome.UNSUPPORTED, {"errors": [errors.plain(refused.message, refused.code)]})
        except GraphQLError as refused:
            return Answer(Outcome.UNSUPPORTED, {"errors": errors.of_execution([refused])})
        except Exception as error:
            return Answer(Outcome.BROKEN, {"errors": [errors.of_accident(error)]})

    def _forget(self, operation: Operation) -> None:
        if self._operations.get(operation.id) is operation:
            del self._operations[operation.id]

    def _leave_operations(self) -> list[asyncio.Task[None]]:
        operations = list(self._operations.values())
        for operation in operations:
            operation.leave()
        return [operation.task for operation in operations]

    async def _say(self, message: str) -> None:
        await self.send(_text(message))


def _text(message: str) -> Event:
    return {"type": "websocket.send", "text": message}


def _close(farewell: Farewell) -> Event:
    reason = farewell.reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
    return {"type": "websocket.close", "code": farewell.code, "reason": reason}
