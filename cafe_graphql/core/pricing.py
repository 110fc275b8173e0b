"""What an order costs: one calculation that answers a quote and prices an order alike."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from cafe_graphql.core import builds, money, money_off, taxes, validation
from cafe_graphql.core.drafts import Adjustment, AdjustmentKind, Build, Draft, Quote, Tip, Totals
from cafe_graphql.core.kitchen import Kitchen
from cafe_graphql.core.menu import Menu
from cafe_graphql.core.problems import PriceChanged, Problem, ProblemCode, Warning, WarningCode
from cafe_graphql.core.purses import EMPTY, Purse
from cafe_graphql.core.taxes import NO_TAX, Taxed, TaxRate


def quote(menu: Menu, draft: Draft, kitchen: Kitchen, purse: Purse = EMPTY) -> Quote:
    """Price a draft for the kitchen and the purse as they are: whatever can be priced is, the rest is in `problems`.

    In the order of a till: the lines, money off them, tax on what is left, and a tip on top.
    """
    problems = validation.problems(menu, draft, kitchen, purse)
    priceable = validation.priceable(draft, problems)
    lines = [builds.build(index, menu.by_slug[line.item], line) for index, line in priceable]
    counted = _within_limit(menu, lines)
    off = money_off.of(menu, draft, problems, counted, kitchen.at)
    taxed = _taxed(menu, off.lines) if menu.taxes else NO_TAX
    subtotal = sum(line.total for line in counted)
    before_tip = (*off.adjustments, *_added(taxed)) if taxed.taxes else off.adjustments
    tip = _tip(draft.tip, subtotal) if draft.tip and validation.is_sound("tip", problems) else ()
    work = timedelta(seconds=sum(line.work_seconds for line in counted))
    totals = Totals(menu.cafe.currency, subtotal, (*before_tip, *tip), taxed.taxes)
    tip_fits = totals.total <= money.MAX_TOTAL
    return Quote(
        lines=_with_tax(off.lines, taxed),
        totals=totals if tip_fits else replace(totals, adjustments=before_tip),
        work=work,
        estimated_ready_at=_ready_at(menu, work, draft, kitchen) if counted else None,
        problems=(*problems, *_too_large(lines[len(counted) :], tip_fits)),
        warnings=(*_defaults_applied(counted, draft), *off.warnings),
        promo_code=off.promo_code,
        points=_points(menu, off.lines) if purse.collects else 0,
        redeemed=off.points,
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


def _within_limit(menu: Menu, lines: Sequence[Build]) -> tuple[Build, ...]:
    """The lines from the first on for as long as their sum can be said in a GraphQL `Int`, their tax and all."""
    total = 0
    for count, line in enumerate(lines):
        total += line.total
        if menu.taxes:
            total += taxes.most_added(_rate(menu, line), line.total)
        if total > money.MAX_TOTAL:
            return tuple(lines[:count])
    return tuple(lines)


def _taxed(menu: Menu, lines: Sequence[Build]) -> Taxed:
    return taxes.of([_rate(menu, line) for line in lines], [line.net for line in lines])


def _rate(menu: Menu, line: Build) -> TaxRate | None:
    return menu.taxes.get(line.item.category.slug)


def _added(taxed: Taxed) -> Iterator[Adjustment]:
    """The taxes that prices do not include, one for each rate."""
    for tax, label in zip(taxed.taxes, taxed.labels, strict=True):
        if not tax.is_included:
            yield Adjustment(AdjustmentKind.TAX, label, tax.amount)


def _with_tax(lines: tuple[Build, ...], taxed: Taxed) -> tuple[Build, ...]:
    if not taxed.taxes:
        return lines
    return tuple(replace(line, tax=tax) for line, tax in zip(lines, taxed.by_line, strict=True))


def _points(menu: Menu, lines: Sequence[Build]) -> int:
    """The points that a customer earns by paying for these lines."""
    return menu.cafe.loyalty.offered(sum(line.net for line in lines)) if menu.cafe.loyalty else 0


def _tip(tip: Tip, subtotal: int) -> tuple[Adjustment, ...]:
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


def _ready_at(menu: Menu, work: timedelta, draft: Draft, kitchen: Kitchen) -> datetime:
    """When it can be handed over: at the asked time, or as soon as a free station has done the work."""
    return draft.pickup_at or kitchen.free_at(menu.cafe.stations) + work


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
