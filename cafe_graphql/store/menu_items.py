"""Single items of the menu in the store: found, written, and what of the menu they must agree with."""

from sqlalchemy import Connection, func, insert, select, update

from cafe_graphql.core.item_edits import Around, Listed
from cafe_graphql.store import pantry
from cafe_graphql.store.menu import cafe, categories, groups, item_row, items, option_group, sheet_item


def find(connection: Connection, slug: str) -> Listed | None:
    """Give the item with this slug, be it hidden; `slug` must be one that can be written down."""
    statement = select(items, categories.c.slug.label("category")).join(categories).where(items.c.slug == slug)
    row = connection.execute(statement).mappings().first()
    if row is None:
        return None
    return Listed(sheet_item(row, {row["category_id"]: row["category"]}), row["is_hidden"])


def write(connection: Connection, listed: Listed) -> None:
    """Write an item as it is now; a new one goes to the end of the menu, and what it is made of is shown with it."""
    category, slug = listed.item.category, listed.item.slug
    category_id = connection.execute(select(categories.c.id).where(categories.c.slug == category)).scalar_one()
    row = item_row(listed.item, {category: category_id}) | {"is_hidden": listed.is_hidden}
    if connection.execute(update(items).where(items.c.slug == slug).values(row)).rowcount == 0:
        last = connection.execute(select(func.coalesce(func.max(items.c.position), -1))).scalar_one()
        connection.execute(insert(items).values(row | {"position": last + 1}))
    if not listed.is_hidden:
        pantry.show(connection, listed.item.recipe)


def around(connection: Connection) -> Around:
    """Give what of the menu an item must agree with; there must be a menu."""
    shown_groups = select(groups).where(~groups.c.is_hidden).order_by(groups.c.position, groups.c.id)
    headings = select(categories.c.slug).where(~categories.c.is_hidden).order_by(categories.c.position, categories.c.id)
    on_offer = select(func.count()).select_from(items).where(~items.c.is_hidden)
    return Around(
        currency=connection.execute(select(cafe.c.currency)).scalar_one(),
        categories=tuple(connection.execute(headings).scalars()),
        groups={row["slug"]: option_group(row) for row in connection.execute(shown_groups).mappings()},
        on_offer=connection.execute(on_offer).scalar_one(),
    )


def on_offer(connection: Connection) -> tuple[str, ...]:
    """Name the items that are on the menu, in its order."""
    statement = select(items.c.slug).where(~items.c.is_hidden).order_by(items.c.position, items.c.id)
    return tuple(connection.execute(statement).scalars())
