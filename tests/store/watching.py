"""Looks over a store's shoulder: which statements its connections run, and settings of the writer's own."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from cafe_graphql.store.database import Database


@contextmanager
def watched(store: Database) -> Iterator[list[str]]:
    """Give the list of statements that the writer runs until the block ends, as SQLite sees them."""
    statements: list[str] = []
    driver = store._writer._driver
    driver.set_trace_callback(statements.append)
    try:
        yield statements
    finally:
        driver.set_trace_callback(None)


@contextmanager
def watched_reads(store: Database) -> Iterator[list[str]]:
    """Give the list of statements that reads on the loop run until the block ends."""
    statements: list[str] = []
    driver: sqlite3.Connection = store._driver
    driver.set_trace_callback(statements.append)
    try:
        yield statements
    finally:
        driver.set_trace_callback(None)


def on_the_writer(store: Database, sql: str) -> Any:
    """Run a statement on the writer's connection, and give its first value."""

    def run(connection: Connection) -> Any:
        found = connection.exec_driver_sql(sql)
        return found.scalar() if found.returns_rows else None

    return asyncio.run(store.write(run))
