"""Counting in a real Redis, and doing without it when it is away."""

import asyncio
import logging
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cafe_graphql.web.counters import RedisCounters
from tests.clients.streaming import free_port
from tests.clients.wire import ask_graphql
from tests.programs import require
from tests.running import running_cafe


@contextmanager
def redis(folder: Path, port: int) -> Iterator[str]:
    """Run a Redis of our own, which keeps nothing, and give its URL."""
    command = [require("redis-server"), "--port", str(port), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.kill()
        server.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("Redis did not start")


def test_workers_count_together_and_each_window_by_itself(tmp_path: Path) -> None:
    async def count(url: str) -> list[list[int]]:
        one, other = RedisCounters(url), RedisCounters(url)
        try:
            return [
                await one.add(["key:7", "all/203.0.113.7"], 1, 30),
                await other.add(["key:7", "all/203.0.113.8"], 1, 12),
                await one.add(["key:7", "all/203.0.113.7"], 1, -2),
                await one.add(["key:8"], 1, 5),
                await other.add(["key:7"], 2, 1),
            ]
        finally:
            await one.aclose()
            await other.aclose()

    with redis(tmp_path, free_port()) as url:
        assert asyncio.run(count(url)) == [[30, 30], [42, 12], [40, 28], [5], [1]]


def test_a_redis_that_is_away_costs_no_order_and_one_line_a_minute(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    now = [0.0]
    port = free_port()

    async def test() -> None:
        counters = RedisCounters(f"redis://:secret@127.0.0.1:{port}/0", clock=lambda: now[0])
        for second in range(0, 60, 6):  # each time it is asked again
            now[0] = second
            assert await counters.add(["key:7"], 1, 10) == [10 * (second // 6 + 1)]
        assert len(caplog.records) == 1
        now[0] = 60
        await counters.add(["key:7"], 1, 1)
        await counters.aclose()

    asyncio.run(test())

    said = [(record.levelno, record.getMessage()) for record in caplog.records]
    assert len(said) == 2 and {level for level, _ in said} == {logging.WARNING}
    assert all(words.startswith("Redis does not answer (") and "secret" not in words for _, words in said)


def test_a_redis_that_hangs_holds_up_one_operation_for_a_moment_and_no_other(tmp_path: Path) -> None:
    async def test(port: int) -> list[float]:
        counters = RedisCounters(f"redis://127.0.0.1:{port}/0")
        took = []
        for _ in range(20):
            began = time.monotonic()
            await counters.add(["key:7"], 1, 1)
            took.append(time.monotonic() - began)
        await counters.aclose()
        return took

    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and answers none
        first, *others = asyncio.run(test(silent.getsockname()[1]))

    assert first < 2.5
    assert max(others) < 0.2


def test_it_is_asked_again_when_it_is_back(tmp_path: Path) -> None:
    now = [0.0]
    port = free_port()

    async def test() -> list[int]:
        counters = RedisCounters(f"redis://127.0.0.1:{port}/0", clock=lambda: now[0])
        assert await counters.add(["key:7"], 1, 10) == [10]
        with redis(tmp_path, port):
            now[0] = 5
            first = await counters.add(["key:7", "all/203.0.113.7"], 1, 1)
            await counters.aclose()
        return first

    assert asyncio.run(test()) == [1, 1]


def test_a_cafe_counts_there_and_goes_on_without_it(tmp_path: Path) -> None:
    port = free_port()
    query = "{ menu { version } }"
    with running_cafe(tmp_path / "cafe.db", CAFE_REDIS_URL=f"redis://127.0.0.1:{port}/0") as url:
        host, _, number = url.removeprefix("http://").partition(":")
        with redis(tmp_path, port):
            counted = ask_graphql((host, int(number)), query)
        alone = ask_graphql((host, int(number)), query)

    assert (counted.status, alone.status) == (200, 200)
    assert counted.json == alone.json
    assert "Traceback" not in (tmp_path / "cafe.log").read_text()
