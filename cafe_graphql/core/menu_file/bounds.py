"""What the builds of an item may come to: how many choices a group gives, how cheap and how dear it gets."""

from collections.abc import Iterable, Iterator

from cafe_graphql.core.menu import OptionGroup


def count_mistakes(group: OptionGroup) -> Iterator[str]:
    """Say how a group contradicts itself: its min and max, its defaults, how much its options can give."""
    capacity = sum(option.max_quantity for option in group.options)
    defaults = len(group.defaults)
    if group.max is not None and group.max < group.min:
        yield f"min is {group.min} but max is {group.max}; make min at most max"
    elif capacity < group.min:
        yield f"min is {group.min} but its options give {capacity} at most; lower min or raise a max_quantity"
    elif group.max is not None and defaults > group.max:
        yield f"has {defaults} default options but max is {group.max}; take some defaults away"
    elif 0 < defaults < group.min:
        yield f"has {defaults} default options but min is {group.min}; make none default, or {group.min}"


def cheapest(price: int, groups: Iterable[OptionGroup]) -> int:
    """Give the least that an item of `price` can cost with these groups, in minor units."""
    return price + sum(_least(group, 1) for group in groups)


def dearest(price: int, groups: Iterable[OptionGroup]) -> int:
    """Give the most that an item of `price` can cost with these groups, in minor units."""
    return price - sum(_least(group, -1) for group in groups)


def _least(group: OptionGroup, sign: int) -> int:
    """The lowest sum of `sign` times the price over every choice that the group's min and max allow."""
    total = taken = 0
    most = sum(option.max_quantity for option in group.options) if group.max is None else group.max
    for option in sorted(group.options, key=lambda option: sign * option.price):
        wanted = most if sign * option.price < 0 else group.min
        quantity = min(option.max_quantity, max(wanted - taken, 0))
        total += quantity * sign * option.price
        taken += quantity
    return total
