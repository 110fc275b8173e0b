"""Loyalty: points that a customer's payments earn, and that are taken off later orders.

An order earns by what its lines come to after money off; tips and added tax earn nothing. It earns as it is paid: of
its points as large a part as of its total is paid and not given back, rounded down. Points that are redeemed are money
off, so they make less to tax; of them as large a part is given back as of the order's total, and all of them when it is
called off.

Points may be spent before the payment that earned them is given back. They are taken back all the same: a balance never
falls below nothing, but what is missing is owed, and the points that come next pay for it first. Else whoever pays,
spends the points and has the money given back could go on and on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cafe_graphql.core import discounts
from cafe_graphql.core.drafts import Adjustment, AdjustmentKind, Build
from cafe_graphql.core.menu import CafeInfo
from cafe_graphql.core.money import MAX_TOTAL
from cafe_graphql.core.points import Scheme
from cafe_graphql.core.problems import OutOfRange, Problem, ProblemCode
from cafe_graphql.core.purses import Purse

PATH = ("redeemPoints",)


class MovementKind(StrEnum):
    """Why points come and go."""

    EARNED = "earned"
    TAKEN_BACK = "taken_back"
    REDEEMED = "redeemed"
    GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True)
class Account:
    """A customer's points to spend, and those that are owed: taken back when they were spent already."""

    points: int = 0
    owed: int = 0

    def gaining(self, points: int) -> "Account":
        """Add points; they pay for what is owed first."""
        pays = min(points, self.owed)
        return Account(self.points + points - pays, self.owed - pays)

    def losing(self, points: int) -> "Account":
        """Take points; those that are not there are owed."""
        takes = min(points, self.points)
        return Account(self.points - takes, self.owed + points - takes)


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of the ledger: by how much an account's `points` and what it has `owed` grew (or shrank: negative).

    All of an account's movements add up to it, both ways.
    """

    kind: MovementKind
    points: int
    owed: int
    order_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """What an order has moved so far: points that it earned (less those taken back), redeemed, and gave back."""

    earned: int = 0
    redeemed: int = 0
    given_back: int = 0


@dataclass(frozen=True, slots=True)
class Redemption:
    """What points do to an order: its lines, for less now; so many `points` are spent."""

    lines: tuple[Build, ...]
    adjustments: tuple[Adjustment, ...] = ()
    points: int = 0


def problems(cafe: CafeInfo, wanted: int, purse: Purse) -> Iterator[Problem]:
    """Say why so many points cannot be redeemed, whatever is ordered."""
    instead = "place the order with redeemPoints 0."
    if wanted < 0:
        message = f"The points to redeem must be from 0 to {MAX_TOTAL}, not {wanted}."
        yield OutOfRange(ProblemCode.QUANTITY_OUT_OF_RANGE, message, PATH, 0, MAX_TOTAL, wanted)
    elif cafe.loyalty is None:
        yield Problem(ProblemCode.POINTS_INSUFFICIENT, f"{cafe.name} has no points to redeem; {instead}", PATH)
    elif not purse.collects:
        message = f"Points are on customers' accounts: sign in to redeem them, or {instead}"
        yield Problem(ProblemCode.POINTS_INSUFFICIENT, message, PATH)
    elif wanted > purse.points:
        message = f"You have {named(purse.points)}, not {wanted}: redeem as many at most, or {instead}"
        yield Problem(ProblemCode.POINTS_INSUFFICIENT, message, PATH)


def redeemed(scheme: Scheme, wanted: int, lines: Sequence[Build]) -> Redemption:
    """Take points off lines, as many whole ones as are wanted and as the lines still come to, and no more."""
    whole = sum(line.net for line in lines)
    points = min(wanted, whole // scheme.worth)
    if not points:
        return Redemption(tuple(lines))
    off = points * scheme.worth
    adjustment = Adjustment(AdjustmentKind.LOYALTY, named(points).capitalize(), -off)
    return Redemption(discounts.taken_off(lines, discounts.shared(off, lines)), (adjustment,), points)


def earned(offered: int, kept: int, total: int) -> int:
    """Tell how many of the points that an order offers are earned when so much of its total is paid and kept."""
    return offered * kept // total if total else 0


def given_back(spent: int, refunded: int, total: int) -> int:
    """Tell how many of the points spent on an order are given back when so much of its total is."""
    return spent * refunded // total if total else 0


def named(points: int) -> str:
    """Say how many points: "1 point"."""
    return f"{points} point{'s' * (points != 1)}"
