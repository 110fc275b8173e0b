"""`cafe menu log`: who changed what on the menu, and when, as lines that people read."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import orjson
import typer

from cafe_graphql.cli.work import DatabaseFlag, run, settings_of
from cafe_graphql.core.menu_history import MenuChange, MenuChangeKind, MenuEvent
from cafe_graphql.services import menu_editing

_WHAT = {
    MenuChangeKind.ITEM_ADDED: "added the item",
    MenuChangeKind.ITEM_CHANGED: "changed the item",
    MenuChangeKind.MENU_LOADED: "loaded a menu",
}


def log(
    last: Annotated[int, typer.Option("--last", metavar="N", min=1, help="How many changes, the latest.")] = 20,
    database: DatabaseFlag = None,
) -> None:
    """Print who changed what on the menu, and when; the latest change comes last."""
    events = run(settings_of(database_url=database), lambda cafe: menu_editing.history(cafe, last))
    for event in events:
        for line in _lines(event):
            typer.echo(line)


def _lines(event: MenuEvent) -> Iterator[str]:
    what = " ".join(filter(None, (_WHAT[event.change.kind], event.change.slug)))
    yield f"{event.at:%Y-%m-%d %H:%M:%S} UTC  {event.actor_name} ({event.actor_id})  {what}"
    for line in _changes(event.change):
        yield f"    {line}"


def _changes(change: MenuChange) -> Iterator[str]:
    if change.kind is not MenuChangeKind.MENU_LOADED:
        yield from _differences("", change.data)
        return
    for section, found in change.data.items():
        assert isinstance(found, Mapping)
        if "after" in found:  # the café itself, or an order
            yield from _differences(f"{section}: ", found)
        else:
            for slug, difference in found.items():
                yield from _differences(f"{section} {slug}: ", difference)


def _differences(whose: str, found: Mapping[str, Any]) -> Iterator[str]:
    before, after = found["before"], found["after"]
    if after is None:
        yield f"{whose}removed"
    elif isinstance(after, list):
        yield f"{whose}{_said(before)} → {_said(after)}"
    elif before is None and whose:
        yield f"{whose}added"
    else:
        old = before or {}
        for key in dict.fromkeys((*old, *after)):
            yield f"{whose}{key} {_value(old, key)} → {_value(after, key)}"


def _value(table: Mapping[str, Any], key: str) -> str:
    return _said(table[key]) if key in table else "–"


def _said(value: Any) -> str:
    return orjson.dumps(value).decode()
