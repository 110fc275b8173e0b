"""Paper of a till's width that a PDF library prints on: measures texts, breaks them into lines, and puts them down."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from wcwidth import iter_graphemes

FONTS = Path(__file__).parent / "fonts"
"""DejaVu Sans: Latin, Greek, Cyrillic, Armenian, Georgian, Arabic and Hebrew letters, and no Chinese, Japanese, Korean,
Thai or Indian ones: those take a font of the café's own."""

WIDTH = 80.0  # millimetres, as all below
DASH = 0.8
THIN = 0.15


@dataclass(frozen=True, slots=True)
class Face:
    """How letters look; `size` in points."""

    size: float
    is_bold: bool = False


class Paper:
    """Printed from the top on; `from_the_right`: its lines begin there."""

    def __init__(self, title: str, language: str, from_the_right: bool, margin: float, font: Path | None) -> None:
        from fpdf import FPDF  # takes half a second, and few ask for a PDF

        self.width = WIDTH - 2 * margin
        self._margin = margin
        self._from_the_right = from_the_right
        self._measured: dict[tuple[str, Face], float] = {}
        self._pdf = FPDF(unit="mm")
        self._pdf.set_margin(margin)
        self._pdf.set_auto_page_break(False)
        self._pdf.c_margin = 0
        self._pdf.set_title(title)
        self._pdf.set_lang(language)
        self._pdf.set_text_shaping(True, direction="rtl" if from_the_right else "ltr")
        self._load(font)

    def _load(self, font: Path | None) -> None:
        self._pdf.add_font("ours", "", FONTS / "DejaVuSans.ttf")
        self._pdf.add_font("ours", "B", FONTS / "DejaVuSans-Bold.ttf")
        if font is not None:
            self._pdf.add_font("theirs", "", font)
            self._pdf.set_fallback_fonts(["theirs"], exact_match=False)

    @cached_property
    def letters(self) -> frozenset[int]:
        """The code points that can be printed."""
        from fpdf.fonts import TTFFont

        fonts = (font for font in self._pdf.fonts.values() if isinstance(font, TTFFont))
        return frozenset(letter for font in fonts for letter in font.cmap)

    def measured(self, text: str, face: Face) -> float:
        """Tell how wide a text is."""
        if (text, face) not in self._measured:
            self._take(face)
            self._measured[text, face] = self._pdf.get_string_width(text)
        return self._measured[text, face]

    def wrapped(self, text: str, face: Face, width: float) -> list[str]:
        """Break a text between words, and within a word that no line can hold, as Japanese sentences are."""
        lines, room, space = [""], width, self.measured(" ", face)
        for word in text.split(" "):
            if lines[-1]:
                lines[-1], room = f"{lines[-1]} ", room - space
            taken = self.measured(word, face)
            if taken > width:
                lines[-1:], room = self._broken(lines[-1], word, face, room, width)
            elif taken > room:
                lines.append(word)
                room = width - taken
            else:
                lines[-1], room = lines[-1] + word, room - taken
        return [line.rstrip(" ") for line in lines]

    def _broken(self, begun: str, word: str, face: Face, room: float, width: float) -> tuple[list[str], float]:
        """Go on with a line that has some room left, and with others; give them, and the room that the last one has."""
        lines = [begun]
        for letter in iter_graphemes(word):
            taken = self.measured(letter, face)
            if taken > room:
                lines.append("")
                room = width
            lines[-1], room = lines[-1] + letter, room - taken
        return lines, room

    def feed(self, length: float) -> None:
        """Begin a page that so much can be printed on."""
        self._pdf.add_page(format=(WIDTH, length + 2 * self._margin))

    def line(
        self, text: str, amount: str, face: Face, height: float, indent: float = 0.0, *, is_centred: bool = False
    ) -> None:
        """Print a text where lines begin, or in the middle, and an amount where they end."""
        self._take(face)
        start, end = ("R", "L") if self._from_the_right else ("L", "R")
        top = self._pdf.get_y()
        self._pdf.set_x(self._margin + (0.0 if self._from_the_right else indent))
        self._pdf.cell(self.width - indent, height, text, align="C" if is_centred else start)
        if amount:
            self._pdf.set_xy(self._margin, top)
            self._pdf.cell(self.width, height, amount, align=end)
        self._pdf.set_xy(self._margin, top + height)

    def rule(self, height: float) -> None:
        """Print a dashed line."""
        middle = self._pdf.get_y() + height / 2
        self._pdf.set_dash_pattern(dash=DASH, gap=DASH)
        self._pdf.set_line_width(THIN)
        self._pdf.line(self._margin, middle, WIDTH - self._margin, middle)
        self._pdf.set_y(middle + height / 2)

    def bytes(self) -> bytes:
        """Give the PDF."""
        return bytes(self._pdf.output())

    def _take(self, face: Face) -> None:
        self._pdf.set_font("ours", "B" if face.is_bold else "", face.size)
