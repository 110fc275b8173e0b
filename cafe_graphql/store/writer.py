"""The writer: one thread that takes all the acts that wait, and commits them with one fsync."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from cafe_graphql.core.errors import Busy
from cafe_graphql.store.hot import driver

MAX_BATCH = 64
"""The most acts that share one commit."""

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


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """An act that waits for the next transaction, and the future, of its own loop, in which its outcome is told."""

    act: Callable[[Connection], object]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[object]


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: Job
    value: object = None
    error: BaseException | None = None

    def tell(self) -> None:
        if self.job.done.done():  # whoever asked has gone; what was done stays done
            return
        if self.error is not None:
            self.job.done.set_exception(self.error)
        else:
            self.job.done.set_result(self.value)


class File:
    """The file that was opened: SQLite goes on writing to one that was deleted or replaced, for nobody to find."""

    def __init__(self, connection: Connection) -> None:
        self._path = driver(connection).execute("PRAGMA database_list").fetchone()[2]
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


class Writer:
    """A thread that takes every act that waits and commits them together, each in a savepoint of its own."""

    def __init__(self, connection: Connection, file: File) -> None:
        self._connection = connection
        self._file = file
        self._driver = driver(connection)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="cafe-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
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

    def _take(self) -> list[Job | None]:
        batch = [self._jobs.get()]
        while len(batch) < MAX_BATCH and not self._jobs.empty():
            batch.append(self._jobs.get())
        return batch

    def _commit(self, jobs: list[Job]) -> list[_Outcome]:
        """Run the acts in one transaction: either each has its own outcome, or the file failed them all."""
        try:
            self._file.check()
            with self._connection.begin():
                return [self._run(job) for job in jobs]
        except Exception as error:
            return [_Outcome(job, error=_undone(error)) for job in jobs]

    def _run(self, job: Job) -> _Outcome:
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
