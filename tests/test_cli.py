"""The command line, run as people run it."""

from pathlib import Path

import pytest

from cafe_graphql.core import menu_file
from tests.running import WITH_KEY, cafe, running_cafe
from tests.web.test_rest import ask

PRODUCTS = Path(__file__).parent / "data" / "products.csv"

MENU = (Path(__file__).parent / "data" / "tea_house.toml").read_text("utf-8")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "cafe.db"


@pytest.fixture
def menu(tmp_path: Path) -> Path:
    file = tmp_path / "menu.toml"
    file.write_text(MENU, "utf-8")
    return file


def test_help_names_the_commands_and_the_variables(database: Path) -> None:
    told = cafe("--help", database=database).stdout

    for word in ("serve", "menu", "schema", "CAFE_DATABASE_URL", "CAFE_PORT", "CAFE_API_KEY"):
        assert word in told


def test_the_first_start_makes_a_database_with_the_built_in_menu_and_says_where_to_look(database: Path) -> None:
    with running_cafe(database) as url:
        status, _ = ask(f"{url}/menu")
    with running_cafe(database):
        pass

    log = database.with_suffix(".log").read_text()
    assert status == 200
    assert log.count(f"Created {database} with the built-in menu.") == 1
    assert f"Playground: {url}/graphql" in log
    assert "Cards are taken by a terminal for trying: no real money." in log


def test_two_workers_serve_one_database(database: Path) -> None:
    with running_cafe(database, "--workers", "2") as url:
        placed = [ask(f"{url}/orders", {"item_id": 1, "size": "small"}) for _ in range(20)]
        _, orders = ask(f"{url}/orders", **WITH_KEY)

    assert [body["order_id"] for _, body in placed] == list(range(1, 21))
    assert sorted(map(int, orders)) == list(range(1, 21))


def test_a_menu_is_checked_loaded_and_loaded_again_to_no_effect(database: Path, menu: Path) -> None:
    checked, loaded, again = (
        cafe("menu", what, str(menu), database=database) for what in ("check", "import", "import")
    )

    assert checked.stdout == f"{menu} is fine: 1 item in 1 category.\n"
    assert loaded.stdout == f"Loaded 1 item in 1 category from {menu}.\n"
    assert again.stdout == "Nothing changed: the menu has the 1 item in 1 category already.\n"


def test_checking_a_menu_touches_no_database(database: Path, menu: Path) -> None:
    cafe("menu", "check", str(menu), database=database)

    assert not database.exists()


def test_a_menu_with_mistakes_is_refused_whole_with_every_place(database: Path, menu: Path) -> None:
    cafe("menu", "import", str(menu), database=database)
    menu.write_text(MENU.replace('"480"', '"4,80"').replace('category = "tea"', 'category = "tee"'), "utf-8")

    refused = cafe("menu", "import", str(menu), database=database)

    assert refused.returncode == 1
    assert refused.stderr.splitlines()[0] == f"{menu} was not loaded:"
    assert 'items[0] "sencha" › category' in refused.stderr
    assert 'did you mean "tea"' in refused.stderr
    assert 'items[0] "sencha" › price' in refused.stderr
    assert '"480"' in cafe("menu", "export", database=database).stdout


def test_what_is_exported_imports_to_the_same_menu(database: Path, menu: Path, tmp_path: Path) -> None:
    file = tmp_path / "exported.toml"
    cafe("menu", "import", str(menu), database=database)

    wrote = cafe("menu", "export", str(file), database=database)
    again = cafe("menu", "import", str(file), database=database)

    assert wrote.stdout == f"Wrote the menu to {file}.\n"
    assert again.stdout == "Nothing changed: the menu has the 1 item in 1 category already.\n"


def test_before_the_first_start_the_built_in_menu_is_exported_and_nothing_made(database: Path) -> None:
    exported = cafe("menu", "export", database=database)

    assert exported.stdout == menu_file.builtin()
    assert exported.stderr == f"{database} is not there yet: this is the built-in menu.\n"
    assert not database.exists()


def test_an_export_that_cannot_be_written_is_explained(database: Path, tmp_path: Path) -> None:
    refused = cafe("menu", "export", str(tmp_path), database=database)

    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert refused.stderr.endswith(f"{tmp_path} cannot be written: Is a directory.\n")


def test_a_port_that_is_taken_is_explained(database: Path, cafe_server: str) -> None:
    refused = cafe("serve", "--port", cafe_server.rsplit(":", 1)[1], database=database)

    assert refused.returncode == 1
    assert "Address already in use" in refused.stderr
    assert "Playground" not in refused.stdout
    assert not database.exists()


def test_a_price_list_becomes_a_menu(database: Path) -> None:
    flags = ("--name", "Roastery", "--currency", "USD", "--time-zone", "America/New_York")

    loaded = cafe("menu", "import", str(PRODUCTS), *flags, database=database)

    assert loaded.stdout == f"Loaded 30 items in 4 categories from {PRODUCTS}.\n"
    assert 'name = "Roastery"' in cafe("menu", "export", database=database).stdout


def test_a_price_list_with_other_columns_is_told_by_flags(database: Path, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("Drink;Kind;Price\nLatte;Coffee;3,50\n", "utf-8")

    lost = cafe("menu", "check", str(file), database=database)
    found = cafe(
        *("menu", "check", str(file), "--item-column", "Drink", "--category-column", "Kind"),
        *("--price-column", "Price", "--size-column", ""),
        database=database,
    )

    assert lost.returncode == 1
    assert 'there is no column "name" for the item; there is "Drink", "Kind", "Price"' in lost.stderr
    assert found.stdout == f"{file} is fine: 1 item in 1 category.\n"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"CAFE_PORT": "eight"}, "CAFE_PORT=eight: Input should be a valid integer"),
        (
            {"CAFE_DATABASE_URL": "postgres://cafe"},
            "CAFE_DATABASE_URL=postgres://cafe: must name a SQLite",
        ),
        ({"CAFE_DATABASE_URL": "sqlite:////nowhere/at/all.db"}, "cannot be opened: unable to open database file."),
    ],
)
def test_a_wrong_setting_is_explained_without_a_traceback(database: Path, variables: dict[str, str], said: str) -> None:
    refused = cafe("serve", database=database, **variables)

    assert refused.returncode == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_schema_is_printed(database: Path) -> None:
    assert cafe("schema", database=database).stdout == (Path(__file__).parents[1] / "schema.graphql").read_text("utf-8")
