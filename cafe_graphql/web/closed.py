"""What stands where the pages for people are closed: it says so, and not what would be there."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

MESSAGE = "There is no page for people here."
PAGE = f"<!doctype html><html lang=en><meta charset=utf-8><title>Closed</title><p>{MESSAGE}</p></html>"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Vary": "Accept",
}


def page() -> Response:
    """Say it to a browser."""
    return HTMLResponse(PAGE, 404, HEADERS)


async def answer(request: Request) -> Response:
    """Say it to a browser or a program, whoever came."""
    return page() if "text/html" in request.headers.get("Accept", "") else JSONResponse({"detail": MESSAGE}, 404)
