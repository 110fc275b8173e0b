"""Opening a file: made and brought up to date when it is ours, refused in plain words when it is not."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlmodel import SQLModel

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Draft, LineDraft
from cafe_graphql.core.errors import Unusable
from cafe_graphql.core.people import GUEST
from cafe_graphql.services import menu_editing, ordering
from cafe_graphql.store import migrations, tables
from cafe_graphql.store.database import Database
from tests.services.books import opened

OPEN_AND_CLOSE = """
import asyncio, sys
from cafe_graphql.services import menu_editing

async def main():
    print("ready", flush=True)
    sys.stdin.readline()
    cafe = await menu_editing.open_cafe(sys.argv[1])
    await menu_editing.ensure_menu(cafe)
    print(cafe.menu().version)
    cafe.store.close()

asyncio.run(main())
"""


OLD_RECIPES = """
    UPDATE items SET recipe = '{"espresso-beans": "18 g"}';
    UPDATE option_groups SET options = (SELECT json_group_array(
        json_set(json_remove(value, '$.replaces'), '$.recipe', json('{"milk": "1 splash"}'))) FROM json_each(options));
"""
"""Recipes as they were before there was a pantry: words that nobody went by."""


def opening(file: Path) -> None:
    """Open a café's books, and close them again."""

    async def run() -> None:
        (await menu_editing.open_cafe(f"sqlite:///{file}")).store.close()

    asyncio.run(run())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cafe.db"


@pytest.fixture
def store(file: Path) -> Iterator[Database]:
    opening(file)
    store = Database(f"sqlite:///{file}")
    yield store
    store.close()


def test_a_new_file_has_exactly_the_tables_that_the_code_knows(store: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), SQLModel.metadata))

    assert tables.OrderRow.metadata is SQLModel.metadata
    assert store.read_now(differences) == []


def test_a_new_file_counts_ids_and_refers_as_the_tables_say(store: Database) -> None:
    def written(connection: Connection) -> dict[str, str]:
        found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        return {row.name: row.sql for row in found}

    statements = store.read_now(written)

    counted = {name for name, sql in statements.items() if "AUTOINCREMENT" in sql}
    assert counted == {"orders", "order_events", "menu_events", "pantry_moves"}
    for name, table in SQLModel.metadata.tables.items():
        assert statements[name].count("REFERENCES") == len(table.foreign_keys), name


def test_head_is_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(migrations.alembic_config()).get_heads() == [migrations.HEAD]


def test_opening_again_changes_nothing(file: Path) -> None:
    opening(file)
    before = file.read_bytes()

    opening(file)

    assert file.read_bytes() == before


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"nowhere/cafe\.db cannot be opened: unable to open database file"):
        opening(tmp_path / "nowhere" / "cafe.db")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="cannot be opened: unable to open database file"):
        opening(tmp_path)


def test_a_file_that_is_no_database_is_left_as_it_is(file: Path) -> None:
    file.write_text("Dear diary, today I had a latte. " * 100)
    before = file.read_bytes()

    with pytest.raises(Unusable, match=r"cafe\.db cannot be opened: file is not a database"):
        opening(file)

    assert file.read_bytes() == before


@pytest.mark.parametrize("start", [100, 4096])
def test_a_damaged_file_is_refused_in_plain_words(file: Path, start: int) -> None:
    opening(file)
    healthy = file.read_bytes()
    file.write_bytes(healthy[:start] + b"\xff" * (len(healthy) - start))

    with pytest.raises(Unusable, match="malformed"):
        opening(file)


def test_a_file_cut_short_is_refused_in_plain_words(file: Path) -> None:
    opening(file)
    file.write_bytes(file.read_bytes()[:6000])

    with pytest.raises(Unusable, match="malformed"):
        opening(file)


def test_books_of_a_newer_cafe_are_refused_and_left_as_they_are(file: Path) -> None:
    opening(file)
    _execute(file, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(Unusable, match="not ours, or a newer café's: Can't locate revision identified by '9999'"):
        opening(file)

    assert _tables(file) >= {"orders", "items"}


def test_another_program_s_database_is_refused_and_left_as_it_is(file: Path) -> None:
    _execute(file, "CREATE TABLE bookmarks (url TEXT)")

    with pytest.raises(Unusable, match="not ours"):
        opening(file)

    assert _tables(file) == {"bookmarks"}


def test_opening_waits_for_a_process_that_is_making_the_file_just_now(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE cups (kind TEXT)")
        finishing = threading.Timer(0.1, other.execute, ["COMMIT"])
        finishing.start()

        Database(f"sqlite:///{file}").close()

        finishing.join()


def test_three_processes_that_open_a_new_file_at_the_same_moment_all_succeed(tmp_path: Path) -> None:
    for attempt in range(2):
        file = tmp_path / f"cafe-{attempt}.db"
        command = [sys.executable, "-c", OPEN_AND_CLOSE, f"sqlite:///{file}"]
        pipe = subprocess.PIPE
        openers = [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(3)]
        for opener in openers:
            assert opener.stdout is not None
            assert opener.stdout.readline() == "ready\n"

        answers = _all_go(openers)

        assert [(out, err) for out, err in answers] == [("1\n", "")] * 3
        assert _tables(file) >= set(SQLModel.metadata.tables)


def _all_go(openers: list["subprocess.Popen[str]"]) -> list[tuple[str, str]]:
    for opener in openers:
        assert opener.stdin is not None
        opener.stdin.write("go\n")
        opener.stdin.flush()
    return [opener.communicate(timeout=30) for opener in openers]


def _execute(file: Path, sql: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(sql)


def _tables(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_nobody_else_on_the_machine_can_read_a_new_file(file: Path) -> None:
    opening(file)

    assert file.stat().st_mode & 0o777 == 0o600


def test_books_from_before_there_was_a_pantry_open_with_their_menu_and_nothing_to_count(
    file: Path, tmp_path: Path
) -> None:
    with opened(tmp_path / "new.db"):
        pass
    asyncio.run(_make(file, revision="0010"))
    _copy_menu(tmp_path / "new.db", file)

    with opened(file) as cafe:
        latte = cafe.menu().by_slug["latte"]
        placed = asyncio.run(ordering.place(cafe, GUEST, Draft((LineDraft("latte"),)))).order
        sheet = menu_file.read(asyncio.run(menu_editing.export(cafe)))

    assert (latte.recipe, latte.unavailable, placed.number) == ({}, None, "A-001")
    assert [option for group in sheet.option_groups for option in group.options if option.recipe] == []
    assert sheet.ingredients == ()


async def _make(file: Path, revision: str) -> None:
    """Make books as they were at a revision."""
    store, config = Database(f"sqlite:///{file}"), migrations.alembic_config()

    def upgrade(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    await store.write(upgrade)
    store.close()


def _copy_menu(new: Path, old: Path) -> None:
    """Copy what older books can hold of a menu, with recipes as they were then."""
    with closing(sqlite3.connect(old)) as connection, connection:
        connection.execute(f"ATTACH '{new}' AS new")
        for table in ("cafe", "categories", "option_groups", "items"):
            columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
            connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM new.{table}")
        connection.commit()
        connection.executescript(OLD_RECIPES)
