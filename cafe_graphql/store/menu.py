"""The menu in the store: a sheet written down in one go, and read back as the value that everything works on."""

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, insert, select, update

from cafe_graphql.core.menu import (
    Allergen,
    CafeInfo,
    Category,
    Diet,
    Item,
    Menu,
    Option,
    OptionGroup,
    Sheet,
    SheetItem,
    Unavailable,
    Use,
)
from cafe_graphql.core.points import Scheme
from cafe_graphql.core.promo_codes import PromoCode
from cafe_graphql.store import findings, menu_prices, menu_stock, pantry
from cafe_graphql.store.hot import Hot
from cafe_graphql.store.tables import CafeRow, CategoryRow, ItemRow, OptionGroupRow, table

cafe = table(CafeRow)
categories = table(CategoryRow)
groups = table(OptionGroupRow)
items = table(ItemRow)

_VERSION = Hot(select(cafe.c.menu_version))

_MENU = "menu"
"""Among what a transaction has found: the menu, forgotten when it changes."""


def version(connection: Connection) -> int | None:
    """Give the number of the menu as it is now; None before the first."""
    found: int | None = _VERSION.scalar(connection)
    return found


def current(connection: Connection, known: Menu | None) -> Menu:
    """Give the menu as it is now: `known` itself when that is still the one.

    It is looked for once in a transaction, and anew when an act has changed it.
    """
    found = findings.of(connection)
    menu: Menu | None = found.get(_MENU)
    if menu is None:
        menu = known if known is not None and known.version == version(connection) else load(connection)
        found[_MENU] = menu
    return menu


def about(connection: Connection) -> CafeInfo | None:
    """Tell who the café is; None before the first menu."""
    row = connection.execute(select(cafe)).mappings().first()
    return None if row is None else _cafe(row)


def load(connection: Connection) -> Menu:
    """Read the whole menu, the hidden items too; there must be one."""
    row = connection.execute(select(cafe)).mappings().one()
    headings = {row["id"]: row for row in _rows(connection, categories)}
    shared = {row["slug"]: option_group(row) for row in _rows(connection, groups)}
    known = [_item(row, headings, shared) for row in _rows(connection, items)]
    stocked, ingredients = menu_stock.stocked(connection, known)
    return Menu.of(
        version=row["menu_version"],
        cafe=_cafe(row),
        categories=[_category(row) for row in headings.values() if not row["is_hidden"]],
        items=stocked,
        promo_codes=map(menu_prices.code, row["promo_codes"]),
        ingredients=ingredients,
    )


def sheet(connection: Connection) -> Sheet:
    """Read the menu as the café would write it: what is on offer, in order; there must be one."""
    slugs = {row["id"]: row["slug"] for row in _rows(connection, categories)}
    about = connection.execute(select(cafe)).mappings().one()
    on_offer = tuple(sheet_item(row, slugs) for row in _rows(connection, items) if not row["is_hidden"])
    return Sheet(
        cafe=_cafe(about),
        option_groups=tuple(option_group(row) for row in _rows(connection, groups) if not row["is_hidden"]),
        categories=tuple(_category(row) for row in _rows(connection, categories) if not row["is_hidden"]),
        items=on_offer,
        promo_codes=tuple(_still_for(map(menu_prices.code, about["promo_codes"]), {item.slug for item in on_offer})),
        ingredients=pantry.sheet(connection),
    )


def replace(connection: Connection, new: Sheet) -> bool:
    """Make `new` the menu and count its version up; False, and nothing written, when it is the menu already.

    What `new` no longer has is hidden, not deleted: old orders still point to it. What is on hand stays as it is, and
    of new ingredients there is nothing yet.
    """
    now = version(connection)
    if now is not None and sheet(connection) == new:
        return False
    _upsert(connection, pantry.ingredients, map(menu_stock.row, new.ingredients))
    _upsert(connection, categories, ({"name": c.name, "slug": c.slug, "tax": c.tax} for c in new.categories))
    _upsert(connection, groups, (_group_row(group) for group in new.option_groups))
    ids = {row["slug"]: row["id"] for row in _rows(connection, categories)}
    _upsert(connection, items, (item_row(item, ids) for item in new.items))
    row = _cafe_row(new.cafe) | {"promo_codes": new.promo_codes, "menu_version": (now or 0) + 1}
    connection.execute(insert(cafe).values(id=1, **row) if now is None else update(cafe).values(row))
    findings.of(connection).pop(_MENU, None)
    return True


def count_up(connection: Connection) -> None:
    """Count the menu's version up: something changed that a guest could see."""
    connection.execute(update(cafe).values(menu_version=cafe.c.menu_version + 1))
    findings.of(connection).pop(_MENU, None)


def _rows(connection: Connection, of: Table) -> Iterable[RowMapping]:
    return connection.execute(select(of).order_by(of.c.position, of.c.id)).mappings().all()


def _upsert(connection: Connection, into: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows by their slugs in this order, and hide every other."""
    known = {row.slug: row.id for row in connection.execute(select(into.c.slug, into.c.id))}
    connection.execute(update(into).values(is_hidden=True))
    for position, row in enumerate(rows):
        values = row | {"position": position, "is_hidden": False}
        if row["slug"] in known:
            connection.execute(update(into).where(into.c.id == known[row["slug"]]).values(values))
        else:
            connection.execute(insert(into).values(values))


def _still_for(codes: Iterable[PromoCode], on_offer: Collection[str]) -> Iterator[PromoCode]:
    """Give codes without the items that were hidden since; those that were for such items alone are for nothing."""
    for code in codes:
        named = tuple(slug for slug in code.items if slug in on_offer)
        if named or code.categories or not code.items:
            yield dataclasses.replace(code, items=named)


def _cafe_row(info: CafeInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "currency": info.currency,
        "time_zone": info.time_zone,
        "locale": info.locale,
        "hours": info.hours.periods,
        "stations": info.stations,
        "slot_minutes": info.slot_minutes,
        "slot_capacity": info.slot_capacity,
        "tax_rates": [menu_prices.rate_row(rate) for rate in info.tax_rates],
        "tax": info.tax,
        "loyalty": info.loyalty,
    }


def _group_row(group: OptionGroup) -> dict[str, Any]:
    return {"slug": group.slug, "name": group.name, "min": group.min, "max": group.max, "options": group.options}


def item_row(item: SheetItem, category_ids: Mapping[str, int]) -> dict[str, Any]:
    return {
        "slug": item.slug,
        "name": item.name,
        "category_id": category_ids[item.category],
        "price": item.price,
        "description": item.description,
        "image_url": item.image_url,
        "calories": item.calories,
        "prep_seconds": item.prep_seconds,
        "allergens": item.allergens,
        "diets": item.diets,
        "uses": item.uses,
        "recipe": dict(item.recipe),
        "is_available": item.is_available,
    }


def _cafe(row: RowMapping) -> CafeInfo:
    return CafeInfo(
        name=row["name"],
        currency=row["currency"],
        time_zone=row["time_zone"],
        locale=row["locale"],
        hours=menu_prices.hours(row["hours"]),
        stations=row["stations"],
        slot_minutes=row["slot_minutes"],
        slot_capacity=row["slot_capacity"],
        tax_rates=tuple(map(menu_prices.rate, row["tax_rates"])),
        tax=row["tax"],
        loyalty=None if row["loyalty"] is None else Scheme(**row["loyalty"]),
    )


def _category(row: RowMapping) -> Category:
    return Category(row["slug"], row["name"], row["tax"])


def option_group(row: RowMapping) -> OptionGroup:
    return OptionGroup(row["slug"], row["name"], row["min"], row["max"], tuple(map(_option, row["options"])))


def _option(row: Mapping[str, Any]) -> Option:
    allergens = {key: frozenset(map(Allergen, row[key])) for key in ("adds_allergens", "removes_allergens")}
    return Option(**{**row, **allergens, "recipe": menu_stock.recipe(row["recipe"])})


def _use(row: Mapping[str, Any]) -> Use:
    offers, defaults = (None if row[key] is None else tuple(row[key]) for key in ("offers", "defaults"))
    return Use(row["group"], offers, defaults, row["prices"])


def sheet_item(row: RowMapping, category_slugs: Mapping[int, str]) -> SheetItem:
    return SheetItem(
        slug=row["slug"],
        name=row["name"],
        category=category_slugs[row["category_id"]],
        price=row["price"],
        description=row["description"],
        image_url=row["image_url"],
        calories=row["calories"],
        prep_seconds=row["prep_seconds"],
        allergens=frozenset(map(Allergen, row["allergens"])),
        diets=frozenset(map(Diet, row["diets"])),
        uses=tuple(map(_use, row["uses"])),
        recipe=menu_stock.recipe(row["recipe"]),
        is_available=row["is_available"],
    )


def _item(row: RowMapping, headings: Mapping[int, RowMapping], shared: Mapping[str, OptionGroup]) -> Item:
    written = sheet_item(row, {id: heading["slug"] for id, heading in headings.items()})
    return Item(
        id=row["id"],
        slug=written.slug,
        name=written.name,
        category=_category(headings[row["category_id"]]),
        price=written.price,
        description=written.description,
        image_url=written.image_url,
        calories=written.calories,
        prep_seconds=written.prep_seconds,
        allergens=written.allergens,
        diets=written.diets,
        groups=tuple(use.of(shared[use.group]) for use in written.uses),
        recipe=written.recipe,
        unavailable=_unavailable(row),
    )


def _unavailable(row: RowMapping) -> Unavailable | None:
    if row["is_hidden"]:
        return Unavailable.HIDDEN
    return None if row["is_available"] else Unavailable.SOLD_OUT
