"""Editing the menu: all of it or nothing, seen at once everywhere, and old orders untouched."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Draft, LineDraft
from cafe_graphql.core.menu import Sheet, SheetItem, Unavailable
from cafe_graphql.core.menu_file import MenuFileError
from cafe_graphql.core.orders import Filter
from cafe_graphql.core.people import GUEST
from cafe_graphql.services import menu_editing, ordering
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import menu as menus
from cafe_graphql.store import order_pages
from tests import running
from tests.core.sheets import sheets
from tests.services.books import all_orders, counted, execute
from tests.store.watching import watched, watched_reads

MENU = menu_file.read(menu_file.builtin())
LATTE = Draft((LineDraft("latte"),))

NOTHING_BUT_A_GLANCE = ["PRAGMA data_version"]


def load(cafe: Cafe, sheet: Sheet) -> bool:
    return asyncio.run(menu_editing.load(cafe, sheet))


def without(slug: str) -> Sheet:
    return replace(MENU, items=tuple(item for item in MENU.items if item.slug != slug))


def priced(slug: str, price: int) -> Sheet:
    def item(one: SheetItem) -> SheetItem:
        return replace(one, price=price) if one.slug == slug else one

    return replace(MENU, items=tuple(map(item, MENU.items)))


def reminted(currency: str) -> Sheet:
    return replace(MENU, cafe=replace(MENU.cafe, currency=currency))


def test_a_new_cafe_has_the_built_in_menu_as_its_first(cafe: Cafe) -> None:
    menu = cafe.menu()

    assert menu.version == 1
    assert menu.cafe == MENU.cafe
    assert [item.slug for item in menu.items] == [item.slug for item in MENU.items]
    assert not asyncio.run(menu_editing.ensure_menu(cafe))


def test_before_the_first_order_a_cafe_may_choose_another_currency(cafe: Cafe) -> None:
    assert load(cafe, reminted("JPY"))

    assert cafe.menu().cafe.currency == "JPY"


def test_once_there_are_orders_the_currency_stays_theirs(cafe: Cafe, file: Path) -> None:
    asyncio.run(ordering.place(cafe, GUEST, LATTE))
    before, menu = counted(file), cafe.menu()

    with pytest.raises(MenuFileError) as refusal:
        load(cafe, reminted("JPY"))

    assert str(refusal.value) == (
        "cafe.currency: is JPY, but the café has taken orders in USD, and the two do not add up; write USD, or begin"
        " new books for JPY, in a database file of their own"
    )
    assert (counted(file), cafe.menu()) == (before, menu)
    assert load(cafe, priced("latte", 420))


def test_books_in_which_it_was_changed_all_the_same_go_back_to_that_of_their_orders(cafe: Cafe, file: Path) -> None:
    asyncio.run(ordering.place(cafe, GUEST, LATTE))
    execute(file, "UPDATE cafe SET currency = 'JPY', menu_version = menu_version + 1")

    assert load(cafe, MENU)

    assert cafe.menu().cafe.currency == "USD"


def test_a_new_price_is_on_the_menu_at_the_next_look(cafe: Cafe) -> None:
    before = cafe.menu()

    assert load(cafe, priced("latte", 420))

    assert cafe.menu().by_slug["latte"].price == 420
    assert cafe.menu().version == 2
    assert before.by_slug["latte"].price == 350


def test_what_another_process_loads_is_on_the_menu_at_the_very_next_look(
    cafe: Cafe, file: Path, tmp_path: Path
) -> None:
    cafe.menu()
    text = menu_file.builtin().replace('price = "3.50"', 'price = "4.20"', 1)
    (tmp_path / "menu.toml").write_text(text, "utf-8")

    done = running.cafe("menu", "import", str(tmp_path / "menu.toml"), database=file)

    assert done.returncode == 0, done.stderr
    assert cafe.menu().by_slug["latte"].price == 420


def test_loading_the_same_menu_again_writes_nothing(cafe: Cafe, file: Path) -> None:
    seen = cafe.menu()
    writes = ("INSERT", "UPDATE", "DELETE")

    with watched(cafe.store) as statements:
        assert not load(cafe, MENU)

    assert [statement for statement in statements if statement.startswith(writes)] == []
    assert cafe.menu() is seen


def test_a_look_at_an_unchanged_menu_asks_the_database_one_thing(cafe: Cafe) -> None:
    first = cafe.menu()

    with watched_reads(cafe.store) as statements:
        looks = [cafe.menu() for _ in range(3)]

    assert statements == NOTHING_BUT_A_GLANCE * 3
    assert looks == [first] * 3


def test_after_an_order_the_menu_is_checked_once_and_not_read_again(cafe: Cafe) -> None:
    first = cafe.menu()
    asyncio.run(ordering.place(cafe, GUEST, LATTE))

    with watched_reads(cafe.store) as statements:
        looks = [cafe.menu() for _ in range(3)]

    glance = NOTHING_BUT_A_GLANCE
    assert [" ".join(s.split()) for s in statements] == [
        *glance,
        "BEGIN",
        "SELECT cafe.menu_version FROM cafe",
        "ROLLBACK",
        *glance,
        *glance,
    ]
    assert looks == [first] * 3


def test_a_quote_asks_the_kitchen_and_the_pantry_once_and_writes_nothing(cafe: Cafe) -> None:
    cafe.menu()

    with watched_reads(cafe.store) as statements:
        ordering.quote(cafe, GUEST, LATTE)

    told = [" ".join(statement.split()) for statement in statements if statement not in NOTHING_BUT_A_GLANCE]
    asked = [" ".join(statement.split(" FROM ")[-1:]).split()[0] for statement in told]
    assert asked == ["BEGIN", "orders", "ingredients", "ingredients", "ROLLBACK"]


def test_what_left_the_menu_is_hidden_and_its_orders_still_show_it(cafe: Cafe) -> None:
    order = asyncio.run(ordering.place(cafe, GUEST, LATTE)).order
    latte = cafe.menu().by_slug["latte"]

    load(cafe, without("latte"))

    menu = cafe.menu()
    assert "latte" not in [item.slug for item in menu.items]
    assert menu.by_slug["latte"].unavailable is Unavailable.HIDDEN
    assert menu.by_id[order.lines[0].item_id].slug == "latte"
    assert all_orders(cafe) == [order]
    of_latte = Filter(item_id=latte.id)
    assert asyncio.run(cafe.store.read(order_pages.count, of_latte)) == 1


def test_what_comes_back_to_the_menu_is_the_same_item(cafe: Cafe) -> None:
    latte = cafe.menu().by_slug["latte"]
    load(cafe, without("latte"))

    load(cafe, MENU)

    back = cafe.menu().by_slug["latte"]
    assert (back.id, back.unavailable, back.price) == (latte.id, None, 350)
    assert cafe.menu().version == 3
    assert asyncio.run(cafe.store.read(menus.sheet)) == MENU


def test_an_order_keeps_its_names_and_prices_whatever_the_menu_becomes(cafe: Cafe) -> None:
    order = asyncio.run(ordering.place(cafe, GUEST, LATTE)).order
    renamed = tuple(
        replace(item, name="Caffè latte", price=999) if item.slug == "latte" else item for item in MENU.items
    )

    load(cafe, replace(MENU, items=renamed, option_groups=MENU.option_groups[:3]))

    assert all_orders(cafe) == [order]
    assert (order.lines[0].name, order.lines[0].unit_price) == ("Latte", 350)


def test_a_load_that_fails_halfway_changes_nothing(cafe: Cafe, file: Path) -> None:
    seen = cafe.menu()
    execute(
        file,
        "CREATE TRIGGER spill BEFORE UPDATE OF menu_version ON cafe BEGIN SELECT RAISE(FAIL, 'spilt'); END",
    )
    before = counted(file)

    with pytest.raises(Exception, match="spilt"):
        load(cafe, without("latte"))

    assert counted(file) == before
    assert asyncio.run(cafe.store.read(menus.sheet)) == MENU
    assert cafe.menu() is seen


def test_orders_in_the_same_rush_as_a_new_menu_are_priced_by_the_menu_of_their_moment(cafe: Cafe) -> None:
    async def rush() -> list[int]:
        before = [asyncio.create_task(ordering.place(cafe, GUEST, LATTE)) for _ in range(10)]
        loading = asyncio.create_task(menu_editing.load(cafe, priced("latte", 420)))
        after = [asyncio.create_task(ordering.place(cafe, GUEST, LATTE)) for _ in range(10)]
        assert await loading
        return [(await placing).order.totals.total for placing in before + after]

    totals = asyncio.run(rush())

    assert totals == [350] * 10 + [420] * 10
    assert asyncio.run(ordering.place(cafe, GUEST, LATTE)).order.totals.total == 420


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(sheets(), sheets())
def test_any_menu_that_is_written_out_loads_as_the_same_menu_again(cafe: Cafe, sheet: Sheet, other: Sheet) -> None:
    load(cafe, sheet)
    version = cafe.menu().version

    text = asyncio.run(menu_editing.export(cafe))

    assert menu_file.read(text) == sheet
    assert not load(cafe, menu_file.read(text))
    assert cafe.menu().version == version
    assert load(cafe, other) == (other != sheet)
    load(cafe, sheet)
    assert asyncio.run(menu_editing.export(cafe)) == text
