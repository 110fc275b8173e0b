"""The database file: opened, read on snapshots that never wait, and written by its one writer."""

import asyncio
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar, cast

import orjson
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError

from cafe_graphql.core.errors import Unusable
from cafe_graphql.store import findings
from cafe_graphql.store.file import File
from cafe_graphql.store.hot import driver, to_json
from cafe_graphql.store.writer import Job, Writer

__all__ = ["Connection", "Database"]

P = ParamSpec("P")
T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long another process that is writing is waited for."""

LOG_PAGES = 10_000
"""Of the write-ahead log, 40 MB, until it is copied into the file: orders wait for that some milliseconds, and with
SQLite's own thousand one in fifty did."""

STEPS = 200_000
"""Of SQLite's machine, between two questions whether anybody still waits: some milliseconds."""

_log = logging.getLogger("cafe_graphql")


class Database:
    """One SQLite file in WAL mode with `synchronous=FULL`: what is answered is on disk.

    Store functions take a connection first and return core values. `read` runs one where it is called (it must touch
    a bounded number of rows), `read_long` on a thread, `write` in the writer's next transaction.
    """

    def __init__(self, url: str, patience: float = BUSY_SECONDS) -> None:
        """Open a file. `patience` is how many seconds an act waits for another process that is writing."""
        _make_private(Path(url.removeprefix("sqlite:///")))
        self.engine = create_engine(
            url,
            connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},
            json_serializer=to_json,
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
        self._version: int | None = None
        self.on_commit: Callable[[], None] = lambda: None
        """Called on the event loop after acts of this process were committed."""
        self._file = File(writes)
        self._writer = Writer(writes, self._file, patience)

    def data_version(self) -> int:
        """A number that changes whenever another connection, in this or another process, has committed.

        On the event loop it is asked for once in each turn: the task that handles what was sent after a commit runs in
        a later one. Where bytes arrive, which on uvloop is before that turn, ask for it by `data_version_now`.
        """
        if self._version is None:
            version = self.data_version_now()
            if (loop := _running_loop()) is None:
                return version
            self._version = version
            loop.call_soon(self._forget_version)
        return self._version

    def data_version_now(self) -> int:
        """The same number, asked of the file in this moment."""
        version: int = self._driver.execute("PRAGMA data_version").fetchone()[0]
        return version

    def _forget_version(self) -> None:
        self._version = None

    def read_now(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a quick read on one snapshot; only on the thread that opened the database."""
        findings.forget(self._reader)
        self._driver.execute("BEGIN")  # not through SQLAlchemy, which takes longer for it than most reads take
        try:
            return fn(self._reader, *args, **kwargs)
        finally:
            self._reader.rollback()
            self._driver.rollback()

    async def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a quick read; awaited, because other databases will have to wait for their answer."""
        return self.read_now(fn, *args, **kwargs)

    async def read_long(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a read that may touch any number of rows on a thread, beside the loop; if cancelled, end it there too."""
        is_left = threading.Event()

        def run() -> T:
            self._file.check()  # a connection that is opened anew would make another file
            with self.engine.connect() as connection, _until(is_left, connection), connection.begin():
                return fn(connection, *args, **kwargs)

        try:
            return await asyncio.to_thread(run)
        finally:
            is_left.set()

    async def write(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an act in the next transaction and return when it is on disk.

        It changes nothing but the books, for it is run again when another that shares its transaction fails.
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


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _make_private(file: Path) -> None:
    """Make a new file one that nobody else on this machine can read: it holds what sessions are signed with."""
    with suppress(OSError):  # SQLite will say what is wrong
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    _log_ahead(connection)
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        "temp_store = MEMORY",  # what undoes an act is never wanted on disk
        f"wal_autocheckpoint = {LOG_PAGES}",
    ):
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


@contextmanager
def _until(is_left: threading.Event, connection: Connection) -> Iterator[None]:
    """Interrupt whatever statement runs in the block once nobody waits for it any more.

    SQLite asks by itself, where `sqlite3.Connection.interrupt` is missed between two statements, and hits the next
    user of the connection when it comes too late.
    """
    opened = driver(connection)
    opened.set_progress_handler(is_left.is_set, STEPS)
    try:
        yield
    finally:
        opened.set_progress_handler(None, 0)


def _begin(connection: Connection) -> None:
    """Begin a snapshot; the driver's own way would begin none. The writer has begun its transaction already."""
    if not driver(connection).in_transaction:
        findings.forget(connection)
        connection.exec_driver_sql("BEGIN")
