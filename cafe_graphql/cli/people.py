"""`cafe role`: what somebody with an account is to the café."""

from typing import Annotated

import typer

from cafe_graphql.cli.work import DatabaseFlag, run, settings_of, stop
from cafe_graphql.core.people import Person, Role
from cafe_graphql.services import signing_in
from cafe_graphql.services.cafe import Cafe


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
            stop(f"{len(meant)} accounts have the address {who}. Say which, for addresses prove nothing:\n{known}")
        if not meant:
            stop(f"Nobody has signed up as {who}.")
        return await signing_in.change_role(cafe, meant[0], role)

    person = run(settings_of(database_url=database), change)
    typer.echo(f"{person.name} <{person.email}> is a {role} now.")
