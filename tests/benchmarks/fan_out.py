"""How long a change takes to reach everybody who listens, and what a listener weighs.

    make bench            1,000 listeners on one worker, 100 orders
    .venv/bin/python -m tests.benchmarks.fan_out LISTENERS ORDERS

Every listener follows the kitchen on a socket of its own, from this process; orders are placed one after the other.
A delivery is counted from the instant at which the server took the order, before it was on disk.
"""

import asyncio
import json
import re
import statistics
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from tests.running import WITH_KEY, serving
from tests.web.test_rest import ask

FOLLOW = "subscription{kitchenQueueUpdated{order{number status}event{at}cursor}}"
PLACE = 'mutation { placeOrder(input: { lines: [{ item: "latte" }] }) { order { number } } }'
HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: cafe\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


class Listener(asyncio.Protocol):
    """Listens on a socket as cheaply as can be: what comes is noted with its time, and read when all is over."""

    def __init__(self) -> None:
        self.is_ready = asyncio.get_running_loop().create_future()
        self.heard: list[tuple[float, bytes]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(HANDSHAKE)

    def data_received(self, data: bytes) -> None:
        self.heard.append((time.time(), data))
        if data.startswith(b"HTTP/1.1 101 "):
            self.transport.write(_frame({"type": "connection_init", "payload": WITH_KEY}))
        if b"connection_ack" in data:
            self.transport.write(_frame({"type": "subscribe", "id": "1", "payload": {"query": FOLLOW}}))
            self.is_ready.set_result(None)

    def latencies(self) -> list[float]:
        """How many milliseconds each change had been on its way."""
        return [
            (came - datetime.fromisoformat(at.decode()).timestamp()) * 1_000
            for came, data in self.heard
            for at in re.findall(rb'"event":{"at":"([^"]+)"', data)
        ]


def main(listeners: int = 1_000, orders: int = 100) -> None:
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "cafe.db") as (server, url):
        asyncio.run(_follow(url, 5, 20))  # what a server loads when it is first asked is nobody's weight
        before = _resident_kib(server.pid)
        latencies, after = asyncio.run(_follow(url, listeners, orders, server.pid))
    cuts = statistics.quantiles(latencies, n=100)
    print(f"{listeners} listeners x {orders} orders: {len(latencies)} deliveries")
    print(f"  p50 {cuts[49]:.1f} ms   p99 {cuts[98]:.1f} ms   longest {max(latencies):.1f} ms")
    print(f"  {(after - before) / listeners:.1f} KiB of the server for each listener")
    assert len(latencies) == listeners * orders, "not everybody has heard of everything"


async def _follow(url: str, listeners: int, orders: int, pid: int | None = None) -> tuple[list[float], int]:
    """Have so many listen while so many orders are placed; give all latencies, and the server's memory in KiB."""
    everybody = [await _listen(url) for _ in range(listeners)]
    await asyncio.sleep(1)
    for listener in everybody:
        listener.heard.clear()  # the queue as it was
    for _ in range(orders):
        await asyncio.to_thread(ask, f"{url}/graphql", {"query": PLACE})
        await asyncio.sleep(0.05)
    await asyncio.sleep(1)
    weight = _resident_kib(pid) if pid else 0
    for listener in everybody:
        listener.transport.abort()
    return [latency for listener in everybody for latency in listener.latencies()], weight


async def _listen(url: str) -> Listener:
    host, port = urlsplit(url).netloc.split(":")
    _, listener = await asyncio.get_running_loop().create_connection(Listener, host, int(port))
    await listener.is_ready
    return listener


def _frame(message: dict[str, object]) -> bytes:
    """Write a short text frame as a client does: masked, though with nothing."""
    payload = json.dumps(message, separators=(",", ":")).encode()
    assert len(payload) < 126 * 500
    length = bytes((0x80 | len(payload),)) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return b"\x81" + length + bytes(4) + payload


def _resident_kib(pid: int) -> int:
    [kib] = re.findall(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(kib)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
