"""What every command needs: its settings, the café's books for as long as it works, and a plain way to stop."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Annotated, NoReturn, TypeVar

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from cafe_graphql.config import SECRET, Settings
from cafe_graphql.services import menu_editing
from cafe_graphql.services.cafe import Cafe

T = TypeVar("T")

DatabaseFlag = Annotated[
    str | None, typer.Option("--database", metavar="URL", help="The SQLite file, like sqlite:///cafe.db.")
]


def settings_of(**flags: object) -> Settings:
    """Read the settings; what flags say goes into the environment, where worker processes find it too."""
    os.environ.update({f"CAFE_{name.upper()}": str(value) for name, value in flags.items() if value is not None})
    try:
        return Settings()
    except ValidationError as error:
        stop("\n".join(map(_wrong_setting, error.errors())))


def _wrong_setting(error: ErrorDetails) -> str:
    """Say what is wrong with a setting, or with several together; a secret is not repeated."""
    message = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return message
    name = str(error["loc"][0])
    said = "" if name in SECRET else f"={error['input']}"
    return f"CAFE_{name.upper()}{said}: {message}"


def run(settings: Settings, act: Callable[[Cafe], Awaitable[T]]) -> T:
    """Open the café's books, do one thing, and close them again."""

    async def working() -> T:
        cafe = await menu_editing.open_cafe(settings.database_url)
        try:
            return await act(cafe)
        finally:
            cafe.store.close()

    return asyncio.run(working())


def stop(message: str) -> NoReturn:
    typer.echo(message, err=True)
    sys.exit(1)
