"""Money as callers see it: minor units to count with, text to show."""

from decimal import Decimal
from functools import lru_cache
from typing import Annotated

import strawberry
from babel import Locale, UnknownLocaleError, numbers

from cafe_graphql.core import money

MAX_LOCALE = 64
"""Of a longer locale only the start is read: looked-up ones are remembered, and a caller must not fill the memory."""


@strawberry.type(description="An amount of money in one currency.")
class Money:
    minor_units: int = strawberry.field(description="Whole minor units, such as cents: do arithmetic on this. `450`.")
    currency: str = strawberry.field(description="ISO 4217 code. `USD`.")

    @strawberry.field(description='Major units, with all the currency\'s digits. `"4.50"`.')
    def amount(self) -> Decimal:
        return money.Money(self.minor_units, self.currency).amount

    @strawberry.field(description='For people to read. `"$4.50"`.')
    def formatted(
        self,
        info: strawberry.Info,
        locale: Annotated[
            str | None,
            strawberry.argument(
                description="BCP 47, such as `de-DE`; the café's own when omitted, or when nobody knows it."
            ),
        ] = None,
    ) -> str:
        own = info.context.menu.source.cafe.locale
        return formatted(money.Money(self.minor_units, self.currency), locale or own, own)


def formatted(amount: money.Money, locale: str, otherwise: str) -> str:
    """Write an amount the way people of a locale do, with all the currency's digits.

    A locale that nobody knows falls back to its language, then to `otherwise`: this is read from orders just placed,
    where an error would hide the order.
    """
    known = _known(locale[:MAX_LOCALE]) or _known(otherwise) or Locale.parse("en_US")
    return numbers.format_currency(amount.amount, amount.currency, locale=known, decimal_quantization=False)


@lru_cache(maxsize=4096)
def _known(locale: str) -> Locale | None:
    for candidate in (locale.replace("_", "-"), locale.replace("_", "-").split("-")[0]):
        try:
            return Locale.parse(candidate, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return None
