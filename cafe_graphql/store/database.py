"""The database file: opened, read on snapshots that never wait, and written by its one writer."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar, cast

import orjson
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError

from cafe_graphql.core.errors import Unusable
from cafe_graphql.store.writer import File, Job, Writer, driver

__all__ = ["Connection", "Database"]

P = ParamSpec("P")
T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long an act waits for another process that is writing."""

_log = logging.getLogger("cafe_graphql")


class Database:
    """One SQLite file in WAL mode with `synchronous=FULL`: what is answered is on disk.

    Store functions take a connection first and return core values. `read` runs one where it is called (it must touch
    a bounded number of rows), `read_long` on a thread, `write` in the writer's next transaction.
    """

    def __init__(self, url: str) -> None:
        self.engine = create_engine(
            url,
            connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},
            json_serializer=_to_json,
            json_deserializer=orjson.loads,
            hide_parameters=True,  # an accident is logged with its statement, and not with secrets
        )
        event.listen(self.engine, "connect", _set_up)
        event.listen(self.engine, "begin", _begin)
        try:
            self._reader, writes = self.engine.connect(), self.engine.connect()
        except DBAPIError as error:
            raise Unusable(f"The database {url} cannot be opened: {error.orig}.") from error
        self._driver = driver(self._reader)
        self.on_commit: Callable[[], None] = lambda: None
        """Called on the event loop after acts of this process were committed."""
        self._writer = Writer(writes.execution_options(cafe_writes=True), File(writes))

    def data_version(self) -> int:
        """A number that changes whenever another connection, in this or another process, has committed."""
        version: int = self._driver.execute("PRAGMA data_version").fetchone()[0]
        return version

    def read_now(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a quick read on one snapshot; only on the thread that opened the database."""
        with self._reader.begin():
            return fn(self._reader, *args, **kwargs)

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a quick read; awaited, because other databases will have to wait for their answer."""
        return self.read_now(fn, *args, **kwargs)

    async def read_long(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a read that may touch any number of rows on a thread, beside the loop."""

        def run() -> T:
            with self.engine.connect() as connection, connection.begin():
                return fn(connection, *args, **kwargs)

        return await asyncio.to_thread(run)

    async def write(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an act in the next transaction and return when it is on disk.

        What the act raises undoes that act alone. `Busy` when the file cannot be written: then nothing was stored.
        """
        loop = asyncio.get_running_loop()
        job = Job(lambda connection: fn(connection, *args, **kwargs), loop, loop.create_future())
        self._writer.submit(job)
        value = cast(T, await job.done)
        try:
            self.on_commit()
        except Exception:  # what was committed stays committed, whoever fails to hear of it
            _log.exception("What was committed could not be told")
        return value

    def close(self) -> None:
        """Finish the acts that wait, then let the file go."""
        self._writer.close()
        self._reader.close()
        self.engine.dispose()


def _to_json(value: object) -> str:
    """Write core values as they are: dataclasses as objects, sets in a fixed order."""
    return orjson.dumps(value, default=sorted).decode()


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    _log_ahead(connection)
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL, once; SQLite does not wait by itself while another process opens it just now."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _begin(connection: Connection) -> None:
    """Take the write lock before an act's first read: the driver's own way would let two sell the last one."""
    writes = connection.get_execution_options().get("cafe_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
