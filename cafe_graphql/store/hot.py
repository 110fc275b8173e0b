"""Hot statements: written in SQLAlchemy like all others, but compiled once and then run by the driver itself.

SQLAlchemy spends about 40 µs around each statement that it runs; SQLite spends 5 on most of ours. A statement belongs
here when it runs for every order that is placed or every page that is read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import JSON, BindParameter, Connection, Insert, Select, Update
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.types import TypeEngine

Processor = Callable[[Any], Any]


def to_json(value: object) -> str:
    """Write core values as they are: dataclasses as objects, sets in a fixed order."""
    return orjson.dumps(value, default=sorted).decode()


_DIALECT = pysqlite.dialect(json_serializer=to_json, json_deserializer=orjson.loads)


class Hot:
    """One statement, compiled when it is first run. Its parameters are given by name; values go in as they are."""

    def __init__(self, statement: Select[Any] | Insert | Update, inserted: Sequence[str] | None = None) -> None:
        """Take a statement; `inserted` names the columns that an insert gives values for."""
        self._statement = statement
        self._inserted = inserted

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run an insert, and give the number of the row in its table."""
        row: int = self._execute(connection, values).lastrowid
        return row

    def run_each(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run an insert for each of the rows."""
        sql, take = self._compiled
        driver(connection).executemany(sql, map(take, rows))

    def scalar(self, connection: Connection, values: Mapping[str, Any] = {}) -> Any:
        """Give the first column of the first row; None when there is no row."""
        row = self._execute(connection, values).fetchone()
        return None if row is None else row[0]

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Give all rows, as the driver gives them: booleans as numbers, JSON as text."""
        found: list[tuple[Any, ...]] = self._execute(connection, values).fetchall()
        return found

    def mappings(self, connection: Connection, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Give all rows by the names of their columns, each value in its own type."""
        found = [dict(zip(self._names, row, strict=True)) for row in self._execute(connection, values)]
        for name, read in self._readers:
            for row in found:
                row[name] = read(row[name])
        return found

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        sql, take = self._compiled
        return driver(connection).execute(sql, take(values))

    @cached_property
    def _compiled(self) -> tuple[str, Processor]:
        """The SQL, and what takes its parameters from the values, in their order and as the driver wants them."""
        compiled = self._statement.compile(dialect=_DIALECT, column_keys=self._inserted)
        bound = [compiled.binds[name] for name in getattr(compiled, "positiontup", None) or ()]
        return str(compiled), _taker(bound)

    @cached_property
    def _names(self) -> list[str]:
        return [column.key for column in self._columns]

    @cached_property
    def _readers(self) -> list[tuple[str, Processor]]:
        readers = ((column.key, _reader(column.type)) for column in self._columns)
        return [(name, read) for name, read in readers if read is not None]

    @cached_property
    def _columns(self) -> list[Any]:
        assert isinstance(self._statement, Select)
        return list(self._statement.selected_columns)


def _taker(bound: Sequence[BindParameter[Any]]) -> Processor:
    """Give what takes parameters from the values; those that the statement itself has a value for are constant."""
    constants = {parameter.key: parameter.value for parameter in bound if not parameter.required}
    writers = [(place, write) for place, parameter in enumerate(bound) if (write := _writer(parameter))]
    # With a name twice at its end, `itemgetter` gives a tuple even of one.
    names = [parameter.key for parameter in bound]
    pick = itemgetter(*names, names[-1]) if names else lambda _: (None,)

    def take(values: Mapping[str, Any]) -> list[Any]:
        given = [*pick({**constants, **values} if constants else values)]
        given.pop()
        for place, write in writers:
            given[place] = write(given[place])
        return given

    return take


def _writer(parameter: BindParameter[Any]) -> Processor | None:
    if not parameter.required:
        return None
    if isinstance(parameter.type, JSON):  # SQLAlchemy's own does the same, by way of four functions
        return to_json
    return parameter.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)


def _reader(kind: TypeEngine[Any]) -> Processor | None:
    return kind.dialect_impl(_DIALECT).result_processor(_DIALECT, None)


@lru_cache(maxsize=16)
def driver(connection: Connection) -> Any:
    """Give Python's own connection behind SQLAlchemy's, which stays the same for a file."""
    return connection.connection.driver_connection
