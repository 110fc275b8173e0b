"""A kitchen screen that loses its connection again and again still sees every change once, in order."""

import asyncio
import json
import random
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import connect

from tests.running import KEY, WITH_KEY, running_cafe
from tests.web.test_rest import ask

ORDERS, STEPS = 200, ("ACCEPTED", "PREPARING", "READY", "COMPLETED")
CHANGES = ORDERS * (1 + len(STEPS))
CUTS = 100

FOLLOW = """subscription ($after: String) { kitchenQueueUpdated(after: $after) {
  cursor isReplay order { number } event { __typename ... on StatusChanged { to } } } }"""
PLACE = 'mutation { placeOrder(input: { lines: [{ item: "espresso" }] }) { order { id } } }'
ADVANCE = "mutation ($id: ID!, $to: OrderStatus!) { advanceOrder(id: $id, to: $to) { problems { message } } }"

Updates = Callable[[str, str], AsyncIterator[dict[str, Any]]]


async def over_a_socket(url: str, after: str) -> AsyncIterator[dict[str, Any]]:
    """Follow the kitchen over graphql-transport-ws; leaving the iterator tears the connection."""
    address = url.replace("http", "ws", 1) + "/graphql"
    async with connect(address, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        await socket.send(json.dumps({"type": "connection_init", "payload": WITH_KEY}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        payload = {"query": FOLLOW, "variables": {"after": after}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        try:
            async for text in socket:
                message = json.loads(text)
                if message["type"] == "next":
                    yield message["payload"]["data"]["kitchenQueueUpdated"]
        finally:
            socket.transport.abort()


async def over_events(url: str, after: str) -> AsyncIterator[dict[str, Any]]:
    """Follow the kitchen over Server-Sent Events; leaving the iterator tears the connection."""
    place = urlsplit(url)
    body = json.dumps({"query": FOLLOW, "variables": {"after": after}}).encode()
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: {place.netloc}\r\nAccept: text/event-stream\r\nX-API-Key: {KEY}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        writer.write(head.encode() + body)
        while line := await reader.readline():
            if line.startswith(b"data: {"):
                yield json.loads(line.removeprefix(b"data: "))["data"]["kitchenQueueUpdated"]
    finally:
        writer.transport.abort()


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("updates", [over_a_socket, over_events])
def test_a_screen_cut_off_a_hundred_times_sees_every_change_once_and_in_order(
    tmp_path: Path, updates: Updates, workers: str
) -> None:
    with running_cafe(tmp_path / "cafe.db", "--workers", workers) as url:
        seen, cuts = asyncio.run(_watch_while_they_work(url, updates))

    assert cuts >= CUTS
    assert [number(update["cursor"]) for update in seen] == list(range(1, CHANGES + 1))
    steps_of_first = [update["event"]["to"] for update in seen if update["order"]["number"] == "A-001"]
    assert steps_of_first == ["PLACED", *STEPS]


async def _watch_while_they_work(url: str, updates: Updates) -> tuple[list[dict[str, Any]], int]:
    working = asyncio.create_task(asyncio.to_thread(_work, url))
    seen, cuts = await asyncio.wait_for(_watch(url, updates), 120)
    await working
    return seen, cuts


async def _watch(url: str, updates: Updates) -> tuple[list[dict[str, Any]], int]:
    """Read on from the last cursor until every change was seen, leaving every few updates."""
    chance, seen, cuts = random.Random(7), list[dict[str, Any]](), 0
    cursor = "ZXZlbnQ6MA"  # before the first event
    while len(seen) < CHANGES:
        leave_after = chance.randint(1, 2 * CHANGES // CUTS - 3)
        async with aclosing(updates(url, cursor)) as stream:  # type: ignore[type-var]
            async for update in stream:
                seen.append(update)
                cursor = update["cursor"]
                leave_after -= 1
                if leave_after == 0 or len(seen) == CHANGES:
                    break
        cuts += 1
    return seen, cuts


def _work(url: str) -> None:
    """Take orders and make them: a thousand changes in all."""
    ids = [_ask(url, PLACE)["placeOrder"]["order"]["id"] for _ in range(ORDERS)]
    for to in STEPS:
        for id in ids:
            assert _ask(url, ADVANCE, id=id, to=to) == {"advanceOrder": {"problems": []}}


def _ask(url: str, query: str, **variables: str) -> Any:
    status, answer = ask(f"{url}/graphql", {"query": query, "variables": variables}, **WITH_KEY)
    assert status == 200, answer
    return answer["data"]


def number(cursor: str) -> int:
    """Read the number of an event out of its cursor, which callers have no business to do."""
    return int(urlsafe_b64decode(cursor + "==").decode().removeprefix("event:"))
