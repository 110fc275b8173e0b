"""However many different things strangers send, what is kept of them is counted, and has an end."""

import gc
import json
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TypeVar

import pytest

from cafe_graphql.execution.persisted import AutomaticDocuments, sha256_of
from cafe_graphql.execution.prepared import DEFAULT_BOUNDS, Documents, Operation
from cafe_graphql.services import recognising, signing_in
from cafe_graphql.services.recognising import Callers
from cafe_graphql.web import addresses
from cafe_graphql.web.counters import MemoryCounters
from tests.security.inside import Inside, opened
from tests.security.production import KEY

T = TypeVar("T")

JSON = (b"content-type", b"application/json")
MANY = 1_100


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[Inside]:
    with opened(tmp_path) as cafe:
        yield cafe


def post(inside: Inside, *headers: tuple[bytes, bytes], **request: object) -> int | None:
    return inside.ask("POST", "/graphql", [JSON, *headers], json.dumps(request).encode()).status


def found(inside: Inside, kind: type[T]) -> T:
    """Give what the app has of this kind, and hands out to nobody: by whatever leads there."""
    waiting: list[object] = [inside.app]
    seen = set()
    while waiting:
        thing = waiting.pop()
        if type(thing) is kind:
            return thing
        if id(thing) in seen or isinstance(thing, type | ModuleType):
            continue
        seen.add(id(thing))
        # A function leads to all that its module knows; only what was handed to it is the app's.
        waiting += gc.get_referents(thing.__closure__) if isinstance(thing, FunctionType) else gc.get_referents(thing)
    raise AssertionError(f"the app has no {kind.__name__}")


def test_documents(inside: Inside) -> None:
    for number in range(MANY):
        query = f"query Q{number} {{ menu {{ version }} }}"
        post(inside, query=query, extensions={"persistedQuery": {"version": 1, "sha256Hash": sha256_of(query)}})
        post(inside, query=f"{{ nothing{number} }}")

    prepared, persisted = found(inside, Documents), found(inside, AutomaticDocuments)
    assert len(prepared) == len(persisted) == DEFAULT_BOUNDS.max_kept_documents

    for number in range(60):
        post(inside, query=f"{{ menu {{ version }} }} #{'x' * 40_000}{number}")
    assert prepared._kept_characters <= DEFAULT_BOUNDS.max_kept_characters


def test_answers_keep_no_document_that_is_kept_no_more(inside: Inside) -> None:
    before = _operations()
    for number in range(60):
        assert post(inside, query=f"{{ menu {{ version }} }} #{'x' * 40_000}{number}") == 200

    assert 0 < _operations() - before <= DEFAULT_BOUNDS.max_kept_characters // 40_000


def _operations() -> int:
    gc.collect()
    return sum(type(thing) is Operation for thing in gc.get_objects())


def test_callers(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognising, "MAX_REMEMBERED", 5)
    for number in range(20):
        cut = f'mutation {{ createApiKey(name: "{number}", scopes: [KITCHEN]) {{ secret }} }}'
        body = json.dumps({"query": cut}).encode()
        made = inside.ask("POST", "/graphql", [JSON, (b"x-api-key", KEY.encode())], body)
        secret = made.json["data"]["createApiKey"]["secret"].encode()
        assert post(inside, (b"x-api-key", secret), query="{ kitchenQueue { id } }") == 200
        assert post(inside, (b"x-api-key", b"guess-%d" % number), query="{ menu { version } }") == 401

    assert len(found(inside, Callers)._known) == 5  # and none of those who guessed


def test_counters(inside: Inside) -> None:
    """One number for each address that called in this minute, and nothing of what it said."""
    inside.addresses = repeat("203.0.113.7")
    counters = found(inside, MemoryCounters)
    for number in range(300):
        post(inside, (b"x-api-key", b"guess-%d" % number), query="{ menu { version } }")
        post(inside, query=f"{{ menu {{ version }} }} #{number}")

    assert len(counters._counts) <= 2  # what it asked, and what it guessed
    assert addresses._counted.cache_info().maxsize == 4_096


def test_passwords(inside: Inside) -> None:
    """A try is kept for five minutes, under no more of the address than an address can have."""
    sign_in = "mutation ($who: String!, $password: String!) { signIn(email: $who, password: $password) { expiresAt } }"
    known = len(signing_in._tries.storage.events)  # type: ignore[attr-defined]
    for number in range(20):
        post(inside, query=sign_in, variables={"who": f"{number}{'x' * 5_000}", "password": "x" * 257})

    kept = signing_in._tries.storage.events  # type: ignore[attr-defined]
    assert len(kept) - known <= 20
    assert max(map(len, kept)) < 300
