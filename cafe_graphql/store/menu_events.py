"""The menu's history in the store: one row for each change, appended in the change's own transaction."""

from datetime import datetime

from sqlalchemy import Connection, RowMapping, bindparam, insert, select

from cafe_graphql.core.menu_history import MenuChange, MenuChangeKind, MenuEvent
from cafe_graphql.core.people import Actor
from cafe_graphql.store.tables import MenuEventRow, table
from cafe_graphql.store.times import from_micros, to_micros

events = table(MenuEventRow)

_LATEST = select(events).order_by(events.c.id.desc()).limit(bindparam("count"))


def append(connection: Connection, at: datetime, actor: Actor, change: MenuChange) -> None:
    """Write down what somebody has changed."""
    row = {"at": to_micros(at), "actor": actor.id, "actor_name": actor.name}
    row |= {"slug": change.slug, "kind": change.kind, "data": change.data}
    connection.execute(insert(events).values(row))


def latest(connection: Connection, count: int) -> list[MenuEvent]:
    """Give the latest changes, at most `count`, the oldest of them first."""
    return [_event(row) for row in connection.execute(_LATEST, {"count": count}).mappings()][::-1]


def _event(row: RowMapping) -> MenuEvent:
    change = MenuChange(MenuChangeKind(row["kind"]), row["slug"], row["data"])
    return MenuEvent(row["id"], from_micros(row["at"]), row["actor"], row["actor_name"], change)
