"""What the tables have in common."""

from typing import Any

from sqlalchemy import JSON, Column, Table
from sqlmodel import Field, SQLModel


def table(row: type[SQLModel]) -> Table:
    """Give the SQLAlchemy table behind a row type, for Core statements."""
    its_table: Table = row.__table__  # type: ignore[attr-defined]
    return its_table


def json_column(default: str | None = None) -> Any:
    """Make a column of JSON; `default` is what rows have that were there before it."""
    return Field(sa_column=Column(JSON, nullable=False, server_default=default))


def none_yet() -> Any:
    """Make a column of a number that was 0 for all rows that were there before it."""
    return Field(sa_column_kwargs={"server_default": "0"})
