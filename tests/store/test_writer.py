"""The writer: many acts share a commit, each stands or falls alone, and what is answered is on disk."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from cafe_graphql.core.errors import Busy, Forbidden
from cafe_graphql.store import writer
from cafe_graphql.store.database import Database
from tests.store.watching import on_the_writer, watched


class SpilledMilk(Exception):
    """What an act raises that goes wrong."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cups.db"


@pytest.fixture
def store(file: Path) -> Iterator[Database]:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE cups (id INTEGER PRIMARY KEY, kind TEXT, milk BLOB)")
    store = Database(f"sqlite:///{file}")
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def impatient_store(store: Database, file: Path) -> Iterator[Database]:
    """Give a store whose writer waits a hundredth of a second for another process."""
    impatient = Database(f"sqlite:///{file}", patience=0.01)
    try:
        yield impatient
    finally:
        impatient.close()


def pour(connection: Connection, kind: str, litres: int = 0) -> int:
    """Write down one cup; its milk takes room on the disk."""
    cup = connection.exec_driver_sql("INSERT INTO cups (kind, milk) VALUES (?, ?)", (kind, b"m" * litres * 1000))
    return cup.lastrowid or 0


def spill(connection: Connection, kind: str) -> None:
    pour(connection, kind)
    raise SpilledMilk(kind)


def refuse(connection: Connection, kind: str) -> None:
    raise Forbidden(f"You may have no {kind}.")


def cups(file: Path) -> list[str]:
    """Read what is on disk by a connection of its own."""
    with closing(sqlite3.connect(file)) as connection:
        return [kind for (kind,) in connection.execute("SELECT kind FROM cups ORDER BY id")]


def kinds(connection: Connection) -> list[str]:
    return [row.kind for row in connection.exec_driver_sql("SELECT kind FROM cups ORDER BY id")]


def test_what_is_answered_is_on_disk(store: Database, file: Path) -> None:
    asyncio.run(store.write(pour, "latte"))

    assert cups(file) == ["latte"]


def test_every_commit_waits_for_the_disk(store: Database) -> None:
    assert on_the_writer(store, "PRAGMA synchronous") == 2  # FULL
    assert on_the_writer(store, "PRAGMA journal_mode") == "wal"
    assert on_the_writer(store, "PRAGMA foreign_keys") == 1


def test_acts_are_done_in_the_order_in_which_they_were_asked_for(store: Database, file: Path) -> None:
    async def rush() -> list[int]:
        return await asyncio.gather(*(store.write(pour, f"cup {n}") for n in range(200)))

    ids = asyncio.run(rush())

    assert ids == list(range(1, 201))
    assert cups(file) == [f"cup {n}" for n in range(200)]


def test_a_rush_shares_its_commits(store: Database, file: Path) -> None:
    async def rush() -> None:
        await asyncio.gather(*(store.write(pour, "latte") for _ in range(256)))

    with watched(store) as statements:
        asyncio.run(rush())

    assert len(cups(file)) == 256
    assert 256 / writer.MAX_BATCH <= statements.count("COMMIT") <= 16
    assert statements.count("BEGIN IMMEDIATE") == statements.count("COMMIT")


def test_the_lock_is_taken_before_an_act_s_first_read(store: Database) -> None:
    with watched(store) as statements:
        asyncio.run(store.write(kinds))

    assert statements == [
        "BEGIN IMMEDIATE",
        "SAVEPOINT acts",
        "SELECT kind FROM cups ORDER BY id",
        "COMMIT",
    ]


def test_an_act_that_goes_wrong_undoes_itself_and_no_other(store: Database, file: Path) -> None:
    async def rush() -> list[object]:
        acts = [(pour, "latte"), (spill, "mocha"), (pour, "tea"), (spill, "chai"), (pour, "espresso")]
        return await asyncio.gather(*(store.write(act, kind) for act, kind in acts), return_exceptions=True)  # type: ignore[arg-type]

    got = asyncio.run(rush())

    assert [type(each) for each in got] == [int, SpilledMilk, int, SpilledMilk, int]
    assert cups(file) == ["latte", "tea", "espresso"]


def test_a_refusal_that_wrote_nothing_makes_no_other_act_run_again(store: Database, file: Path) -> None:
    poured: list[str] = []

    def pour_and_tell(connection: Connection, kind: str) -> None:
        poured.append(kind)
        pour(connection, kind)

    async def rush() -> list[object]:
        acts = [(pour_and_tell, "latte"), (refuse, "mocha"), (pour_and_tell, "tea")]
        return await asyncio.gather(*(store.write(act, kind) for act, kind in acts), return_exceptions=True)

    got = asyncio.run(rush())

    assert [type(each) for each in got] == [type(None), Forbidden, type(None)]
    assert poured == cups(file) == ["latte", "tea"]


def test_a_refusal_that_comes_after_writing_undoes_what_it_wrote(store: Database, file: Path) -> None:
    def pour_and_refuse(connection: Connection, kind: str) -> None:
        pour(connection, kind)
        refuse(connection, kind)

    async def rush() -> list[object]:
        acts = [(pour, "latte"), (pour_and_refuse, "mocha"), (pour, "tea")]
        return await asyncio.gather(*(store.write(act, kind) for act, kind in acts), return_exceptions=True)  # type: ignore[arg-type]

    got = asyncio.run(rush())

    assert [type(each) for each in got] == [int, Forbidden, int]
    assert cups(file) == ["latte", "tea"]


def test_an_act_that_nobody_waits_for_any_more_is_done_all_the_same(store: Database, file: Path) -> None:
    async def leave() -> None:
        pouring = asyncio.create_task(store.write(pour, "latte"))
        await asyncio.sleep(0)
        pouring.cancel()
        await store.write(pour, "tea")

    asyncio.run(leave())

    assert cups(file) == ["latte", "tea"]


def test_closing_finishes_the_acts_that_wait(file: Path, store: Database) -> None:
    async def rush_and_close() -> None:
        pouring = [asyncio.create_task(store.write(pour, "latte")) for _ in range(100)]
        await asyncio.sleep(0)
        store.close()
        await asyncio.gather(*pouring)

    asyncio.run(rush_and_close())

    assert len(cups(file)) == 100


def test_the_writer_outlives_a_loop_that_is_gone(store: Database, file: Path) -> None:
    async def ask_and_go() -> None:
        asyncio.create_task(store.write(pour, "latte"))  # noqa: RUF006 — nobody is to wait for it
        await asyncio.sleep(0)

    asyncio.run(ask_and_go())
    asyncio.run(store.write(pour, "tea"))

    assert cups(file) == ["latte", "tea"]


def test_who_orders_again_at_once_shares_the_next_commit(store: Database, file: Path) -> None:
    async def drink(cups: int) -> None:
        for _ in range(cups):
            await store.write(pour, "latte")
            await asyncio.sleep(0)  # they are answered, and say what they want

    async def eight_guests() -> None:
        await asyncio.gather(*(drink(5) for _ in range(8)))

    with watched(store) as statements:
        asyncio.run(eight_guests())

    assert len(cups(file)) == 40
    assert statements.count("COMMIT") == 5


def test_loops_of_several_threads_share_the_writer(store: Database, file: Path) -> None:
    async def rush(name: str) -> list[str]:
        async def order(number: int) -> str:
            await store.write(pour, f"{name} {number}")
            return f"{name} {number}"

        return await asyncio.gather(*(order(number) for number in range(100)))

    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(lambda name: asyncio.run(rush(name)), ["latte", "mocha", "tea", "chai"]))

    assert sorted(cups(file)) == sorted(cup for each in told for cup in each)
    assert len(cups(file)) == 400


def test_acts_of_a_loop_that_went_while_another_process_wrote_are_done(store: Database, file: Path) -> None:
    async def ask_and_go() -> None:
        asyncio.create_task(store.write(pour, "latte"))  # noqa: RUF006 — nobody is to wait for it
        await asyncio.sleep(0.02)

    with writing(file):
        asyncio.run(ask_and_go())
    asyncio.run(store.write(pour, "tea"))

    assert cups(file) == ["latte", "tea"]


def test_the_loop_goes_on_while_another_process_writes(store: Database, file: Path) -> None:
    async def go_on() -> int:
        with writing(file):
            pouring = asyncio.create_task(store.write(pour, "latte"))
            for _ in range(50):  # had the loop waited itself, it would be told by now that it waited in vain
                await asyncio.sleep(0.001)
                assert not pouring.done()
        return await pouring

    assert asyncio.run(go_on()) == 1


def test_closing_while_another_process_writes_tells_those_who_wait(impatient_store: Database, file: Path) -> None:
    async def ask_and_close() -> list[object]:
        pouring = [asyncio.create_task(impatient_store.write(pour, "latte")) for _ in range(3)]
        await asyncio.sleep(0)
        impatient_store.close()
        return await asyncio.gather(*pouring, return_exceptions=True)

    with writing(file):
        got = asyncio.run(ask_and_close())

    assert [type(each) for each in got] == [Busy] * 3
    assert cups(file) == []


def test_an_act_that_ends_the_transaction_of_all_is_a_failure_of_all(store: Database, file: Path) -> None:
    def drop_the_tray(connection: Connection) -> None:
        connection.exec_driver_sql("ROLLBACK")

    async def rush() -> list[object]:
        acts: list[Awaitable[object]] = [
            store.write(pour, "latte"),
            store.write(drop_the_tray),
            store.write(pour, "tea"),
        ]
        return await asyncio.gather(*acts, return_exceptions=True)

    got = asyncio.run(rush())
    afterwards = asyncio.run(store.write(pour, "mocha"))

    assert [type(each) for each in got] == [RuntimeError] * 3
    assert afterwards == 1
    assert cups(file) == ["mocha"]


def test_an_act_that_stops_an_iteration_is_told_as_any_other_mistake(store: Database, file: Path) -> None:
    def pour_the_next(connection: Connection) -> None:
        next(iter(()))

    async def rush() -> list[object]:
        acts: list[Awaitable[object]] = [
            store.write(pour, "latte"),
            store.write(pour_the_next),
            store.write(pour, "tea"),
        ]
        return await asyncio.wait_for(asyncio.gather(*acts, return_exceptions=True), 5)

    got = asyncio.run(rush())

    assert [type(each) for each in got] == [int, RuntimeError, int]
    assert cups(file) == ["latte", "tea"]


def test_a_file_that_was_replaced_while_it_was_waited_for_is_not_written(store: Database, file: Path) -> None:
    async def replace() -> object:
        with writing(file):
            pouring = asyncio.create_task(store.write(pour, "latte"))
            await asyncio.sleep(0.05)
            await asyncio.to_thread(file.rename, file.with_name("old.db"))
        return (await asyncio.gather(pouring, return_exceptions=True))[0]

    got = asyncio.run(replace())

    assert isinstance(got, Busy)
    assert "deleted or replaced" in str(got)


def test_while_another_process_writes_acts_are_told_to_try_again(impatient_store: Database, file: Path) -> None:
    async def rush() -> list[object]:
        return await asyncio.gather(*(impatient_store.write(pour, "latte") for _ in range(5)), return_exceptions=True)

    with writing(file):
        got = asyncio.run(rush())
    afterwards = asyncio.run(impatient_store.write(pour, "tea"))

    assert [type(each) for each in got] == [Busy] * 5
    assert "nothing was stored. Try again in a moment." in str(got[0])
    assert afterwards == 1
    assert cups(file) == ["tea"]


def test_however_many_wait_for_another_process_are_told_at_once(
    impatient_store: Database, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []
    wait = writer.Writer._wait_for_others

    def counted(self: writer.Writer) -> None:
        waits.append(1)
        wait(self)

    monkeypatch.setattr(writer.Writer, "_wait_for_others", counted)

    with writing(file):
        got = asyncio.run(_together(impatient_store, lambda n: impatient_store.write(pour, "latte"), 200))

    assert [type(each) for each in got] == [Busy] * 200
    assert len(waits) == 1
    assert cups(file) == []


def test_reads_go_on_while_another_process_writes(impatient_store: Database, file: Path) -> None:
    asyncio.run(impatient_store.write(pour, "latte"))

    with writing(file):
        assert impatient_store.read_now(kinds) == ["latte"]
        assert asyncio.run(impatient_store.read_long(kinds)) == ["latte"]


def test_a_short_wait_for_another_process_is_not_noticed(store: Database, file: Path) -> None:
    async def wait_for_them() -> int:
        with writing(file):
            pouring = asyncio.create_task(store.write(pour, "latte"))
            await asyncio.sleep(0.05)
            assert not pouring.done()
        return await pouring

    assert asyncio.run(wait_for_them()) == 1


@pytest.mark.parametrize("together", [1, 8])
def test_on_a_full_disk_nothing_is_half_done_and_it_goes_on_once_there_is_room(
    store: Database, file: Path, together: int
) -> None:
    asyncio.run(store.write(pour, "latte"))
    pages = on_the_writer(store, "PRAGMA page_count")
    on_the_writer(store, f"PRAGMA max_page_count = {pages}")

    got = asyncio.run(_together(store, lambda n: store.write(pour, "milkshake", 100), together))

    assert [type(each) for each in got] == [Busy] * together
    assert cups(file) == store.read_now(kinds) == ["latte"]
    on_the_writer(store, "PRAGMA max_page_count = 100000")
    assert asyncio.run(store.write(pour, "tea")) == 2
    assert cups(file) == ["latte", "tea"]


def test_a_full_disk_never_lets_an_act_be_half_done_whichever_statement_fails(store: Database, file: Path) -> None:
    def many(connection: Connection, count: int) -> None:
        for _ in range(count):
            pour(connection, "milkshake", 3)

    asyncio.run(store.write(pour, "latte"))
    on_the_writer(store, f"PRAGMA max_page_count = {int(str(on_the_writer(store, 'PRAGMA page_count'))) + 4}")

    for count in range(2, 12):
        try:
            asyncio.run(store.write(many, count))
        except Busy:
            assert cups(file) == ["latte"]
        else:
            asyncio.run(store.write(lambda c: c.exec_driver_sql("DELETE FROM cups WHERE id > 1")))

    assert store.read_now(kinds) == ["latte"]


def test_a_mistake_in_an_act_is_not_blamed_on_the_disk(store: Database, file: Path) -> None:
    def pour_into_nothing(connection: Connection) -> None:
        pour(connection, "mocha")
        connection.exec_driver_sql("INSERT INTO cups (id) VALUES (1)")

    asyncio.run(store.write(pour, "latte"))

    with pytest.raises(Exception, match="UNIQUE constraint failed") as mistake:
        asyncio.run(store.write(pour_into_nothing))

    assert not isinstance(mistake.value, Busy)
    assert cups(file) == ["latte"]


async def _together(store: Database, act: Callable[[int], object], count: int) -> list[object]:
    return await asyncio.gather(*(act(n) for n in range(count)), return_exceptions=True)  # type: ignore[call-overload,no-any-return]


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """Be another process in the middle of writing."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_statement_that_fills_the_disk_halfway_is_busy_too(store: Database, file: Path) -> None:
    def refill_all(connection: Connection) -> None:
        connection.exec_driver_sql("UPDATE cups SET id = id + 1000, milk = zeroblob(9000)")

    asyncio.run(_together(store, lambda n: store.write(pour, f"cup {n}"), 50))
    on_the_writer(store, f"PRAGMA max_page_count = {int(str(on_the_writer(store, 'PRAGMA page_count'))) + 20}")

    got = asyncio.run(_together(store, lambda n: store.write(refill_all), 1))

    assert [type(each) for each in got] == [Busy]
    assert cups(file) == [f"cup {n}" for n in range(50)]
