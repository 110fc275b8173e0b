"""What an order costs: one calculation that answers a quote and prices an order alike."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from cafe_graphql.core import builds, money, validation
from cafe_graphql.core.drafts import Adjustment, AdjustmentKind, Build, Draft, Quote, Tip, Totals
from cafe_graphql.core.kitchen import Kitchen
from cafe_graphql.core.menu import Menu
from cafe_graphql.core.problems import PriceChanged, Problem, ProblemCode, Warning, WarningCode


def quote(menu: Menu, draft: Draft, kitchen: Kitchen) -> Quote:
    """Price a draft for the kitchen as it is: whatever can be priced is, the rest is named in `problems`."""
    problems = validation.problems(menu, draft, kitchen)
    priceable = validation.priceable(draft, problems)
    lines = [builds.build(index, menu.by_slug[line.item], line) for index, line in priceable]
    counted = _within_limit(lines)
    subtotal = sum(line.total for line in counted)
    tip = _tip(draft.tip, subtotal) if validation.tip_is_sound(problems) else ()
    tip_fits = subtotal + sum(adjustment.amount for adjustment in tip) <= money.MAX_TOTAL
    return Quote(
        lines=counted,
        totals=Totals(menu.cafe.currency, subtotal, tip if tip_fits else ()),
        work=sum((line.work for line in counted), timedelta()),
        estimated_ready_at=_ready_at(menu, counted, draft, kitchen),
        problems=(*problems, *_too_large(lines[len(counted) :], tip_fits)),
        warnings=tuple(_defaults_applied(counted, draft)),
    )


def price_changed(quote: Quote, expected_total: int | None) -> PriceChanged | None:
    """Say that the guest was shown another total (minor units) than the order comes to now."""
    if expected_total is None or expected_total == quote.totals.total:
        return None
    expected = money.Money(expected_total, quote.totals.currency)
    actual = money.Money(quote.totals.total, quote.totals.currency)
    return PriceChanged(
        ProblemCode.PRICE_CHANGED,
        f"The order comes to {actual.amount} {actual.currency} now, not {expected.amount}: look at the quote,"
        " and place it again with its total.",
        ("expectedTotalMinorUnits",),
        expected,
        actual,
    )


def _within_limit(lines: Sequence[Build]) -> tuple[Build, ...]:
    """The lines from the first on for as long as their sum can be said in a GraphQL `Int`."""
    total = 0
    for count, line in enumerate(lines):
        total += line.total
        if total > money.MAX_TOTAL:
            return tuple(lines[:count])
    return tuple(lines)


def _tip(tip: Tip | None, subtotal: int) -> tuple[Adjustment, ...]:
    if tip is None:
        return ()
    if tip.percent is not None:
        amount = money.percent(subtotal, Decimal(tip.percent))
        return (Adjustment(AdjustmentKind.TIP, f"Tip {tip.percent} %", amount),)
    return (Adjustment(AdjustmentKind.TIP, "Tip", tip.minor or 0),)


def _too_large(lines_left_out: Sequence[Build], tip_fits: bool) -> Iterator[Problem]:
    message = f"The order comes to more than {money.MAX_TOTAL} minor units; split it into several."
    if lines_left_out:
        yield Problem(ProblemCode.TOTAL_TOO_LARGE, message, ("lines", str(lines_left_out[0].index)))
    elif not tip_fits:
        yield Problem(ProblemCode.TOTAL_TOO_LARGE, message, ("tip",))


def _ready_at(menu: Menu, lines: Sequence[Build], draft: Draft, kitchen: Kitchen) -> datetime | None:
    """When it can be handed over: at the asked time, or as soon as a free station has made it all."""
    if not lines:
        return None
    free_at = kitchen.free_at(menu.cafe.stations)
    return draft.pickup_at or free_at + sum((line.work for line in lines), timedelta())


def _defaults_applied(lines: Sequence[Build], draft: Draft) -> Iterator[Warning]:
    for line in lines:
        asked = {choice.group for choice in draft.lines[line.index].choices}
        for choice in line.choices:
            if choice.group_slug not in asked:
                yield Warning(
                    WarningCode.DEFAULT_APPLIED,
                    f"{choice.group_name}: {choice.option_name}, as nothing else was chosen.",
                    ("lines", str(line.index), "options"),
                )
