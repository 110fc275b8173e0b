"""The outermost layer: takes what is for the GraphQL endpoint, and lets all else through to the app.

A route of FastAPI's would do the same at half the speed: its middleware and its router cost more than a small
query does. So the door stands before them.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send


class Door:
    """Middleware, to be added last: `app.add_middleware(Door, path="/graphql", endpoint=endpoint)`."""

    def __init__(self, app: ASGIApp, *, path: str, endpoint: ASGIApp) -> None:
        self._app = app
        self._endpoint = endpoint
        # With a slash behind it, it is answered too: a redirect would turn a POST into a GET.
        self._paths = frozenset((path, f"{path}/"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        inside = scope["type"] == "http" and _path_below_root(scope) in self._paths
        await (self._endpoint if inside else self._app)(scope, receive, send)


def _path_below_root(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(root) if (root := scope.get("root_path", "")) else path
