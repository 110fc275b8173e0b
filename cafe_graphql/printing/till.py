"""A receipt as text, for a printer at the till: every character measured by the cells that it takes there."""

from collections.abc import Iterator

from wcwidth import ljust, rjust, width, wrap

from cafe_graphql.core.errors import Unanswerable
from cafe_graphql.printing.slips import Row, Slip, Weight

USUAL_WIDTH = 42
MIN_WIDTH = 16
MAX_WIDTH = 200

INDENT = 2
ROOM_FOR_A_WORD = 8
"""With less beside an amount, a text has its lines to itself, and the amount the one below."""

_PLAIN_SPACES = str.maketrans("\xa0\u202f", "  ")  # once lines are broken, all spaces are; few printers know others


def text(slip: Slip, columns: int = USUAL_WIDTH) -> str:
    """Print a slip on paper of so many columns, no line longer; `Unanswerable` when there is no such paper.

    A CJK character takes two columns, a combining mark none.
    """
    if not MIN_WIDTH <= columns <= MAX_WIDTH:
        raise Unanswerable(
            f"A receipt is from {MIN_WIDTH} to {MAX_WIDTH} columns wide, not {columns}; most paper has 42."
        )
    return "".join(f"{line.rstrip()}\n" for line in _lines(slip, columns)).translate(_PLAIN_SPACES)


def _lines(slip: Slip, columns: int) -> Iterator[str]:
    for heading in (slip.issuer, *slip.headings):
        yield from _centred(heading, columns)
    for block in slip.blocks:
        yield "-" * columns
        for row in block:
            yield from _row(row, columns)
    yield "-" * columns
    yield from _centred(slip.farewell, columns)


def _row(row: Row, columns: int) -> Iterator[str]:
    indent = " " * INDENT if row.weight is Weight.DETAIL else ""
    beside = columns - width(row.amount) - 1 if row.amount else columns
    if beside - len(indent) < ROOM_FOR_A_WORD:
        yield from _wrapped(row.text, columns, indent)
        yield from (rjust(part, columns) for part in wrap(row.amount, columns))
        return
    first, *rest = _wrapped(row.text, beside, indent)
    yield ljust(first, columns - width(row.amount)) + row.amount
    yield from rest


def _wrapped(text: str, columns: int, indent: str) -> list[str]:
    return wrap(text, columns, initial_indent=indent, subsequent_indent=indent or "  ") or [""]


def _centred(text: str, columns: int) -> Iterator[str]:
    for line in wrap(text, columns):
        yield " " * ((columns - width(line)) // 2) + line
