"""What of the menu can be had with what is on hand: the options, and the items of which no build can be made.

An item whose default milk has run out is still to be had with another. But nobody gets oat for dairy unasked, since it
may be what they must not drink: the default is shown as out, a guest has to choose, and the item itself is out only
when no choice would do. What is told as out cannot be made in any build; the rest, the order that asks for it is told.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from cafe_graphql.core import recipes
from cafe_graphql.core.ingredients import Amounts
from cafe_graphql.core.menu import Item, Option, OptionGroup, Unavailable

Need = tuple[tuple[str, int], ...]
"""Something that has to be there: one of these ingredients, in its amount."""

Place = tuple[str, str]
"""An option of an item, by the slugs of its group and of itself."""

Instead = Mapping[str, set[str]]
"""Which ingredients may stand in the place of each, by what options replace."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What any build of an item needs, and what any build with one of its options does."""

    of_item: tuple[Need, ...] = ()
    of_options: Mapping[Place, tuple[Need, ...]] = field(default_factory=dict)

    def steps(self) -> Iterator[tuple[str, int]]:
        """Give the amounts of ingredients below which something is out."""
        for needs in (self.of_item, *self.of_options.values()):
            for need in needs:
                yield from need


def needs(item: Item) -> Needs:
    """Look through an item's recipe and those of its options."""
    bringing = [(g, option) for g in item.groups for option in g.options if option.recipe or option.replaces]
    instead = _instead(bringing)
    own = tuple(_need(slug, quantity.amount, instead) for slug, quantity in item.recipe.items())
    of_options: dict[Place, tuple[Need, ...]] = {}
    for group in item.groups:
        # Of a group of which one is chosen at most, no other can be there beside an option.
        beside = instead if group.max != 1 else _instead((g, option) for g, option in bringing if g is not group)
        for option in (option for g, option in bringing if g is group):
            of_options[group.slug, option.slug] = _of_option(item, group, option, beside)
    return Needs(own, of_options)


def stocked(item: Item, needs: Needs, on_hand: Amounts) -> Item:
    """Give the item as it can be had with so much on hand; of what is not named there is plenty."""
    out = frozenset(place for place, its in needs.of_options.items() if _is_short(its, on_hand))
    return replace(item, out=out, unavailable=item.unavailable or _why_not(item, needs, out, on_hand))


def steps(needs: Iterable[Needs]) -> dict[str, tuple[int, ...]]:
    """Give for each ingredient the amounts below which something or other is out, in rising order."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for its in needs:
        for slug, amount in its.steps():
            found[slug].add(amount)
    return {slug: tuple(sorted(amounts)) for slug, amounts in found.items()}


def is_out(item: Item, on_hand: Amounts) -> bool:
    """Tell whether so much on hand, and plenty of all else, would be too little for any build of an item."""
    on_offer = replace(item, unavailable=None)
    return stocked(on_offer, needs(on_offer), on_hand).unavailable is Unavailable.INGREDIENT_OUT


def uses(item: Item, slug: str) -> bool:
    """Tell whether an ingredient may go into an item."""
    return slug in item.recipe or any(slug in recipes.brings(o) for group in item.groups for o in group.options)


def _why_not(item: Item, needs: Needs, out: frozenset[Place], on_hand: Amounts) -> Unavailable | None:
    if _is_short(needs.of_item, on_hand):
        return Unavailable.INGREDIENT_OUT
    for group in item.groups:
        if not _can_be_answered(group, out):
            has_run_out = any((group.slug, option.slug) in out for option in group.options)
            return Unavailable.INGREDIENT_OUT if has_run_out else Unavailable.SOLD_OUT
    return None


def _can_be_answered(group: OptionGroup, out: frozenset[Place]) -> bool:
    """Tell whether enough of a group's options is left to choose from; one with defaults is always chosen from."""
    least = max(group.min, 1 if group.defaults else 0)
    left = (o.max_quantity for o in group.options if o.is_available and (group.slug, o.slug) not in out)
    return least == 0 or sum(left) >= least


def _instead(offered: Iterable[tuple[OptionGroup, Option]]) -> Instead:
    """What options that are to be had put in the place of other ingredients."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for _, option in offered:
        for old, new in option.replaces.items():
            if option.is_available:
                found[old].add(new)
    return found


def _of_option(item: Item, group: OptionGroup, option: Option, beside: Instead) -> tuple[Need, ...]:
    """What of what an option brings is there in every build with it."""
    takes = recipes.takes(item, [(group, option, 1)])
    brought = sorted(slug for slug in recipes.brings(option) if slug in takes)
    replaced = {slug: [old for old, new in option.replaces.items() if new == slug] for slug in brought}
    return tuple(_need(slug, takes[slug], beside, replaced[slug]) for slug in brought)


def _need(slug: str, amount: int, instead: Instead, replaced: Iterable[str] = ()) -> Need:
    """An amount of an ingredient, or of whatever other options would put in its place.

    `replaced` are those whose place it takes itself: another option may be there before it.
    """
    reached, fresh = {slug}, {slug, *replaced}
    while fresh := {new for old in fresh for new in instead.get(old, ())} - reached:
        reached |= fresh
    return ((slug, amount), *((other, amount) for other in sorted(reached - {slug})))


def _is_short(needs: Iterable[Need], on_hand: Amounts) -> bool:
    return any(all(on_hand.get(slug, amount) < amount for slug, amount in need) for need in needs)
