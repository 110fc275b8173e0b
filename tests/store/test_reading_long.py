"""A read that touches any number of rows runs beside the loop, and no longer than somebody waits for it."""

import asyncio
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from cafe_graphql.core.errors import Busy
from cafe_graphql.store.database import Connection, Database
from cafe_graphql.web.waiting import Deadline, Deadlines, Overdue

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
PATIENCE = 20.0


class Reading:
    """A read that would last for ever, in many statements or in one; `ended` when its thread is through with it."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.ended = threading.Event()

    def in_one(self, connection: Connection) -> None:
        try:
            self.begun.set()
            connection.execute(text(ENDLESS))
        finally:
            self.ended.set()

    def in_many(self, connection: Connection) -> None:
        try:
            while True:
                connection.execute(text(ENDLESS.replace("FROM n)", "FROM n WHERE i < 1000)"))).all()
                self.begun.set()
                time.sleep(0.001)  # most of the time, no statement runs
        finally:
            self.ended.set()


@pytest.mark.parametrize("how", ["in_one", "in_many"])
def test_when_nobody_waits_any_more_it_is_ended_on_its_thread_too(tmp_path: Path, how: str) -> None:
    reading = Reading()

    async def test() -> int:
        database = Database(f"sqlite:///{tmp_path}/cafe.db")
        try:
            task = asyncio.create_task(database.read_long(getattr(reading, how)))
            assert await asyncio.to_thread(reading.begun.wait, PATIENCE)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(reading.ended.wait, PATIENCE)
            return await database.read_long(_count, 1_000_000)  # the next to have the connection is not interrupted
        finally:
            database.close()

    assert asyncio.run(test()) == 1_000_000


def test_so_is_one_that_takes_longer_than_an_operation_may(tmp_path: Path) -> None:
    reading = Reading()

    async def test() -> None:
        database = Database(f"sqlite:///{tmp_path}/cafe.db")
        try:
            with pytest.raises(Overdue), Deadline(Deadlines(0.05)):
                await database.read_long(reading.in_one)
            assert await asyncio.to_thread(reading.ended.wait, PATIENCE)
        finally:
            database.close()

    asyncio.run(test())


def _count(connection: Connection, to: int) -> int:
    counted: int = connection.execute(text(ENDLESS.replace("FROM n)", f"FROM n WHERE i < {to})"))).scalar_one()
    return counted


def test_a_file_that_was_deleted_is_not_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "cafe.db"
    database = Database(f"sqlite:///{file}")
    try:
        for each in tmp_path.iterdir():
            each.unlink()
        with pytest.raises(Busy):
            asyncio.run(database.read_long(_count, 10))
        assert not file.exists()
    finally:
        database.close()
