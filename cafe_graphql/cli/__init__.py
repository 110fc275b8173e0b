"""The command line: `cafe serve`, `menu`, `pantry`, `key`, `role`, `report`, `reconcile` and `schema`."""

import typer

from cafe_graphql.cli import keys, menus, pantry
from cafe_graphql.cli.payments import reconcile
from cafe_graphql.cli.people import role
from cafe_graphql.cli.reports import report
from cafe_graphql.cli.serving import serve
from cafe_graphql.cli.work import stop
from cafe_graphql.core.errors import CafeError
from cafe_graphql.core.menu_file import MenuFileError

SETTINGS = """
The settings are also variables: CAFE_DATABASE_URL (sqlite:///cafe.db), CAFE_HOST (127.0.0.1), CAFE_PORT (8000),
CAFE_WORKERS (1), CAFE_HTTP_PROFILE (compat), and CAFE_API_KEY, a key of your own that opens everything.
A flag wins over its variable. CAFE_PRODUCTION=1 is for a café that strangers can reach: it closes the playground and
the schema, sets CAFE_RATE_LIMIT, and refuses to start with settings that are not safe. The README has all variables.
"""

app = typer.Typer(
    name="cafe",
    help="A café's ordering API in GraphQL: serve it, write its menu, and say who may do what.",
    epilog=SETTINGS,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve)
app.add_typer(menus.commands, name="menu")
app.add_typer(pantry.commands, name="pantry")
app.add_typer(keys.commands, name="key")
app.command()(role)
app.command()(report)
app.command()(reconcile)


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
        stop(str(error))
