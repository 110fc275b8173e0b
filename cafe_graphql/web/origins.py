"""Whose pages may talk to us: a browser says in `Origin` which site a request is from, and asks nobody first."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.types import Scope

from cafe_graphql.web.refusals import Refused
from cafe_graphql.web.requests import Headers

ANY = "*"


class Origins:
    """The sites besides our own whose pages may read answers: by their exact origins, or all of them by "*"."""

    def __init__(self, allowed: Collection[str] = ()) -> None:
        self.are_all = ANY in allowed
        self._allowed = frozenset(origin.encode() for origin in allowed)

    def allows(self, origin: bytes | None) -> bool:
        """Tell whether pages of that origin may read answers."""
        return origin is not None and (self.are_all or origin in self._allowed)

    def admit(self, scope: Scope) -> None:
        """Refuse a socket that another site's page opens; programs, which send no origin, are let in."""
        headers: Headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        if origin is not None and not self.allows(origin) and not _is_ours(origin, headers):
            raise Refused(403, "FORBIDDEN", "Sockets are opened from this site's own pages only.")


def _is_ours(origin: bytes, headers: Headers) -> bool:
    host = headers.get(b"host", b"").decode("latin-1").lower()
    try:
        return urlsplit(origin.decode("latin-1")).netloc.lower() == host
    except ValueError:
        return False
