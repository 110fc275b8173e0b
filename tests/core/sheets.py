"""Any menu that a café could write: a Hypothesis strategy for valid sheets."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from decimal import Decimal

from hypothesis import strategies as st

from cafe_graphql.core.hours import Hours, Period
from cafe_graphql.core.ingredients import SheetIngredient
from cafe_graphql.core.menu import (
    Allergen,
    CafeInfo,
    Category,
    Diet,
    Option,
    OptionGroup,
    Sheet,
    SheetItem,
    Use,
)
from cafe_graphql.core.points import Scheme
from cafe_graphql.core.promo_codes import PromoCode
from cafe_graphql.core.quantities import Quantity, Unit
from cafe_graphql.core.taxes import TaxRate

DAY = 24 * 60
UNITS = [[Unit.G, Unit.KG], [Unit.ML, Unit.L], [Unit.PIECES]]

letters = st.characters(categories=("L", "N", "P", "S")) | st.just(" ")
names = st.text(letters, min_size=1, max_size=12).map(str.strip).filter(bool)
slugs = st.lists(st.text("abcxyz019", min_size=1, max_size=4), min_size=1, max_size=2).map("-".join)
amounts = st.integers(0, 10**9)
allergens = st.frozensets(st.sampled_from(Allergen), max_size=3)
option_prices = st.integers(-500, 1_000)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """Whole menus of a few items, whose groups, defaults and prices agree with each other."""
    pantry = draw(st.lists(ingredients(), max_size=3, unique_by=lambda ingredient: ingredient.slug))
    groups = draw(st.lists(option_groups(pantry), max_size=3, unique_by=lambda group: group.slug))
    rates = draw(st.lists(tax_rates(), max_size=2, unique_by=lambda rate: rate.slug))
    taxes = st.sampled_from([None, *(rate.slug for rate in rates)])
    headings = st.builds(Category, slugs, names, taxes)
    categories = draw(st.lists(headings, min_size=1, max_size=3, unique_by=lambda category: category.slug))
    item_slugs = draw(st.lists(slugs, min_size=1, max_size=4, unique=True))
    items = tuple(draw(items_of(slug, categories, groups, pantry)) for slug in item_slugs)
    cafe = replace(draw(cafes()), tax_rates=tuple(rates), tax=draw(taxes))
    codes = promo_codes(item_slugs, [category.slug for category in categories])
    promotions = draw(st.lists(codes, max_size=2, unique_by=lambda code: code.key))
    return Sheet(cafe, tuple(groups), tuple(categories), items, tuple(promotions), tuple(pantry))


def tax_rates() -> st.SearchStrategy[TaxRate]:
    percents = st.integers(0, 100_000) | st.sampled_from([19_000, 8_875])
    return st.builds(TaxRate, slugs, names, percents.map(lambda percent: Decimal(percent) / 1000), st.booleans())


@st.composite
def promo_codes(draw: st.DrawFn, items: Sequence[str], categories: Sequence[str]) -> PromoCode:
    """Codes of every kind, many of them good at noon on the first of May 2026."""
    days = st.none() | st.dates(date(2026, 4, 28), date(2026, 5, 5))
    first, last = draw(days), draw(days)
    if first and last and last < first:
        first, last = last, first
    kind = draw(st.sampled_from(["percent", "amount", "buy"]))
    limits = st.none() | st.integers(1, 3)
    return PromoCode(
        code=draw(st.lists(st.text("aBcXyZ019", min_size=1, max_size=4), min_size=1, max_size=2).map("-".join)),
        name=draw(st.none() | names),
        percent=draw(st.integers(1, 100)) if kind == "percent" else None,
        amount=draw(st.integers(1, 3_000)) if kind == "amount" else None,
        buy=draw(st.integers(1, 4)) if kind == "buy" else None,
        get=draw(st.integers(1, 3)) if kind == "buy" else 1,
        first_day=first,
        last_day=last,
        hours=draw(st.just(Hours()) | hours()),
        minimum=draw(st.just(0) | st.integers(0, 5_000)),
        items=tuple(draw(st.just([]) | st.lists(st.sampled_from(items), unique=True))),
        categories=tuple(draw(st.just([]) | st.lists(st.sampled_from(categories), unique=True))),
        limit=draw(limits),
        customer_limit=draw(limits),
    )


@st.composite
def ingredients(draw: st.DrawFn) -> SheetIngredient:
    """What is counted in one kind of unit in all menus, as in a pantry."""
    slug = draw(slugs)
    unit = draw(st.sampled_from(UNITS[len(slug) % len(UNITS)]))
    return SheetIngredient(slug, draw(names), unit, draw(amounts), draw(st.none() | amounts))


@st.composite
def recipes(draw: st.DrawFn, pantry: Sequence[SheetIngredient]) -> dict[str, Quantity]:
    used = draw(st.lists(st.sampled_from(pantry), max_size=2, unique_by=lambda i: i.slug)) if pantry else []
    return {i.slug: Quantity(draw(st.integers(1, 500_000)), draw(st.sampled_from(same_kind(i.unit)))) for i in used}


@st.composite
def replacements(draw: st.DrawFn, pantry: Sequence[SheetIngredient]) -> dict[str, str]:
    pairs = [(old.slug, new.slug) for old in pantry for new in pantry if old.unit.kind == new.unit.kind]
    return dict(draw(st.lists(st.sampled_from(pairs), max_size=2, unique_by=lambda pair: pair[0]))) if pairs else {}


def same_kind(unit: Unit) -> list[Unit]:
    return [other for other in Unit if other.kind == unit.kind]


def cafes() -> st.SearchStrategy[CafeInfo]:
    return st.builds(
        CafeInfo,
        name=names,
        currency=st.sampled_from(["USD", "EUR", "JPY", "KWD"]),
        time_zone=st.sampled_from(["America/New_York", "Europe/Berlin", "UTC"]),
        locale=st.sampled_from(["en-US", "de", "zh-Hant-TW", "es-419"]),
        hours=hours(),
        loyalty=st.none() | st.builds(Scheme, st.integers(1, 1_000), st.integers(1, 500), st.integers(1, 50)),
    )


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    """Periods that do not overlap, some of them past midnight."""
    edges = sorted(draw(st.lists(st.integers(0, 7 * DAY), max_size=14, unique=True)))
    spans = zip(edges[::2], edges[1::2], strict=False)
    return Hours(tuple(_period(start, end) for start, end in spans if end - start <= DAY))


def _period(start: int, end: int) -> Period:
    return Period(start // DAY, *(time(edge % DAY // 60, edge % 60) for edge in (start, end)))


@st.composite
def option_groups(draw: st.DrawFn, pantry: Sequence[SheetIngredient] = ()) -> OptionGroup:
    options = draw(st.lists(_options(pantry), min_size=1, max_size=4, unique_by=lambda option: option.slug))
    defaults = sum(option.is_default for option in options)
    least = draw(st.integers(0, defaults or sum(option.max_quantity for option in options)))
    most = draw(st.none() | st.integers(max(least, defaults, 1), 100))
    return OptionGroup(draw(slugs), draw(names), least, most, tuple(options))


@st.composite
def _options(draw: st.DrawFn, pantry: Sequence[SheetIngredient]) -> Option:
    adds = draw(allergens)
    return Option(
        slug=draw(slugs),
        name=draw(names),
        price=draw(option_prices),
        is_default=draw(st.booleans()),
        max_quantity=draw(st.integers(1, 5)),
        calories=draw(st.integers(-100, 500)),
        adds_allergens=adds,
        removes_allergens=draw(allergens) - adds,
        recipe=draw(recipes(pantry)),
        replaces=draw(replacements(pantry)),
        is_available=draw(st.booleans()),
    )


@st.composite
def items_of(
    draw: st.DrawFn,
    slug: str,
    categories: Sequence[Category],
    groups: Sequence[OptionGroup],
    pantry: Sequence[SheetIngredient] = (),
) -> SheetItem:
    used = draw(st.lists(st.sampled_from(groups), unique_by=lambda group: group.slug)) if groups else []
    uses = tuple(draw(_uses(group)) for group in used)
    options = [option for use, group in zip(uses, used, strict=True) for option in use.of(group).options]
    discounts = sum(min(option.price, 0) * option.max_quantity for option in options)
    return SheetItem(
        slug=slug,
        name=draw(names),
        category=draw(st.sampled_from(categories)).slug,
        price=draw(st.integers(0, 5_000)) - discounts,
        description=draw(st.none() | names),
        image_url=draw(st.sampled_from([None, "/pictures/latte.jpg", "https://cafe.example/latte.jpg?w=2"])),
        calories=draw(st.none() | st.integers(0, 900)),
        prep_seconds=draw(st.integers(0, 600)),
        allergens=draw(allergens),
        diets=draw(st.frozensets(st.sampled_from(Diet))),
        uses=uses,
        recipe=draw(recipes(pantry)),
        is_available=draw(st.booleans()),
    )


@st.composite
def _uses(draw: st.DrawFn, group: OptionGroup) -> Use:
    """Uses of a group that leave enough options for its min, and defaults that its min and max allow."""
    every = [option.slug for option in group.options]
    offers = draw(st.none() | st.lists(st.sampled_from(every), min_size=1, unique=True).map(tuple))
    if sum(option.max_quantity for option in Use(group.slug, offers).of(group).options) < group.min:
        offers = None
    offered = every if offers is None else list(offers)
    use = Use(group.slug, offers, prices=draw(st.dictionaries(st.sampled_from(offered), option_prices)))
    most = len(offered) if group.max is None else min(group.max, len(offered))
    inherited = len(use.of(group).defaults)
    if (inherited == 0 or group.min <= inherited <= most) and draw(st.booleans()):
        return use
    count = draw(st.sampled_from([0, *range(max(group.min, 1), most + 1)]))
    return replace(use, defaults=tuple(draw(st.permutations(offered))[:count]))
