"""Receipts at their addresses: for whoever has the link, in the form that they can read, and for nobody else."""

import asyncio
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.running import WITH_KEY, running_cafe
from tests.web import browsing

MISSING = "There is no receipt here. Its link must be whole, exactly as it was given."


@dataclass(frozen=True)
class Paid:
    """A running café where two lattes were paid for; `url` is the receipt's, as GraphQL gives it."""

    site: str
    tracking_token: str
    url: str


PLACE = 'mutation { placeOrder(input: { lines: [{ item: "latte", quantity: 2 }] }) { trackingToken } }'
PAY = """mutation ($token: String) {
  payOrder(by: { token: $token }, input: { method: CASH }) { order { receipt { url } } problems { message } }
}"""


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Paid]:
    with running_cafe(tmp_path_factory.mktemp("receipts") / "cafe.db") as site:
        yield pay_for_two_lattes(site)


def pay_for_two_lattes(site: str) -> Paid:
    token = ask(site, PLACE)["placeOrder"]["trackingToken"]
    return Paid(site, token, ask(site, PAY, token=token)["payOrder"]["order"]["receipt"]["url"])


def ask(site: str, query: str, **variables: str) -> dict[str, Any]:
    asked = {"query": query, "variables": variables}
    data: dict[str, Any] = httpx2.post(f"{site}/graphql", json=asked, headers=WITH_KEY).json()["data"]
    return data


def test_the_link_is_one_that_its_reader_can_open(paid: Paid) -> None:
    assert re.fullmatch(rf"{re.escape(paid.site)}/receipts/[\w-]{{32}}", paid.url)

    response = httpx2.get(paid.url)

    assert response.status_code == 200
    assert "<h1>Corner Café</h1>" in response.text


@pytest.mark.parametrize(
    ("behind", "accept", "media"),
    [
        ("", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("", "*/*", "text/html; charset=utf-8"),
        ("", "application/pdf", "application/pdf"),
        ("", "text/plain, text/html;q=0.5", "text/plain; charset=utf-8"),
        (".html", "application/pdf", "text/html; charset=utf-8"),
        (".pdf", "*/*", "application/pdf"),
        (".txt", "text/html", "text/plain; charset=utf-8"),
    ],
)
def test_its_form_is_asked_for_by_what_stands_behind_it_or_by_accept(
    paid: Paid, behind: str, accept: str, media: str
) -> None:
    response = httpx2.get(paid.url + behind, headers={"Accept": accept})
    head = httpx2.head(paid.url + behind, headers={"Accept": accept})

    assert (response.status_code, response.headers["content-type"]) == (200, media)
    assert (head.status_code, head.headers["content-type"], head.content) == (200, media, b"")


def test_nobody_keeps_it_finds_it_or_frames_it(paid: Paid) -> None:
    headers = httpx2.get(paid.url).headers

    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"] == "noindex"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["vary"] == "Accept"
    policy = headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'none'" and "frame-ancestors 'none'" in policy
    assert not any("unsafe" in part for part in policy)


def test_the_pdf_has_a_name_to_be_kept_under(paid: Paid) -> None:
    response = httpx2.get(f"{paid.url}.pdf")

    assert response.headers["content-disposition"] == 'inline; filename="R-000001.pdf"'
    [sheet] = PdfReader(io.BytesIO(response.content)).pages
    assert "2 × Latte $7.00" in sheet.extract_text()


@pytest.mark.parametrize("width", [16, 32, 48])
def test_the_text_is_as_wide_as_it_is_asked_for(paid: Paid, width: int) -> None:
    text = httpx2.get(f"{paid.url}.txt", params={"width": width}).text

    assert "-" * width in text.splitlines()
    assert max(map(len, text.splitlines())) == width


@pytest.mark.parametrize(("width", "said"), [("7", "from 16 to 200 columns"), ("wide", "valid integer")])
def test_paper_that_no_till_has_is_refused(paid: Paid, width: str, said: str) -> None:
    response = httpx2.get(f"{paid.url}.txt", params={"width": width})

    assert response.status_code == 422
    assert said in response.text


@pytest.mark.parametrize("name", ["AAAA", "{short}", "{whole}x", "{whole}.exe", "{whole}.", "{tracking}", "%00"])
def test_a_link_that_is_not_whole_opens_nothing(paid: Paid, name: str) -> None:
    whole = paid.url.rpartition("/")[2]
    wrong = name.format(whole=whole, short=whole[:-1], tracking=paid.tracking_token)

    response = httpx2.get(f"{paid.site}/receipts/{wrong}")

    assert (response.status_code, response.headers["cache-control"]) == (404, "no-store")
    assert response.text == f"{MISSING}\n"


def test_to_a_person_it_says_so_on_a_page(paid: Paid) -> None:
    response = httpx2.get(f"{paid.site}/receipts/gone", headers={"Accept": "text/html"})

    assert (response.status_code, response.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert f"<p>{MISSING}</p>" in response.text


def test_what_nobody_can_make_of_a_receipt_is_not_acceptable(paid: Paid) -> None:
    response = httpx2.get(paid.url, headers={"Accept": "application/json"})

    assert response.status_code == 406
    assert response.json() == {
        "detail": "A receipt is given as text/html, application/pdf, text/plain: name one of these in Accept."
    }


def test_a_receipt_is_only_read(paid: Paid) -> None:
    response = httpx2.post(paid.url, json={})

    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) <= {"GET", "HEAD"}


def test_links_begin_with_the_public_address_where_one_is_set(tmp_path: Path) -> None:
    with running_cafe(tmp_path / "cafe.db", CAFE_PUBLIC_URL="https://cafe.example/corner/") as site:
        assert pay_for_two_lattes(site).url.startswith("https://cafe.example/corner/receipts/")


def test_many_pdfs_at_once_hold_nobody_else_up(paid: Paid) -> None:
    async def hurried() -> tuple[list[httpx2.Response], list[httpx2.Response]]:
        async with httpx2.AsyncClient(timeout=60) as http:
            printing = asyncio.gather(*(http.get(f"{paid.url}.pdf") for _ in range(8)))
            others = [await http.get(f"{paid.site}/health/live") for _ in range(3)]
            assert not printing.done()
            return await printing, others

    printed, others = asyncio.run(hurried())

    assert {response.status_code for response in (*printed, *others)} == {200}


def test_it_shows_in_a_browser_without_a_complaint_and_its_links_work(paid: Paid, browser: Browser) -> None:
    page = browser.new_page()
    seen = browsing.watch(page)

    page.goto(paid.url)

    assert page.get_by_role("heading").inner_text() == "Corner Café"
    assert page.evaluate("getComputedStyle(document.querySelector('.strong td')).fontWeight") == "700"
    assert seen.complaints == []
    assert [each for each in seen.requests if not each.startswith("data:")] == [paid.url]
    page.get_by_text("Text", exact=True).click()
    assert page.url == f"{paid.url}.txt"
    assert "2 × Latte" in page.inner_text("body")
