"""Writing a menu out as the file that a café would write by hand: short things on one line, an option a line."""

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.items import AoT, Array, InlineTable, Table

from cafe_graphql.core import menu_file
from cafe_graphql.core.menu import Sheet


def text(sheet: Sheet) -> str:
    """Give the text of a menu file that reads back as the same sheet."""
    file = tomlkit.document()
    for name, content in menu_file.document(sheet).items():
        file[name] = _table(content) if isinstance(content, Mapping) else _tables(content)
    return tomlkit.dumps(file)


def _tables(rows: Any) -> AoT:
    tables = tomlkit.aot()
    for row in rows:
        tables.append(_table(row))
    return tables


def _table(row: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for key, value in row.items():
        table[key] = _value(value)
    return table


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _inline(value)
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return _lines(value)
    return value


def _inline(row: Mapping[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    for key, value in row.items():
        table[key] = _value(value)
    return table


def _lines(rows: list[Any]) -> Array:
    array = tomlkit.array().multiline(True)
    for row in rows:
        array.append(_inline(row))
    return array
