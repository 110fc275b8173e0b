"""`cafe menu`: loading a menu from a file, writing it out, checking a file, or seeing who changed what."""

from pathlib import Path
from typing import Annotated

import typer

from cafe_graphql.cli.menu_log import log
from cafe_graphql.cli.work import DatabaseFlag, run, settings_of, stop
from cafe_graphql.core import menu_file
from cafe_graphql.core.menu import CafeInfo, Sheet
from cafe_graphql.core.menu_file import MenuFileError, price_list
from cafe_graphql.printing import lettering
from cafe_graphql.services import menu_editing
from cafe_graphql.services.cafe import Cafe

commands = typer.Typer(
    help="Load a menu from a file, write it out, check a file, or see who changed what.", no_args_is_help=True
)
commands.command()(log)

MenuFile = Annotated[
    Path,
    typer.Argument(metavar="FILE", help="A menu file (.toml), or a price list (.csv).", exists=True, dir_okay=False),
]
Name = Annotated[str | None, typer.Option("--name", help="With a .csv: what the café is called.")]
Currency = Annotated[str | None, typer.Option("--currency", help="With a .csv: ISO 4217 code of its prices.")]
TimeZone = Annotated[str | None, typer.Option("--time-zone", help="With a .csv: the café's IANA time zone.")]
ItemColumn = Annotated[str, typer.Option("--item-column", help="With a .csv: the column that names the item.")]
SizeColumn = Annotated[str, typer.Option("--size-column", help="With a .csv: the column that names the size.")]
PriceColumn = Annotated[str, typer.Option("--price-column", help="With a .csv: the column with the price.")]
CategoryColumn = Annotated[str, typer.Option("--category-column", help="With a .csv: the column with the category.")]
COLUMNS = price_list.Columns()

NAMELESS = CafeInfo("Café", "USD", "UTC")


@commands.command("import")
def import_(
    file: MenuFile,
    database: DatabaseFlag = None,
    name: Name = None,
    currency: Currency = None,
    time_zone: TimeZone = None,
    item_column: ItemColumn = COLUMNS.item,
    size_column: SizeColumn = COLUMNS.size,
    price_column: PriceColumn = COLUMNS.price,
    category_column: CategoryColumn = COLUMNS.category,
) -> None:
    """Make FILE the menu: all of it, or nothing when anything in it is wrong.

    What the file no longer has is hidden, not deleted. A running server shows the new menu on its next request.
    What was changed item by item since the last export is replaced, too: export first to keep it.
    """
    columns = price_list.Columns(item=item_column, size=size_column, price=price_column, category=category_column)
    about = {"name": name, "currency": currency, "time_zone": time_zone}

    async def load(cafe: Cafe) -> tuple[Sheet, bool]:
        sheet = _read(file, columns, await menu_editing.about(cafe), about)
        return sheet, await menu_editing.load(cafe, sheet)

    sheet, has_changed = run(settings_of(database_url=database), load)
    what = _counted(sheet)
    _warn_of_letters(sheet, database)
    typer.echo(f"Loaded {what} from {file}." if has_changed else f"Nothing changed: the menu has the {what} already.")


@commands.command()
def check(
    file: MenuFile,
    name: Name = None,
    currency: Currency = None,
    time_zone: TimeZone = None,
    item_column: ItemColumn = COLUMNS.item,
    size_column: SizeColumn = COLUMNS.size,
    price_column: PriceColumn = COLUMNS.price,
    category_column: CategoryColumn = COLUMNS.category,
) -> None:
    """Say everything that is wrong with FILE, and where; change nothing."""
    columns = price_list.Columns(item=item_column, size=size_column, price=price_column, category=category_column)
    sheet = _read(file, columns, None, {"name": name, "currency": currency, "time_zone": time_zone})
    _warn_of_letters(sheet)
    typer.echo(f"{file} is fine: {_counted(sheet)}.")


@commands.command()
def export(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to; omitted: the screen.")] = None,
    database: DatabaseFlag = None,
) -> None:
    """Write the menu out as a menu file, which loads to the same menu again."""
    settings = settings_of(database_url=database)
    if settings.database_file.exists():
        written = run(settings, menu_editing.export)
    else:
        typer.echo(f"{settings.database_file} is not there yet: this is the built-in menu.", err=True)
        written = menu_file.builtin()
    if file is None:
        typer.echo(written, nl=False)
        return
    try:
        file.write_text(written, "utf-8")
    except OSError as error:
        stop(f"{file} cannot be written: {error.strerror}.")
    typer.echo(f"Wrote the menu to {file}.")


def _read(file: Path, columns: price_list.Columns, cafe: CafeInfo | None, flags: dict[str, str | None]) -> Sheet:
    """Read a menu file or price list; a price list says nothing of the café, so flags, or the menu in use, must."""
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        stop(f"{file} is not UTF-8 text (byte {error.start}): save it as UTF-8.")
    try:
        if file.suffix.lower() != ".csv":
            _refuse_flags(flags)
            return menu_file.read(text)
        about = {**menu_file.cafe_table(cafe or NAMELESS), **{key: said for key, said in flags.items() if said}}
        return menu_file.check(price_list.document(text, columns, about))
    except MenuFileError as error:
        stop(f"{file} was not loaded:\n{error}")


def _warn_of_letters(sheet: Sheet, database: str | None = None) -> None:
    """Say which letters receipts in PDF would lack: they would have boxes for them."""
    if lacking := lettering.missing(sheet, settings_of(database_url=database).receipt_font):
        some = lacking if len(lacking) <= 10 else f"{lacking[:10]}…"
        typer.echo(f"Receipts in PDF would have boxes for “{some}”: name a font as CAFE_RECEIPT_FONT.", err=True)


def _refuse_flags(flags: dict[str, str | None]) -> None:
    for name in (name for name, said in flags.items() if said):
        stop(f"--{name.replace('_', '-')} goes with a .csv file; a menu file says it in its [cafe] table.")


def _counted(sheet: Sheet) -> str:
    items, categories = len(sheet.items), len(sheet.categories)
    return f"{items} item{'s' * (items != 1)} in {categories} categor{'y' if categories == 1 else 'ies'}"
