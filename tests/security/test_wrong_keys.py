"""A key that is wrong is the same to the café as one that never was: in what it answers, and in what it does for it.

How long it takes in fact is left to a measurement; here is counted what it does.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.clients.raw import Reply
from tests.security.inside import Inside, opened, statements
from tests.security.production import KEY

MENU = json.dumps({"query": "{ menu { version } }"}).encode()
CREATE = 'mutation { createApiKey(name: "till", scopes: [KITCHEN]) { secret apiKey { id } } }'
REVOKE = 'mutation { revokeApiKey(id: "ID") { apiKey { id } } }'


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    with opened(tmp_path_factory.mktemp("keys")) as cafe:
        yield cafe


def send(inside: Inside, credential: str, body: bytes = MENU) -> Reply:
    headers = [(b"content-type", b"application/json"), (b"x-api-key", credential.encode())]
    return inside.ask("POST", "/graphql", headers, body)


def key(inside: Inside) -> Any:
    return send(inside, KEY, json.dumps({"query": CREATE}).encode()).json["data"]["createApiKey"]


def test_whatever_is_wrong_with_a_key_is_told_and_done_alike(inside: Inside) -> None:
    made, revoked = key(inside)["secret"], key(inside)
    send(inside, KEY, json.dumps({"query": REVOKE.replace("ID", revoked["apiKey"]["id"])}).encode())
    wrong = {
        "never was": "cafe_" + "x" * 43,
        "nearly right": made[:-1] + ("a" if made[-1] != "a" else "b"),
        "right but for its first": "x" + made[1:],
        "its prefix": made[:11],
        "revoked": revoked["secret"],
        "nearly the house's": KEY[:-1] + "x",
        "longer than the house's": KEY + "x",
        "no key at all": "x",
        "not ASCII": "café ☕",
        "no token either": "a.b.c",
    }

    seen = {}
    for name, credential in wrong.items():
        with statements() as told:
            reply = send(inside, credential)
        seen[name] = (reply.status, reply.headers, reply.body, told)

    expected = seen["never was"]
    assert expected[0] == 401 and len(expected[3]) == 1 and "api_keys.digest = ?" in expected[3][0][0]
    assert {name: found for name, found in seen.items() if found != expected} == {}


def test_nor_is_a_right_one_looked_up_in_another_way(inside: Inside) -> None:
    made = key(inside)["secret"]
    with statements() as wrong:
        assert send(inside, "cafe_" + "x" * 43).status == 401
    with statements() as right:
        assert send(inside, made).status == 200

    assert right[: len(wrong)] == wrong
