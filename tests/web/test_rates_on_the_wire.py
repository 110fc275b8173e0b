"""The budget of a caller on a real server: over GraphQL, sockets and REST, and whoever stands in between."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cafe_graphql.web.rates import WRONG_TRIES
from tests.clients.streaming import EVENTS, Address, knocking, seated, streaming
from tests.clients.wire import Answered, ask_graphql, exchange
from tests.running import WITH_KEY, running_cafe


@contextmanager
def cafe(folder: Path, **variables: str) -> Iterator[Address]:
    """Serve a café, and give where, when so much of the minute is left that it does not end within the test."""
    with running_cafe(folder / "cafe.db", **variables) as url:
        host, port = url.removeprefix("http://").split(":")
        if (passed := time.time() % 60) > 50:
            time.sleep(60 - passed)
        yield host, int(port)


def remaining(answered: Answered) -> int:
    return int(answered.headers["ratelimit-remaining"])


MENU = "{ menu { version } viewer { role } }"  # not the same for everybody, so it is never kept and always paid for
UPDATES = "subscription { menuChanged { version } }"


def test_each_operation_is_paid_for_and_the_last_one_is_refused(tmp_path: Path) -> None:
    with cafe(tmp_path, CAFE_RATE_LIMIT="500") as address:
        paid = ask_graphql(address, MENU)
        rest = exchange(address, "GET", "/menu")

        assert (paid.status, rest.status) == (200, 200)
        assert remaining(paid) - remaining(rest) == 100

        while (refused := exchange(address, "GET", "/menu")).status == 200:
            pass

        assert refused.status == 429
        assert refused.json["detail"].startswith("This costs 100, and ")
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert exchange(address, "GET", "/health/live").status == 200


def test_a_socket_pays_for_each_operation_and_stays_open_when_one_is_refused(tmp_path: Path) -> None:
    with cafe(tmp_path, CAFE_RATE_LIMIT="100") as address:
        exchange(address, "GET", "/menu")
        with seated(address) as guest:
            for query in (MENU, UPDATES):
                guest.subscribe("a", query)
                told = guest.hear()
                assert (told["id"], told["type"]) == ("a", "error")
                assert [error["extensions"]["code"] for error in told["payload"]] == ["RATE_LIMITED"]


def test_a_stream_of_events_pays_once_and_says_what_is_left(tmp_path: Path) -> None:
    with cafe(tmp_path) as address, streaming(address, UPDATES, EVENTS) as response:
        assert response.headers["ratelimit-limit"] == "2000000000"
        while not (line := response.readline()).startswith(b"data: "):
            pass
        assert "data" in json.loads(line.removeprefix(b"data: "))


@pytest.mark.parametrize(
    ("trusted", "is_believed"), [("", False), ("10.0.0.0/8", False), ("10.0.0.0/8, 127.0.0.1", True)]
)
def test_nobody_says_where_a_caller_calls_from_but_a_proxy_that_is_trusted(
    tmp_path: Path, trusted: str, is_believed: bool
) -> None:
    with cafe(tmp_path, CAFE_TRUSTED_PROXIES=trusted, CAFE_RATE_LIMIT="100000") as address:
        left = [
            remaining(ask_graphql(address, MENU, **{"X-Forwarded-For": client}))
            for client in ("203.0.113.7", "203.0.113.8")
        ]

    assert (left[0] == left[1]) is is_believed


def test_whoever_guesses_at_keys_is_told_to_wait_and_others_of_the_address_go_on(tmp_path: Path) -> None:
    with cafe(tmp_path) as address:
        wrong = [ask_graphql(address, MENU, **{"X-API-Key": f"cafe_guess_{n}"}).status for n in range(WRONG_TRIES)]
        waiting = ask_graphql(address, MENU, **{"X-API-Key": "cafe_guess"})
        rest = exchange(address, "GET", "/menu", Authorization="Bearer guess")
        with knocking(address) as guest:
            guest.say("connection_init", payload={"X-API-Key": "guess"})
            farewell = guest.farewell()
        known, guest_of_the_house = ask_graphql(address, MENU, **WITH_KEY), ask_graphql(address, MENU)

    assert wrong == [401] * WRONG_TRIES
    assert (waiting.status, waiting.json["errors"][0]["extensions"]["code"]) == (429, "RATE_LIMITED")
    assert rest.status == 429 and int(rest.headers["retry-after"]) > 0
    assert farewell[0] == 4429 and (farewell[1] or "").startswith("Credentials that are wrong were sent too often")
    assert (known.status, guest_of_the_house.status) == (200, 200)


def test_who_is_known_has_a_budget_of_its_own_in_rest_and_graphql_together(tmp_path: Path) -> None:
    with cafe(tmp_path, CAFE_RATE_LIMIT="1000") as address:
        for _ in range(10):
            exchange(address, "GET", "/menu")
        assert exchange(address, "GET", "/menu").status == 429

        by_rest = exchange(address, "GET", "/orders", **WITH_KEY)
        by_graphql = ask_graphql(address, MENU, **WITH_KEY)

    assert (by_rest.status, remaining(by_rest)) == (200, 900)
    assert by_graphql.status == 200 and remaining(by_graphql) < 900
