"""Whether there is enough for an order, and what is said when there is not, or when little is left."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from cafe_graphql.core import recipes
from cafe_graphql.core.drafts import Build, Chosen, Quote
from cafe_graphql.core.ingredients import Amounts
from cafe_graphql.core.menu import Item, Menu
from cafe_graphql.core.problems import ProblemCode, Shortage, Warning, WarningCode


def needs(lines: Iterable[Build]) -> dict[str, int]:
    """Add up how much of each ingredient goes into all the lines; of most menus that have no recipes, nothing."""
    total: dict[str, int] = {}
    for line in lines:
        for slug, amount in line.takes.items():
            total[slug] = total.get(slug, 0) + amount * line.quantity
    return total


def counted(menu: Menu, quote: Quote, on_hand: Amounts) -> Quote:
    """Add to a quote what would stop it for want of something, and of what little would be left."""
    needed = needs(quote.lines)
    suffices = all(on_hand[slug] >= amount for slug, amount in needed.items())
    if suffices and not any(menu.ingredients[slug].is_low(on_hand[slug] - needed[slug]) for slug in needed):
        return quote  # nearly always, and as quick as can be
    problems = (*quote.problems, *shortages(menu, quote.lines, on_hand))
    return replace(quote, problems=problems, warnings=(*quote.warnings, *low(menu, quote.lines, on_hand)))


def shortages(menu: Menu, lines: Sequence[Build], on_hand: Amounts) -> Iterator[Shortage]:
    """Say which ingredients do not suffice, each once, with what can be made of all that needs it.

    Lines are made in their order, so the place is that of the first which cannot be made in full.
    """
    left, made, short = dict(on_hand), dict[int, int](), dict[str, tuple[Build, int]]()
    for line in lines:
        made[line.index], scarce = _makeable(line, left)
        if scarce is not None:
            short.setdefault(scarce, (line, left[scarce]))
        for slug, amount in line.takes.items():
            left[slug] -= amount * made[line.index]
    for slug, (line, there) in short.items():
        sharing = [other for other in lines if slug in other.takes]
        available = sum(made[other.index] for other in sharing)
        requested = sum(other.quantity for other in sharing)
        path = ("lines", str(line.index), "quantity")
        message = _message(menu.ingredients[slug].name, line, slug, there, available, requested)
        yield Shortage(ProblemCode.OUT_OF_STOCK, message, path, available, requested)


def low(menu: Menu, lines: Iterable[Build], on_hand: Amounts) -> Iterator[Warning]:
    """Say of which ingredients little would be left once the lines are made, if they can be; each once."""
    lines = tuple(lines)
    for slug, amount in needs(lines).items():
        ingredient, left = menu.ingredients[slug], on_hand[slug] - amount
        if left >= 0 and ingredient.is_low(left):
            path = next(("lines", str(line.index)) for line in lines if slug in line.takes)
            yield Warning(WarningCode.LOW_STOCK, f"Of {ingredient.name} there is little left.", path)


def _makeable(line: Build, left: Amounts) -> tuple[int, str | None]:
    """Give how many of a line can be made, and what there is too little of when that is not all."""
    enough_for = {slug: left[slug] // amount for slug, amount in line.takes.items()}
    scarce = min(enough_for, key=enough_for.__getitem__, default=None)
    if scarce is None or enough_for[scarce] >= line.quantity:
        return line.quantity, None
    return enough_for[scarce], scarce


def _message(name: str, line: Build, slug: str, there: int, available: int, requested: int) -> str:
    if available:
        said, ways = f"Of {name} there is enough for {available} of these {requested}", ["order fewer"]
    else:
        said, ways = f"Of {name} there is not enough for {line.item.name}", []
    ways += _other_choices(line, slug, there)
    return f"{said}: {' or '.join(ways)}." if ways else f"{said}."


def _other_choices(line: Build, slug: str, there: int) -> Iterator[str]:
    """Say what could be left out or chosen instead, where it is an option that needs the ingredient."""
    for choice in line.choices:
        group = line.item.group(choice.group_slug)
        option = group and group.option(choice.option_slug)
        if group and option and slug in recipes.brings(option):
            if _suffices_without(line, choice, slug, there):
                yield f"leave out {choice.option_name}"
                continue
            others = [
                other.slug
                for other in group.options
                if slug not in recipes.brings(other) and line.item.why_not(group, other) is None
            ]
            if others:
                yield f"choose other {group.name}: {', '.join(others)}"


def _suffices_without(line: Build, left_out: Chosen, slug: str, there: int) -> bool:
    """Tell whether there is enough for a line without one of its choices, and it may be had without."""
    rest = [choice for choice in line.choices if choice is not left_out]
    of_group = [choice.quantity for choice in rest if choice.group_slug == left_out.group_slug]
    group = line.item.group(left_out.group_slug)
    if group is None or sum(of_group) < group.min or (group.defaults and not of_group):
        return False
    return recipes.takes(line.item, _selections(line.item, rest)).get(slug, 0) * line.quantity <= there


def _selections(item: Item, choices: Iterable[Chosen]) -> Iterator[recipes.Selection]:
    for choice in choices:
        group = item.group(choice.group_slug)
        if group and (option := group.option(choice.option_slug)):
            yield group, option, choice.quantity
