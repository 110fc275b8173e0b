"""Serves an ASGI app on a real socket of this machine, in a thread."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def serve(app: ASGIApp, **flags: Any) -> Iterator[tuple[str, int]]:
    """Give the host and port under which the app answers until the block ends; `flags` are uvicorn's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        quiet: dict[str, Any] = {"log_config": None, "access_log": False, "ws": "none", "lifespan": "off"}
        config = uvicorn.Config(app, **{**quiet, **flags})
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            _wait_for(server)
            yield listener.getsockname()
        finally:
            server.should_exit = True
            thread.join(timeout=10)
    assert not thread.is_alive(), "the server did not stop"


def _wait_for(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
