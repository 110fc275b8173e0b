"""What would stop an order: every problem of a draft at once, each with its place and the way out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain, islice
from zoneinfo import ZoneInfo

from cafe_graphql.core import builds, loyalty, promotions, texts
from cafe_graphql.core.drafts import Choice, Draft, LineDraft
from cafe_graphql.core.kitchen import Kitchen
from cafe_graphql.core.menu import MAX_QUANTITY, Item, Menu, OptionGroup, Unavailable
from cafe_graphql.core.money import MAX_TOTAL
from cafe_graphql.core.problems import (
    Closed,
    OutOfRange,
    Path,
    Problem,
    ProblemCode,
    SelectionCount,
    UnknownChoice,
    hinted,
)
from cafe_graphql.core.purses import EMPTY, Purse

MAX_LINES = 100
MAX_CHOICES = 50
MAX_NAME = 80
MAX_NOTE = 500
MAX_KEY = 255
MAX_DAYS_AHEAD = 30

MAX_PROBLEMS = 100
"""A draft with more wrong than this is told the first hundred: looking for more serves nobody."""

MAX_COMPARED = 700
"""Once unknown names have been compared with so many words, the rest go without a hint: comparing takes long."""

_HARMLESS_TO_PRICE = {ProblemCode.ITEM_UNAVAILABLE, ProblemCode.TEXT_TOO_LONG, ProblemCode.INVALID_TEXT}


def problems(menu: Menu, draft: Draft, kitchen: Kitchen, purse: Purse = EMPTY) -> tuple[Problem, ...]:
    """Find everything that would stop this draft in the kitchen as it is, up to `MAX_PROBLEMS`."""
    return tuple(_with_hints(islice(_problems(menu, draft, kitchen, purse), MAX_PROBLEMS)))


def priceable(draft: Draft, problems: Sequence[Problem]) -> list[tuple[int, LineDraft]]:
    """Give the lines, with their indexes, that can be priced in spite of `problems`."""
    if not problems:
        return list(enumerate(draft.lines))
    if len(problems) == MAX_PROBLEMS or len(draft.lines) > MAX_LINES:
        return []
    barred = {p.path[1] for p in problems if p.path[0] == "lines" and p.path[1:] and p.code not in _HARMLESS_TO_PRICE}
    return [(index, line) for index, line in enumerate(draft.lines) if str(index) not in barred]


def is_sound(field: str, problems: Sequence[Problem]) -> bool:
    """Tell whether none of the problems is of this field of the draft."""
    return not any(problem.path[0] == field for problem in problems)


def key_problems(key: str) -> Iterator[Problem]:
    """Find what is wrong with an idempotency key."""
    path = ("idempotencyKey",)
    if not key.strip():
        yield Problem(
            ProblemCode.INVALID_TEXT,
            "An idempotency key must not be empty: send one that is new for each order, such as a UUID, or none.",
            path,
        )
    else:
        yield from texts.line_problems(key, MAX_KEY, path)


def note_problems(note: str | None) -> Iterator[Problem]:
    """Find what is wrong with a note that comes with an act."""
    yield from texts.problems(note, MAX_NOTE, ("note",))


def _with_hints(found: Iterable[Problem]) -> Iterator[Problem]:
    """Say what unknown names may have meant, as far as `MAX_COMPARED` goes."""
    compared = 0
    for problem in found:
        if isinstance(problem, UnknownChoice) and compared < MAX_COMPARED:
            compared += len(problem.allowed)
            yield hinted(problem)
        else:
            yield problem


def _problems(menu: Menu, draft: Draft, kitchen: Kitchen, purse: Purse) -> Iterator[Problem]:
    yield from _line_count(draft)
    yield from texts.line_problems(draft.customer_name, MAX_NAME, ("customerName",))
    yield from texts.problems(draft.note, MAX_NOTE, ("note",))
    yield from _pickup(menu, draft.pickup_at, kitchen)
    yield from _money_off(menu, draft, kitchen, purse)
    yield from _tip(draft)
    for index, line in enumerate(draft.lines[:MAX_LINES]):
        yield from _line(menu, line, ("lines", str(index)))


def _line_count(draft: Draft) -> Iterator[Problem]:
    if not draft.lines:
        yield Problem(ProblemCode.EMPTY_ORDER, "The order is empty: add at least one line.", ("lines",))
    else:
        yield from _range(len(draft.lines), 1, MAX_LINES, ("lines",), "The number of lines")


def _line(menu: Menu, line: LineDraft, path: Path) -> Iterator[Problem]:
    yield from _range(line.quantity, 1, MAX_QUANTITY, (*path, "quantity"), "The quantity")
    yield from texts.problems(line.note, MAX_NOTE, (*path, "note"))
    item = menu.by_slug.get(line.item)
    if item is None:
        allowed = tuple(item.slug for item in menu.items)
        message = f"There is no item “{texts.shown(line.item)}” on the menu."
        yield UnknownChoice(ProblemCode.UNKNOWN_ITEM, message, (*path, "item"), line.item, allowed)
    else:
        yield from _availability(item, path)
        if not _are_sound(item, line.choices):
            yield from _choices(item, line.choices, (*path, "options"))


def _availability(item: Item, path: Path) -> Iterator[Problem]:
    if item.unavailable not in (None, Unavailable.INGREDIENT_OUT):  # of what has run out, `stock` says more
        state = "is sold out" if item.unavailable is Unavailable.SOLD_OUT else "is no longer on the menu"
        yield Problem(ProblemCode.ITEM_UNAVAILABLE, f"{item.name} {state}.", (*path, "item"))


def _are_sound(item: Item, choices: tuple[Choice, ...]) -> bool:
    """Tell whether there is nothing wrong with the choices, which is remembered of those that were made before."""
    if len(choices) > MAX_CHOICES:
        return False
    try:
        return _check(item, choices)
    except _Unsound:
        return False


class _Unsound(Exception):
    """Choices that have problems: by raising it they are not remembered, however many different ones there are."""


@lru_cache(maxsize=builds.MAX_REMEMBERED)
def _check(item: Item, choices: tuple[Choice, ...]) -> bool:
    if any(_choices(item, choices, ())):
        raise _Unsound
    return True


def _choices(item: Item, choices: Sequence[Choice], path: Path) -> Iterator[Problem]:
    if len(choices) > MAX_CHOICES:
        yield from _range(len(choices), 0, MAX_CHOICES, path, "The number of options")
        return
    named = [(choice.group, choice.option) for choice in choices]
    found = [
        list(_choice(item, choice, named.index(named[n]) < n, (*path, str(n)))) for n, choice in enumerate(choices)
    ]
    for problems_of_choice in found:
        yield from problems_of_choice
    if not any(problem.code is ProblemCode.UNKNOWN_OPTION for problem in chain(*found)):
        yield from _counts(item, choices, path)


def _choice(item: Item, choice: Choice, is_repeated: bool, path: Path) -> Iterator[Problem]:
    group = item.group(choice.group)
    if group is None:
        allowed = tuple(group.slug for group in item.groups)
        message = f"{item.name} has no option group “{texts.shown(choice.group)}”."
        yield UnknownChoice(ProblemCode.UNKNOWN_OPTION, message, (*path, "group"), choice.group, allowed)
    elif (option := group.option(choice.option)) is None:
        allowed = tuple(option.slug for option in group.options)
        message = f"{group.name} of {item.name} has no option “{texts.shown(choice.option)}”."
        yield UnknownChoice(ProblemCode.UNKNOWN_OPTION, message, (*path, "option"), choice.option, allowed)
    else:
        if is_repeated:
            message = f"{option.name} is listed twice; list it once, with its quantity."
            yield Problem(ProblemCode.DUPLICATE_OPTION, message, path)
        what = f"The quantity of {option.name}"
        yield from _range(choice.quantity, 1, option.max_quantity, (*path, "quantity"), what)


def _counts(item: Item, choices: Sequence[Choice], path: Path) -> Iterator[Problem]:
    given = dict.fromkeys((group.slug for group in item.groups), 0)
    for group, option, quantity in builds.selected(item, choices):
        given[group.slug] += quantity
        if not option.is_available:
            yield Problem(ProblemCode.ITEM_UNAVAILABLE, f"{group.name}: {option.name} is sold out.", path)
    for group in item.groups:
        yield from _count(group, given[group.slug], path)


def _count(group: OptionGroup, given: int, path: Path) -> Iterator[Problem]:
    if given < group.min or (group.max is not None and given > group.max):
        wanted = f"{group.min} or more" if group.max is None else _span(group.min, group.max)
        yield SelectionCount(
            ProblemCode.SELECTION_COUNT,
            f"{group.name}: choose {wanted} of {', '.join(option.slug for option in group.options)}; {given} chosen.",
            path,
            group.slug,
            group.min,
            group.max,
            given,
        )


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"


def _pickup(menu: Menu, pickup_at: datetime | None, kitchen: Kitchen) -> Iterator[Problem]:
    path = ("pickupAt",)
    if pickup_at is not None and pickup_at < kitchen.at:
        yield Problem(ProblemCode.SLOT_UNAVAILABLE, "The pickup time is in the past.", path)
    elif pickup_at is not None and pickup_at > kitchen.at + timedelta(days=MAX_DAYS_AHEAD):
        message = f"The pickup time is more than {MAX_DAYS_AHEAD} days ahead."
        yield Problem(ProblemCode.SLOT_UNAVAILABLE, message, path)
    elif pickup_at is not None and kitchen.taken >= menu.cafe.slot_capacity:
        message = "Nothing more can be picked up around that time; see `cafe.pickupSlots` for others."
        yield Problem(ProblemCode.SLOT_UNAVAILABLE, message, path)
    else:
        yield from _closed(menu, pickup_at or kitchen.at, path)


def _closed(menu: Menu, at: datetime, path: Path) -> Iterator[Problem]:
    if not menu.cafe.hours.is_open(at, menu.cafe.time_zone):
        opens = menu.cafe.hours.next_opening(at, menu.cafe.time_zone)
        local = opens and opens.astimezone(ZoneInfo(menu.cafe.time_zone))
        when = f" It opens next on {local:%A, %d %B, at %H:%M}." if local else ""
        yield Closed(ProblemCode.CLOSED, f"{menu.cafe.name} is closed then.{when}", path, opens)


def _money_off(menu: Menu, draft: Draft, kitchen: Kitchen, purse: Purse) -> Iterator[Problem]:
    if draft.promo_code is not None:
        yield from promotions.problems(menu, draft.promo_code, purse, kitchen.at)
    if draft.redeem_points:
        yield from loyalty.problems(menu.cafe, draft.redeem_points, purse)


def _tip(draft: Draft) -> Iterator[Problem]:
    if draft.tip and draft.tip.percent is not None:
        yield from _range(draft.tip.percent, 0, 100, ("tip", "percent"), "A tip in percent")
    if draft.tip and draft.tip.minor is not None:
        yield from _range(draft.tip.minor, 0, MAX_TOTAL, ("tip", "minorUnits"), "A tip in minor units")


def _range(given: int, low: int, high: int, path: Path, what: str) -> Iterator[Problem]:
    if not low <= given <= high:
        message = f"{what} must be from {low} to {high}, not {given}."
        yield OutOfRange(ProblemCode.QUANTITY_OUT_OF_RANGE, message, path, low, high, given)
