"""`cafe report`, run as people run it: tables, CSV and pictures of a book with three orders."""

import re
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from cafe_graphql.cli import plots
from cafe_graphql.core.drafts import Choice, Draft, LineDraft
from cafe_graphql.core.orders import Order
from tests.running import cafe
from tests.services import tills
from tests.services.books import Clock, opened

TWO_DAYS = ("--from", "2026-05-01", "--to", "2026-05-02")

TABLES = """\
Corner Café, 2026-05-01 to 2026-05-02

Orders                   3
Items                    5
Revenue (USD)        16.90
Refunds (USD)         9.00
Average order (USD)   5.63

Item      Quantity  Revenue (USD)
Latte            3          12.50
Espresso         2           4.40

Hour   Orders  Revenue (USD)
12:00       2          14.70
13:00       0           0.00
14:00       1           2.20

Day         Orders  Revenue (USD)  Refunds (USD)
2026-05-01       1          11.20           0.00
2026-05-02       2           5.70           9.00
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give books of a Friday noon, and of the noon and the afternoon after it."""
    file, clock = tmp_path_factory.mktemp("books") / "cafe.db", Clock()
    with opened(file, clock) as books:

        def place(*lines: LineDraft) -> Order:
            return tills.place(books, Draft(lines))

        friday = place(LineDraft("latte", 2, (Choice("size", "large"),)), LineDraft("espresso"))
        tills.cash(books, friday)
        clock.passes(timedelta(days=1))
        tills.refund(books, friday, 900)
        place(LineDraft("latte"))
        clock.passes(timedelta(hours=2))
        place(LineDraft("espresso"))
    return file


def test_it_prints_tables(database: Path) -> None:
    printed = cafe("report", *TWO_DAYS, database=database)

    assert (printed.stdout, printed.stderr) == (TABLES, "")


def test_it_prints_csv(database: Path) -> None:
    printed = cafe("report", *TWO_DAYS, "--csv", database=database)

    rows = printed.stdout.splitlines()
    assert [row for row in rows if not re.match(r"hour,\d+,,0,", row)] == [
        "by,key,name,orders,quantity,revenue,refunds,currency",
        "all,,,3,5,16.90,9.00,USD",
        "item,latte,Latte,,3,12.50,,USD",
        "item,espresso,Espresso,,2,4.40,,USD",
        "hour,12,,2,,14.70,,USD",
        "hour,14,,1,,2.20,,USD",
        "day,2026-05-01,,1,,11.20,0.00,USD",
        "day,2026-05-02,,2,,5.70,9.00,USD",
    ]
    assert len(rows) == 1 + 1 + 2 + 24 + 2


def test_one_day_has_no_table_of_days(database: Path) -> None:
    printed = cafe("report", "--from", "2026-05-01", "--to", "2026-05-01", database=database).stdout

    assert printed.startswith("Corner Café, 2026-05-01\n\nOrders")
    assert printed.endswith("\nHour   Orders  Revenue (USD)\n12:00       1          11.20\n")


def test_by_default_it_is_of_today_where_nothing_was_sold_yet(database: Path, tmp_path: Path) -> None:
    printed = cafe("report", "--plot", str(tmp_path / "today.png"), database=database)

    heading, *rest = printed.stdout.splitlines()
    assert re.fullmatch(r"Corner Café, 20\d\d-\d\d-\d\d", heading)
    assert rest == [
        "",
        "Orders                  0",
        "Items                   0",
        "Revenue (USD)        0.00",
        "Refunds (USD)        0.00",
        "Average order (USD)  0.00",
    ]
    assert printed.stderr == "Nothing was sold, so nothing was drawn.\n"


def test_it_draws_an_svg_that_says_what_it_shows(database: Path, tmp_path: Path) -> None:
    printed = cafe("report", *TWO_DAYS, "--plot", str(tmp_path / "sales.svg"), database=database)

    assert (printed.stdout, printed.stderr) == (TABLES, f"Drew it to {tmp_path}/sales.svg.\n")
    texts = [node.text for node in ElementTree.parse(tmp_path / "sales.svg").iter("{http://www.w3.org/2000/svg}text")]
    assert {
        "Corner Café, 2026-05-01 to 2026-05-02: 3 orders, 16.90 USD",
        "By hour of the day", "By item", "By day", "Revenue (USD)",
        "12:00", "14:00", "Latte", "3 sold", "2026-05-02",
    } <= set(texts)  # fmt: skip


def test_it_draws_a_png(database: Path, tmp_path: Path) -> None:
    cafe("report", *TWO_DAYS, "--plot", str(tmp_path / "sales.PNG"), database=database)

    picture = (tmp_path / "sales.PNG").read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert picture[16:24] == (1200).to_bytes(4) + (1320).to_bytes(4)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "2026-05-02", "--to", "2026-05-01"), "before the first, 2026-05-02: give the earlier"),
        (("--from", "2020-01-01", "--to", "2026-05-01"), "a report spans 366 at most: ask for a year at a time."),
        (("--plot", "sales.pdf"), "sales.pdf is neither a .png nor an .svg: name the picture like sales.png."),
        ((*TWO_DAYS, "--plot", "/nowhere/sales.png"), "/nowhere/sales.png cannot be written: No such file"),
        (("--from", "yesterday"), "'yesterday' does not match"),
    ],
)  # fmt: skip
def test_what_it_cannot_do_is_explained(database: Path, arguments: tuple[str, ...], said: str) -> None:
    refused = cafe("report", *arguments, database=database)

    assert refused.returncode != 0
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_books_it_makes_none(tmp_path: Path) -> None:
    refused = cafe("report", database=tmp_path / "cafe.db")

    assert refused.stderr == f"{tmp_path}/cafe.db is not there yet, and nothing was sold: start with cafe serve.\n"
    assert not (tmp_path / "cafe.db").exists()


def test_who_has_no_matplotlib_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cafe_graphql.cli.plots.find_spec", lambda name: None)

    why = plots.why_not(Path("sales.png"))

    assert why is not None
    assert why.startswith("Pictures are drawn by matplotlib, which is not installed: ")
    assert why.endswith(" -m pip install matplotlib")
