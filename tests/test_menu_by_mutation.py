"""A menu that is changed while it is served: seen by every worker at once, exported, and logged."""

import re
from pathlib import Path
from typing import Any

from tests.running import WITH_KEY, cafe, running_cafe
from tests.web.test_rest import ask

NEW_PRICE = 'mutation { upsertMenuItem(slug: "latte", input: { priceMinorUnits: %d }) { problems { message } } }'
PRICE = '{ menuItem(slug: "latte") { price { minorUnits } } }'
TONIC = """mutation { upsertMenuItem(slug: "tonic", input: { name: "Tonic", category: "cold", priceMinorUnits: 450 }) {
    problems { message } } }"""


def asked(url: str, query: str) -> Any:
    status, body = ask(f"{url}/graphql", {"query": query}, **WITH_KEY)
    assert (status, body.get("errors")) == (200, None)
    return body["data"]


def test_every_worker_shows_a_change_on_its_next_request(tmp_path: Path) -> None:
    with running_cafe(tmp_path / "cafe.db", "--workers", "2") as url:
        for price in (420, 430, 440):
            asked(url, NEW_PRICE % price)
            shown = [asked(url, PRICE)["menuItem"]["price"]["minorUnits"] for _ in range(12)]
            assert shown == [price] * 12


def test_what_was_changed_is_exported_and_replaced_by_an_import_and_all_of_it_logged(tmp_path: Path) -> None:
    database, first, changed = tmp_path / "cafe.db", tmp_path / "first.toml", tmp_path / "changed.toml"
    with running_cafe(database) as url:
        cafe("menu", "export", str(first), database=database)
        asked(url, NEW_PRICE % 420)
        asked(url, TONIC)
        cafe("menu", "export", str(changed), database=database)
        cafe("menu", "import", str(first), database=database)
        assert asked(url, PRICE) == {"menuItem": {"price": {"minorUnits": 350}}}
        cafe("menu", "import", str(changed), database=database)
        assert asked(url, PRICE) == {"menuItem": {"price": {"minorUnits": 420}}}

    told = cafe("menu", "log", "--last", "4", database=database).stdout

    assert re.sub(r"(?m)^[0-9-]{10} [0-9:]{8} UTC", "NOW", told).splitlines() == [
        "NOW  house (house)  changed the item latte",
        '    price "3.50" → "4.20"',
        "NOW  house (house)  added the item tonic",
        '    slug – → "tonic"',
        '    name – → "Tonic"',
        '    category – → "cold"',
        '    price – → "4.50"',
        "NOW  house (house)  loaded a menu",
        '    items latte: price "4.20" → "3.50"',
        "    items tonic: removed",
        "NOW  house (house)  loaded a menu",
        '    items latte: price "3.50" → "4.20"',
        "    items tonic: added",
    ]


def test_the_log_of_a_new_cafe_has_the_menu_of_its_first_start(tmp_path: Path) -> None:
    with running_cafe(tmp_path / "cafe.db"):
        pass

    told = cafe("menu", "log", database=tmp_path / "cafe.db").stdout.splitlines()

    assert told[0].endswith("UTC  house (house)  loaded a menu")
    assert "    items latte: added" in told
