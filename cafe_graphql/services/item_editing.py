"""Editing single items: what they are, whether they are to be had; each change on record with who made it."""

from dataclasses import replace

from cafe_graphql.core import item_edits, item_validation, menu_history, permissions
from cafe_graphql.core.errors import Rejected
from cafe_graphql.core.item_edits import ItemEdit, Listed
from cafe_graphql.core.people import Actor
from cafe_graphql.core.permissions import Act
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import menu as menus
from cafe_graphql.store import menu_events, menu_items
from cafe_graphql.store.database import Connection


async def upsert(cafe: Cafe, actor: Actor, slug: str, edit: ItemEdit) -> None:
    """Change the item of this slug, or add it to the end of the menu; `Rejected` says everything that is wrong."""
    permissions.require(actor, Act.WRITE_MENU)
    await cafe.store.write(_upsert, cafe, actor, slug, edit)


async def set_availability(cafe: Cafe, actor: Actor, slug: str, is_available: bool) -> None:
    """Say that an item is sold out, or to be had again; `Rejected` when there is none of this slug."""
    permissions.require(actor, Act.WRITE_MENU)
    await cafe.store.write(_set_availability, cafe, actor, slug, is_available)


def _upsert(connection: Connection, cafe: Cafe, actor: Actor, slug: str, edit: ItemEdit) -> None:
    around, before = menu_items.around(connection), _found(connection, slug)
    if problems := item_validation.problems(slug, edit, before, around):
        raise Rejected(problems)
    _change(connection, cafe, actor, before, item_edits.applied(slug, edit, before, around))


def _set_availability(connection: Connection, cafe: Cafe, actor: Actor, slug: str, is_available: bool) -> None:
    before = _found(connection, slug)
    if before is None:
        raise Rejected([item_validation.unknown_item(slug, menu_items.on_offer(connection))])
    after = replace(before, item=replace(before.item, is_available=is_available))
    _change(connection, cafe, actor, before, after)


def _found(connection: Connection, slug: str) -> Listed | None:
    """Find an item; there is none by what is no slug, nor could SQLite always be asked for it."""
    return None if any(item_validation.slug_problems(slug)) else menu_items.find(connection, slug)


def _change(connection: Connection, cafe: Cafe, actor: Actor, before: Listed | None, after: Listed) -> None:
    """Write an item down with its place in history; nothing when it is so already."""
    if before == after:
        return
    menu_items.write(connection, after)
    if before is None or before.seen != after.seen:
        menus.count_up(connection)
    about = menus.about(connection)
    assert about is not None, "a café that has items has a menu"
    menu_events.append(connection, cafe.clock(), actor, menu_history.of_item(before, after, about.currency))
