"""However many sign in at the same moment, whoever orders need not wait for them."""

import asyncio
import json
import threading
from collections import Counter
from pathlib import Path

import pytest

from cafe_graphql.services import passwords
from cafe_graphql.web import gate
from tests.clients.raw import Reply
from tests.security.inside import Inside, opened

SIGN_IN = 'mutation { signIn(email: "NUMBER@x.yz", password: "guess") { problems { code } } }'
PLACE = 'mutation { placeOrder(input: { lines: [{ item: "latte" }] }) { order { id } } }'
FLOOD = 350
"""More than the gate lets in and queues together."""


async def post(inside: Inside, query: str) -> Reply:
    body = json.dumps({"query": query}).encode()
    return await inside.asked("POST", "/graphql", [(b"content-type", b"application/json")], body)


def test_an_order_is_placed_in_the_middle_of_a_flood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = threading.Event()
    monkeypatch.setattr(passwords, "MAX_WAITING", 8)
    monkeypatch.setattr(passwords, "_verified", lambda *_: looked_at.wait(30) and False)

    async def flood(inside: Inside) -> tuple[Reply, int, list[Reply]]:
        signing_in = [asyncio.create_task(post(inside, SIGN_IN.replace("NUMBER", str(n)))) for n in range(FLOOD)]
        await asyncio.sleep(0)
        placed = await post(inside, PLACE)
        waiting = sum(not task.done() for task in signing_in)
        looked_at.set()
        return placed, waiting, await asyncio.gather(*signing_in)

    with opened(tmp_path) as inside:
        placed, waiting, answers = inside.loop.run_until_complete(flood(inside))

    assert placed.status == 200 and placed.json["data"]["placeOrder"]["order"]
    assert waiting == 8  # it is not placed because the flood is over
    told = Counter(error["extensions"]["code"] for reply in answers for error in reply.json.get("errors", ()))
    assert told == {"SERVICE_UNAVAILABLE": FLOOD - 8}
    assert inside.accidents == []


def test_those_who_sign_in_take_a_part_of_the_places_that_there_are() -> None:
    assert passwords.MAX_WAITING <= gate.MAX_OPERATIONS / 2
