"""The database file: readers that never wait, and one writer that commits many acts with one fsync."""

import asyncio
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import orjson
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError

from cafe_graphql.core.errors import Busy, Unusable

__all__ = ["Connection", "Database"]

P = ParamSpec("P")
T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long an act waits for another process that is writing."""

MAX_BATCH = 64
"""The most acts that share one commit."""

_log = logging.getLogger("cafe_graphql")

_FAILURES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}


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
        )
        event.listen(self.engine, "connect", _set_up)
        event.listen(self.engine, "begin", _begin)
        try:
            self._reader, writes = self.engine.connect(), self.engine.connect()
        except DBAPIError as error:
            raise Unusable(f"The database {url} cannot be opened: {error.orig}.") from error
        self._driver = _driver(self._reader)
        self.on_commit: Callable[[], None] = lambda: None
        """Called on the event loop after acts of this process were committed."""
        self._writer = _Writer(writes.execution_options(cafe_writes=True), _File(writes))

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
        job = _Job(lambda connection: fn(connection, *args, **kwargs), loop, loop.create_future())
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


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    act: Callable[[Connection], object]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[object]


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: _Job
    value: object = None
    error: BaseException | None = None

    def tell(self) -> None:
        if self.job.done.done():  # whoever asked has gone; what was done stays done
            return
        if self.error is not None:
            self.job.done.set_exception(self.error)
        else:
            self.job.done.set_result(self.value)


class _File:
    """The file that was opened: SQLite goes on writing to one that was deleted or replaced, for nobody to find."""

    def __init__(self, connection: Connection) -> None:
        self._path = _driver(connection).execute("PRAGMA database_list").fetchone()[2]
        self._opened = self._now()

    def check(self) -> None:
        """Raise `Busy` unless the file is still there, and still the same."""
        if self._now() != self._opened:
            raise Busy("The database file was deleted or replaced; nothing was stored. The café must be started again.")

    def _now(self) -> tuple[int, int] | None:
        try:
            found = Path(self._path).stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino


class _Writer:
    """A thread that takes every act that waits and commits them together, each in a savepoint of its own."""

    def __init__(self, connection: Connection, file: _File) -> None:
        self._connection = connection
        self._file = file
        self._driver = _driver(connection)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="cafe-writer", daemon=True)
        self._thread.start()

    def submit(self, job: _Job) -> None:
        self._jobs.put(job)

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join()
        self._connection.close()

    def _work(self) -> None:
        while True:
            batch = self._take()
            jobs = [job for job in batch if job is not None]
            if jobs:
                _tell_all(self._commit(jobs))
            if len(jobs) < len(batch):
                return

    def _take(self) -> list[_Job | None]:
        batch = [self._jobs.get()]
        while len(batch) < MAX_BATCH and not self._jobs.empty():
            batch.append(self._jobs.get())
        return batch

    def _commit(self, jobs: list[_Job]) -> list[_Outcome]:
        """Run the acts in one transaction: either each has its own outcome, or the file failed them all."""
        try:
            self._file.check()
            with self._connection.begin():
                return [self._run(job) for job in jobs]
        except Exception as error:
            return [_Outcome(job, error=_undone(error)) for job in jobs]

    def _run(self, job: _Job) -> _Outcome:
        self._driver.execute("SAVEPOINT act")
        try:
            outcome = _Outcome(job, value=job.act(self._connection))
        except Exception as error:
            if _is_the_file_s(error) or not self._driver.in_transaction:  # it may have taken the others along
                raise
            self._driver.execute("ROLLBACK TO act")
            outcome = _Outcome(job, error=error)
        self._driver.execute("RELEASE act")
        return outcome


def _is_the_file_s(error: Exception) -> bool:
    """Tell whether the file, its disk or another process is to blame, and not what an act asked for."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code & 0xFF in _FAILURES  # the rest of the code says more exactly where


def _undone(error: Exception) -> Exception:
    """What each act of a transaction that came to nothing is told."""
    if not _is_the_file_s(error):
        return error
    busy = Busy("The order book cannot be written just now; nothing was stored. Try again in a moment.")
    busy.__cause__ = error
    return busy


def _tell_all(outcomes: list[_Outcome]) -> None:
    """Wake each event loop once for all that it waits for."""
    for loop in {outcome.job.loop for outcome in outcomes}:
        mine = [outcome for outcome in outcomes if outcome.job.loop is loop]
        with suppress(RuntimeError):  # the loop has closed: nobody waits there any more
            loop.call_soon_threadsafe(_tell, mine)


def _tell(outcomes: Iterable[_Outcome]) -> None:
    for outcome in outcomes:
        outcome.tell()


def _to_json(value: object) -> str:
    """Write core values as they are: dataclasses as objects, sets in a fixed order."""
    return orjson.dumps(value, default=sorted).decode()


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


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
