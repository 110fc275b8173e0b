"""The address that a caller has reached this server at: what links back to it begin with."""

from __future__ import annotations

import re

from starlette.types import Scope

_HOST = re.compile(r"([A-Za-z0-9.\-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
_SCHEMES = {"ws": "http", "wss": "https"}


def of(scope: Scope) -> str:
    """Give scheme, host and path of the app, as `https://cafe.example/api`; only the path from whoever names no host.

    A caller can name any host. So what this gives is for that caller alone, and never for another.
    """
    path: str = scope.get("root_path", "")
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    if not _HOST.fullmatch(host):
        return path
    scheme = scope.get("scheme", "http")
    return f"{_SCHEMES.get(scheme, scheme)}://{host}{path}"
