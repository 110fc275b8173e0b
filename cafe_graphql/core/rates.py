"""How much a caller may ask: what is left of it, and until when."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The budget of one caller, in cost; from `reset_at` on, nothing of what is used now counts any more."""

    limit: int
    remaining: int
    reset_at: datetime
