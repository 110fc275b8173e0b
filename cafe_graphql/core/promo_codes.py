"""Promo codes as the café writes them: what they take off, of what, and when."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cafe_graphql.core.hours import Hours


@dataclass(frozen=True, slots=True)
class PromoCode:
    """A code for money off: a `percent`, an `amount` (minor units), or the cheapest `get` of every `buy` + `get`.

    It has exactly one of the three, and `name` for receipts. It is good from `first_day` to `last_day`, both included,
    during `hours`, by the café's own calendar and clocks; on orders whose lines come to `minimum` (minor units) or
    more; for what `items` and `categories` name by slug, or for everything when they name nothing; `limit` times in
    all, and `customer_limit` times for each account.
    """

    code: str
    name: str | None = None
    percent: int | None = None
    amount: int | None = None
    buy: int | None = None
    get: int = 1
    first_day: date | None = None
    last_day: date | None = None
    hours: Hours = field(default_factory=Hours)
    minimum: int = 0
    items: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    limit: int | None = None
    customer_limit: int | None = None

    @property
    def key(self) -> str:
        return key(self.code)

    @property
    def label(self) -> str:
        return self.name or self.code

    @property
    def is_for_everything(self) -> bool:
        """Whether it takes something off the order as a whole, and not off some of its lines."""
        return self.buy is None and not self.items and not self.categories

    def is_for(self, item: str, category: str) -> bool:
        """Tell whether it takes anything off an item of a category, by their slugs."""
        return not (self.items or self.categories) or item in self.items or category in self.categories

    def has_begun(self, at: datetime, time_zone: str) -> bool:
        return self.first_day is None or _day(at, time_zone) >= self.first_day

    def is_over(self, at: datetime, time_zone: str) -> bool:
        return self.last_day is not None and _day(at, time_zone) > self.last_day


def key(code: str) -> str:
    """Write a code the one way in which codes are compared: people type them in capitals or not."""
    return code.strip().lower()


def _day(at: datetime, time_zone: str) -> date:
    return at.astimezone(ZoneInfo(time_zone)).date()
