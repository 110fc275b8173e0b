"""`cafe reconcile`: payments and refunds of which it is not known yet what came of them."""

import typer

from cafe_graphql.cli.work import DatabaseFlag, run, settings_of, stop
from cafe_graphql.services import reconciling
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.reconciling import Reconciled


def reconcile(database: DatabaseFlag = None) -> None:
    """Ask whoever takes the cards what came of payments and refunds left under way. A running server does so by itself.

    Exits with 1 while some are still under way.
    """
    settings = settings_of(database_url=database)
    if not settings.database_file.exists():
        stop(f"{settings.database_file} is not there yet, and neither are any payments: start with cafe serve.")

    async def settle(cafe: Cafe) -> Reconciled:
        from cafe_graphql.app import make_gateway

        cafe.gateway = make_gateway(settings)
        try:
            return await reconciling.reconcile(cafe)
        finally:
            cafe.gateway.close()

    found = run(settings, settle)
    typer.echo(f"Settled: {found.settled}. Still under way: {found.waiting}.")
    if found.waiting:
        seconds = int(reconciling.GRACE.total_seconds())
        typer.echo(
            f"They began in the last {seconds} seconds, or CAFE_CARD_GATEWAY={settings.takes_cards_by} does not answer,"
            " or is not the gateway that they were begun with.",
            err=True,
        )
        raise typer.Exit(1)
