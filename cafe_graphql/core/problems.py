"""What can stand in an order's way (problems), and what is merely worth knowing (warnings)."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from cafe_graphql.core.money import Money

Path = tuple[str, ...]
"""Where in the input a problem lies: `("lines", "0", "options", "1", "option")`."""


class ProblemCode(StrEnum):
    """Every reason for which the café refuses; a closed set, for programs to branch on."""

    EMPTY_ORDER = "empty_order"
    UNKNOWN_ITEM = "unknown_item"
    UNKNOWN_OPTION = "unknown_option"
    UNKNOWN_CATEGORY = "unknown_category"
    DUPLICATE_OPTION = "duplicate_option"
    SELECTION_COUNT = "selection_count"
    QUANTITY_OUT_OF_RANGE = "quantity_out_of_range"
    TEXT_TOO_LONG = "text_too_long"
    INVALID_TEXT = "invalid_text"
    MISSING_FIELD = "missing_field"
    TOTAL_TOO_LARGE = "total_too_large"
    ITEM_UNAVAILABLE = "item_unavailable"
    OUT_OF_STOCK = "out_of_stock"
    CLOSED = "closed"
    SLOT_UNAVAILABLE = "slot_unavailable"
    PRICE_CHANGED = "price_changed"
    PROMO_INVALID = "promo_invalid"
    POINTS_INSUFFICIENT = "points_insufficient"
    NOT_FOUND = "not_found"
    INVALID_STATUS = "invalid_status"
    VERSION_CONFLICT = "version_conflict"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    INVALID_EMAIL = "invalid_email"
    EMAIL_TAKEN = "email_taken"
    WEAK_PASSWORD = "weak_password"
    WRONG_CREDENTIALS = "wrong_credentials"
    EMPTY_SCOPES = "empty_scopes"
    INVALID_EXPIRY = "invalid_expiry"
    PAYMENT_DECLINED = "payment_declined"
    AMOUNT_EXCEEDS_BALANCE = "amount_exceeds_balance"


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason for a refusal: `message` is fit to show a guest, `path` walks into their input."""

    code: ProblemCode
    message: str
    path: Path


@dataclass(frozen=True, slots=True)
class UnknownChoice(Problem):
    """Something was named that is not there: what was given, what is, and the likeliest meaning."""

    given: str
    allowed: tuple[str, ...]
    did_you_mean: str | None = None


@dataclass(frozen=True, slots=True)
class SelectionCount(Problem):
    """Too few or too many options of one group; `max` None: no limit."""

    group: str
    min: int
    max: int | None
    given: int


@dataclass(frozen=True, slots=True)
class OutOfRange(Problem):
    """A number, or a count of things, that is not from `min` to `max`."""

    min: int
    max: int
    value: int


@dataclass(frozen=True, slots=True)
class TextTooLong(Problem):
    """A text of `length` characters where `max_length` are allowed."""

    max_length: int
    length: int


@dataclass(frozen=True, slots=True)
class Shortage(Problem):
    """There is not enough of an ingredient: of `requested` that need it, `available` can still be made."""

    available: int
    requested: int


@dataclass(frozen=True, slots=True)
class Closed(Problem):
    """The café is closed then; None: it does not know when it opens."""

    next_opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class PriceChanged(Problem):
    """The order would come to `actual`, not to the total that the guest was shown."""

    expected: Money
    actual: Money


@dataclass(frozen=True, slots=True)
class WrongStatus(Problem):
    """The order is `current`; the act needs it to be one of `allowed` (names of `orders.Status`)."""

    current: str
    allowed: tuple[str, ...]


class WarningCode(StrEnum):
    """Every kind of thing worth knowing that does not stop an order."""

    DEFAULT_APPLIED = "default_applied"
    LOW_STOCK = "low_stock"
    PROMO_NOT_APPLIED = "promo_not_applied"
    LONG_WAIT = "long_wait"


@dataclass(frozen=True, slots=True)
class Warning:
    """Something worth knowing about what was asked for; it stops nothing."""

    code: WarningCode
    message: str
    path: Path


def hinted(problem: UnknownChoice) -> UnknownChoice:
    """Add to a problem what was probably meant, if any of what is allowed is near."""
    meant = closest(problem.given, problem.allowed)
    if meant is None:
        return problem
    return replace(problem, message=f"{problem.message} Did you mean “{meant}”?", did_you_mean=meant)


def closest(given: str, allowed: Iterable[str]) -> str | None:
    """Give the allowed word that `given` most likely meant, if any is near."""
    near = difflib.get_close_matches(given[:64].casefold(), allowed, n=1, cutoff=0.6)
    return near[0] if near else None
