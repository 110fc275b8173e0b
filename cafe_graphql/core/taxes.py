"""Taxes: how much of an order is tax, and how much of it each line's.

A rate is taken once of all that an order has of it, after money off and before any tip, and rounded once, halves away
from zero; so an order's tax is what its receipt can be checked by. The lines share it by largest remainder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from cafe_graphql.core import money


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A rate as the café writes it: `percent` 19 is 19 %, which prices have in them already, or which is added."""

    slug: str
    name: str
    percent: Decimal
    is_included: bool

    @property
    def label(self) -> str:
        """The rate for people to read: "Sales tax 8.875 %"."""
        return f"{self.name} {self.percent.normalize():f} %"

    def of(self, minor: int) -> int:
        """Tell the tax of an amount, or in it where it is included."""
        return (money.included if self.is_included else money.percent)(minor, self.percent)


@dataclass(frozen=True, slots=True)
class Tax:
    """What an order has of one rate, as it was sold: `amount` is the tax, `net` what it is the tax of; minor units."""

    name: str
    percent: Decimal
    is_included: bool
    net: int
    amount: int


@dataclass(frozen=True, slots=True)
class Taxed:
    """The taxes of an order, the highest rate first, their labels, and how much of them is each line's."""

    taxes: tuple[Tax, ...] = ()
    labels: tuple[str, ...] = ()
    by_line: tuple[int, ...] = ()


NO_TAX = Taxed()


def of(rates: Sequence[TaxRate | None], amounts: Sequence[int]) -> Taxed:
    """Tax lines: each by its rate, if it has one, and by what it comes to in minor units, money off taken off."""
    by_line = [0] * len(amounts)
    taxes = []
    found = sorted({rate for rate in rates if rate}, key=lambda rate: (-rate.percent, rate.slug))
    for rate in found:
        its = [n for n, of_line in enumerate(rates) if of_line == rate]
        whole = sum(amounts[n] for n in its)
        amount = rate.of(whole)
        for n, part in zip(its, money.spread(amount, [amounts[n] for n in its]), strict=True):
            by_line[n] = part
        net = whole - amount if rate.is_included else whole
        taxes.append(Tax(rate.name, rate.percent, rate.is_included, net, amount))
    return Taxed(tuple(taxes), tuple(rate.label for rate in found), tuple(by_line))


def most_added(rate: TaxRate | None, minor: int) -> int:
    """Give what tax can add to an amount at most, however the rest of its order is rounded."""
    if rate is None or rate.is_included:
        return 0
    return ceil(minor * rate.percent / 100)
