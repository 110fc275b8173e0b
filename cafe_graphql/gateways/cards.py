"""What is asked of whoever takes cards for the café, and what may be answered."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cafe_graphql.core.money import Money

PATIENCE = 4.0
"""Seconds that one answer is waited for: an authorisation and a capture together take less than an operation may."""


class Standing(StrEnum):
    """How a charge stands with whoever takes the cards."""

    UNKNOWN = "unknown"
    """Nothing was ever heard of it."""
    AUTHORISED = "authorised"
    """The card's bank has set the amount aside."""
    CAPTURED = "captured"
    """The amount is taken."""
    DECLINED = "declined"
    VOIDED = "voided"
    """Given up: nothing was taken, and nothing will be."""


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount asked of a card: `id` is ours and of no other charge, `reference` the gateway's, once it is known."""

    id: str
    amount: Money
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """How a charge stands; `card` (`Visa ····4242`) is fit for a receipt, `reason` (why not) for a guest."""

    standing: Standing
    reference: str | None = None
    card: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What came of a refund; `failure` says why it was not made."""

    failure: str | None = None


class Gateway(Protocol):
    """Takes cards. Whatever is asked twice for the same charge, or refund, is done once and answered twice.

    Each question may raise `Away`, and then may or may not have been heard: only asking again can tell.
    """

    name: str
    """Kept with each payment: another gateway knows nothing of it."""

    def why_not(self, token: str | None) -> str | None:
        """Say why a card that goes by this token cannot be asked, fit to show a guest; None when it can."""

    async def authorise(self, charge: Charge, token: str | None) -> Answer:
        """Have the card's bank set the amount aside."""

    async def capture(self, charge: Charge) -> Answer:
        """Take what was set aside."""

    async def void(self, charge: Charge) -> Answer:
        """Give a charge up that is not captured: also one that was never heard of, which then cannot come late."""

    async def look_up(self, charge: Charge) -> Answer:
        """Tell how a charge stands."""

    async def refund(self, charge: Charge, refund_id: str, amount: int) -> GivenBack:
        """Give back so much (minor units) of a captured charge."""

    def close(self) -> None:
        """Ask nothing more."""


class NoCards:
    """The gateway of a café that takes no cards."""

    name = "none"

    def why_not(self, token: str | None) -> str | None:
        return "Cards are not taken here: pay in cash at the counter."

    async def authorise(self, charge: Charge, token: str | None) -> Answer:
        return Answer(Standing.DECLINED, reason=self.why_not(token))

    async def capture(self, charge: Charge) -> Answer:
        return Answer(Standing.UNKNOWN)

    async def void(self, charge: Charge) -> Answer:
        return Answer(Standing.UNKNOWN)

    async def look_up(self, charge: Charge) -> Answer:
        return Answer(Standing.UNKNOWN)

    async def refund(self, charge: Charge, refund_id: str, amount: int) -> GivenBack:
        return GivenBack("Cards are not taken here any more.")

    def close(self) -> None:
        pass
