"""A café's server that dies at a step: `python -m tests.services.dying PORT STEP`.

A step is before, within or after an act of the book (within: all of it is written, and nothing committed), or before or
after something that is asked of the card terminal: like `within settling.note 2`, the second act of this name.
"""

import os
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from cafe_graphql import app
from cafe_graphql.config import Settings
from cafe_graphql.gateways.cards import Gateway
from cafe_graphql.store.database import Connection, Database

ASKED = ("authorise", "capture", "void", "refund", "look_up")


class Fuse:
    """Burns at one step, and takes the whole process with it as a pulled plug would."""

    def __init__(self, step: str) -> None:
        self._step = step
        self._seen = Counter[str]()

    def at(self, moment: str, what: str) -> None:
        """Come to a step."""
        if moment == "before":
            self._seen[what] += 1
        if f"{moment} {what} {self._seen[what]}" == self._step:
            os.kill(os.getpid(), signal.SIGKILL)

    def through(self, what: str, ask: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Lead a question to the terminal past the fuse."""

        async def asked(*arguments: object) -> Any:
            self.at("before", what)
            answer = await ask(*arguments)
            self.at("after", what)
            return answer

        return asked


def lay(fuse: Fuse) -> None:
    """Lay the fuse along every act of the book, and every question to the terminal."""
    write, make_gateway = Database.write, app.make_gateway

    async def fused_write(self: Database, fn: Callable[..., Any], *arguments: object) -> Any:
        what = f"{fn.__module__.rpartition('.')[2]}.{fn.__name__}"

        def fused(connection: Connection) -> Any:
            done = fn(connection, *arguments)
            fuse.at("within", what)
            return done

        fuse.at("before", what)
        done = await write(self, fused)
        fuse.at("after", what)
        return done

    def fused_gateway(settings: Settings) -> Gateway:
        gateway = make_gateway(settings)
        for what in ASKED:
            setattr(gateway, what, fuse.through(what, getattr(gateway, what)))
        return gateway

    Database.write = fused_write  # type: ignore[assignment, method-assign]
    app.make_gateway = fused_gateway


if __name__ == "__main__":
    port, step = sys.argv[1:]
    lay(Fuse(step))
    uvicorn.run(app.create_app(), port=int(port), access_log=False)
