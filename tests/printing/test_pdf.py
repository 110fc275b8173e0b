"""Receipts as PDF: what their readers find in them, on paper of the right size, whatever letters a café writes in."""

import io
import logging
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pypdf import PageObject, PdfReader

from cafe_graphql.core.receipts import Receipt, Sale
from cafe_graphql.printing import pdf, slips
from tests.printing import shelf


def pages(receipt: Receipt, font: Path | None = None) -> list[PageObject]:
    return list(PdfReader(io.BytesIO(pdf.pdf(slips.of(receipt), font))).pages)


def read(receipt: Receipt, font: Path | None = None) -> list[str]:
    return [line for page in pages(receipt, font) for line in page.extract_text().splitlines()]


def millimetres(page: PageObject) -> tuple[int, int]:
    return round(page.mediabox.width / 72 * 25.4), round(page.mediabox.height / 72 * 25.4)


def test_a_lunch_with_everything_on_it() -> None:
    assert read(shelf.LUNCH) == [
        "Corner Café",
        "Receipt R-000042",
        "Order A-017",
        "May 1, 2026, 12:00\u202fPM",
        "2 × Latte $11.20",
        "2 × $5.60",
        "Oat milk",
        "Medium (+$0.50)",
        "2 × Extra shot (+$1.60)",
        "1 × Almond croissant, baked this $4.20",
        "morning by Wendela",
        "Subtotal $15.40",
        "Happy hour -$3.08",
        "Points redeemed -$1.00",
        "Sales tax 8.875% on $11.32 $1.00",
        "Tip $1.54",
        "Total $13.86",
        "Cash $5.00",
        "Card Visa ····4242 $8.86",
        "Thank you!",
    ]


def test_it_is_as_wide_as_a_till_s_paper_and_as_long_as_it_needs_to_be() -> None:
    [lunch], [refund] = pages(shelf.LUNCH), pages(shelf.COLD_LATTE)

    assert (millimetres(lunch), millimetres(refund)) == ((80, 112), (80, 78))


def test_it_says_what_it_is_and_in_which_language() -> None:
    reader = PdfReader(io.BytesIO(pdf.pdf(slips.of(shelf.VIENNESE))))

    assert reader.metadata is not None
    assert reader.metadata.title == "Beleg R-000007 · Kaffeehaus zur großen Freundlichkeit am Donaukanal"
    assert str(reader.root_object["/Lang"]) == "de-AT"


def test_all_letters_of_latin_greek_cyrillic_hebrew_and_arabic_menus_are_in_our_fonts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    names = ("Crème brûlée", "Ψωμί", "Борщ", "עוגה", "قهوة عربية", "Łazanki", "Phở", "½ l Bier — 3 €")
    lines = tuple(replace(shelf.CROISSANT, name=name) for name in names)

    text = read(with_lines(shelf.LUNCH, lines))

    assert not any(pdf.BOX in line for line in text)
    assert caplog.records == []


def test_letters_that_no_font_has_are_boxes_and_the_log_says_what_to_do(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "cafe_graphql"):
        text = read(with_lines(shelf.LUNCH, (replace(shelf.CROISSANT, name="Matcha 抹茶 ☕\u0e31"),)))

    assert "1 × Matcha □□ ☕ $4.20" in text
    assert [record.message for record in caplog.records if record.name == "cafe_graphql"] == [
        "No font for receipts in PDF has “抹茶”: name a file that has, as CAFE_RECEIPT_FONT"
    ]


def test_a_font_of_the_café_s_own_has_them(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    font = font_with(tmp_path / "tea.ttf", "抹茶")

    text = read(with_lines(shelf.LUNCH, (replace(shelf.CROISSANT, name="Matcha 抹茶"),)), font)

    assert "1 × Matcha 抹茶 $4.20" in text
    assert [record for record in caplog.records if record.name == "cafe_graphql"] == []


def test_a_party_s_receipt_goes_on_on_another_page() -> None:
    names = [f"Cake number {number}" for number in range(300)]
    lines = tuple(replace(shelf.CROISSANT, name=name) for name in names)

    sheets = pages(with_lines(shelf.LUNCH, lines))

    assert len(sheets) == 2
    assert all(height <= 1010 for _, height in map(millimetres, sheets))
    text = "\n".join(sheet.extract_text() for sheet in sheets)
    assert all(f"1 × {name} $4.20" in text for name in names)


def test_any_name_at_all_can_be_printed() -> None:
    dice = Random(7)
    names = ["".join(chr(dice.randrange(0x20, 0xD7FF)) for _ in range(40)) for _ in range(20)]

    printed = pages(with_lines(shelf.EGYPTIAN, tuple(replace(shelf.CROISSANT, name=name) for name in names)))

    assert len(printed) == 1


def with_lines(receipt: Receipt, lines: tuple[object, ...]) -> Receipt:
    assert isinstance(receipt.contents, Sale)
    return replace(receipt, contents=replace(receipt.contents, lines=lines))  # type: ignore[arg-type]


def font_with(file: Path, letters: str) -> Path:
    """Make a font in which each of these letters is a square."""
    pen = TTGlyphPen(None)
    for move, *points in (("moveTo", (0, 0)), ("lineTo", (0, 700)), ("lineTo", (700, 700)), ("lineTo", (700, 0))):
        getattr(pen, move)(*points)
    pen.closePath()
    square = pen.glyph()
    names = [".notdef", *(f"uni{ord(letter):04X}" for letter in letters)]
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(letter): f"uni{ord(letter):04X}" for letter in letters})
    font.setupGlyf(dict.fromkeys(names, square))
    font.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Tea", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(file)
    return file
