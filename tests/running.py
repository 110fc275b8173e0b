"""Runs the real thing: `cafe serve` as a process of its own, on a free port and a database file."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEY = "the-key-of-the-house-in-tests"
"""The café's own key, which opens everything."""

WITH_KEY = {"X-API-Key": KEY}

PATIENCE = 30.0
"""Seconds that a server may take to start on a busy machine."""


def cafe(*arguments: str, database: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run one `cafe` command to its end on a database file, and give what it printed."""
    command = [sys.executable, "-m", "cafe_graphql", *arguments]
    environment = _environment(database, variables)
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=PATIENCE, check=False)


@contextmanager
def running_cafe(database: Path, *flags: str, **variables: str) -> Iterator[str]:
    """Serve a database file, and give the server's address, like `http://127.0.0.1:8123`, until the block ends."""
    with serving(database, *flags, **variables) as (_, url):
        yield url


@contextmanager
def serving(database: Path, *flags: str, **variables: str) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """The same, with the process, for tests that do something to it."""
    port = _free_port()
    command = [sys.executable, "-m", "cafe_graphql", "serve", "--port", str(port), *flags]
    log = database.with_suffix(".log")
    with log.open("ab") as output:
        server = subprocess.Popen(command, stdout=output, stderr=output, env=_environment(database, variables))
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, server, log)
            yield server, url
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _environment(database: Path, variables: dict[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CAFE_")}
    return {**inherited, "CAFE_DATABASE_URL": f"sqlite:///{database}", "CAFE_API_KEY": KEY, **variables}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, f"the server stopped:\n{log.read_text()}"
        try:
            urllib.request.urlopen(f"{url}/health/ready", timeout=1).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the server did not start:\n{log.read_text()}")
