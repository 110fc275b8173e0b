"""Purses: what is on record of whoever orders, as far as it decides what they pay."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Purse:
    """What somebody who orders has to their name, as far as it matters to a draft.

    `collects`: it is a customer's account, which earns and redeems points, and has `points` to redeem; staff take
    orders for others, so theirs do not. `code_uses` counts the orders that have used the draft's promo code in all,
    `own_uses` those of the account, staff's or not.
    """

    has_account: bool = False
    collects: bool = False
    points: int = 0
    code_uses: int = 0
    own_uses: int = 0


EMPTY = Purse()
"""A guest's."""
