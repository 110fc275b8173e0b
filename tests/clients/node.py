"""Runs the Node programs in this folder, for which their packages are installed when first needed."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.programs import missing, require
from tests.running import KEY

HERE = Path(__file__).parent


def run(program: str, *arguments: str, seconds: float = 60) -> Any:
    """Run a program of this folder and give what it printed, read as JSON."""
    node = require("node")
    _install()
    done = subprocess.run(
        [node, str(HERE / program), *arguments],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        env={**os.environ, "CAFE_KEY": KEY},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def running(program: str, log: Path) -> Iterator["subprocess.Popen[str]"]:
    """Run a program of this folder until the block ends; one that reads its standard input ends with it."""
    node = require("node")
    _install()
    with log.open("w") as errors:
        command = [node, str(HERE / program)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)
        with process:
            try:
                yield process
            finally:
                process.terminate()


def _install() -> None:
    """Install the packages as locked, unless exactly those are there."""
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = HERE / "node_modules" / ".installed"
    if stamp.is_file() and stamp.read_bytes() == lock:
        return
    npm = [require("npm"), "ci", "--ignore-scripts"]
    done = subprocess.run(npm, cwd=HERE, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        missing(f"the packages of {HERE.name}/ could not be installed: {done.stderr.strip()[-300:]}")
    stamp.write_bytes(lock)
