"""What many listeners cost: memory each, and the time until a change has reached them all."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from tests.clients.streaming import Address, call, running

LISTENERS = 400
KIB_EACH = 20
SECONDS = 1.0  # on a machine that others use too; alone it takes a hundredth of a second

HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: cafe\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\nOrigin: http://cafe\r\n\r\n"
)


def frame(message: dict[str, object]) -> bytes:
    """Write a short text frame as a client does: masked, though with nothing."""
    payload = json.dumps(message).encode()
    assert len(payload) < 126
    return bytes((0x81, 0x80 | len(payload), 0, 0, 0, 0)) + payload


class Listener(asyncio.Protocol):
    """A listener that weighs little itself: it asks when it is let in, and notes when it heard of a call."""

    def __init__(self) -> None:
        self.is_ready = asyncio.get_running_loop().create_future()
        self.heard = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(HANDSHAKE)

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"HTTP/1.1 101 "):
            self.transport.write(frame({"type": "connection_init"}))
        if b"connection_ack" in data:
            query = "subscription { calls { number } }"
            self.transport.write(frame({"type": "subscribe", "id": "1", "payload": {"query": query}}))
            self.is_ready.set_result(None)
        if b'"number":7' in data:
            self.heard.set_result(time.monotonic())


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_four_hundred_listeners(tmp_path: Path) -> None:
    with running(tmp_path / "server.log") as (address, server):
        each, took = asyncio.run(measured(address, server.pid))

    assert each < KIB_EACH, f"{each:.1f} KiB for each listener"
    assert took < SECONDS, f"{took:.2f} s until all had heard"


async def measured(address: Address, pid: int) -> tuple[float, float]:
    """Give KiB for each listener, and the seconds until all have heard of a change."""
    early = [await seat(address) for _ in range(50)]  # for what only the first of them cost
    before = resident(pid)
    late = [await seat(address) for _ in range(LISTENERS)]
    await asyncio.sleep(0.3)
    each = (resident(pid) - before) / LISTENERS

    began = time.monotonic()
    await asyncio.to_thread(call, address, 7)
    heard = await asyncio.wait_for(asyncio.gather(*(listener.heard for listener in early + late)), 10)
    for listener in early + late:
        listener.transport.abort()
    return each, max(heard) - began


async def seat(address: Address) -> Listener:
    _, listener = await asyncio.get_running_loop().create_connection(Listener, *address)
    await asyncio.wait_for(listener.is_ready, 5)
    return listener


def resident(pid: int) -> int:
    """Give the resident memory of a process, in KiB."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1])
