"""What a transaction has found in the books and may go by until it ends, so that acts that share it look but once.

It is forgotten when another begins and when acts are undone; who changes what was found keeps or forgets it themselves.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import Connection


@lru_cache(maxsize=16)
def of(connection: Connection) -> dict[str, Any]:
    """Give what the connection's transaction has found, by names that its finders choose; to be added to."""
    return {}


def forget(connection: Connection) -> None:
    """Forget it all: the connection sees other books from now on."""
    of(connection).clear()
