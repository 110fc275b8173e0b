"""`cafe pantry`, run as people run it."""

import re
from pathlib import Path

import pytest

from tests.running import cafe, running_cafe
from tests.web.test_rest import ask

MENU = (Path(__file__).parents[1] / "cafe_graphql" / "core" / "menu_file" / "builtin.toml").read_text("utf-8")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Give a café's books with the built-in menu, of whose oat milk there are five litres."""
    little = re.sub(r'(slug = "oat-milk"\n.*\n.*\non_hand = )"1000000 l"', r'\1"5 l"', MENU)
    (tmp_path / "menu.toml").write_text(little, "utf-8")
    done = cafe("menu", "import", str(tmp_path / "menu.toml"), database=tmp_path / "cafe.db")
    assert done.returncode == 0, done.stderr
    return tmp_path / "cafe.db"


def pantry(database: Path, *arguments: str) -> str:
    done = cafe("pantry", *arguments, database=database)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def refused(database: Path, *arguments: str) -> str:
    done = cafe("pantry", *arguments, database=database)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


def test_the_pantry_is_listed_and_what_is_low_of_it(database: Path) -> None:
    every, low = (pantry(database, "list", *flags).splitlines() for flags in ((), ("--low",)))

    assert len(every) == 42
    assert every[0].split() == ["espresso-beans", "100000", "kg"]
    assert [line.split() for line in low] == [["oat-milk", "5", "l", "low"]]


def test_what_comes_in_goes_out_and_is_counted_is_told_and_kept_in_the_ledger(database: Path) -> None:
    assert pantry(database, "add", "oat-milk", "12 l").split() == ["oat-milk", "17", "l"]
    assert pantry(database, "take", "oat-milk", "250 ml", "--note", "spilt").split() == ["oat-milk", "16.75", "l"]
    assert pantry(database, "set", "oat-milk", "0.1 l").splitlines()[1] == "Cannot be had now: golden-milk."

    log = [re.sub(r"^[-0-9: ]{19} UTC  ", "", line) for line in pantry(database, "log", "oat-milk").splitlines()]
    assert log == [
        "oat-milk  +5 l → 5 l  as the menu file said, house (house)",
        "oat-milk  +12 l → 17 l  by hand, house (house)",
        "oat-milk  −0.25 l → 16.75 l  by hand (spilt), house (house)",
        "oat-milk  −16.65 l → 0.1 l  by hand, house (house)",
    ]


def test_a_running_server_shows_at_once_what_was_said_at_the_command_line(database: Path) -> None:
    with running_cafe(database, "--workers", "2") as url:
        before = [ask(f"{url}/menu")[1][0]["name"] for _ in range(4)]
        pantry(database, "set", "espresso-beans", "0 kg")
        after = [ask(f"{url}/menu")[1][0]["name"] for _ in range(4)]
        status, answer = ask(f"{url}/orders", {"item_id": 1, "size": "small"})

    assert (before, after) == (["Latte"] * 4, ["House Filter"] * 4)
    message = "Of Espresso beans there is not enough for Latte."
    assert (status, answer) == (422, {"detail": [{"type": "out_of_stock", "loc": ["body"], "msg": message}]})


def test_the_ledger_tells_for_which_order_something_went(database: Path) -> None:
    with running_cafe(database) as url:
        ask(f"{url}/orders", {"item_id": 1, "size": "small", "milk": "oat"})

    (line,) = pantry(database, "log", "--last", "1").splitlines()
    assert line.endswith("UTC  oat-milk  −0.2 l → 4.8 l  for order A-001, guest (guest)")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("add", "oat-milk", "12l"), '"12l" is no quantity: write a number, a space and a unit, like "18 g".\n'),
        (("add", "oat-milk", "12 g"), "Oat milk is counted in l, and “12 g” is a weight.\n"),
        (("take", "oat-milk", "5.1 l"), "There is 5 l of Oat milk on hand: no more can be taken out.\n"),
        (
            ("set", "oatmilk", "1 l"),
            "There is no ingredient “oatmilk” in the pantry. Did you mean “oat-milk”?\n",
        ),
        (("log", "oatmilk"), "There is no ingredient “oatmilk” in the pantry. Did you mean “oat-milk”?\n"),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words(database: Path, arguments: tuple[str, ...], told: str) -> None:
    before = pantry(database, "log")

    assert refused(database, *arguments) == told

    assert pantry(database, "log") == before


def test_a_café_without_books_has_no_pantry(tmp_path: Path) -> None:
    file = tmp_path / "nowhere.db"

    told = f"{file} is not there yet, and neither is its pantry: start with cafe serve.\n"

    assert refused(file, "list") == told
    assert not file.exists()
