"""The server's HTTP, leaner and with an end to heads: for uvicorn's `http=`, in place of its own.

Uvicorn on httptools waits for the head of a request as long as it takes, and keeps as much of it as comes: a caller
who sends a header now and then has a connection for ever, and one who never stops has the memory.
"""

from __future__ import annotations

import asyncio
import re
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from cafe_graphql.web import heads, outbox, repeats
from cafe_graphql.web.bodies import BODY
from cafe_graphql.web.exchange import Connection, Exchange
from cafe_graphql.web.heads import Head, Heads
from cafe_graphql.web.outbox import Outbox
from cafe_graphql.web.repeats import Repeats

HEAD_SECONDS = 10.0
"""How long a head may take, the first one from the moment of connecting."""

HEAD_BYTES = 64 * 1024
"""Of a head, from the second piece of it on; the first is no larger than what is read from a socket at once."""

HEADERS = 1_000

CLOSED = b"connection: close\r\ncontent-length: 0\r\n\r\n"

_PLAIN = re.compile(rb"(/[A-Za-z0-9._-]+)+/?")
"""A path that is what it says: nothing to decode, and no parameters."""


class BoundedHttp(Connection):
    """One connection. What it takes to bound a head is only spent on one that is not whole when it is first seen.

    A connection that rests has one timer while it lasts, where uvicorn sets one after each response.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._is_in_head = True
        self._read = 0
        self._patience: asyncio.TimerHandle | None = None
        self._resting_since: float | None = None
        self._repeats: Repeats | None = self.app_state.get(repeats.STATE)
        self._heads: Heads | None = self.app_state.get(heads.STATE)
        self._outbox: Outbox | None = self.app_state.get(outbox.STATE)
        self._held: bytes | None = None
        self._begun = 0
        self.access_log = self.access_log and self.config.access_log  # its logger may have handlers of somebody else

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._patience = self.loop.call_later(HEAD_SECONDS, self._end, 408)

    def connection_lost(self, exc: Exception | None) -> None:
        self._calm_down()
        self._held = None
        super()._unset_keepalive_if_required()
        super().connection_lost(exc)

    def eof_received(self) -> None:
        self.send_held()
        super().eof_received()

    def shutdown(self) -> None:
        self.send_held()
        super().shutdown()

    def hold(self, response: bytes) -> None:
        if self._outbox is None:
            self.transport.write(response)
        else:
            if self._held is not None:
                self.send_held()
            self._held = response
            self._outbox.add(self)

    def send_held(self) -> None:
        """Send the response that waits for others, if one does: before anything else is read, sent or closed."""
        if self._held is not None:
            held, self._held = self._held, None
            self.transport.write(held)

    def write(self, data: bytes) -> None:
        self.send_held()
        self.transport.write(data)

    def close(self) -> None:
        self.send_held()
        self.transport.close()

    def handle_websocket_upgrade(self) -> None:
        self._outbox = None  # from now on the connection is another's, who writes to it at once
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        self._is_in_head = True
        self._begun += 1
        self._read = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        if self.limit_concurrency is None and not self.parser.should_upgrade() and _PLAIN.fullmatch(self.url):
            self._begin()
        else:
            super().on_headers_complete()

    def _begin(self) -> None:
        """Do what uvicorn would, with an exchange of ours."""
        version = self.parser.get_http_version()
        path = self.root_path + self.url.decode("ascii")
        scope = self.scope
        scope["method"] = self.parser.get_method().decode("ascii")
        scope["http_version"] = version
        scope["path"] = path
        scope["raw_path"] = path.encode("ascii")
        scope["query_string"] = b""
        before = self.cycle
        self.cycle = Exchange(self, keep_alive=version != "1.0" and self.parser.should_keep_alive())
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:  # sent before the last one was answered
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def data_received(self, data: bytes) -> None:
        if self._held is not None:  # they have sent more before it was answered
            self.send_held()
        is_first, is_between = self.cycle is None, self._is_between_messages()
        if is_between and self._repeats is not None and (response := self._repeats.get(data)) is not None:
            self.transport.write(response)
            self.on_response_complete()
            return
        if is_between and self._heads is not None and (head := self._heads.get(data)) is not None:
            self._begin_again(head, data)
            return
        self._begun = 0
        super().data_received(data)
        is_alone = (is_between or is_first) and self._begun == 1 and not self._is_in_head
        is_last_one_s = self.cycle is None or self.cycle.scope is not self.scope  # an upgrade, or a broken URL
        if is_alone and not is_last_one_s and isinstance(self.cycle, Exchange) and not self.cycle.more_body:
            self.cycle.request = data
            self.scope["state"][BODY] = bytes(self.cycle.body)
            if self._heads is not None and self.cycle.keep_alive and not self.expect_100_continue:
                self._heads.keep(data, self.scope, len(self.cycle.body))
        self._bound_head(data)

    def _begin_again(self, head: Head, request: bytes) -> None:
        """Do what parsing a request would come to that is whole, and whose head is known."""
        self._unset_keepalive_if_required()
        body = request[head.size :]
        self.expect_100_continue = False
        scope: Any = {
            **head.scope,
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "state": {**self.app_state, BODY: body},
        }
        self.scope = scope
        self.cycle = exchange = Exchange(self, keep_alive=True)
        exchange.take_whole(request, body)
        self._start_asgi_task(exchange, self.app)

    def _is_between_messages(self) -> bool:
        """Whether the last request was read to its end and answered, and what comes now is the next."""
        if self._is_in_head or self.cycle is None or self.flow.write_paused:
            return False
        return self.cycle.response_complete and not self.cycle.more_body

    def _bound_head(self, data: bytes) -> None:
        if self._is_in_head:
            if not self._begun:  # where else in this piece the head begins, nobody knows
                self._read += len(data)
            if self._read > HEAD_BYTES:
                self._end(431)
            elif self._patience is None:
                self._patience = self.loop.call_later(HEAD_SECONDS, self._end, 408)
        elif self._patience is not None:
            self._calm_down()
        if self.headers is not None and len(self.headers) > HEADERS:  # trailers, which come behind a body, too
            self._end(431)

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._resting_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._look_again_in(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that has rested long enough."""
        self.timeout_keep_alive_task = None
        if self._resting_since is None or self.transport.is_closing():
            return
        left = self._resting_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._look_again_in(left)
        else:
            self.close()

    def _look_again_in(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _unset_keepalive_if_required(self) -> None:
        self._resting_since = None

    def _end(self, status: int) -> None:
        self._calm_down()
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:
            self.write(STATUS_LINE[status] + CLOSED)
        self.close()

    def _calm_down(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
