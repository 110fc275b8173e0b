"""The database's shape through time: Alembic revisions, applied when a database is opened."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from cafe_graphql.core.errors import Unusable

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0012"
"""The newest revision; a database that has it needs no Alembic, whose import alone takes a tenth of a second."""


def upgrade(connection: Connection) -> None:
    """Bring the database up to `HEAD` in the caller's transaction; `Unusable` if it is not ours or a newer one."""
    revision = current(connection)
    if revision is None and inspect(connection).get_table_names():
        raise Unusable("The database is not ours: another program keeps its tables there.")
    if revision != HEAD:
        from alembic import command
        from alembic.util import CommandError

        config = alembic_config()
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise Unusable(f"The database is not ours, or a newer café's: {error}") from error


def current(connection: Connection) -> str | None:
    """Give the database's revision; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def alembic_config() -> "Config":
    """Give Alembic the place of our revisions."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
