"""Purses: what is on record of whoever orders, as far as it decides what they pay."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Purse:
    """What somebody who orders has to their name: an account or none, and how often the draft's promo code was used.

    `code_uses` counts the orders that have used it in all, `own_uses` those of the account.
    """

    has_account: bool = False
    code_uses: int = 0
    own_uses: int = 0


EMPTY = Purse()
"""A guest's."""
