"""What a transaction has found: shared by its acts, and by nothing that sees other books."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from cafe_graphql.store import findings
from cafe_graphql.store.database import Database


class SpilledMilk(Exception):
    """What an act raises that goes wrong."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    store = Database(f"sqlite:///{tmp_path / 'cups.db'}")
    asyncio.run(store.write(lambda c: c.exec_driver_sql("CREATE TABLE cups (kind TEXT)")))
    yield store
    store.close()


def look(connection: Connection) -> int:
    """Count the times that this transaction has looked."""
    found = findings.of(connection)
    found["looks"] = found.get("looks", 0) + 1
    return int(found["looks"])


def look_and_spill(connection: Connection) -> None:
    look(connection)
    connection.exec_driver_sql("INSERT INTO cups VALUES ('mocha')")
    raise SpilledMilk


def together(store: Database, *acts: object) -> list[object]:
    async def rush() -> list[object]:
        return await asyncio.gather(*(store.write(act) for act in acts), return_exceptions=True)  # type: ignore[arg-type]

    return asyncio.run(rush())


def test_acts_that_share_a_transaction_share_what_they_found(store: Database) -> None:
    assert together(store, look, look, look) == [1, 2, 3]


def test_the_next_transaction_looks_for_itself(store: Database) -> None:
    assert [together(store, look), together(store, look)] == [[1], [1]]


def test_every_read_looks_for_itself(store: Database) -> None:
    assert [store.read_now(look), store.read_now(look)] == [1, 1]
    assert [asyncio.run(store.read_long(look)) for _ in range(2)] == [1, 1]


def test_a_read_goes_by_what_it_found_before_its_first_slow_statement(store: Database) -> None:
    def look_read_look(connection: Connection) -> int:
        look(connection)
        connection.exec_driver_sql("SELECT * FROM cups")
        return look(connection)

    assert store.read_now(look_read_look) == 2


def test_what_was_found_is_forgotten_with_what_was_undone(store: Database) -> None:
    got = together(store, look, look_and_spill, look, look)

    assert [got[0], type(got[1]), *got[2:]] == [1, SpilledMilk, 1, 2]
