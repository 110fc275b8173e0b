"""Placed orders: their life from the window to the guest's hand, and what is asked of the order book."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cafe_graphql.core import loyalty
from cafe_graphql.core.drafts import Choice, Chosen, Draft, LineDraft, Totals
from cafe_graphql.core.menu import Allergen
from cafe_graphql.core.payments import NOTHING, PaymentStatus, Takings


class Status(StrEnum):
    """Where an order stands between the window and the guest's hand."""

    PLACED = "placed"
    ACCEPTED = "accepted"
    PREPARING = "preparing"
    READY = "ready"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


NEXT: Mapping[Status, tuple[Status, ...]] = {
    Status.PLACED: (Status.ACCEPTED, Status.CANCELLED),
    Status.ACCEPTED: (Status.PREPARING, Status.CANCELLED),
    Status.PREPARING: (Status.READY,),
    Status.READY: (Status.COMPLETED,),
    Status.COMPLETED: (),
    Status.CANCELLED: (),
}
"""Which statuses may follow each: the whole life of an order."""

ENDED = tuple(status for status in Status if not NEXT[status])
"""The statuses after which nothing more happens to an order."""

QUEUED = (Status.PLACED, Status.ACCEPTED, Status.PREPARING)
"""The statuses of orders that the kitchen still has before it."""

CANCELLABLE = tuple(status for status in Status if Status.CANCELLED in NEXT[status])
"""The statuses from which an order may still be cancelled: until somebody has begun to make it."""

_WHY_NOT_CANCEL = {
    Status.PREPARING: "It is being made already.",
    Status.READY: "It is ready and waiting.",
    Status.COMPLETED: "It was handed over already.",
    Status.CANCELLED: "It is cancelled already.",
}


def why_not_cancel(status: Status) -> str | None:
    """Say why an order in `status` cannot be cancelled, fit to show a guest; None when it can."""
    return _WHY_NOT_CANCEL.get(status)


def why_not_next(status: Status, to: Status) -> str | None:
    """Say why an order in `status` cannot become `to`, as the end of a sentence; None when it can."""
    if to in NEXT[status]:
        return None
    following = " or ".join(NEXT[status])
    return f"is {status}; " + (f"from there it can only become {following}." if following else "nothing follows that.")


def why_not_make(status: Status) -> str | None:
    """Say why nothing of an order in `status` is made, as the end of a sentence; None when it is."""
    return None if status in QUEUED else f"is not being made: it is {status}."


class CancelReason(StrEnum):
    """Why an order was called off."""

    CUSTOMER_REQUEST = "customer_request"
    OUT_OF_STOCK = "out_of_stock"
    CLOSING = "closing"
    NO_SHOW = "no_show"
    STAFF_ERROR = "staff_error"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A step in an order's life; `before` is None for the first."""

    before: Status | None
    after: Status
    reason: CancelReason | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class LineDone:
    """A line was made, or was found not to be; `index` counts the order's lines from 0."""

    index: int
    is_done: bool


@dataclass(frozen=True, slots=True)
class EstimateChanged:
    """The order will be ready at another time than promised."""

    estimated_ready_at: datetime | None


@dataclass(frozen=True, slots=True)
class PaymentStarted:
    """A card is asked for `amount`, which is held back from what is due; `payment` is the payment's public id."""

    payment: str
    amount: int


@dataclass(frozen=True, slots=True)
class PaymentRecorded:
    """`amount` was paid."""

    payment: str
    amount: int


@dataclass(frozen=True, slots=True)
class PaymentFailed:
    """`amount` was not paid, and is due again; `reason` says why, fit to show a guest."""

    payment: str
    amount: int
    reason: str


@dataclass(frozen=True, slots=True)
class RefundStarted:
    """`amount` of a payment is to be given back."""

    payment: str
    amount: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class RefundRecorded:
    """`amount` of a payment was given back."""

    payment: str
    amount: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """`amount` of a payment was not given back; `reason` says why."""

    payment: str
    amount: int
    reason: str


MoneyMoved = PaymentStarted | PaymentRecorded | PaymentFailed | RefundStarted | RefundRecorded | RefundFailed
Change = StatusChanged | LineDone | EstimateChanged | MoneyMoved


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an order, as history keeps it; ids count on by one, in the order of commit."""

    id: int
    order_id: int
    at: datetime
    actor: str
    change: Change


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line as sold: names and prices (minor units) stay as they were, whatever the menu says later.

    `discount` and `tax` are its parts of what was taken off the order, and of its taxes.
    """

    id: int
    item_id: int
    name: str
    quantity: int
    choices: tuple[Chosen, ...]
    allergens: frozenset[Allergen]
    calories: int | None
    unit_price: int
    note: str | None
    is_done: bool
    discount: int = 0
    tax: int = 0

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Order:
    """A placed order. `id` is the store's number, `public_id` what callers see; instants are UTC.

    `customer_id` is the number of the person with an account who placed it, if it was one; `promo_code` the key of the
    code that took something off, `points` what paying for it earns. `waits_for_payment`: it goes to the kitchen when it
    is paid, and not before. `was_paid_up`: all of it was paid at one time, and from then on nothing is due, whatever is
    given back; what was given back before that has to be paid again.
    """

    id: int
    public_id: str
    number: str
    status: Status
    version: int
    lines: tuple[OrderLine, ...]
    totals: Totals
    customer_name: str | None
    note: str | None
    placed_at: datetime
    updated_at: datetime
    pickup_at: datetime | None
    estimated_ready_at: datetime | None
    work: timedelta
    tracking_token: str
    customer_id: int | None = None
    takings: Takings = NOTHING
    waits_for_payment: bool = False
    was_paid_up: bool = False
    promo_code: str | None = None
    points: int = 0

    @property
    def amount_due(self) -> int:
        """What is still to be paid, in minor units: nothing once all was paid, or the order is cancelled."""
        is_closed = self.was_paid_up or self.status is Status.CANCELLED
        return 0 if is_closed else self.takings.due(self.totals.total)

    @property
    def amount_to_return(self) -> int:
        """What is still to be given back, in minor units: of a cancelled order, all that was paid."""
        if self.status is Status.CANCELLED:
            return self.takings.paid - self.takings.refunded
        return self.takings.refunding

    @property
    def payment_status(self) -> PaymentStatus:
        """How much of the total has been paid."""
        return self.takings.status(self.totals.total)

    @property
    def is_given_back(self) -> bool:
        """Whether all of it was paid, and all of that is given back or about to be."""
        return self.was_paid_up and self.takings.paid > 0 and not self.takings.refundable

    @property
    def points_earned(self) -> int:
        """How many of its points are earned: as it is paid, less what was given back."""
        return loyalty.earned(self.points, self.takings.paid - self.takings.refunded, self.totals.total)

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it: it has ended, and no money for it is on its way."""
        return self.status in ENDED and self.takings.is_settled

    @property
    def next_statuses(self) -> tuple[Status, ...]:
        """Where it may be moved from here."""
        following = NEXT[self.status]
        is_held = self.status is Status.PLACED and (self.waits_for_payment or self.is_given_back)
        return tuple(status for status in following if status in ENDED) if is_held else following

    def with_takings(self, takings: Takings) -> "Order":
        """Give the order as its payments come to this now."""
        was_paid_up = self.was_paid_up or takings.covers(self.totals.total)
        return replace(self, takings=takings, was_paid_up=was_paid_up)

    def draft(self, slugs: Mapping[int, str]) -> Draft:
        """Ask for the same lines again; `slugs` names each item by its number."""
        return Draft(tuple(self._ask_again(line, slugs) for line in self.lines))

    @staticmethod
    def _ask_again(line: OrderLine, slugs: Mapping[int, str]) -> LineDraft:
        choices = tuple(Choice(c.group_slug, c.option_slug, c.quantity) for c in line.choices)
        return LineDraft(slugs.get(line.item_id, ""), line.quantity, choices, line.note)


class Sort(StrEnum):
    """An order in which to read the order book."""

    PLACED_AT_DESC = "placed_at_desc"
    PLACED_AT_ASC = "placed_at_asc"
    UPDATED_AT_DESC = "updated_at_desc"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which orders to read; None asks for no such thing. Instants are UTC and themselves left out."""

    statuses: tuple[Status, ...] | None = None
    placed_after: datetime | None = None
    placed_before: datetime | None = None
    updated_after: datetime | None = None
    item_id: int | None = None
    number: str | None = None
    customer_id: int | None = None


def number(sequence: int) -> str:
    """Name the day's `sequence`-th order (from 1) for the counter: A-001 … A-999, B-001 … Z-999, AA-001."""
    block, rest = divmod(sequence - 1, 999)
    letters = ""
    while block >= 0:
        block, letter = divmod(block, 26)
        letters = chr(ord("A") + letter) + letters
        block -= 1
    return f"{letters}-{rest + 1:03d}"
