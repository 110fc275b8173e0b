"""Money as callers see it: minor units to count with, text to show."""

from decimal import Decimal
from typing import Annotated

import strawberry

from cafe_graphql.core import money
from cafe_graphql.printing import locales


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
    return locales.money(amount, locales.locale(locale, otherwise))
