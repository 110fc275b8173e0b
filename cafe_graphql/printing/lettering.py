"""Lettering: which letters of a menu the fonts of receipts in PDF lack, to be told before anybody prints one."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from cafe_graphql.core.menu import Sheet
from cafe_graphql.printing import locales, words
from cafe_graphql.printing.paper import FONTS

SURE = 0x250
"""All letters below are in our font, so that for most menus no font has to be read."""

UNDRAWN = ("Cf", "Mn", "Me")
"""Joiners, variants and accents: nobody misses what he would not see."""


def missing(sheet: Sheet, font: Path | None = None) -> str:
    """Give the letters, each once, that receipts of this menu want and no font has; `font` is a file beside ours.

    Where any may be, it takes half a second.
    """
    wanted = {letter for text in _texts(sheet) for letter in text if ord(letter) >= SURE}
    if not wanted:
        return ""
    files = (FONTS / "DejaVuSans.ttf", *([font] if font else []))
    letters = frozenset().union(*map(_letters, files))
    return "".join(sorted(each for each in wanted if ord(each) not in letters and is_drawn(each)))


def is_drawn(letter: str) -> bool:
    """Tell whether a letter is to be seen by itself."""
    return unicodedata.category(letter) not in UNDRAWN


def _letters(font: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # comes with fpdf2, and takes as long

    with TTFont(font, fontNumber=0, lazy=True) as opened:
        return frozenset(opened.getBestCmap())


def _texts(sheet: Sheet) -> Iterator[str]:
    of = words.of(locales.locale(sheet.cafe.locale).language)
    yield from (of.sale, of.total, of.thanks, sheet.cafe.name)
    yield from (item.name for item in sheet.items)
