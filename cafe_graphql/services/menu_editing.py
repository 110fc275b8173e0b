"""Editing the menu: loading a sheet, writing it out as a file, and the built-in menu of the first start."""

from cafe_graphql.core import menu_file
from cafe_graphql.core.menu import CafeInfo, Sheet
from cafe_graphql.services import menu_writing
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import menu as menus
from cafe_graphql.store import migrations
from cafe_graphql.store.database import Connection, Database


async def load(cafe: Cafe, sheet: Sheet) -> bool:
    """Make `sheet` the menu, all of it or nothing; False when it is the menu already."""
    return await cafe.store.write(menus.replace, sheet)


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
    return await cafe.store.write(_ensure_menu)


def _ensure_menu(connection: Connection) -> bool:
    return menus.version(connection) is None and menus.replace(connection, menu_file.read(menu_file.builtin()))
