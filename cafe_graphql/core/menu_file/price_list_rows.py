"""The rows of a price list in CSV: which column says what, and each row's item, size and price, checked."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from io import StringIO

from cafe_graphql.core import money
from cafe_graphql.core.menu_file.fields import Field, MenuFileError, Mistake, shown
from cafe_graphql.core.menu_file.values import MAX_NAME, price, text

MAX_CHARACTERS = 4_000_000


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of the file says what; an empty `size` means that the items come in one size."""

    item: str = "name"
    size: str = "size"
    price: str = "unit_price"
    category: str = "category"


@dataclass(frozen=True, slots=True)
class Row:
    """One item in one size, an empty one where the file has none; `price` in minor units, `number` from 1."""

    number: int
    item: str
    size: str
    price: int
    category: str


def read(content: str, columns: Columns, currency: str) -> list[Row]:
    """Read every row that is not blank; MenuFileError names every mistake with its row and column."""
    mistakes: list[Mistake] = []
    numbered = [(number, cells) for number, cells in enumerate(_cells(content), 1) if any(cells)]
    if len(numbered) < 2:
        raise MenuFileError([Mistake("", "has no rows below its header")])
    (_, header), *rows = numbered
    places = _places(header, columns)
    read_rows = [_row(number, cells, header, places, currency, mistakes) for number, cells in rows]
    if mistakes:
        raise MenuFileError(mistakes)
    return read_rows


def _cells(content: str) -> list[list[str]]:
    if len(content) > MAX_CHARACTERS:
        raise MenuFileError([Mistake("", f"has over {MAX_CHARACTERS} characters: that is no menu")])
    # Spreadsheets put a byte order mark in front; and they part by ";" where a comma is the decimal sign.
    lines = list(StringIO(content.removeprefix("\ufeff"), newline=""))
    header = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        return [[cell.strip() for cell in cells] for cells in reader]
    except csv.Error as error:
        raise MenuFileError([Mistake(f"line {reader.line_num}", f"is not CSV: {error}")]) from None


def _places(header: list[str], columns: Columns) -> Mapping[str, int]:
    """Give the index of each wanted column, by what it says."""
    known = {name.lower(): index for index, name in reversed(list(enumerate(header)))}
    wanted = {what: name for what, name in asdict(columns).items() if name or what != "size"}
    missing = [(what, name) for what, name in wanted.items() if name.lower() not in known]
    if missing:
        raise MenuFileError(_no_column(what, name, header) for what, name in missing)
    return {what: known[name.lower()] for what, name in wanted.items()}


def _no_column(what: str, name: str, header: Iterable[str]) -> Mistake:
    found = ", ".join(shown(column) for column in list(header)[:50])
    none = '; with --size-column "" every item comes in one size' if what == "size" else ""
    fix = f"say which one it is with --{what}-column{none}"
    return Mistake("row 1", f"there is no column {shown(name)} for the {what}; there is {found}: {fix}")


def _row(
    number: int,
    cells: list[str],
    header: list[str],
    places: Mapping[str, int],
    currency: str,
    mistakes: list[Mistake],
) -> Row:
    row = Field(cells, f"row {number}", mistakes)
    if any(cells[len(header) :]):
        fix = "text with a comma in it must stand in quotes"
        row.wrong(f"has {len(cells)} cells, but the header {len(header)}; {fix}")
    fields = {
        what: Field(cells[index] if index < len(cells) else "", f"{row.place} › {header[index]}", mistakes)
        for what, index in places.items()
    }
    size = fields.get("size")
    return Row(
        number=number,
        item=fields["item"].take(text(MAX_NAME), ""),
        size=size.take(text(MAX_NAME), "") if size and size.value else "",
        price=fields["price"].take(lambda field: _price(field, currency), 0),
        category=fields["category"].take(text(MAX_NAME), ""),
    )


def _bare(amount: str) -> str:
    """Leave out the currency signs and spaces around an amount, not those within: "3 50" is no 350."""
    around = "".join(letter for letter in set(amount) if unicodedata.category(letter) in ("Sc", "Zs"))
    return amount.strip(around)


def _price(field: Field, currency: str) -> int:
    """Read a price as spreadsheets write it: "$3.50", "3,50 EUR"."""
    given = str(field.value)
    amount = _bare(_bare(given).removeprefix(currency).removesuffix(currency))
    digits = money.EXPONENTS[currency]
    # A comma before as many digits as a cent has can be nothing else; before three it may part the thousands.
    if digits in (1, 2) and re.fullmatch(rf"[0-9]+,[0-9]{{{digits}}}", amount):
        amount = amount.replace(",", ".")
    if "," in amount:
        raise ValueError(f"{shown(given)} has a comma that can be read in two ways; write it with a point")
    return price(currency, lowest=0)(Field(amount, field.place, []))
