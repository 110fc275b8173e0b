"""How an item of a menu file uses the shared option groups: which options, which defaults, at what prices."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TypeVar

from cafe_graphql.core.menu import MAX_UNIT_PRICE, OptionGroup, SheetItem, Use
from cafe_graphql.core.menu_file import bounds
from cafe_graphql.core.menu_file import values as values
from cafe_graphql.core.menu_file.document import written
from cafe_graphql.core.menu_file.fields import Field, Table

T = TypeVar("T")
Offers = Mapping[str, tuple[str, ...]]

MAX_GROUPS_OF_AN_ITEM = 12


def read(item: Table, groups: Mapping[str, OptionGroup], currency: str) -> tuple[Use, ...]:
    """Read an item's `option_groups`, and by group its `option_choices`, `_defaults` and `_prices`."""
    group_list = values.listed(values.one_of(groups, "option group"), MAX_GROUPS_OF_AN_ITEM)
    used = {slug: groups[slug] for slug in item.optional("option_groups", group_list, ())}
    everything = {slug: tuple(option.slug for option in group.options) for slug, group in used.items()}
    choices = item.optional("option_choices", _by_group(everything, partial(_options, 1)), {})
    offers = everything | choices
    defaults = item.optional("option_defaults", _by_group(offers, partial(_options, 0)), {})
    prices = item.optional("option_prices", _by_group(offers, partial(_prices, currency)), {})
    return tuple(Use(slug, choices.get(slug), defaults.get(slug), prices.get(slug, {})) for slug in used)


def mistakes(item: SheetItem, groups: Mapping[str, OptionGroup], currency: str) -> Iterator[str]:
    """Say how an item whose every field is right still fails: its counts, its cheapest and dearest build."""
    # Most uses leave the group as it is: not to copy its options then makes the largest menus quick to check.
    shared = [(use, groups[use.group]) for use in item.uses]
    resolved = [group if use == Use(group.slug) else use.of(group) for use, group in shared]
    for group in resolved:
        for message in bounds.count_mistakes(group):
            yield f"option group {group.slug} {message}"
    cheapest = bounds.cheapest(item.price, resolved)
    dearest = bounds.dearest(item.price, resolved)
    if cheapest < 0:
        yield f"with its cheapest options it would cost {written(cheapest, currency)}; the least is 0"
    if dearest > MAX_UNIT_PRICE:
        most = written(MAX_UNIT_PRICE, currency)
        yield f"with its dearest options it would cost {written(dearest, currency)}; the most is {most}"


def _by_group(offers: Offers, read_one: Callable[[tuple[str, ...], Field], T]) -> Callable[[Field], dict[str, T]]:
    """Read a table from the item's groups to what `read_one` makes of it and the options offered there."""

    def read_all(field: Field) -> dict[str, T]:
        with field.table("option group of this item") as table:
            found = {slug: table.optional(slug, partial(read_one, offers[slug]), None) for slug in offers}
        return {slug: value for slug, value in found.items() if value is not None}

    return read_all


def _options(least: int, offered: tuple[str, ...], field: Field) -> tuple[str, ...]:
    return values.listed(values.one_of(offered, "option here called"), len(offered), least)(field)


def _prices(currency: str, offered: tuple[str, ...], field: Field) -> dict[str, int]:
    with field.table("option that the item offers") as table:
        found = {slug: table.optional(slug, values.price(currency), None) for slug in offered}
    return {slug: price for slug, price in found.items() if price is not None}
