"""A price list in CSV, a row per item and size, as a menu file: its sizes become one shared option group."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from cafe_graphql.core.menu import CafeInfo
from cafe_graphql.core.menu_file.document import cafe_table, written
from cafe_graphql.core.menu_file.fields import Field, MenuFileError, Mistake, shown
from cafe_graphql.core.menu_file.price_list_rows import Columns, Row, read
from cafe_graphql.core.menu_file.tables import MAX_ITEMS, MAX_OPTIONS, read_cafe
from cafe_graphql.core.menu_file.values import MAX_SLUG

__all__ = ["STANDARD", "Columns", "document"]

STANDARD = "Standard"
"""What the size without a name is called on an item that has others too; a size so named is that one."""


@dataclass(frozen=True, slots=True)
class _Priced:
    """An item and its rows by size: "" for the size without a name, else the name in small letters."""

    name: str
    category: str
    rows: dict[str, Row] = field(default_factory=dict)

    @property
    def sizes(self) -> list[str]:
        """The sizes to choose from, in the file's order; none when the only one has no name."""
        return [] if list(self.rows) == [""] else list(self.rows)

    @property
    def default(self) -> Row:
        return self.rows.get("") or next(iter(self.rows.values()))


def document(text: str, columns: Columns, cafe: CafeInfo | Mapping[str, object]) -> dict[str, object]:
    """Give the menu-file document of a price list; MenuFileError names every mistake with row and column.

    An item's price is that of its default size: the one without a name, or else its first in the file.
    """
    table = cafe_table(cafe) if isinstance(cafe, CafeInfo) else dict(cafe)
    currency = _currency(table)
    items = _items(read(text, columns, currency))
    categories = _named(item.category for item in items)
    sizes = _sizes(items)
    item_slugs = _slugs([item.name for item in items], "item")
    category_slugs = dict(zip(categories, _slugs(categories.values(), "category"), strict=True))
    size_slugs = dict(zip(sizes, _slugs(sizes.values(), "size"), strict=True))
    return {
        "cafe": table,
        **({"option_groups": [_size_group(sizes, size_slugs)]} if sizes else {}),
        "categories": [{"slug": category_slugs[key], "name": name} for key, name in categories.items()],
        "items": [
            {"slug": slug, "name": item.name, "category": category_slugs[item.category.casefold()]}
            | _priced(item, size_slugs, currency)
            for slug, item in zip(item_slugs, items, strict=True)
        ],
    }


def _currency(cafe: Mapping[str, object]) -> str:
    mistakes: list[Mistake] = []
    currency = Field(cafe, "cafe", mistakes).take(lambda table: read_cafe(table).currency, "")
    if mistakes:
        raise MenuFileError(mistakes)
    return currency


def _items(rows: Iterable[Row]) -> list[_Priced]:
    """Gather the rows of each item; the same name under two categories is two items."""
    items: dict[tuple[str, str], _Priced] = {}
    mistakes = []
    for row in rows:
        key = (row.category.casefold(), row.item.casefold())
        item = items.setdefault(key, _Priced(row.item, row.category))
        size = "" if row.size.casefold() == STANDARD.casefold() else row.size.casefold()
        first = item.rows.setdefault(size, row)
        if first.price != row.price:
            what = f"{shown(row.item)}{f' in size {shown(row.size)}' if row.size else ''}"
            mistakes.append(Mistake(f"row {row.number}", f"{what} has another price in row {first.number}"))
    if len(items) > MAX_ITEMS:
        mistakes.append(Mistake("", f"has {len(items)} items; at most {MAX_ITEMS} are allowed"))
    if mistakes:
        raise MenuFileError(mistakes)
    return list(items.values())


def _named(names: Iterable[str]) -> dict[str, str]:
    """Give each name once, as first written, by its small letters."""
    named: dict[str, str] = {}
    for name in names:
        named.setdefault(name.casefold(), name)
    return named


def _sizes(items: Iterable[_Priced]) -> dict[str, str]:
    """Give the name of every size, in an order that every item's own order agrees with, if there is one."""
    names: dict[str, str] = {}
    smaller: dict[str, set[str]] = {}
    for item in items:
        for size in item.sizes:
            names.setdefault(size, item.rows[size].size if size else STANDARD)
            smaller.setdefault(size, set())
        for before, after in pairwise(item.sizes):
            smaller[after].add(before)
    if len(names) > MAX_OPTIONS:
        raise MenuFileError([Mistake("", f"has {len(names)} sizes; at most {MAX_OPTIONS} are allowed")])
    ordered: dict[str, str] = {}
    while left := [size for size in names if size not in ordered]:
        # Where items disagree none is free to come next: then the one that the file has first.
        following = next((size for size in left if smaller[size] <= ordered.keys()), left[0])
        ordered[following] = names[following]
    return ordered


def _slugs(names: Iterable[str], otherwise: str) -> list[str]:
    """Give each name a slug of its own; `otherwise` for a name without a Latin letter or digit."""
    taken: dict[str, None] = {}
    for name in names:
        slug = stem = _slug(name) or otherwise
        number = 1
        while slug in taken:
            number += 1
            slug = f"{stem[: MAX_SLUG - len(str(number)) - 1].rstrip('-')}-{number}"
        taken[slug] = None
    return list(taken)


def _slug(name: str) -> str:
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    words = re.sub(r"['\u2019]", "", bare.lower())
    return re.sub(r"[^a-z0-9]+", "-", words)[:MAX_SLUG].strip("-")


def _size_group(sizes: Mapping[str, str], slugs: Mapping[str, str]) -> dict[str, object]:
    options = [{"slug": slugs[size], "name": name} for size, name in sizes.items()]
    return {"slug": "size", "name": "Size", "min": 1, "max": 1, "options": options}


def _priced(item: _Priced, slugs: Mapping[str, str], currency: str) -> dict[str, object]:
    """The item's price and, when it has sizes to choose from, its own of the size group."""
    price = item.default.price
    if not item.sizes:
        return {"price": written(price, currency)}
    steps = {slugs[size]: row.price - price for size, row in item.rows.items()}
    priced = {slug: written(step, currency) for slug, step in steps.items() if step}
    default = next(slugs[size] for size, row in item.rows.items() if row is item.default)
    return {
        "price": written(price, currency),
        "option_groups": ["size"],
        "option_choices": {"size": list(steps)},
        "option_defaults": {"size": [default]},
        **({"option_prices": {"size": priced}} if priced else {}),
    }
