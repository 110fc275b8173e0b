"""Whose pages may talk to us: a browser says in `Origin` which site a socket is opened from, and asks nobody first."""

from urllib.parse import urlsplit

from starlette.types import Scope

from cafe_graphql.web.refusals import Refused


def same_origin(scope: Scope) -> None:
    """Refuse a socket that another site's page opens; programs, which send no origin, are let in."""
    headers = dict(scope["headers"])
    origin = headers.get(b"origin")
    if origin is not None and urlsplit(origin.decode("latin-1")).netloc.lower() != _host(headers):
        raise Refused(403, "FORBIDDEN", "Sockets are opened from this site's own pages only.")


def _host(headers: dict[bytes, bytes]) -> str:
    return headers.get(b"host", b"").decode("latin-1").lower()
