"""The plug is pulled in the middle of a rush: what was answered is in the book, and asking again doubles nothing."""

import json
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from itertools import count
from pathlib import Path
from typing import Any

from tests import running
from tests.services.books import counted

PLACE = """
mutation Place($key: String!) {
  placeOrder(input: {lines: [{item: "latte"}]}, idempotencyKey: $key) { replayed order { id number } problems { code } }
}
"""
BARISTAS = 6
ENOUGH = 60
"""So many answers are waited for before the plug is pulled."""


def test_what_was_answered_before_a_kill_is_there_after_it_and_nothing_twice(tmp_path: Path) -> None:
    file, asked, answered = tmp_path / "cafe.db", list[str](), dict[str, str]()

    with serving(file) as (server, url):
        _rush_until_killed(server, url, asked, answered)
    assert server.returncode == -signal.SIGKILL
    assert len(answered) >= ENOUGH

    with serving(file) as (_, url):
        again = {key: _place(url, key) for key in asked}

    assert {key: again[key]["order"]["id"] for key in answered} == answered
    assert all(again[key]["replayed"] for key in answered)
    assert len({placed["order"]["id"] for placed in again.values()}) == len(asked)
    assert sorted(placed["order"]["number"] for placed in again.values()) == [
        f"A-{n:03d}" for n in range(1, len(asked) + 1)
    ]
    tables = counted(file)
    assert tables["orders"] == tables["order_lines"] == tables["order_events"] == len(asked)
    assert tables["idempotency_keys"] == len(asked)


def _rush_until_killed(server: "subprocess.Popen[bytes]", url: str, asked: list[str], answered: dict[str, str]) -> None:
    numbers, lock = count(1), threading.Lock()

    def barista() -> None:
        while True:
            with lock:
                key = f"order-{next(numbers)}"
                asked.append(key)
            try:
                answered[key] = _place(url, key)["order"]["id"]
            except (OSError, HTTPException):
                return
            if len(answered) >= ENOUGH:
                server.kill()

    with ThreadPoolExecutor(BARISTAS) as staff:
        for working in [staff.submit(barista) for _ in range(BARISTAS)]:
            working.result()


def _place(url: str, key: str) -> dict[str, Any]:
    body = json.dumps({"query": PLACE, "variables": {"key": key}}).encode()
    request = urllib.request.Request(f"{url}/graphql", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        placed: dict[str, Any] = json.load(answer)["data"]["placeOrder"]
    assert placed["problems"] == []
    return placed


@contextmanager
def serving(file: Path) -> "Iterator[tuple[subprocess.Popen[bytes], str]]":
    """Serve a database file by a process that the test may kill."""
    port = running._free_port()
    command = [sys.executable, "-m", "cafe_graphql", "serve", "--port", str(port)]
    log = file.with_suffix(".log")
    with log.open("ab") as output:
        server = subprocess.Popen(command, stdout=output, stderr=output, env=running._environment(file, {}))
        try:
            running._wait_for(f"http://127.0.0.1:{port}", server, log)
            yield server, f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(running.PATIENCE)
