"""The menu's history: what each change made of it, in the words of the menu file, with who made it and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cafe_graphql.core import menu_file
from cafe_graphql.core.item_edits import Listed
from cafe_graphql.core.menu import Sheet

Table = Mapping[str, object]
Data = dict[str, object]


class MenuChangeKind(StrEnum):
    """What can be done to a menu."""

    ITEM_ADDED = "item_added"
    ITEM_CHANGED = "item_changed"
    MENU_LOADED = "menu_loaded"


@dataclass(frozen=True, slots=True)
class MenuChange:
    """One change. `slug` is the item's, None when a whole menu was loaded.

    `data` has what differs as `before` and `after`, keys as in a menu file, of a loaded menu under section and slug (of
    a promo code: the code); a key that is not there was left to its default. None: there was nothing before, or is
    nothing any more.
    """

    kind: MenuChangeKind
    slug: str | None
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class MenuEvent:
    """A change on record, with the id and the name of who made it."""

    id: int
    at: datetime
    actor_id: str
    actor_name: str
    change: MenuChange


def of_item(before: Listed | None, after: Listed, currency: str) -> MenuChange:
    """Tell what differs between an item as it was (None: it was not) and as it is."""
    kind = MenuChangeKind.ITEM_ADDED if before is None else MenuChangeKind.ITEM_CHANGED
    was = None if before is None else _listed(before, currency)
    return MenuChange(kind, after.item.slug, _difference(was, _listed(after, currency)))


def of_menu(before: Sheet | None, after: Sheet) -> MenuChange:
    """Tell what differs between a whole menu and the next; None: it is the first."""
    was = {} if before is None else menu_file.document(before)
    now = menu_file.document(after)
    data: Data = {}
    if before is None or before.cafe != after.cafe:
        data["cafe"] = _difference(_table(was.get("cafe")), _table(now["cafe"]))
    data |= _section("ingredients", _uncounted(was.get("ingredients")), _uncounted(now.get("ingredients")))
    for section in ("option_groups", "categories", "items", "promo_codes"):
        data |= _section(section, _by_slug(was.get(section)), _by_slug(now.get(section)))
    return MenuChange(MenuChangeKind.MENU_LOADED, None, data)


def _listed(listed: Listed, currency: str) -> Table:
    return menu_file.item_table(listed.item, currency) | ({"hidden": True} if listed.is_hidden else {})


def _section(name: str, before: Mapping[str, Table], after: Mapping[str, Table]) -> Data:
    """Tell what differs in a list of the file, by slug, and its new order when what stays has another."""
    slugs = dict.fromkeys((*before, *after))
    differing = [slug for slug in slugs if before.get(slug) != after.get(slug)]
    changed = {slug: _difference(before.get(slug), after.get(slug)) for slug in differing}
    moved = [slug for slug in before if slug in after] != [slug for slug in after if slug in before]
    order = {"before": list(before), "after": list(after)}
    return ({name: changed} if changed else {}) | ({f"order of {name}": order} if moved else {})


def _difference(before: Table | None, after: Table | None) -> Data:
    """Give what differs between two tables; all of one when the other is None."""
    if before is None or after is None:
        return {"before": before, "after": after}
    keys = [key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key)]
    return {"before": _only(keys, before), "after": _only(keys, after)}


def _only(keys: Iterable[str], table: Table) -> Table:
    return {key: table[key] for key in keys if key in table}


def _by_slug(rows: object) -> dict[str, Table]:
    tables = rows if isinstance(rows, list) else []
    return {row.get("slug") or row["code"]: row for row in tables}


def _uncounted(rows: object) -> dict[str, Table]:
    """Give ingredients by slug, without what is on hand: that is the pantry's own history to tell."""
    tables = _by_slug(rows).items()
    return {slug: {key: said for key, said in table.items() if key != "on_hand"} for slug, table in tables}


def _table(value: object) -> Table | None:
    return value if isinstance(value, Mapping) else None
