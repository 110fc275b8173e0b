"""Editing the menu: loading a sheet, writing it out as a file, and the built-in menu of the first start."""

from cafe_graphql.core import menu_file, menu_history
from cafe_graphql.core.menu import CafeInfo, Sheet
from cafe_graphql.core.menu_file import MenuFileError
from cafe_graphql.core.menu_history import MenuEvent
from cafe_graphql.core.people import HOUSE, Actor
from cafe_graphql.services import menu_writing, stocking
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import menu as menus
from cafe_graphql.store import menu_events, migrations, pantry
from cafe_graphql.store import orders as order_book
from cafe_graphql.store.database import Connection, Database


async def load(cafe: Cafe, sheet: Sheet, actor: Actor = HOUSE) -> bool:
    """Make `sheet` the menu, all of it or nothing; False when it is the menu already.

    It is the whole menu from then on: what was changed item by item, and is not in it, is undone. But what is on hand
    is the pantry's to say: the sheet's word counts for ingredients that are new. `MenuFileError` when one that the
    pantry knows comes in a unit that it cannot be counted in, or the currency is not the one of the orders so far.
    """
    return await cafe.store.write(_load, cafe, sheet, actor)


async def about(cafe: Cafe) -> CafeInfo | None:
    """Tell who the café is by the menu in use; None before the first."""
    return await cafe.store.read(menus.about)


async def export(cafe: Cafe) -> str:
    """Write the menu out as the text of a menu file, which loads to the same menu again; without one, the built-in."""
    if await about(cafe) is None:
        return menu_file.builtin()
    return menu_writing.text(await cafe.store.read(menus.sheet))


async def open_cafe(url: str) -> Cafe:
    """Open the café's books, brought up to date; they may be without a menu yet."""
    store = Database(url)
    try:
        await store.write(migrations.upgrade)
    except BaseException:
        store.close()
        raise
    return Cafe(store)


async def ensure_menu(cafe: Cafe) -> bool:
    """Give a café without a menu the built-in one; False when it has one."""
    return await cafe.store.write(_ensure_menu, cafe)


async def history(cafe: Cafe, count: int) -> list[MenuEvent]:
    """Give the latest changes of the menu, at most `count`, the oldest of them first."""
    return await cafe.store.read(menu_events.latest, count)


def _ensure_menu(connection: Connection, cafe: Cafe) -> bool:
    is_new = menus.version(connection) is None
    return is_new and _load(connection, cafe, menu_file.read(menu_file.builtin()), HOUSE)


def _load(connection: Connection, cafe: Cafe, sheet: Sheet, actor: Actor) -> bool:
    before, at = None if menus.version(connection) is None else menus.sheet(connection), cafe.clock()
    known = pantry.units(connection)
    taken_in = order_book.last_currency(connection)
    if mistakes := [*menu_file.exchanged(sheet, taken_in), *menu_file.recounted(sheet, known)]:
        raise MenuFileError(mistakes)
    if not menus.replace(connection, sheet):
        return False
    stocking.open_new(connection, [new for new in sheet.ingredients if new.slug not in known], actor, at)
    menu_events.append(connection, at, actor, menu_history.of_menu(before, sheet))
    return True
