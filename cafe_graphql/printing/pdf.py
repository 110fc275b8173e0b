"""A receipt as a PDF, as wide as a till's paper and as long as it needs to be, with its fonts inside."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cafe_graphql.printing import lettering
from cafe_graphql.printing.paper import Face, Paper
from cafe_graphql.printing.slips import Row, Slip, Weight

MARGIN = 5.0  # millimetres, as all below
INDENT = 4.0
HANGING = 2.0
GAP = 3.0
LONGEST_PAGE = 1_000.0
POINT = 25.4 / 72

FACES = {Weight.DETAIL: Face(8.0), Weight.PLAIN: Face(9.0), Weight.STRONG: Face(11.0, is_bold=True)}
TITLE = Face(13.0, is_bold=True)
LEADING = 1.4

BOX = "□"

_log = logging.getLogger("cafe_graphql")


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of print: `text` where reading begins or in the middle, and `amount` where it ends."""

    text: str = ""
    amount: str = ""
    face: Face = FACES[Weight.PLAIN]
    indent: float = 0.0
    is_centred: bool = False
    is_rule: bool = False

    @property
    def height(self) -> float:
        return GAP if self.is_rule else self.face.size * LEADING * POINT


def pdf(slip: Slip, font: Path | None = None) -> bytes:
    """Print a slip; `font` is a file with the letters that ours lack. It takes a tenth of a second.

    Meant for a thread, as it keeps nothing between two calls.
    """
    paper = Paper(f"{slip.headings[0]} · {slip.issuer}", slip.language, slip.from_the_right, MARGIN, font)
    for sheet in _sheets(_lines(paper, _legible(paper, slip))):
        paper.feed(sum(line.height for line in sheet))
        for line in sheet:
            _print(paper, line)
    return paper.bytes()


def _legible(paper: Paper, slip: Slip) -> Slip:
    """Put a box for each letter that no font has, for it would vanish, and tell the log what is missing."""
    missing = {ord(letter) for text in slip.texts() for letter in text} - paper.letters
    if not missing:
        return slip
    put = {code: BOX if lettering.is_drawn(chr(code)) else "" for code in missing}
    if boxes := "".join(chr(code) for code in sorted(put) if put[code]):
        _log.warning("No font for receipts in PDF has “%s”: name a file that has, as CAFE_RECEIPT_FONT", boxes[:20])
    return slip.each(lambda text: text.translate(put))


def _lines(paper: Paper, slip: Slip) -> Iterator[_Line]:
    yield from _centred(paper, slip.issuer, TITLE)
    for heading in slip.headings:
        yield from _centred(paper, heading)
    for block in slip.blocks:
        yield _Line(is_rule=True)
        for row in block:
            yield from _of_row(paper, row)
    yield _Line(is_rule=True)
    yield from _centred(paper, slip.farewell)


def _centred(paper: Paper, text: str, face: Face = FACES[Weight.PLAIN]) -> Iterator[_Line]:
    for part in paper.wrapped(text, face, paper.width):
        yield _Line(part, face=face, is_centred=True)


def _of_row(paper: Paper, row: Row) -> Iterator[_Line]:
    face, indent = FACES[row.weight], INDENT if row.weight is Weight.DETAIL else 0.0
    beside = paper.measured(row.amount, face) + GAP if row.amount else 0.0
    first, *rest = paper.wrapped(row.text, face, paper.width - (indent or HANGING) - beside)
    yield _Line(first, row.amount, face, indent)
    for part in rest:
        yield _Line(part, face=face, indent=indent or HANGING)


def _sheets(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Cut what is longer than any page may be."""
    sheet: list[_Line] = []
    length = 0.0
    for line in lines:
        if length + line.height > LONGEST_PAGE:
            yield sheet
            sheet, length = [], 0.0
        sheet.append(line)
        length += line.height
    yield sheet


def _print(paper: Paper, line: _Line) -> None:
    if line.is_rule:
        paper.rule(line.height)
    else:
        paper.line(line.text, line.amount, line.face, line.height, line.indent, is_centred=line.is_centred)
