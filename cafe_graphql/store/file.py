"""The database file itself: whether what is written to can still be found."""

from pathlib import Path

from sqlalchemy import Connection

from cafe_graphql.core.errors import Busy
from cafe_graphql.store.hot import driver


class File:
    """The file that was opened: SQLite goes on writing to one that was deleted or replaced, for nobody to find."""

    def __init__(self, connection: Connection) -> None:
        self._path = driver(connection).execute("PRAGMA database_list").fetchone()[2]
        self._opened = self._now()

    def check(self) -> None:
        """Raise `Busy` unless the file is still there, and still the same."""
        if self._now() != self._opened:
            raise Busy("The database file was deleted or replaced; nothing was stored. The café must be started again.")

    def _now(self) -> tuple[int, int] | None:
        try:
            found = Path(self._path).stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
