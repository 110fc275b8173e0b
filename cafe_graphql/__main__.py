"""The command line: `cafe serve`, `cafe menu …`, `cafe key …`, `cafe role`, `cafe schema`."""

import asyncio
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer
from pydantic import ValidationError

from cafe_graphql.config import Settings
from cafe_graphql.core import menu_file
from cafe_graphql.core.errors import CafeError
from cafe_graphql.core.menu import CafeInfo, Sheet
from cafe_graphql.core.menu_file import MenuFileError, price_list
from cafe_graphql.core.people import HOUSE, ApiKey, Person, Role, Scope
from cafe_graphql.services import key_cutting, menu_editing, signing_in
from cafe_graphql.services.cafe import Cafe

T = TypeVar("T")

SCOPES = ", ".join(scope.name for scope in Scope)

SETTINGS = """
The settings are also variables: CAFE_DATABASE_URL (sqlite:///cafe.db), CAFE_HOST (127.0.0.1), CAFE_PORT (8000),
CAFE_WORKERS (1), CAFE_HTTP_PROFILE (compat), and CAFE_API_KEY, a key of your own that opens everything.
A flag wins over its variable.
"""

app = typer.Typer(
    name="cafe",
    help="A café's ordering API in GraphQL: serve it, and write its menu.",
    epilog=SETTINGS,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
menu_app = typer.Typer(help="Load a menu from a file, write it out, or check a file.", no_args_is_help=True)
app.add_typer(menu_app, name="menu")

key_app = typer.Typer(help="Make, list and revoke the keys that programs call with.", no_args_is_help=True)
app.add_typer(key_app, name="key")

DatabaseFlag = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="The SQLite file, like sqlite:///cafe.db.")
]
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
GOODBYE_SECONDS = 5
"""How long a stopping server waits for answers under way."""

NAMELESS = CafeInfo("Café", "USD", "UTC")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on; 127.0.0.1 is this machine alone.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    database: DatabaseFlag = None,
    workers: Annotated[int | None, typer.Option(help="How many processes serve the one database.")] = None,
    reload: Annotated[bool, typer.Option("--reload", help="Start again whenever the code changes.")] = False,
) -> None:
    """Serve the café: GraphQL and the playground at /graphql, the tutorial's REST addresses at /.

    The first start creates the database and loads the built-in menu.
    """
    settings = _settings(host=host, port=port, database_url=database, workers=workers)
    _check_port(settings)
    _check_issuer(settings)
    is_new = not settings.database_file.exists()
    has_started = _run(settings, menu_editing.ensure_menu)
    if has_started:
        where = "Created" if is_new else "Opened"
        typer.echo(f"{where} {settings.database_file} with the built-in menu.")
    if settings.house_key is None and (first := _run(settings, key_cutting.cut_first)):
        typer.echo(f"Manager key, shown this once: {first.secret}")
        typer.echo("Send it as X-API-Key. For other programs, make others: cafe key create --help")
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    typer.echo(f"Playground: http://{shown}:{settings.port}/graphql")
    _serve(settings, reload)


@menu_app.command("import")
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
    """
    columns = price_list.Columns(item=item_column, size=size_column, price=price_column, category=category_column)
    about = {"name": name, "currency": currency, "time_zone": time_zone}

    async def load(cafe: Cafe) -> tuple[Sheet, bool]:
        sheet = _read(file, columns, await menu_editing.about(cafe), about)
        return sheet, await menu_editing.load(cafe, sheet)

    sheet, has_changed = _run(_settings(database_url=database), load)
    what = _counted(sheet)
    typer.echo(f"Loaded {what} from {file}." if has_changed else f"Nothing changed: the menu has the {what} already.")


@menu_app.command()
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
    typer.echo(f"{file} is fine: {_counted(sheet)}.")


@menu_app.command()
def export(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to; omitted: the screen.")] = None,
    database: DatabaseFlag = None,
) -> None:
    """Write the menu out as a menu file, which loads to the same menu again."""
    settings = _settings(database_url=database)
    if settings.database_file.exists():
        written = _run(settings, menu_editing.export)
    else:
        typer.echo(f"{settings.database_file} is not there yet: this is the built-in menu.", err=True)
        written = menu_file.builtin()
    if file is None:
        typer.echo(written, nl=False)
        return
    try:
        file.write_text(written, "utf-8")
    except OSError as error:
        _stop(f"{file} cannot be written: {error.strerror}.")
    typer.echo(f"Wrote the menu to {file}.")


@key_app.command("create")
def create_key(
    name: Annotated[str, typer.Option(help="What it is for, like till.")],
    scope: Annotated[list[str], typer.Option(metavar="SCOPE", help=f"What it opens; repeatable: {SCOPES}.")],
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="When it ceases to, in UTC.")
    ] = None,
    database: DatabaseFlag = None,
) -> None:
    """Make a key and show its secret, once: nobody can show it again."""
    scopes = [_scope(word) for said in scope for word in said.replace(",", " ").split()]
    expires_at = expires and expires.replace(tzinfo=UTC)
    made = _run(_settings(database_url=database), lambda cafe: key_cutting.cut(cafe, HOUSE, name, scopes, expires_at))
    typer.echo(f"Made the key {name} ({_listed(made.key)}). Shown this once:", err=True)
    typer.echo(made.secret)


@key_app.command("list")
def list_keys(database: DatabaseFlag = None) -> None:
    """List the keys that open something, without their secrets."""
    for key in _run(_settings(database_url=database), lambda cafe: key_cutting.every(cafe, HOUSE)):
        used = f"{key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at else "never"
        until = f", expires {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else ""
        typer.echo(f"{key.prefix}…  {key.name}  {_listed(key)}  last used: {used}{until}")


@key_app.command("revoke")
def revoke_key(
    prefix: Annotated[str, typer.Argument(help="How the key begins, as cafe key list shows it.")],
    database: DatabaseFlag = None,
) -> None:
    """Let a key open nothing from now on; a running server knows at once."""

    async def revoke(cafe: Cafe) -> ApiKey:
        meant = [key for key in await key_cutting.every(cafe, HOUSE) if key.prefix == prefix.rstrip("…")]
        if len(meant) != 1:
            found = f"{len(meant)} keys are" if meant else "No key is"
            _stop(f"{found} listed as {prefix}: see cafe key list.")
        return await key_cutting.revoke(cafe, HOUSE, meant[0].public_id)

    typer.echo(f"Revoked the key {_run(_settings(database_url=database), revoke).name}.")


@key_app.command("rotate")
def rotate(database: DatabaseFlag = None) -> None:
    """Sign sessions with a new secret from now on; those under way last until they end by themselves."""
    _run(_settings(database_url=database), key_cutting.change_signing_key)
    typer.echo("Sessions are signed with a new secret now.")


@app.command()
def role(
    who: Annotated[str, typer.Argument(metavar="EMAIL", help="The address that somebody has signed up with.")],
    role: Annotated[Role, typer.Argument(help="What they are to the café from now on.", case_sensitive=False)],
    account: Annotated[str | None, typer.Option(help="Which, if several have the same address.")] = None,
    database: DatabaseFlag = None,
) -> None:
    """Make somebody with an account a barista or manager, or a customer again."""

    async def change(cafe: Cafe) -> Person:
        meant = [each for each in await signing_in.with_email(cafe, who) if account in (None, each.public_id)]
        if len(meant) > 1:
            known = "\n".join(f"  --account {each.public_id}  {each.name}, a {each.role}" for each in meant)
            _stop(f"{len(meant)} accounts have the address {who}. Say which, for addresses prove nothing:\n{known}")
        if not meant:
            _stop(f"Nobody has signed up as {who}.")
        return await signing_in.change_role(cafe, meant[0], role)

    person = _run(_settings(database_url=database), change)
    typer.echo(f"{person.name} <{person.email}> is a {role} now.")


@app.command()
def schema() -> None:
    """Print the schema in GraphQL's own language."""
    from cafe_graphql.schema.root import schema as spoken

    typer.echo(spoken.as_str())


def main() -> None:
    """Run the command line."""
    try:
        app()
    except (CafeError, MenuFileError) as error:
        _stop(str(error))


def _read(file: Path, columns: price_list.Columns, cafe: CafeInfo | None, flags: dict[str, str | None]) -> Sheet:
    """Read a menu file or price list; a price list says nothing of the café, so flags, or the menu in use, must."""
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        _stop(f"{file} is not UTF-8 text (byte {error.start}): save it as UTF-8.")
    try:
        if file.suffix.lower() != ".csv":
            _refuse_flags(flags)
            return menu_file.read(text)
        about = {**menu_file.cafe_table(cafe or NAMELESS), **{key: said for key, said in flags.items() if said}}
        return menu_file.check(price_list.document(text, columns, about))
    except MenuFileError as error:
        _stop(f"{file} was not loaded:\n{error}")


def _refuse_flags(flags: dict[str, str | None]) -> None:
    for name in (name for name, said in flags.items() if said):
        _stop(f"--{name.replace('_', '-')} goes with a .csv file; a menu file says it in its [cafe] table.")


def _scope(word: str) -> Scope:
    try:
        return Scope[word.upper()]
    except KeyError:
        _stop(f"There is no scope {word}: choose from {SCOPES}.")


def _listed(key: ApiKey) -> str:
    return " ".join(sorted(scope.name for scope in key.scopes))


def _counted(sheet: Sheet) -> str:
    items, categories = len(sheet.items), len(sheet.categories)
    return f"{items} item{'s' * (items != 1)} in {categories} categor{'y' if categories == 1 else 'ies'}"


def _settings(**flags: object) -> Settings:
    """Read the settings; what flags say goes into the environment, where worker processes find it too."""
    os.environ.update({f"CAFE_{name.upper()}": str(value) for name, value in flags.items() if value is not None})
    try:
        return Settings()
    except ValidationError as error:
        _stop("\n".join(f"CAFE_{_shown(e['loc'][0], e['input'])}: {e['msg']}" for e in error.errors()))


def _shown(name: int | str, value: object) -> str:
    return f"{str(name).upper()}={'…' if name == 'api_key' else value}"


def _run(settings: Settings, act: Callable[[Cafe], Awaitable[T]]) -> T:
    """Open the café's books, do one thing, and close them again."""

    async def run() -> T:
        cafe = await menu_editing.open_cafe(settings.database_url)
        try:
            return await act(cafe)
        finally:
            cafe.store.close()

    return asyncio.run(run())


def _check_port(settings: Settings) -> None:
    """Stop before anything is said of an address that somebody else answers at."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        where = f"{settings.host}, port {settings.port}"
        _stop(f"Nothing can listen on {where}: {error.strerror}. Choose another with --host or --port.")


def _check_issuer(settings: Settings) -> None:
    if settings.oidc_issuer is not None:
        from cafe_graphql.app import trusted_issuer

        try:
            trusted_issuer(settings)
        except ValueError as error:
            _stop(f"CAFE_OIDC_ISSUER and CAFE_OIDC_AUDIENCE cannot be used: {error}.")


def _serve(settings: Settings, reload: bool) -> None:
    import uvicorn

    from cafe_graphql.web.streams.keeping import DEFAULT_LIMITS

    uvicorn.run(
        "cafe_graphql.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        reload=reload,
        reload_dirs=[str(Path(__file__).parent)] if reload else None,
        access_log=False,
        ws="cafe_graphql.web.streams.wire:LeanSockets",
        ws_per_message_deflate=False,  # its windows would take 64 KiB for each listener
        ws_ping_interval=None,  # the streams ping for themselves
        ws_max_size=DEFAULT_LIMITS.message_length,
        timeout_graceful_shutdown=GOODBYE_SECONDS,
    )


def _stop(message: str) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
