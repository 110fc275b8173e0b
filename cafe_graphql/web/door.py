"""The outermost layer: takes what is for the GraphQL endpoint, and lets all else through to the app.

A route of FastAPI's would do the same at half the speed, and its middleware at four fifths: so the door stands before
all of it, and is the app that the server runs.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class Door:
    """Hands `path` to the endpoint, or to `sockets`, and everything else, the lifespan too, to the app behind."""

    def __init__(self, app: ASGIApp, *, path: str, endpoint: ASGIApp, sockets: ASGIApp | None = None) -> None:
        self._app = app
        self._inside: dict[str, ASGIApp] = {"http": endpoint}
        if sockets is not None:
            self._inside["websocket"] = sockets
        # With a slash behind it, it is answered too: a redirect would turn a POST into a GET.
        self._paths = frozenset((path, f"{path}/"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        inside = self._inside.get(scope["type"])
        if inside is None or path_below_root(scope) not in self._paths:
            inside = self._app
        await inside(scope, receive, send)


def path_below_root(scope: Scope) -> str:
    """Give the path as this app knows it, wherever a proxy has put the app."""
    path: str = scope["path"]
    return path.removeprefix(root) if (root := scope.get("root_path", "")) else path
