"""`cafe key`: making, listing and revoking the keys that programs call with, and changing what signs sessions."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from cafe_graphql.cli.work import DatabaseFlag, run, settings_of, stop
from cafe_graphql.core.people import HOUSE, ApiKey, Scope
from cafe_graphql.services import key_cutting
from cafe_graphql.services.cafe import Cafe

commands = typer.Typer(help="Make, list and revoke the keys that programs call with.", no_args_is_help=True)

SCOPES = ", ".join(scope.name for scope in Scope)


@commands.command("create")
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
    made = run(settings_of(database_url=database), lambda cafe: key_cutting.cut(cafe, HOUSE, name, scopes, expires_at))
    typer.echo(f"Made the key {name} ({_listed(made.key)}). Shown this once:", err=True)
    typer.echo(made.secret)


@commands.command("list")
def list_keys(database: DatabaseFlag = None) -> None:
    """List the keys that open something, without their secrets."""
    for key in run(settings_of(database_url=database), lambda cafe: key_cutting.every(cafe, HOUSE)):
        used = f"{key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at else "never"
        until = f", expires {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else ""
        typer.echo(f"{key.prefix}…  {key.name}  {_listed(key)}  last used: {used}{until}")


@commands.command("revoke")
def revoke_key(
    prefix: Annotated[str, typer.Argument(help="How the key begins, as cafe key list shows it.")],
    database: DatabaseFlag = None,
) -> None:
    """Let a key open nothing from now on; a running server knows at once."""

    async def revoke(cafe: Cafe) -> ApiKey:
        meant = [key for key in await key_cutting.every(cafe, HOUSE) if key.prefix == prefix.rstrip("…")]
        if len(meant) != 1:
            found = f"{len(meant)} keys are" if meant else "No key is"
            stop(f"{found} listed as {prefix}: see cafe key list.")
        return await key_cutting.revoke(cafe, HOUSE, meant[0].public_id)

    typer.echo(f"Revoked the key {run(settings_of(database_url=database), revoke).name}.")


@commands.command("rotate")
def rotate(database: DatabaseFlag = None) -> None:
    """Sign sessions with a new secret from now on; those under way last until they end by themselves."""
    run(settings_of(database_url=database), key_cutting.change_signing_key)
    typer.echo("Sessions are signed with a new secret now.")


def _scope(word: str) -> Scope:
    try:
        return Scope[word.upper()]
    except KeyError:
        stop(f"There is no scope {word}: choose from {SCOPES}.")


def _listed(key: ApiKey) -> str:
    return " ".join(sorted(scope.name for scope in key.scopes))
