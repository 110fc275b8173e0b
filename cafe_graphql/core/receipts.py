"""Receipts: what was sold and paid, or given back; written down once and never changed, numbered without gaps."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from cafe_graphql.core import money
from cafe_graphql.core.drafts import Adjustment, Chosen
from cafe_graphql.core.menu import CafeInfo
from cafe_graphql.core.orders import Order
from cafe_graphql.core.payments import Method, Payment
from cafe_graphql.core.taxes import Tax


class Kind(StrEnum):
    """What a receipt is for."""

    SALE = "sale"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The café as it was when it issued a receipt: `locale` by BCP 47, `time_zone` by IANA."""

    name: str
    locale: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line as sold; `unit_price` (minor units) is for one, its choices included."""

    name: str
    quantity: int
    unit_price: int
    choices: tuple[Chosen, ...]

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Moved:
    """Money that came in or went back, in minor units; `card` tells which one, as `Visa ····4242`."""

    method: Method
    amount: int
    card: str | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """What was bought, what it came to and how it was paid: `subtotal + Σ adjustments == total`, in minor units."""

    lines: tuple[Line, ...]
    subtotal: int
    adjustments: tuple[Adjustment, ...]
    taxes: tuple[Tax, ...]
    payments: tuple[Moved, ...]

    @property
    def total(self) -> int:
        return self.subtotal + sum(adjustment.amount for adjustment in self.adjustments)


@dataclass(frozen=True, slots=True)
class Refund:
    """What was given back, why, the part of it that is tax, and the number of the receipt that it takes from."""

    repaid: Moved
    reason: str | None
    taxes: tuple[Tax, ...] = ()
    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as it was issued, at a UTC instant. `sequence` counts all of the café's receipts from 1.

    `token` opens its address, and nothing else.
    """

    sequence: int
    token: str
    issued_at: datetime
    issuer: Issuer
    order: str
    currency: str
    contents: Sale | Refund

    @property
    def number(self) -> str:
        return number(self.sequence)

    @property
    def kind(self) -> Kind:
        return Kind.SALE if isinstance(self.contents, Sale) else Kind.REFUND


def number(sequence: int) -> str:
    """Name the café's `sequence`-th receipt: R-000001, R-000002, …"""
    return f"R-{sequence:06d}"


def issuer(cafe: CafeInfo) -> Issuer:
    """Say who the café is at this moment."""
    return Issuer(cafe.name, cafe.locale, cafe.time_zone)


def sale(order: Order, payments: Iterable[Payment]) -> Sale:
    """Write down what an order came to, and the payments that it was paid with, less what was given back of them."""
    return Sale(
        lines=tuple(Line(line.name, line.quantity, line.unit_price, line.choices) for line in order.lines),
        subtotal=order.totals.subtotal,
        adjustments=order.totals.adjustments,
        taxes=order.totals.taxes,
        payments=tuple(
            Moved(each.method, each.amount - each.refunded, each.card)
            for each in payments
            if each.amount > each.refunded
        ),
    )


def refund(payment: Payment, amount: int, reason: str | None, issued: Iterable[Receipt]) -> Refund:
    """Write down that so much of a payment was given back; `issued` are the order's receipts so far.

    The tax in it is the refund's share of the sale's: what is in all that is given back by now, rounded to the nearest,
    less what was in that before. So all refunds together have no more and no less of it than there was. What is given
    back before all was paid is no part of any sale yet: it has to be paid again.
    """
    repaid, known = Moved(payment.method, amount, payment.card), list(issued)
    for place, receipt in enumerate(known):
        if isinstance(receipt.contents, Sale):
            later = (each.contents for each in known[place + 1 :])
            before = sum(each.repaid.amount for each in later if isinstance(each, Refund))
            return Refund(repaid, reason, tuple(_taxes(receipt.contents, before, before + amount)), receipt.number)
    return Refund(repaid, reason)


def _taxes(sale: Sale, before: int, after: int) -> Iterable[Tax]:
    """The taxes of a sale of which `after` is given back when `before` was already."""
    for tax in sale.taxes:
        (net, amount), (net_before, amount_before) = (_within(tax, back, sale.total) for back in (after, before))
        yield replace(tax, net=net - net_before, amount=amount - amount_before)


def _within(tax: Tax, given_back: int, total: int) -> tuple[int, int]:
    """What of a tax's net and amount is in so much of a total, in whole minor units.

    Halves of the amount are rounded up and those of the net down: when all is of one rate, they add up to what it is.
    """
    return (2 * tax.net * given_back + total - 1) // (2 * total), money.share(tax.amount * given_back, total)
