"""Receipts at their addresses: a page to read and print, a PDF, or text for a till, for whoever has the link."""

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from cafe_graphql.core.errors import Unanswerable
from cafe_graphql.core.people import GUEST
from cafe_graphql.core.receipts import Receipt
from cafe_graphql.printing import page, pdf, slips, till
from cafe_graphql.printing.slips import Slip
from cafe_graphql.services import receipting
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.web import negotiation, rest_rates
from cafe_graphql.web.rates import RateLimiter

FORMS: Mapping[str, str] = {"html": "text/html", "pdf": "application/pdf", "txt": "text/plain"}
"""The media type of each form of a receipt, by what stands behind its address to ask for it."""

PDF_ROW_COST = 500
"""Of each row in a PDF, of which twenty take a tenth of a second to print, in a budget of a million a minute."""

PRINTERS = 2
"""PDFs that are printed at once, on threads beside the loop; others queue."""

MISSING = "There is no receipt here. Its link must be whole, exactly as it was given."

HEADERS = {"X-Robots-Tag": "noindex", "Vary": "Accept"}
PAGE_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src '{page.STYLE_HASH}'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def routes(cafe: Callable[[], Cafe], rates: RateLimiter, font: Path | None = None) -> APIRouter:
    """Give the addresses of receipts; `font` is a file with letters that the built-in fonts lack."""
    router = APIRouter(tags=["receipts"])
    printers = asyncio.Semaphore(PRINTERS)

    async def charge(request: Request, cost: int) -> dict[str, str]:
        return await rest_rates.taken(rates, request.scope, GUEST, cost)

    async def as_pdf(slip: Slip) -> Response:
        async with printers:
            return Response(await asyncio.to_thread(pdf.pdf, slip, font), media_type=FORMS["pdf"])

    @router.get(
        "/receipts/{name}",
        summary="Show a receipt",
        response_class=Response,
        responses={200: {"content": {media: {} for media in FORMS.values()}}, 404: {"content": {"text/plain": {}}}},
    )
    @router.head("/receipts/{name}", include_in_schema=False)
    async def show(
        name: str,
        request: Request,
        width: Annotated[int, Query(description="Columns of the till's paper, for text.")] = till.USUAL_WIDTH,
    ) -> Response:
        """Show a receipt by its token: as a page, a PDF or text, by what stands behind it or by Accept."""
        token, form = _asked(name, request)
        told = await charge(request, rest_rates.COST)
        receipt = await receipting.find(cafe(), token) if form in FORMS else None
        if receipt is None:
            answer = _missing(request)
        elif form == "pdf":
            slip = slips.of(receipt)
            told = await charge(request, PDF_ROW_COST * slip.length)
            answer = await as_pdf(slip)
            answer.headers["Content-Disposition"] = f'inline; filename="{receipt.number}.pdf"'
        else:
            answer = _as_page(receipt) if form == "html" else _as_text(receipt, width)
        answer.headers.update({**HEADERS, **told})
        return answer

    return router


def _asked(name: str, request: Request) -> tuple[str, str]:
    """Give the token and the form that are asked for."""
    token, dot, form = name.partition(".")
    if dot:
        return token, form
    accept = request.headers.get("Accept", "*/*").encode("latin-1")
    media = negotiation.best(accept, tuple(FORMS.values()))
    if media is None:
        raise HTTPException(406, f"A receipt is given as {', '.join(FORMS.values())}: name one of these in Accept.")
    return token, next(form for form, its_media in FORMS.items() if its_media == media)


def _as_page(receipt: Receipt) -> Response:
    others = ((f"{receipt.token}.pdf", "PDF"), (f"{receipt.token}.txt", "Text"))
    return HTMLResponse(page.html(slips.of(receipt), others), headers=PAGE_HEADERS)


def _as_text(receipt: Receipt, width: int) -> Response:
    try:
        return PlainTextResponse(till.text(slips.of(receipt), width))
    except Unanswerable as error:
        raise HTTPException(422, str(error)) from None


def _missing(request: Request) -> Response:
    if "text/html" in request.headers.get("Accept", ""):
        return HTMLResponse(page.note(MISSING), 404, PAGE_HEADERS)
    return PlainTextResponse(f"{MISSING}\n", 404)
