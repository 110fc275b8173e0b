"""While the café is attacked from several sides at once, it goes on serving, and what it keeps stays bounded."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx2
import pytest

from cafe_graphql.execution.persisted import sha256_of
from tests.execution.explosive_values import BOMBS
from tests.running import serving
from tests.security.production import KEY, WITH_KEY, ask, caller

PATIENCE = 10.0
"""Seconds that an answer may take meanwhile, on a machine that does more than this test."""

SECONDS = 2.5
"""For how long each attack is kept up."""

PLACE = 'mutation { placeOrder(input: { lines: [{ item: "latte" }] }) { order { id } } }'
MENU = "{ menu { items { name } } }"

Attack = Callable[[httpx2.Client, int], httpx2.Response]


def bombs(client: httpx2.Client, number: int) -> httpx2.Response:
    """A hostile document, never the same twice."""
    bomb = BOMBS[number % len(BOMBS)]
    body = {"query": f"{bomb.query} #{number}", "variables": bomb.variables}
    return client.post("/graphql", json=body)


def new_documents(client: httpx2.Client, number: int) -> httpx2.Response:
    """A valid document that nobody has sent before, to be kept with its hash, with much in its variables."""
    query = f"query Q{number} {{ menu {{ version }} }} #{'x' * 5_000}"
    named = {"persistedQuery": {"version": 1, "sha256Hash": sha256_of(query)}}
    variables = {"v": ["x" * 50] * 900}
    return client.post("/graphql", json={"query": query, "variables": variables, "extensions": named})


def wrong_keys(client: httpx2.Client, number: int) -> httpx2.Response:
    return client.post("/graphql", json={"query": MENU}, headers={"X-API-Key": f"cafe_guess_{number}"})


def wrong_passwords(client: httpx2.Client, number: int) -> httpx2.Response:
    """Sign in as five people at once, each another."""
    tries = " ".join(
        f'a{n}: signIn(email: "{number}-{n}@x.yz", password: "guess") {{ problems {{ code }} }}' for n in range(5)
    )
    return client.post("/graphql", json={"query": f"mutation {{ {tries} }}"})


def long_passwords(client: httpx2.Client, number: int) -> httpx2.Response:
    tries = f'mutation {{ signIn(email: "{number}{"x" * 9_000}", password: "{"x" * 9_000}") {{ accessToken }} }}'
    return client.post("/graphql", json={"query": tries})


def costly(client: httpx2.Client, number: int) -> httpx2.Response:
    """As much as one operation may ask for, as a new document each time."""
    deep = "{ menu { items { category { items { category { items { id } } } } } } }"
    return client.post("/graphql", json={"query": f"{deep} #{number}"})


ATTACKS: list[Attack] = [bombs, new_documents, wrong_keys, wrong_passwords, long_passwords, costly]


@contextmanager
def kept_up(url: str, attack: Attack, sides: int = 4) -> Iterator[Counter[int]]:
    """Attack from so many sides, each request from an address of its own, until the block ends; count the answers."""
    answers: Counter[int] = Counter()
    numbers, ended = count(), threading.Event()

    def go_on() -> None:
        with caller(url) as client:
            while not ended.is_set():
                number = next(numbers)
                client.headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
                answers[attack(client, number).status_code] += 1

    threads = [threading.Thread(target=go_on) for _ in range(sides)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        ended.set()
        for thread in threads:
            thread.join(60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int, Path]]:
    folder = tmp_path_factory.mktemp("attacked")
    variables = {"CAFE_PRODUCTION": "1", "CAFE_API_KEY": KEY, "CAFE_TRUSTED_PROXIES": "127.0.0.1"}
    with serving(folder / "cafe.db", **variables) as (process, url):
        yield url, process.pid, folder / "cafe.log"


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_others_are_served_meanwhile(server: tuple[str, int, Path], attack: Attack) -> None:
    url, pid, log = server
    before = memory(pid)

    with kept_up(url, attack) as answers, caller(url) as guest, caller(url, **WITH_KEY) as till:
        until = time.monotonic() + SECONDS
        served = 0
        while time.monotonic() < until or served < 3:
            started = time.monotonic()
            assert guest.get("/health/live").status_code == 200
            assert len(ask(guest, MENU)["data"]["menu"]["items"]) == 35
            assert ask(till, PLACE)["data"]["placeOrder"]["order"]
            assert time.monotonic() - started < 3 * PATIENCE
            served += 1

    assert sum(answers.values()) > 0 and not [status for status in answers if status >= 500 and status != 503]
    assert memory(pid) - before < 400  # it holds no more than its caches, and what Argon2 works with
    written = log.read_text()
    assert "Traceback" not in written and "ERROR" not in written, written[-3_000:]
    assert len(written) < 2_000  # nobody fills the disk by it


def memory(pid: int) -> float:
    """Give the MB that a process has in memory."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1_000
