"""The writer: takes all the acts that wait, and commits them with one fsync."""

import asyncio
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from cafe_graphql.core.errors import Busy, CafeError
from cafe_graphql.store import findings
from cafe_graphql.store.hot import driver

MAX_BATCH = 64
"""The most acts that share one commit."""

PATIENCE = 0.1
"""Seconds after which the thread looks whether the loop that has its acts is still there."""

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


@dataclass(slots=True, eq=False)
class Job:
    """An act that waits for the next transaction, and the future, of its own loop, in which its outcome is told."""

    act: Callable[[Connection], object]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[object]


@dataclass(slots=True, eq=False)
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


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Acts of one transaction, and where the thread waits for what came of them."""

    jobs: list[Job]
    outcomes: Future[list[_Outcome]] = field(default_factory=Future)


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
    """Takes every act that waits and commits them together; what one raises undoes that one alone.

    BEGIN and COMMIT, which wait for other processes and for the disk, are run by a thread. The acts between them run
    on the event loop: on the thread, each of their statements would let go of Python's lock, and wait until the loop
    lets go of it again, which takes longer than an act.
    """

    def __init__(self, connection: Connection, file: File) -> None:
        self._connection = connection
        self._file = file
        self._driver = driver(connection)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._handed: deque[_Batch] = deque()
        self._thread = threading.Thread(target=self._work, name="cafe-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        self._jobs.put(job)

    def close(self) -> None:
        """Finish the acts that wait; on an event loop, too, which could not be asked meanwhile."""
        self._jobs.put(None)
        while self._thread.is_alive():
            self._run_handed()
            self._thread.join(0.001)
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
                return self._on_the_loop(jobs)
        except BaseException as error:
            return [_Outcome(job, error=_undone(error)) for job in jobs]

    def _on_the_loop(self, jobs: list[Job]) -> list[_Outcome]:
        """Have the acts run on the loop that asked for the first of them, or here if it has closed."""
        batch, loop = _Batch(jobs), jobs[0].loop
        self._handed.append(batch)
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._run_handed)
        while True:
            if loop.is_closed():
                self._run_handed()
            with suppress(TimeoutError):
                return batch.outcomes.result(PATIENCE)

    def _run_handed(self) -> None:
        """Run the acts that were handed over; whoever comes first does, and finds none behind."""
        while self._handed:
            batch = self._handed.popleft()
            try:
                batch.outcomes.set_result(self._run(batch.jobs))
            except BaseException as error:
                batch.outcomes.set_exception(error)

    def _run(self, jobs: list[Job]) -> list[_Outcome]:
        """Run acts behind one savepoint; if one fails that has written, take all back and run each in its own.

        A savepoint costs a copy of each page that is written behind it, which is most of what a small act costs. Acts
        that fail have mostly been refused before they wrote anything.
        """
        self._driver.execute("SAVEPOINT acts")
        outcomes = []
        for job in jobs:
            changes = self._driver.total_changes
            try:
                outcomes.append(_Outcome(job, value=job.act(self._connection)))
            except Exception as error:
                self._check_is_an_act_s(error)
                if not isinstance(error, CafeError) or self._driver.total_changes > changes:
                    self._undo("acts")
                    return [self._run_apart(each) for each in jobs]
                outcomes.append(_Outcome(job, error=error))
        return outcomes

    def _run_apart(self, job: Job) -> _Outcome:
        self._driver.execute("SAVEPOINT act")
        try:
            outcome = _Outcome(job, value=job.act(self._connection))
        except Exception as error:
            self._check_is_an_act_s(error)
            self._undo("act")
            outcome = _Outcome(job, error=error)
        self._driver.execute("RELEASE act")
        return outcome

    def _undo(self, savepoint: str) -> None:
        """Take back what was written behind a savepoint, and what was found there."""
        self._driver.execute(f"ROLLBACK TO {savepoint}")
        findings.forget(self._connection)

    def _check_is_an_act_s(self, error: Exception) -> None:
        """Raise an error again that may have taken the whole transaction along."""
        if _is_the_file_s(error) or not self._driver.in_transaction:
            raise error


def _is_the_file_s(error: BaseException) -> bool:
    """Tell whether the file, its disk or another process is to blame, and not what an act asked for."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code & 0xFF in _FAILURES  # the rest of the code says more exactly where


def _undone(error: BaseException) -> BaseException:
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
