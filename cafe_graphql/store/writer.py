"""The writer: takes all the acts that wait, and commits them with one fsync."""

import asyncio
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from cafe_graphql.core.errors import Busy, CafeError
from cafe_graphql.store import findings
from cafe_graphql.store.file import File
from cafe_graphql.store.hot import driver

MAX_BATCH = 64
"""The most acts that share one commit."""

QUIET_TURNS = 3
"""Turns of the event loop in which nobody else has come, before acts begin: empty ones take a few microseconds."""

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
        if isinstance(self.error, StopIteration):  # which no future takes
            self.error = RuntimeError("An act has ended without saying why.")
        if self.error is not None:
            self.job.done.set_exception(self.error)
        else:
            self.job.done.set_result(self.value)


class Writer:
    """Takes every act that waits and commits them together; what one raises undoes that one alone.

    Acts run on the event loop: on a thread, each of their statements would let go of Python's lock, and wait until the
    loop lets go of it again, which takes longer than an act. So does BEGIN, unless another process is writing just
    now. COMMIT, which waits for the disk, is run by a thread, and so is a BEGIN that has to wait. Meanwhile the next
    acts gather.
    """

    def __init__(self, connection: Connection, file: File, patience: float) -> None:
        self._connection = connection
        self._file = file
        self._patience = patience
        self._driver = driver(connection)
        self._driver.execute("PRAGMA busy_timeout = 0")  # on the loop nothing is waited for
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._is_busy = False
        self._asked: asyncio.AbstractEventLoop | None = None
        self._begun: deque[list[Job]] = deque()
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._do_work, name="cafe-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Take a job, on its own loop."""
        with self._lock:
            self._waiting.append(job)
            is_asked = self._is_busy or self._asked is job.loop
            if not is_asked:
                self._asked = job.loop
        if not is_asked:
            job.loop.call_soon(self._look, job.loop)

    def close(self) -> None:
        """Finish the acts that wait; on an event loop, too, which could not be asked meanwhile."""
        while self._has_work():
            self._begin()
            self._run_begun()
            time.sleep(0.001)
        self._work.put(None)
        self._thread.join()
        self._connection.close()

    def _has_work(self) -> bool:
        with self._lock:
            return self._is_busy or bool(self._waiting)

    def _look(self, loop: asyncio.AbstractEventLoop, seen: int = 0, turns: int = QUIET_TURNS) -> None:
        """Begin when nobody has come for some turns of the loop: who was just answered may order again at once."""
        waiting = len(self._waiting)
        if waiting > seen:
            turns = QUIET_TURNS
        if turns and waiting < MAX_BATCH:
            loop.call_soon(self._look, loop, waiting, turns - 1)
        else:
            self._begin()

    def _begin(self) -> None:
        """Run the acts that wait, if none are being committed."""
        jobs = self._take()
        if not jobs:
            return
        try:
            self._file.check()
            self._driver.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            if _is_locked(error):
                self._work.put(lambda: self._begin_later(jobs))
            else:
                self._fail(jobs, error)
        else:
            self._act(jobs)

    def _take(self) -> list[Job]:
        with self._lock:
            if self._is_busy:
                return []
            jobs = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_BATCH))]
            self._is_busy = bool(jobs)
            self._asked = None
        return jobs

    def _all_waiting(self) -> list[Job]:
        with self._lock:
            jobs = list(self._waiting)
            self._waiting.clear()
        return jobs

    def _act(self, jobs: list[Job]) -> None:
        """Run acts in the transaction that was begun, and have it committed."""
        try:
            findings.forget(self._connection)
            self._connection.begin()  # SQLAlchemy's, so that nobody who asks it begins, and ends, one of their own
            outcomes = self._run(jobs)
        except BaseException as error:
            self._fail(jobs, error)
        else:
            self._work.put(lambda: self._commit(jobs, outcomes))

    def _do_work(self) -> None:
        while (work := self._work.get()) is not None:
            work()

    def _commit(self, jobs: list[Job], outcomes: list[_Outcome]) -> None:
        """Make what acts have done last: either each has its own outcome, or the file failed them all."""
        try:
            self._connection.commit()
        except BaseException as error:
            self._fail(jobs, error)
        else:
            self._finish(outcomes)

    def _begin_later(self, jobs: list[Job]) -> None:
        """Begin once the other process has written, and have the acts run on the loop of the first of them."""
        try:
            self._wait_for_others()
            self._file.check()  # they may have put another one in its place
        except BaseException as error:
            self._fail([*jobs, *self._all_waiting()], error)  # who came later would wait as long again, for as little
            return
        self._begun.append(jobs)
        loop = jobs[0].loop
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._run_begun)
        while self._begun:  # until the loop has run them, or is closed and never will
            if loop.is_closed():
                self._run_begun()
            time.sleep(0.001)

    def _wait_for_others(self) -> None:
        until = time.monotonic() + self._patience
        while True:
            try:
                self._driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if not _is_locked(error) or time.monotonic() > until:
                    raise
            time.sleep(0.001)

    def _run_begun(self) -> None:
        """Run the acts whose transaction was begun by the thread; whoever comes first does."""
        try:
            jobs = self._begun.popleft()
        except IndexError:
            return
        self._act(jobs)

    def _fail(self, jobs: list[Job], error: BaseException) -> None:
        """Take all back, and tell everybody why."""
        undone = _undone(error)
        with suppress(DBAPIError, sqlite3.Error):  # the file itself may be broken
            self._connection.rollback()
            self._driver.rollback()  # if SQLAlchemy knew of no transaction yet
        self._finish([_Outcome(job, error=undone) for job in jobs])

    def _finish(self, outcomes: list[_Outcome]) -> None:
        """Tell what came of acts, and have those looked at that wait."""
        with self._lock:
            self._is_busy = False
            loops = {job.loop for job in self._waiting}  # any of them may be closed before it comes to it
            self._asked = next(iter(loops), None)
        _tell_all(outcomes)
        has_asked = False
        for loop in loops:
            with suppress(RuntimeError):  # it is closed already
                loop.call_soon_threadsafe(self._look, loop)
                has_asked = True
        if loops and not has_asked:
            self._begin()

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
            self._check_stands()
        return outcomes

    def _run_apart(self, job: Job) -> _Outcome:
        self._driver.execute("SAVEPOINT act")
        try:
            outcome = _Outcome(job, value=job.act(self._connection))
        except Exception as error:
            self._check_is_an_act_s(error)
            self._undo("act")
            outcome = _Outcome(job, error=error)
        self._check_stands()
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

    def _check_stands(self) -> None:
        """See that an act has not ended the transaction of all, such as by an error that it kept to itself."""
        if not self._driver.in_transaction:
            raise RuntimeError("An act has ended the transaction that it shares with others.")


def _is_the_file_s(error: BaseException) -> bool:
    """Tell whether the file, its disk or another process is to blame, and not what an act asked for."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code & 0xFF in _FAILURES  # the rest of the code says more exactly where


def _is_locked(error: BaseException) -> bool:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK)
    return code & 0xFF == sqlite3.SQLITE_BUSY


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
