"""The menu file: the TOML in which a café writes its menu, checked whole, and written back from a `Sheet`."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from cafe_graphql.core.menu import Sheet
from cafe_graphql.core.menu_file.currencies import exchanged
from cafe_graphql.core.menu_file.document import cafe_table, document, item_table
from cafe_graphql.core.menu_file.fields import Field, MenuFileError, Mistake
from cafe_graphql.core.menu_file.ingredients import recounted
from cafe_graphql.core.menu_file.tables import read_sheet

__all__ = [
    "MAX_CHARACTERS",
    "MenuFileError",
    "Mistake",
    "builtin",
    "cafe_table",
    "check",
    "document",
    "exchanged",
    "item_table",
    "read",
    "recounted",
]

MAX_CHARACTERS = 4_000_000

_PLACE_IN_TOML = re.compile(r"(.*) \(at (line (\d+), column \d+|end of document)\)", re.DOTALL)
_LISTS = "ingredients|option_groups|categories|items|promo_codes"
_ENTRY = re.compile(rf"(?:{_LISTS})\[\d+\]")
_HEADER = re.compile(rf"[ \t]*\[\[[ \t]*({_LISTS})[ \t]*\]\]")


def builtin() -> str:
    """Give the text of the menu file that serves a café's first run."""
    return Path(__file__).with_name("builtin.toml").read_text("utf-8")


def read(text: str) -> Sheet:
    """Read a menu file; MenuFileError names every mistake, with its place and line if it can."""
    if len(text) > MAX_CHARACTERS:
        raise MenuFileError([Mistake("", f"has over {MAX_CHARACTERS} characters: that is no menu")])
    # Windows' editors put a byte order mark in front.
    text = text.removeprefix("\ufeff")
    parsed = _parse(text)
    try:
        return check(parsed)
    except MenuFileError as error:
        raise MenuFileError(_with_lines(error.mistakes, parsed, text)) from None


def check(document: Mapping[str, object]) -> Sheet:
    """Read an already parsed menu file; MenuFileError names every mistake with its place."""
    mistakes: list[Mistake] = []
    sheet = Field(document, "", mistakes).take(read_sheet, None)
    if sheet is None or mistakes:
        raise MenuFileError(mistakes)
    return sheet


def _parse(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise MenuFileError([Mistake("", "has lists or tables too deep inside each other")]) from None
    except ValueError as error:
        raise MenuFileError([_not_toml(str(error), text)]) from None


def _not_toml(message: str, text: str) -> Mistake:
    found = _PLACE_IN_TOML.fullmatch(message)
    if found is None:
        return Mistake("", f"is not TOML: {message}")
    line = text.split("\n")[int(found[3]) - 1].strip() if found[3] else ""
    shown = f", in: {line[:100]}" if line.isprintable() and line else ""
    return Mistake(found[2], f"is not TOML: {found[1]}{shown}")


def _with_lines(mistakes: Iterable[Mistake], parsed: Mapping[str, object], text: str) -> Iterator[Mistake]:
    lines = _lines_of_entries(parsed, text)
    for mistake in mistakes:
        entry = _ENTRY.match(mistake.place)
        yield replace(mistake, line=lines.get(entry[0])) if entry else mistake


def _lines_of_entries(parsed: Mapping[str, object], text: str) -> dict[str, int]:
    """Give the line of each `[[…]]` header by the place of its entry; tomllib keeps none."""
    found: dict[str, list[int]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            found.setdefault(header[1], []).append(number)
    # When the counts differ, a header stands inside some text, or a list is written otherwise: no line then.
    sure = {key: lines for key, lines in found.items() if len(lines) == _length(parsed.get(key))}
    return {f"{key}[{index}]": line for key, lines in sure.items() for index, line in enumerate(lines)}


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 0
