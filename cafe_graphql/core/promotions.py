"""Promotions: whether a promo code can be used, and what it takes off an order.

A code that nobody may use (there is none such, it is not good on this day, or used up) stops the order: whoever sends
one counts on its price. A good code that does not fit this cart or this hour takes nothing off and says why, and stops
nothing: as at a till, the guest may still want the coffee. Whoever must not pay more than they were shown sends the
total that they expect, and is refused when it is another.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from cafe_graphql.core import discounts, money, promo_codes, texts
from cafe_graphql.core.drafts import Adjustment, AdjustmentKind, Build
from cafe_graphql.core.menu import CafeInfo, Menu
from cafe_graphql.core.problems import Problem, ProblemCode, Warning, WarningCode
from cafe_graphql.core.promo_codes import PromoCode
from cafe_graphql.core.purses import Purse

PATH = ("promoCode",)

MAX_NAMED = 5
"""Of what a code is for, so much is named to whoever has nothing of it."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """What a code does to an order: its lines, some for less now; `used` is its key when it took anything off."""

    lines: tuple[Build, ...]
    adjustments: tuple[Adjustment, ...] = ()
    warnings: tuple[Warning, ...] = ()
    used: str | None = None


def problems(menu: Menu, given: str, purse: Purse, at: datetime) -> Iterator[Problem]:
    """Say why a code cannot be used by this guest on this day, whatever they order."""
    code = menu.promo_codes.get(promo_codes.key(given))
    why: str | None = f"There is no promo code “{texts.shown(given)}”;"
    if code is not None:
        why = _why_unusable(code, menu.cafe.time_zone, purse, at)
    if why:
        yield Problem(ProblemCode.PROMO_INVALID, f"{why} place the order without it.", PATH)


def applied(menu: Menu, given: str, lines: Sequence[Build], at: datetime) -> Promotion:
    """Take off lines what a code takes off that has no problems; or say why it takes nothing off these, now."""
    code = menu.promo_codes[promo_codes.key(given)]
    eligible = [line for line in lines if code.is_for(line.item.slug, line.item.category.slug)]
    why = _why_not_now(code, menu.cafe, at) or _why_not_these(code, lines, eligible, menu.cafe.currency)
    parts = {} if why else _parts(code, eligible)
    if not any(parts.values()):
        why = why or f"“{code.code}” takes nothing off this order."
        return Promotion(tuple(lines), warnings=(Warning(WarningCode.PROMO_NOT_APPLIED, why, PATH),))
    return Promotion(discounts.taken_off(lines, parts), tuple(_adjustments(code, parts)), used=code.key)


def _why_unusable(code: PromoCode, time_zone: str, purse: Purse, at: datetime) -> str | None:
    """Begin the sentence that says why a code is no good to a guest, and what to do; None when it is."""
    if code.first_day and not code.has_begun(at, time_zone):
        return f"“{code.code}” is good from {_on(code.first_day)} on;"
    if code.last_day and code.is_over(at, time_zone):
        return f"“{code.code}” was good until {_on(code.last_day)};"
    if code.limit is not None and purse.code_uses >= code.limit:
        return f"“{code.code}” has been used up;"
    if code.customer_limit is not None and not purse.has_account:
        return f"“{code.code}” can be used {_times(code.customer_limit)} by each customer: sign in to use it, or"
    if code.customer_limit is not None and purse.own_uses >= code.customer_limit:
        return f"You have used “{code.code}” {_times(code.customer_limit)} already, as often as you may;"
    return None


def _why_not_now(code: PromoCode, cafe: CafeInfo, at: datetime) -> str | None:
    if code.hours.is_open(at, cafe.time_zone):
        return None
    begins = code.hours.next_opening(at, cafe.time_zone)
    local = begins and begins.astimezone(ZoneInfo(cafe.time_zone))
    when = f" It does next on {local:%A, %d %B, at %H:%M}." if local else ""
    return f"“{code.code}” takes nothing off at this hour.{when}"


def _why_not_these(code: PromoCode, lines: Sequence[Build], eligible: Sequence[Build], currency: str) -> str | None:
    if sum(line.total for line in lines) < code.minimum:
        return f"“{code.code}” takes something off orders of {money.Money(code.minimum, currency).in_words} or more."
    units = sum(line.quantity for line in eligible if line.unit_price)
    if not units:
        named = (*code.items, *code.categories)
        what = f" It is for {', '.join(named[:MAX_NAMED])}{', …' if len(named) > MAX_NAMED else ''}." if named else ""
        return f"“{code.code}” takes nothing off this order.{what}"
    if code.buy is not None and units < code.buy + code.get:
        return f"“{code.code}” takes something off {code.buy + code.get} or more; the order has {units}."
    return None


def _parts(code: PromoCode, lines: Sequence[Build]) -> dict[int, int]:
    """What a code takes off each line, by its index."""
    if code.buy is not None:
        return dict(_cheapest(code, lines))
    whole = sum(line.net for line in lines)
    off = min(code.amount, whole) if code.amount is not None else money.percent(whole, Decimal(code.percent or 0))
    return discounts.shared(off, lines)


def _cheapest(code: PromoCode, lines: Sequence[Build]) -> Iterator[tuple[int, int]]:
    """The cheapest of all, so many as come free: of every three one, with `buy` 2 and `get` 1."""
    paid = [line for line in lines if line.unit_price]
    left = sum(line.quantity for line in paid) // ((code.buy or 0) + code.get) * code.get
    for line in sorted(paid, key=lambda line: (line.unit_price, line.item.slug, line.index)):
        free = min(line.quantity, left)
        left -= free
        yield line.index, free * line.unit_price


def _adjustments(code: PromoCode, parts: dict[int, int]) -> Iterator[Adjustment]:
    """One for the whole order, or for each line where the code is for some of them."""
    if code.is_for_everything:
        yield Adjustment(AdjustmentKind.DISCOUNT, code.label, -sum(parts.values()))
        return
    for index in sorted(parts):
        if parts[index]:
            yield Adjustment(AdjustmentKind.DISCOUNT, code.label, -parts[index], index)


def _on(day: date) -> str:
    return f"{day:%d %B %Y}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
