"""What guests ask for: Hypothesis strategies for drafts, from careful to mangled."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from cafe_graphql.core.drafts import Choice, Draft, LineDraft, Tip
from cafe_graphql.core.menu import Item, Menu, OptionGroup
from cafe_graphql.core.purses import Purse

NOON = datetime(2026, 5, 1, 16, 0, tzinfo=UTC)
"""A Friday noon in New York."""

tips = st.one_of(
    st.none(),
    st.builds(Tip, percent=st.integers(0, 100)),
    st.builds(Tip, minor=st.integers(0, 10_000)),
)


@st.composite
def careful_drafts(draw: st.DrawFn, menu: Menu) -> Draft:
    """Drafts of somebody who has read the menu: every line asks for what is there, as often as it may."""
    lines = draw(st.lists(st.sampled_from(menu.items).flatmap(_careful_line), min_size=1, max_size=5))
    pickup = draw(st.none() | st.timedeltas(timedelta(0), timedelta(days=30)).map(NOON.__add__))
    return Draft(tuple(lines), pickup, draw(st.none() | st.just("Ana")), None, None, draw(tips))


purses = st.builds(
    Purse,
    has_account=st.booleans(),
    collects=st.booleans(),
    points=st.integers(0, 5_000),
    code_uses=st.integers(0, 3),
    own_uses=st.integers(0, 3),
)


@st.composite
def _careful_line(draw: st.DrawFn, item: Item) -> LineDraft:
    choices = [choice for group in item.groups for choice in draw(_careful_choices(group))]
    return LineDraft(item.slug, draw(st.integers(1, 100)), tuple(draw(st.permutations(choices))))


@st.composite
def _careful_choices(draw: st.DrawFn, group: OptionGroup) -> list[Choice]:
    """Either nothing, where the defaults do, or a count that the group's min and max allow."""
    if (group.defaults or group.min == 0) and draw(st.booleans()):
        return []
    most = sum(option.max_quantity for option in group.options) if group.max is None else group.max
    wanted = draw(st.integers(max(group.min, 1), max(min(most, group.min + 3), 1)))
    choices = []
    for option in draw(st.permutations(group.options)):
        if wanted > 0:
            quantity = min(option.max_quantity, wanted)
            choices.append(Choice(group.slug, option.slug, quantity))
            wanted -= quantity
    return choices


numbers = st.integers(-2, 102) | st.integers(-(2**31), 2**31 - 1)
texts = st.text(st.characters(), max_size=20) | st.sampled_from(["", "x" * 81, "late\u202elatte", "\x07", "\ud800"])
instants = st.one_of(
    st.none(),
    st.timedeltas(timedelta(days=-2), timedelta(days=32)).map(NOON.__add__),
    st.sampled_from([datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]),
)


@st.composite
def drafts(draw: st.DrawFn, menu: Menu) -> Draft:
    """Any draft whatsoever: real words, near misses and nonsense, numbers of every size."""
    lines = st.lists(_lines(menu), max_size=4) | st.lists(_lines(menu), min_size=1, max_size=1).map(
        lambda one: one * 101
    )
    return Draft(
        lines=tuple(draw(lines)),
        pickup_at=draw(instants),
        customer_name=draw(st.none() | texts),
        note=draw(st.none() | texts),
        promo_code=draw(st.none() | texts | _words(list(menu.promo_codes))),
        tip=draw(tips | st.builds(Tip, percent=numbers) | st.builds(Tip, minor=numbers) | st.just(Tip())),
        redeem_points=draw(st.just(0) | st.integers(0, 5_000) | numbers),
    )


def _lines(menu: Menu) -> st.SearchStrategy[LineDraft]:
    items = list(menu.by_slug.values())
    groups = [group for item in items for group in item.groups]
    choices = st.builds(
        Choice,
        _words([group.slug for group in groups]),
        _words([option.slug for group in groups for option in group.options]),
        st.just(1) | numbers,
    )
    known = [Choice(group.slug, option.slug) for group in groups for option in group.options]
    if known:
        choices |= st.sampled_from(known)
    some = st.lists(choices, max_size=4) | choices.map(lambda one: [one] * 51)
    return st.builds(
        LineDraft,
        _words([item.slug for item in items]),
        st.just(1) | st.integers(1, 100) | numbers,
        some.map(tuple),
        st.none() | texts,
    )


def _words(known: list[str]) -> st.SearchStrategy[str]:
    """Words of the menu, the same with a slip of the pen, and others."""
    if not known:
        return texts
    real = st.sampled_from(known)
    return real | real.map(lambda word: f"{word}s") | real.map(str.upper) | texts
