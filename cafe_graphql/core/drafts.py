"""Orders before they are placed: what is asked for (draft), worked out (builds), priced (quote)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cafe_graphql.core.ingredients import Amounts
from cafe_graphql.core.menu import Allergen, Item
from cafe_graphql.core.problems import Problem, Warning
from cafe_graphql.core.taxes import Tax


@dataclass(frozen=True, slots=True)
class Choice:
    """An option asked for, by the slugs of its group and of itself."""

    group: str
    option: str
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class LineDraft:
    """`quantity` of one item, each built the same way."""

    item: str
    quantity: int = 1
    choices: tuple[Choice, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Tip:
    """A tip: either a whole percentage of the subtotal or an amount in minor units.

    The percentage is of the subtotal, before money off and added tax: the work is the same whatever the café gives
    away, and the tax is none of it. A tip is not taxed itself.
    """

    percent: int | None = None
    minor: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a guest asks for, before anybody has looked at it; `pickup_at` None: as soon as possible."""

    lines: tuple[LineDraft, ...]
    pickup_at: datetime | None = None
    customer_name: str | None = None
    note: str | None = None
    promo_code: str | None = None
    tip: Tip | None = None
    redeem_points: int = 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """One option of a build, named as sold; `price` is what it adds to one unit, its `quantity` included."""

    group_slug: str
    group_name: str
    option_slug: str
    option_name: str
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class Build:
    """One line worked out: every choice resolved, defaults included; prices in minor units.

    `takes` is how much of each ingredient goes into one. `discount` is what is taken off the line, its part of what is
    taken off the order included; `tax` is its part of the order's taxes, whether added or included.
    """

    index: int
    item: Item
    quantity: int
    choices: tuple[Chosen, ...]
    allergens: frozenset[Allergen]
    calories: int | None
    unit_price: int
    note: str | None
    takes: Amounts = field(default_factory=dict)
    discount: int = 0
    tax: int = 0

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity

    @property
    def net(self) -> int:
        """What the line comes to after money off: what it is taxed by."""
        return self.total - self.discount

    @property
    def work_seconds(self) -> int:
        """How long one station takes to make it."""
        return self.item.prep_seconds * self.quantity


class AdjustmentKind(StrEnum):
    """What kind of thing stands between the subtotal and the total."""

    DISCOUNT = "discount"
    LOYALTY = "loyalty"
    TAX = "tax"
    TIP = "tip"
    ROUNDING = "rounding"


MONEY_OFF = (AdjustmentKind.DISCOUNT, AdjustmentKind.LOYALTY)
"""The adjustments that make what is sold cheaper, and so what is to be taxed less."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An amount in minor units between subtotal and total; `line_index` when it belongs to one line."""

    kind: AdjustmentKind
    label: str
    amount: int
    line_index: int | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """The arithmetic of an order in minor units: `subtotal + Σ adjustments == total`, always.

    `taxes` are all that are in the total. Those that are added to prices are adjustments, too; those that prices
    include are in the subtotal already.
    """

    currency: str
    subtotal: int
    adjustments: tuple[Adjustment, ...] = ()
    taxes: tuple[Tax, ...] = ()

    @property
    def discount(self) -> int:
        """The money off, for whatever reason."""
        return -sum(a.amount for a in self.adjustments if a.kind in MONEY_OFF)

    @property
    def is_paid_with_points(self) -> bool:
        """Whether points were redeemed for some of it."""
        return any(a.kind is AdjustmentKind.LOYALTY for a in self.adjustments)

    @property
    def tax(self) -> int:
        return sum(tax.amount for tax in self.taxes)

    @property
    def tax_is_included(self) -> bool:
        """Whether prices have all their tax in them already."""
        return all(tax.is_included for tax in self.taxes)

    @property
    def tip(self) -> int:
        return sum(a.amount for a in self.adjustments if a.kind is AdjustmentKind.TIP)

    @property
    def total(self) -> int:
        if not self.adjustments:  # as most have none, and all are asked for it again and again
            return self.subtotal
        return self.subtotal + sum(adjustment.amount for adjustment in self.adjustments)


@dataclass(frozen=True, slots=True)
class Quote:
    """A draft priced against one menu: what could be priced, what stands in the way, what is worth knowing.

    `work` is how long one station takes to make it all; `promo_code` is the key of the one that took something off;
    `points` are earned by paying for it, and so many `redeemed` for it.
    """

    lines: tuple[Build, ...]
    totals: Totals
    work: timedelta
    estimated_ready_at: datetime | None
    problems: tuple[Problem, ...]
    warnings: tuple[Warning, ...]
    promo_code: str | None = None
    points: int = 0
    redeemed: int = 0
