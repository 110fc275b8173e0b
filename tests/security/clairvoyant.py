"""Runs clairvoyance, which guesses a schema from what a server says is wrong; installed when first needed."""

import json
import os
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tests.programs import missing

HERE = Path(__file__).parent
LOCK = HERE / "clairvoyance.txt"
SITE = HERE / ".clairvoyance_cache"

# It asks for 64 names in one document, which our limits refuse before anything is said about names. One who means it
# asks for fewer at once.
PROGRAM = """
import sys
from clairvoyance import cli, config

at_once = int(sys.argv.pop(1))

def patient(self, begin=config.Config.__init__):
    begin(self)
    self._bucket_size = at_once

config.Config.__init__ = patient
cli()
"""


def recovered(url: str, words: Collection[str], folder: Path, *, at_once: int = 64) -> dict[str, set[str]]:
    """Let it guess with these words at the GraphQL endpoint, and give the fields that it finds, by their types.

    What it says of itself is written to `clairvoyance.log` in the folder.
    """
    _install()
    found, wordlist = folder / "schema.json", folder / "words.txt"
    wordlist.write_text("\n".join(words))
    with (folder / "clairvoyance.log").open("w") as log:
        command = [sys.executable, "-c", PROGRAM, str(at_once), "-c", "4", "-w", str(wordlist), "-o", str(found), url]
        environment = {**os.environ, "PYTHONPATH": str(SITE)}
        subprocess.run(command, stdout=log, stderr=log, env=environment, timeout=120, check=False)
    return _fields(json.loads(found.read_text())) if found.exists() else {}


def _fields(introspected: dict[str, Any]) -> dict[str, set[str]]:
    types = introspected["data"]["__schema"]["types"]
    return {each["name"]: names for each in types if (names := {field["name"] for field in each.get("fields") or ()})}


def _install() -> None:
    stamp = SITE / ".installed"
    if stamp.is_file() and stamp.read_bytes() == LOCK.read_bytes():
        return
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command = [*pip, "--no-deps", "--require-hashes", "--upgrade", "--target", str(SITE), "--requirement", str(LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        missing(f"clairvoyance could not be installed: {done.stderr.strip()[-300:]}")
    stamp.write_bytes(LOCK.read_bytes())
