"""Serving the café: what is looked at before, what is said once, and the server itself."""

import socket
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

import cafe_graphql
from cafe_graphql.cli.work import DatabaseFlag, run, settings_of, stop
from cafe_graphql.config import Settings
from cafe_graphql.services import key_cutting, menu_editing

GOODBYE_SECONDS = 5
"""How long a stopping server waits for answers under way."""


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on; 127.0.0.1 is this machine alone.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    database: DatabaseFlag = None,
    workers: Annotated[int | None, typer.Option(help="How many processes serve the one database.")] = None,
    trusted_documents: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Run only the documents of this list, made by Apollo, Relay or codegen."),
    ] = None,
    reload: Annotated[bool, typer.Option("--reload", help="Start again whenever the code changes.")] = False,
) -> None:
    """Serve the café: GraphQL and the playground at /graphql, the tutorial's REST addresses at /.

    The first start creates the database and loads the built-in menu.
    """
    settings = settings_of(
        host=host,
        port=port,
        database_url=database,
        workers=workers,
        trusted_documents=trusted_documents,
        reload=reload or None,
    )
    _check_documents(settings)
    _check_issuer(settings)
    _check_gateway(settings)
    _check_port(settings)
    is_new = not settings.database_file.exists()
    has_started = run(settings, menu_editing.ensure_menu)
    if has_started:
        where = "Created" if is_new else "Opened"
        typer.echo(f"{where} {settings.database_file} with the built-in menu.")
    if settings.house_key is None and (first := run(settings, key_cutting.cut_first)):
        typer.echo(f"Manager key, shown this once: {first.secret}")
        typer.echo("Send it as X-API-Key. For other programs, make others: cafe key create --help")
    if settings.takes_cards_by == "terminal":
        typer.echo("Cards are taken by a terminal for trying: no real money. CAFE_CARD_GATEWAY names another.")
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    typer.echo(f"{'GraphQL' if settings.production else 'Playground'}: http://{shown}:{settings.port}/graphql")
    _serve(settings)


def _check_port(settings: Settings) -> None:
    """Stop before anything is said of an address that somebody else answers at."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        where = f"{settings.host}, port {settings.port}"
        stop(f"Nothing can listen on {where}: {error.strerror}. Choose another with --host or --port.")


def _check_documents(settings: Settings) -> None:
    """Stop before anything is served if the list of trusted documents has mistakes, and tell them all."""
    if settings.trusted_documents is None:
        return
    from cafe_graphql.app import make_engine
    from cafe_graphql.execution.trusted import BrokenManifest

    try:
        make_engine(settings)
    except BrokenManifest as broken:
        stop(str(broken))


def _check_issuer(settings: Settings) -> None:
    """Stop before anything is served if the outside issuer is one that cannot be trusted as it is written."""
    if settings.oidc_issuer is None:
        return
    if settings.oidc_audience is None:
        stop("CAFE_OIDC_AUDIENCE is missing: say who the café is to CAFE_OIDC_ISSUER, the client id that it has there.")
    from cafe_graphql.app import make_issuer

    try:
        make_issuer(settings)
    except ValueError as error:
        stop(f"CAFE_OIDC_ISSUER={settings.oidc_issuer}: {error}.")


def _check_gateway(settings: Settings) -> None:
    """Stop before anything is served if cards are to be taken by somebody who cannot be asked."""
    from cafe_graphql.app import make_gateway

    make_gateway(settings).close()


def _serve(settings: Settings) -> None:
    import uvicorn

    from cafe_graphql.web.streams.keeping import DEFAULT_LIMITS

    uvicorn.run(
        "cafe_graphql.app:create_process",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        reload=settings.reload,
        reload_dirs=[str(Path(cafe_graphql.__file__).parent)] if settings.reload else None,
        access_log=False,  # it would hold what people write into URLs
        server_header=False,
        # Uvicorn would believe whatever a caller of this machine says of where it calls from.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        http="cafe_graphql.web.wire:BoundedHttp" if find_spec("httptools") else "auto",
        ws="cafe_graphql.web.streams.wire:LeanSockets",
        ws_per_message_deflate=False,  # its windows would take 64 KiB for each listener
        ws_ping_interval=None,  # the streams ping for themselves
        ws_max_size=DEFAULT_LIMITS.message_length,
        timeout_graceful_shutdown=GOODBYE_SECONDS,
    )
