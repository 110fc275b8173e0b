"""How much a caller may ask: what is left of it, and until when."""

from datetime import datetime
from typing import NamedTuple


class RateLimit(NamedTuple):
    """The budget of one caller, in cost; from `reset_at` on, nothing of what is used now counts any more."""

    limit: int
    remaining: int
    reset_at: datetime
