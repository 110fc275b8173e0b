"""Money off: all that makes an order cheaper, one after the other: first a promo code, then points on what is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cafe_graphql.core import loyalty, promotions, validation
from cafe_graphql.core.drafts import Adjustment, Build, Draft
from cafe_graphql.core.menu import Menu
from cafe_graphql.core.problems import Problem, Warning


@dataclass(frozen=True, slots=True)
class MoneyOff:
    """An order's lines, for less now, and what was used for it: a promo code (its key), so many points."""

    lines: tuple[Build, ...]
    adjustments: tuple[Adjustment, ...] = ()
    warnings: tuple[Warning, ...] = ()
    promo_code: str | None = None
    points: int = 0


def of(menu: Menu, draft: Draft, problems: Sequence[Problem], lines: tuple[Build, ...], at: datetime) -> MoneyOff:
    """Take off a draft's lines what it asks for, as far as that has no problems."""
    off = MoneyOff(lines)
    if draft.promo_code is not None and validation.is_sound("promoCode", problems):
        promotion = promotions.applied(menu, draft.promo_code, lines, at)
        off = MoneyOff(promotion.lines, promotion.adjustments, promotion.warnings, promotion.used)
    scheme = menu.cafe.loyalty
    if draft.redeem_points and scheme is not None and validation.is_sound("redeemPoints", problems):
        spent = loyalty.redeemed(scheme, draft.redeem_points, off.lines)
        adjustments = (*off.adjustments, *spent.adjustments)
        off = MoneyOff(spent.lines, adjustments, off.warnings, off.promo_code, spent.points)
    return off
