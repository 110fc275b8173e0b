"""Listeners that speak the protocols of streams by hand, so that they can also misspeak them."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from cafe_graphql.web.bodies import Bodies
from cafe_graphql.web.restraints import Restraints
from cafe_graphql.web.streams.keeping import DEFAULT_LIMITS, Limits, Streams
from tests.clients import house
from tests.clients.serving import serve
from tests.execution import board

Address = tuple[str, int]

ROOT = Path(__file__).parents[2]
PATIENCE = 5.0
EVENTS = "text/event-stream"
FLOOD = "subscription { packets(count: 100000, size: 10000) }"  # a gigabyte
PARTS = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0"


@contextmanager
def serving(
    limits: Limits = DEFAULT_LIMITS, restraints: Restraints | None = None, bodies: Bodies | None = None
) -> Iterator[tuple[Address, Streams]]:
    """Serve the house with these limits."""
    door, streams = house.house(limits, restraints, bodies)
    with serve(door, **house.FLAGS) as address:
        yield address, streams


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(log: Path) -> Iterator[tuple[Address, "subprocess.Popen[bytes]"]]:
    """Serve the house in a process of its own, which writes into `log`."""
    address = ("127.0.0.1", free_port())
    flags = {"port": address[1], "log-level": "info", "timeout-graceful-shutdown": 3, "ws": house.FLAGS["ws"]}
    command = [sys.executable, "-m", "uvicorn", "tests.clients.house:create", "--factory", "--no-access-log"]
    command += [f"--{name}={value}" for name, value in flags.items()]
    with log.open("wb") as output:
        server = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, env=os.environ)
    try:
        _wait_for(address, log)
        yield address, server
    finally:
        server.kill()
        server.wait()


def _wait_for(address: Address, log: Path) -> None:
    deadline = time.monotonic() + 6 * PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError), streaming(address, "{ guest }", "application/json") as response:
            response.read()
            return
        time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")


class Guest:
    """One WebSocket; says and hears messages as values."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    def say(self, kind: str, **fields: Any) -> None:
        self.connection.send(json.dumps({"type": kind, **fields}))

    def hear(self) -> Any:
        return json.loads(self.connection.recv(timeout=PATIENCE))

    def subscribe(self, operation_id: str, query: str, **payload: Any) -> None:
        self.say("subscribe", id=operation_id, payload={"query": query, **payload})

    def ask(self, query: str) -> Any:
        """Run an operation with a single answer, when nothing else is said meanwhile."""
        self.subscribe("ask", query)
        answer, end = self.hear(), self.hear()
        assert end == {"id": "ask", "type": "complete"}
        return answer["payload"]

    def farewell(self) -> tuple[int | None, str | None]:
        """Hear whatever comes until the socket is closed, and give code and reason."""
        deadline = time.monotonic() + PATIENCE
        with suppress(ConnectionClosed):
            while time.monotonic() < deadline:
                self.connection.recv(timeout=PATIENCE)
        return self.connection.close_code, self.connection.close_reason


@contextmanager
def knocking(address: Address, *protocols: str, path: str = "/graphql", **options: Any) -> Iterator[Guest]:
    """Open a socket, and say nothing yet."""
    host, port = address
    offered = [Subprotocol(name) for name in protocols or ("graphql-transport-ws",)]
    url = f"ws://{host}:{port}{path}"
    with connect(url, subprotocols=offered, compression=None, ping_interval=None, **options) as connection:
        yield Guest(connection)


@contextmanager
def seated(address: Address, **parameters: Any) -> Iterator[Guest]:
    """Open a socket, and be let in."""
    with knocking(address) as guest:
        guest.say("connection_init", payload=parameters)
        assert guest.hear() == {"type": "connection_ack"}
        yield guest


@contextmanager
def streaming(address: Address, query: str, accept: str, **options: Any) -> Iterator[http.client.HTTPResponse]:
    """Send a request by POST, or by GET with `method`, and give its response while it is still being written."""
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    headers = {"accept": accept, "content-type": "application/json", **options.get("headers", {})}
    try:
        if options.get("method") == "GET":
            connection.request("GET", f"/graphql?{urlencode({'query': query})}", headers=headers)
        else:
            connection.request("POST", "/graphql", json.dumps({"query": query}), headers)
        yield connection.getresponse()
    finally:
        connection.close()


def call(address: Address, number: int) -> None:
    """Call out an order, which all listeners of `calls` hear."""
    with streaming(address, f"mutation {{ call(number: {number}) }}", "application/json") as response:
        assert "data" in json.loads(response.read())


def post_by_hand(address: Address, query: str, accept: str, *, buffer: int) -> socket.socket:
    """Send a request on a socket that takes in no more than `buffer` bytes until it is read."""
    caller = socket.socket()
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    caller.settimeout(PATIENCE)
    caller.connect(address)
    body = json.dumps({"query": query}).encode()
    head = f"POST /graphql HTTP/1.1\r\nHost: cafe\r\nAccept: {accept}\r\nContent-Type: application/json\r\n"
    caller.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    return caller


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def nobody_listens(streams: Streams) -> bool:
    """Tell whether all streams and all sources are closed."""
    return len(streams) == 0 and board.board.listening == 0
