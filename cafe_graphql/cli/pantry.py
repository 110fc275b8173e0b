"""`cafe pantry`: what is on hand, how that came about, and saying that it is otherwise."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

import typer

from cafe_graphql.cli.work import DatabaseFlag, run, settings_of, stop
from cafe_graphql.config import Settings
from cafe_graphql.core import quantities
from cafe_graphql.core.ingredients import Move, MoveKind, Stocked
from cafe_graphql.core.people import HOUSE
from cafe_graphql.core.quantities import number_of, written
from cafe_graphql.core.stocktaking import Change
from cafe_graphql.services import stocking
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.stocking import Adjusted

commands = typer.Typer(
    help="See what is in the pantry, say what came in or was counted, or read its ledger.", no_args_is_help=True
)

Slug = Annotated[str, typer.Argument(metavar="INGREDIENT", help="Its slug in the menu file, like oat-milk.")]
Quantity = Annotated[str, typer.Argument(metavar="QUANTITY", help='How much, like "12 l", "500 g" or "6 pieces".')]
Note = Annotated[str | None, typer.Option("--note", help="Why, for the ledger.")]

_WHY = {
    MoveKind.OPENED: "as the menu file said",
    MoveKind.ORDERED: "for order",
    MoveKind.CANCELLED: "back from order",
    MoveKind.ADJUSTED: "by hand",
}


@commands.command("list")
def list_(
    low: Annotated[bool, typer.Option("--low", help="Only what more should be got of.")] = False,
    database: DatabaseFlag = None,
) -> None:
    """List what is on hand."""
    every = run(_settings(database), lambda cafe: stocking.every(cafe, HOUSE))
    if not every:
        typer.echo("There is nothing in the pantry: the menu file names no ingredients.", err=True)
    for stocked in every:
        if stocked.is_low or not low:
            typer.echo(_line(stocked))


@commands.command()
def add(slug: Slug, quantity: Quantity, note: Note = None, database: DatabaseFlag = None) -> None:
    """Say that so much came in."""
    _adjust(slug, quantity, lambda number: Change(add=number), note, database)


@commands.command()
def take(slug: Slug, quantity: Quantity, note: Note = None, database: DatabaseFlag = None) -> None:
    """Say that so much went out, other than for an order."""
    _adjust(slug, quantity, lambda number: Change(add=-number), note, database)


@commands.command("set")
def set_(slug: Slug, quantity: Quantity, note: Note = None, database: DatabaseFlag = None) -> None:
    """Say that so much was counted."""
    _adjust(slug, quantity, lambda number: Change(set_to=number), note, database)


@commands.command()
def log(
    slug: Annotated[str | None, typer.Argument(metavar="[INGREDIENT]", help="Omitted: of all.")] = None,
    last: Annotated[int, typer.Option("--last", metavar="N", min=1, help="How many movements, the latest.")] = 20,
    database: DatabaseFlag = None,
) -> None:
    """Print what came in and went out, when, why and by whom; the latest movement comes last."""
    for move in run(_settings(database), lambda cafe: stocking.history(cafe, HOUSE, last, slug)):
        typer.echo(_told(move))


def _settings(database: str | None) -> Settings:
    settings = settings_of(database_url=database)
    if not settings.database_file.exists():
        stop(f"{settings.database_file} is not there yet, and neither is its pantry: start with cafe serve.")
    return settings


def _adjust(
    slug: str, quantity: str, change: Callable[[Decimal], Change], note: str | None, database: str | None
) -> None:
    async def adjust(cafe: Cafe) -> Adjusted:
        every = {stocked.slug: stocked for stocked in await stocking.every(cafe, HOUSE)}
        number = _number(quantity, every[slug]) if slug in every else Decimal(0)
        return await stocking.adjust(cafe, HOUSE, slug, change(number), note)

    adjusted = run(_settings(database), adjust)
    typer.echo(_line(adjusted.stocked))
    if adjusted.out:
        typer.echo(f"Cannot be had now: {', '.join(adjusted.out)}.")


def _number(quantity: str, stocked: Stocked) -> Decimal:
    """Give a quantity in the ingredient's own unit."""
    try:
        said = quantities.parse(quantity)
    except ValueError as error:
        stop(f"{error}.")
    if said.unit.kind != stocked.unit.kind:
        stop(f"{stocked.name} is counted in {stocked.unit}, and “{quantity}” is a {said.unit.kind}.")
    return number_of(said.amount, stocked.unit)


def _line(stocked: Stocked) -> str:
    low = "  low" if stocked.is_low else ""
    return f"{stocked.slug:24} {written(stocked.on_hand, stocked.unit):>16}{low}"


def _told(move: Move) -> str:
    sign = "+" if move.change > 0 else "−"
    change, left = written(abs(move.change), move.unit), written(move.on_hand, move.unit)
    why = " ".join(filter(None, (_WHY[move.kind], move.order_number, move.note and f"({move.note})")))
    who = f"{move.actor_name} ({move.actor_id})"
    return f"{move.at:%Y-%m-%d %H:%M:%S} UTC  {move.ingredient}  {sign}{change} → {left}  {why}, {who}"
