"""Payments and refunds: what is paid, what is due, and what may be given back. Amounts are minor units."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Method(StrEnum):
    """How somebody pays."""

    CASH = "cash"
    CARD = "card"


class PaymentStatus(StrEnum):
    """How much of an order's total has been paid."""

    UNPAID = "unpaid"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class PaymentState(StrEnum):
    """How far a payment has come. Cash is paid at once; a card is first authorised, then captured."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    PAID = "paid"
    DECLINED = "declined"
    VOIDED = "voided"


UNDER_WAY = (PaymentState.PENDING, PaymentState.AUTHORISED)
"""The states in which it is not known yet whether there will be money: the amount is held back from what is due."""

COUNTED = (*UNDER_WAY, PaymentState.PAID)
"""The states of payments that are money, or may become it."""


class RefundState(StrEnum):
    """How far a refund has come. Cash is handed back at once."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Payment:
    """Money for an order. `public_id` is what callers, and the gateway, know it by; `reference` is the gateway's own.

    `gateway` names who took the card, and is None for cash; `card` says which it was, fit for a receipt
    (`Visa ····4242`), and `reason` why there is no money, or none yet.
    """

    id: int
    public_id: str
    order_id: int
    method: Method
    state: PaymentState
    amount: int
    refunded: int
    gateway: str | None
    reference: str | None
    card: str | None
    reason: str | None
    actor: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back from one payment, the way that it came; `failure` says why it is not, or not yet."""

    id: int
    public_id: str
    order_id: int
    payment_id: int
    state: RefundState
    amount: int
    reason: str | None
    failure: str | None
    actor: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Takings:
    """What an order's payments come to: never more kept than its total, nor more given back than was paid.

    `pending` is asked for and not there yet, `refunding` is to be given back and not gone yet.
    """

    paid: int = 0
    pending: int = 0
    refunded: int = 0
    refunding: int = 0

    @property
    def refundable(self) -> int:
        """What may still be given back."""
        return self.paid - self.refunded - self.refunding

    @property
    def is_settled(self) -> bool:
        """Whether nothing is under way."""
        return not self.pending and not self.refunding

    def due(self, total: int) -> int:
        """What is missing of a total. Money on its way back counts until it is gone, for it may have to stay."""
        return max(0, total - (self.paid - self.refunded) - self.pending)

    def covers(self, total: int) -> bool:
        """Whether all of a total is there, and nothing of it on its way back."""
        return self.refundable >= total

    def status(self, total: int) -> PaymentStatus:
        """Say how much of a total is paid; what was given back and then paid anew is paid."""
        if self.paid - self.refunded >= total:
            return PaymentStatus.PAID
        if self.refunded:
            is_all = self.refunded == self.paid
            return PaymentStatus.REFUNDED if is_all else PaymentStatus.PARTIALLY_REFUNDED
        return PaymentStatus.PARTIALLY_PAID if self.paid else PaymentStatus.UNPAID

    def awaiting(self, amount: int) -> "Takings":
        """Hold an amount back, as a payment of it is under way."""
        return replace(self, pending=self.pending + amount)

    def received(self, amount: int) -> "Takings":
        """The amount that was held back has come."""
        return replace(self, pending=self.pending - amount, paid=self.paid + amount)

    def released(self, amount: int) -> "Takings":
        """The amount that was held back does not come."""
        return replace(self, pending=self.pending - amount)

    def returning(self, amount: int) -> "Takings":
        """Set an amount aside that is to be given back."""
        return replace(self, refunding=self.refunding + amount)

    def returned(self, amount: int) -> "Takings":
        """What was set aside is given back."""
        return replace(self, refunding=self.refunding - amount, refunded=self.refunded + amount)

    def kept(self, amount: int) -> "Takings":
        """What was set aside stays after all."""
        return replace(self, refunding=self.refunding - amount)


NOTHING = Takings()
"""What nobody has paid for yet."""


def refundable(payment: Payment, under_way: int) -> int:
    """What may still be given back of one payment, of which so much is being given back already."""
    return payment.amount - payment.refunded - under_way if payment.state is PaymentState.PAID else 0


def shares(
    refundables: Sequence[tuple[Payment, int]], amount: int, refused: Collection[int] = ()
) -> Iterator[tuple[Payment, int]]:
    """Divide a refund among payments, of each of which so much may be given back: the newest first, as far as it goes.

    The newest is the likeliest to have been the mistake, and its card the likeliest to be still in use. Those of which
    a refund was `refused` before (by their numbers) are asked last.
    """
    for payment, most in sorted(refundables, key=lambda each: (each[0].id not in refused, each[0].id), reverse=True):
        share = min(most, amount)
        if share > 0:
            yield payment, share
        amount -= share
