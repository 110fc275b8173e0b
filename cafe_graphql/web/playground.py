"""The pages for people, GraphiQL and the REST description: served from this package, and nothing from afar."""

import gzip
from functools import cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, Router

# Built from the sources in playground/ by `npm ci && npm run build`; every file but the page lies here gzipped.
STATIC: Final = Path(__file__).parent / "static"

CONTENT_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
}

# Monaco, the editor, writes its own <style> elements and draws its underlines as data: images.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; font-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",  # the page names the hashed files of one version
    "Vary": "Accept",  # the same address answers queries with JSON
}
ASSET_HEADERS: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",  # a changed file has another name
    "Cross-Origin-Resource-Policy": "same-origin",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}


def page(assets_at: str = "/graphql/assets") -> Response:
    """Give GraphiQL, which takes its files from `assets_at` and sends queries to its own address."""
    return HTMLResponse(_html("index.html", assets_at), headers=PAGE_HEADERS)


def rest_docs(assets_at: str = "/graphql/assets") -> Response:
    """Give Swagger UI over the `openapi.json` beside it."""
    return HTMLResponse(_html("docs.html", assets_at), headers=PAGE_HEADERS)


async def asset(request: Request) -> Response:
    """Give one built file by its `name`, gzipped if the client accepts that; 404 for any other name."""
    name = request.path_params["name"]
    if name not in _names():
        return PlainTextResponse("There is no such file.", status_code=404)
    headers = {**ASSET_HEADERS, "Content-Type": CONTENT_TYPES[name.rpartition(".")[2]]}
    body = (STATIC / f"{name}.gz").read_bytes()
    if _accepts_gzip(request.headers.get("Accept-Encoding", "")):
        headers["Content-Encoding"] = "gzip"
    else:
        body = gzip.decompress(body)
    headers["Content-Length"] = str(len(body))  # the same for HEAD, which has no body to count
    return Response(b"" if request.method == "HEAD" else body, headers=headers)


# To be mounted where `page` looks for its files: `app.mount("/graphql/assets", playground.assets)`.
assets: Final = Router([Route("/{name}", asset, methods=["GET"])], redirect_slashes=False)


@cache
def _html(name: str, assets_at: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8").replace("{assets}", assets_at)


@cache
def _names() -> frozenset[str]:
    return frozenset(file.name.removesuffix(".gz") for file in STATIC.iterdir() if file.name.endswith(".gz"))


def _accepts_gzip(accept_encoding: str) -> bool:
    """Read an Accept-Encoding header (RFC 9110, 12.5.3): `gzip` or `*`, unless its weight is zero."""
    weights = dict(_weighted(coding) for coding in accept_encoding.lower().split(","))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _weighted(coding: str) -> tuple[str, float]:
    name, _, weight = coding.partition(";")
    try:
        return name.strip(), float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        return name.strip(), 0.0
