"""Receipts as pages: in the café's language, from whichever side it is read, and with nobody else's code in them."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from cafe_graphql.core.receipts import Receipt, Sale
from cafe_graphql.printing import page, slips
from tests.printing import shelf


class Reader(HTMLParser):
    """Reads a page: which elements it has, and what its table rows say."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.rows: list[list[str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1] and data.strip():
            self.rows[-1][-1] += data


def shown(receipt: Receipt) -> str:
    return page.html(slips.of(receipt))


def test_a_refund_is_a_page_with_its_rows() -> None:
    html = shown(shelf.COLD_LATTE)

    assert html.startswith('<!doctype html>\n<html lang="en-US" dir="ltr">\n<meta charset="utf-8">\n')
    assert "<title>Refund R-000043 · Corner Café</title>" in html
    assert re.findall(r"<h1>(.+?)</h1>", html) == ["Corner Café"]
    assert Reader(html.partition("<footer>")[0]).rows == [
        ["Given back", "$5.60"],
        ["Includes Sales tax 8.875% on $4.57", "$0.40"],
        ["Card Visa ····4242", "$5.60"],
        ["Reason: The second latte was cold, and nobody had noticed in time"],
    ]


@pytest.mark.parametrize(
    ("receipt", "root"),
    [(shelf.EGYPTIAN, '<html lang="ar-EG" dir="rtl">'), (shelf.JAPANESE, '<html lang="ja-JP" dir="ltr">')],
    ids=["ar", "ja"],
)
def test_a_page_is_read_from_where_its_language_is(receipt: Receipt, root: str) -> None:
    assert root in shown(receipt)


def test_names_are_shown_and_never_run() -> None:
    nasty = '<script>alert("1")</script><img src=x onerror=alert(1)>&amp;'
    assert isinstance(shelf.LUNCH.contents, Sale)
    lines = (replace(shelf.CROISSANT, name=nasty, choices=(shelf.option(nasty, 5), shelf.option(nasty))),)
    contents = replace(shelf.LUNCH.contents, lines=lines)
    html = shown(replace(shelf.LUNCH, issuer=replace(shelf.CORNER, name=nasty), order=nasty, contents=contents))

    read = Reader(html)

    assert not {"script", "img"} & set(read.elements)
    assert read.rows[0] == [f"1 × {nasty}", "$4.20"]


def test_the_only_style_is_the_one_that_the_policy_names() -> None:
    [style] = re.findall(r"<style>(.+?)</style>", shown(shelf.LUNCH), re.DOTALL)

    assert "sha256-" + b64encode(sha256(style.encode()).digest()).decode() == page.STYLE_HASH
    assert "style=" not in shown(shelf.LUNCH) and "url(" not in style
