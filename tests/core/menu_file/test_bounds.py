"""How cheap and how dear an item's builds get: the same as trying every one of them."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from cafe_graphql.core.menu import Option, OptionGroup
from cafe_graphql.core.menu_file import bounds
from tests.core.sheets import option_groups


def test_a_free_choice_is_made_only_where_it_saves_and_a_must_as_cheaply_as_it_can_be() -> None:
    cups = OptionGroup("cup", "Cup", 0, None, (Option("own", "Own cup", -20), Option("glass", "Glass", 10)))
    sizes = OptionGroup("size", "Size", 1, 1, (Option("medium", "Medium", 50), Option("large", "Large", 100)))

    assert bounds.cheapest(350, [cups, sizes]) == 350 - 20 + 50
    assert bounds.dearest(350, [cups, sizes]) == 350 + 10 + 100


@given(st.lists(option_groups(), max_size=2))
@settings(deadline=None)
def test_no_build_is_cheaper_than_the_cheapest_or_dearer_than_the_dearest(groups: list[OptionGroup]) -> None:
    every = [_totals(group) for group in groups]

    assert bounds.cheapest(500, groups) == 500 + sum(map(min, every))
    assert bounds.dearest(500, groups) == 500 + sum(map(max, every))


def _totals(group: OptionGroup) -> list[int]:
    """What every allowed choice of the group adds, by trying them all."""
    choices = list(product(*(range(option.max_quantity + 1) for option in group.options)))
    return [
        sum(option.price * quantity for option, quantity in zip(group.options, choice, strict=True))
        for choice in choices
        if group.min <= sum(choice) and (group.max is None or sum(choice) <= group.max)
    ]
