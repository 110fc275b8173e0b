"""`cafe report`: what was sold, as a table, as CSV, and as a picture."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from cafe_graphql.cli import figures, plots
from cafe_graphql.cli.work import DatabaseFlag, run, settings_of, stop
from cafe_graphql.core.people import HOUSE
from cafe_graphql.core.reports import SalesReport
from cafe_graphql.services import menu_editing, reporting
from cafe_graphql.services.cafe import Cafe


def report(
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], metavar="DAY", help="The first day; omitted: as --to."),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], metavar="DAY", help="The last day, included; omitted: today."),
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print rows for a spreadsheet instead of tables.")] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it, too: a .png or .svg. Needs matplotlib.")
    ] = None,
    database: DatabaseFlag = None,
) -> None:
    """Print what was sold from one day to another: in all, by item, by hour and by day; without tips.

    Days are those of the café's own calendar, like 2026-05-01. Orders that were called off do not count. Refunds are
    what was given back on those days, with tips and tax, whenever its orders were placed; revenue is without them.
    """
    settings = settings_of(database_url=database)
    if plot is not None and (why := plots.why_not(plot)):
        stop(why)
    if not settings.database_file.exists():
        stop(f"{settings.database_file} is not there yet, and nothing was sold: start with cafe serve.")

    async def read(cafe: Cafe) -> tuple[str, SalesReport]:
        if (about := await menu_editing.about(cafe)) is None:
            stop(f"{settings.database_file} has no menu yet, and nothing was sold: start with cafe serve.")
        to = _day(last) or reporting.today(cafe)
        return about.name, await reporting.sales(cafe, HOUSE, _day(first) or to, to)

    name, sold = run(settings, read)
    typer.echo(figures.csv_of(sold) if as_csv else figures.tables(name, sold), nl=False)
    if plot is not None:
        _draw(name, sold, plot)


def _draw(name: str, sold: SalesReport, file: Path) -> None:
    if not sold.orders:
        typer.echo("Nothing was sold, so nothing was drawn.", err=True)
        return
    try:
        plots.draw(name, sold, file)
    except OSError as error:
        stop(f"{file} cannot be written: {error.strerror}.")
    typer.echo(f"Drew it to {file}.", err=True)


def _day(said: datetime | None) -> date | None:
    return None if said is None else said.date()
