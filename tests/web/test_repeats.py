"""A request that comes again byte for byte is answered by the same bytes, as long as nothing has changed."""

import asyncio
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Scope

from cafe_graphql.store.database import Database
from cafe_graphql.web import endpoint, repeats
from cafe_graphql.web.repeats import Repeats
from tests.running import KEY, cafe
from tests.web.lines import open_cafe, request

LATTE = '{ menuItem(slug: "latte") { name price { minorUnits } availability { isAvailable } } }'
DEAREST = 'mutation { upsertMenuItem(slug: "latte", input: { priceMinorUnits: 990 }) { problems { message } } }'


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "cafe.db"


@pytest.fixture(autouse=True)
def long_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "SECONDS", 60.0)


def price(answer: Any) -> int:
    found: int = answer["data"]["menuItem"]["price"]["minorUnits"]
    return found


def test_what_is_public_is_asked_of_the_app_until_it_is_kept(database: Path) -> None:
    with open_cafe(database) as (app, line):
        answers = [line.ask(LATTE) for _ in range(10)]

    assert [price(answer) for answer in answers] == [350] * 10
    assert app.asked == 2  # the first is charged for, and says so in its headers; the second is as all the others


def test_a_change_of_the_menu_is_seen_by_the_very_next_request(database: Path) -> None:
    with open_cafe(database) as (_, line):
        before = [price(line.ask(LATTE)) for _ in range(3)]
        line.ask(DEAREST, X_API_Key=KEY)
        after = price(line.ask(LATTE))

    assert (before, after) == ([350, 350, 350], 990)


def test_so_is_a_change_by_another_process(database: Path, tmp_path: Path) -> None:
    menu = tmp_path / "menu.toml"
    with open_cafe(database) as (_, line):
        assert cafe("menu", "export", str(menu), database=database).returncode == 0
        before = [price(line.ask(LATTE)) for _ in range(3)]
        menu.write_text(menu.read_text().replace('price = "3.50"', 'price = "4.75"'))
        assert cafe("menu", "import", str(menu), database=database).returncode == 0
        after = price(line.ask(LATTE))

    assert (before, after) == ([350, 350, 350], 475)


def test_a_change_while_an_answer_is_made_keeps_it_from_being_repeated(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    menu, marking = tmp_path / "menu.toml", endpoint._mark
    is_to_change = False

    def change_and_mark(scope: Scope) -> None:
        nonlocal is_to_change
        if is_to_change:
            is_to_change = False
            assert cafe("menu", "import", str(menu), database=database).returncode == 0
        marking(scope)

    monkeypatch.setattr(endpoint, "_mark", change_and_mark)
    with open_cafe(database) as (_, line):
        assert cafe("menu", "export", str(menu), database=database).returncode == 0
        menu.write_text(menu.read_text().replace('price = "3.50"', 'price = "4.75"'))
        line.ask(LATTE)
        is_to_change = True
        before = price(line.ask(LATTE))
        after = price(line.ask(LATTE))

    assert (before, after) == (350, 475)


def test_other_headers_are_another_request(database: Path) -> None:
    with open_cafe(database) as (app, line):
        for _ in range(3):
            line.ask(LATTE)
        refused = [line.ask(LATTE, X_API_Key="not-a-key") for _ in range(2)]

    assert [answer["errors"][0]["extensions"]["code"] for answer in refused] == ["UNAUTHENTICATED"] * 2
    assert app.asked == 4


def test_what_is_private_or_acts_always_reaches_the_app(database: Path) -> None:
    place = 'mutation { placeOrder(input: { lines: [{ item: "latte" }] }) { order { number } } }'
    with open_cafe(database) as (app, line):
        numbers = [line.ask(place)["data"]["placeOrder"]["order"]["number"] for _ in range(3)]
        books = [line.ask("{ orders { totalCount } }", X_API_Key=KEY) for _ in range(3)]

    assert numbers == ["A-001", "A-002", "A-003"]
    assert books == [{"data": {"orders": {"totalCount": 3}}}] * 3
    assert app.asked == 6


def test_a_request_in_two_pieces_is_answered_all_the_same(database: Path) -> None:
    said = request(LATTE)
    with open_cafe(database) as (_, line):
        for cut in (1, 30, len(said) - 20, len(said) - 1):
            line.ask(LATTE)
            line.say(said[:cut])
            line.say(said[cut:])
            assert price(line.hear()) == 350


def test_requests_that_are_sent_together_are_answered_in_turn(database: Path) -> None:
    with open_cafe(database) as (_, line):
        for _ in range(3):
            line.ask(LATTE)
        line.say(request("{ cafe { name } }") + request(LATTE) + request("{ cafe { currency } }"))
        first, second, third = (line.hear() for _ in range(3))

    assert first == {"data": {"cafe": {"name": "Corner Café"}}}
    assert price(second) == 350
    assert third == {"data": {"cafe": {"currency": "USD"}}}


def test_with_the_cache_off_nothing_is_repeated(database: Path) -> None:
    with open_cafe(database, response_cache="off") as (app, line):
        for _ in range(5):
            line.ask(LATTE)

    assert app.asked == 5


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop is not for Windows")
def test_a_busy_loop_does_not_make_it_older(database: Path) -> None:
    """On uvloop bytes are received before what is due in the same turn."""
    import uvloop

    ours, theirs = socket.socketpair()
    answers: list[bytes | None] = []

    async def scene() -> None:
        store = Database(f"sqlite:///{database}")
        kept = Repeats(store.data_version_now, store.data_version)

        class Caller(asyncio.Protocol):
            def data_received(self, data: bytes) -> None:
                answers.append(kept.get(data))

        line, _ = await asyncio.get_running_loop().create_connection(Caller, sock=ours)
        await asyncio.sleep(0.05)
        store.data_version()  # as a task does that goes on to be busy, while others write and ask
        kept.keep(b"latte?", b"350", kept.seen())
        with closing(sqlite3.connect(database)) as other, other:
            other.execute("CREATE TABLE prices (latte)")
        theirs.sendall(b"latte?")
        await asyncio.sleep(0.05)
        line.close()
        await asyncio.sleep(0.05)
        store.close()

    with closing(theirs):
        uvloop.run(scene())

    assert answers == [None]


def test_what_is_kept_is_forgotten_when_its_time_is_over_or_anything_was_written() -> None:
    now, version = 0.0, 1
    kept = Repeats(lambda: version, lambda: version, clock=lambda: now)

    kept.keep(b"latte?", b"350", kept.seen())
    assert kept.get(b"latte?") == b"350"
    now = 61.0
    assert kept.get(b"latte?") is None

    kept.keep(b"latte?", b"350", kept.seen())
    version = 2
    assert kept.get(b"latte?") is None


def test_nothing_is_kept_of_a_moment_that_is_over() -> None:
    version = 1
    kept = Repeats(lambda: version, lambda: version)

    as_of = kept.seen()
    version = 2
    kept.keep(b"latte?", b"350", as_of)

    assert kept.get(b"latte?") is None


def test_what_is_kept_is_bounded() -> None:
    kept = Repeats(lambda: 1, lambda: 1)

    for number in range(20):
        kept.keep(b"%d" % number, bytes(1024 * 1024), kept.seen())
    kept.keep(b"?" * 5000, b"350", kept.seen())

    assert sum(kept.get(b"%d" % number) is not None for number in range(20)) == 15
    assert kept.get(b"?" * 5000) is None
