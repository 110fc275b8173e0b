"""Whatever is said on a socket, the server answers by the protocol or closes, and never has an accident."""

import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from cafe_graphql.web.streams.keeping import Streams
from tests.clients.streaming import Address, knocking, nobody_listens, seated, serving, wait_until

CODES = {1007, 4400, 4401, 4408, 4409, 4429}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
queries = st.sampled_from(
    [
        "{ guest }",
        "subscription { counted(to: 3) }",
        "subscription { silence }",
        "subscription ($n: Int!) { counted(to: $n) }",
        "subscription { kitchen }",
        "mutation { call(number: 1) }",
        "{",
    ]
)
payloads = st.fixed_dictionaries(
    {}, optional={"query": queries | anything, "variables": anything, "operationName": anything, "extensions": anything}
)
types = st.sampled_from(["connection_init", "subscribe", "complete", "ping", "pong", "next"])
likely = st.fixed_dictionaries(
    {"type": types | anything},
    optional={"id": st.sampled_from(["a", "b"]) | anything, "payload": payloads | anything},
)
asking = st.fixed_dictionaries({"type": st.just("subscribe"), "id": st.sampled_from("abc"), "payload": payloads})
said = st.lists(asking | likely.map(json.dumps) | anything.map(json.dumps) | st.text() | st.binary(), max_size=8)

# Many examples, but few enough that the whole file takes seconds.
thoroughly = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[Address, Streams]]:
    with serving() as where:
        yield where


@thoroughly
@given(messages=said, init=st.booleans())
def test_whatever_is_said(
    place: tuple[Address, Streams], caplog: pytest.LogCaptureFixture, messages: list[Any], init: bool
) -> None:
    address, streams = place
    with (seated if init else knocking)(address) as guest, suppress(ConnectionClosed):
        for message in messages:
            guest.connection.send(json.dumps(message) if isinstance(message, dict) else message)
        guest.say("ping", payload={"last": True})
        while (answer := guest.hear()) != {"type": "pong", "payload": {"last": True}}:
            assert answer["type"] in ("connection_ack", "next", "error", "complete", "pong")
    assert guest.connection.close_code in {1000, *CODES}
    assert [record for record in caplog.records if record.exc_info or record.levelno >= logging.WARNING] == []
    wait_until(lambda: nobody_listens(streams))
