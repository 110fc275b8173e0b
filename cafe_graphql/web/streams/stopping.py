"""Hears that the process is told to stop, before the server waits for its connections to end."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def on_stop(act: Callable[[], None]) -> Iterator[None]:
    """While the block runs, have `act` called on the event loop when a signal says stop; the server hears it too.

    ASGI says nothing of a stop before all responses have ended, and a stream has no end of its own: so a server would
    wait for its streams, and they for the server. Use it in the app's lifespan, where the server's own handlers are
    in place. Where there are none, or in another thread, it does nothing.
    """
    loop = asyncio.get_running_loop()
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    servers = {number: before for number in SIGNALS if callable(before := signal.getsignal(number))}

    def heard(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(act)
        servers[signal.Signals(number)](number, frame)

    for number in servers:
        signal.signal(number, heard)
    try:
        yield
    finally:
        _put_back(servers, heard)


def _put_back(servers: dict[signal.Signals, Callable[[int, FrameType | None], Any]], ours: object) -> None:
    for number, before in servers.items():
        if signal.getsignal(number) is ours:
            signal.signal(number, before)
