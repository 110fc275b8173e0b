"""The tables of a menu file: café, option groups, categories, items and promo codes, each read into its core value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from operator import attrgetter
from zoneinfo import available_timezones

from cafe_graphql.core.hours import Hours
from cafe_graphql.core.menu import (
    MAX_QUANTITY,
    Allergen,
    CafeInfo,
    Category,
    Diet,
    Option,
    OptionGroup,
    Sheet,
    SheetItem,
)
from cafe_graphql.core.menu_file import hours, ingredients, loyalty, promo_codes, taxes, uses, values
from cafe_graphql.core.menu_file.bounds import count_mistakes
from cafe_graphql.core.menu_file.fields import Field
from cafe_graphql.core.money import EXPONENTS
from cafe_graphql.core.quantities import Unit
from cafe_graphql.core.taxes import TaxRate

# A real menu stays far below these; they are here so that a hostile file is refused, and soon.
MAX_INGREDIENTS = 1_000
MAX_CATEGORIES = 200
MAX_GROUPS = 200
MAX_OPTIONS = 100
MAX_STATIONS = 100
MAX_CAPACITY = 1_000
MAX_ITEMS = 2_000
MAX_PROMO_CODES = 1_000
MAX_CALORIES = 10_000
MAX_PREP_SECONDS = 86_400

_UNKNOWN_CAFE = CafeInfo(name="", currency="", time_zone="")
_FINEST_CURRENCY = "KWD"
_BY_SLUG = attrgetter("slug")
_BY_KEY = attrgetter("key")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the tables read so far give the next ones to refer to."""

    currency: str
    units: Mapping[str, Unit | None]
    categories: frozenset[str] = frozenset()
    groups: Mapping[str, OptionGroup] = field(default_factory=dict)
    sound_groups: set[str] = field(default_factory=set)


def read_sheet(sheet: Field) -> Sheet:
    """Read the whole file; whatever is wrong, everything else in it is still checked."""
    with sheet.table() as table:
        cafe = table.required("cafe", read_cafe, _UNKNOWN_CAFE)
        # Without a currency, prices are checked as loosely as by the one with the most decimal places.
        units: dict[str, Unit | None] = {}
        ingredient_list = values.listed(partial(ingredients.read, units), MAX_INGREDIENTS, key=_BY_SLUG)
        pantry = table.optional("ingredients", ingredient_list, ())
        known = _Known(cafe.currency or _FINEST_CURRENCY, units)
        group_list = values.listed(partial(_group, known), MAX_GROUPS, key=_BY_SLUG)
        groups = table.optional("option_groups", group_list, ())
        category_list = values.listed(partial(_category, cafe.tax_rates), MAX_CATEGORIES, 1, _BY_SLUG)
        categories = table.required("categories", category_list, ())
        known = _Known(
            known.currency,
            units,
            frozenset(category.slug for category in categories if category.slug),
            {group.slug: group for group in groups if group.slug},
            known.sound_groups,
        )
        items = table.required("items", values.listed(partial(_item, known), MAX_ITEMS, 1, _BY_SLUG), ())
        slugs = [item.slug for item in items if item.slug]
        code = partial(promo_codes.read, known.currency, slugs, known.categories)
        codes = table.optional("promo_codes", values.listed(code, MAX_PROMO_CODES, key=_BY_KEY), ())
        return Sheet(cafe, groups, categories, items, codes, pantry)


def read_cafe(cafe: Field) -> CafeInfo:
    with cafe.table() as table:
        rates = taxes.read(table)
        currency = table.required("currency", values.one_of(EXPONENTS, "currency"), "")
        return CafeInfo(
            name=table.required("name", values.name, ""),
            currency=currency,
            time_zone=table.required("time_zone", values.one_of(_time_zones(), "time zone"), ""),
            locale=table.optional("locale", values.locale, "en-US"),
            hours=table.optional("hours", hours.read, Hours()),
            stations=table.optional("stations", values.whole(1, MAX_STATIONS), _UNKNOWN_CAFE.stations),
            slot_minutes=table.optional("slot_minutes", _slot_minutes, _UNKNOWN_CAFE.slot_minutes),
            slot_capacity=table.optional("slot_capacity", values.whole(0, MAX_CAPACITY), _UNKNOWN_CAFE.slot_capacity),
            tax_rates=rates,
            tax=taxes.read_tax(table, rates),
            loyalty=table.optional("loyalty", partial(loyalty.read, currency or _FINEST_CURRENCY), None),
        )


def _category(rates: tuple[TaxRate, ...], category: Field) -> Category:
    with category.table() as table:
        return Category(
            slug=table.required("slug", values.slug, ""),
            name=table.required("name", values.name, ""),
            tax=taxes.read_tax(table, rates),
        )


def _group(known: _Known, group: Field) -> OptionGroup:
    with group.table() as table:
        option_list = values.listed(partial(_option, known), MAX_OPTIONS, 1, _BY_SLUG)
        read = OptionGroup(
            slug=table.required("slug", values.slug, ""),
            name=table.required("name", values.name, ""),
            min=table.required("min", values.whole(0, MAX_QUANTITY), 0),
            max=table.optional("max", values.whole(1, MAX_QUANTITY), None),
            options=table.required("options", option_list, ()),
        )
    if table.is_sound:
        group.wrong_if(count_mistakes(read))
    if table.is_sound:
        known.sound_groups.add(read.slug)
    return read


def _option(known: _Known, option: Field) -> Option:
    with option.table() as table:
        read = Option(
            slug=table.required("slug", values.slug, ""),
            name=table.required("name", values.name, ""),
            price=table.optional("price", values.price(known.currency), 0),
            is_default=table.optional("default", values.truth, False),
            max_quantity=table.optional("max_quantity", values.whole(1, MAX_QUANTITY), 1),
            calories=table.optional("calories", values.whole(-MAX_CALORIES, MAX_CALORIES), 0),
            adds_allergens=table.optional("adds_allergens", values.members(Allergen), frozenset()),
            removes_allergens=table.optional("removes_allergens", values.members(Allergen), frozenset()),
            recipe=table.optional("recipe", ingredients.recipe(known.units), {}),
            replaces=table.optional("replaces", ingredients.replacements(known.units), {}),
            is_available=table.optional("available", values.truth, True),
        )
    if both := read.adds_allergens & read.removes_allergens:
        option.wrong(f"both adds and removes {', '.join(sorted(both))}")
    return read


def _item(known: _Known, item: Field) -> SheetItem:
    with item.table() as table:
        read = SheetItem(
            slug=table.required("slug", values.slug, ""),
            name=table.required("name", values.name, ""),
            category=table.required("category", values.one_of(known.categories, "category"), ""),
            price=table.required("price", values.price(known.currency, lowest=0), 0),
            description=table.optional("description", values.description, None),
            image_url=table.optional("image_url", values.image_url, None),
            calories=table.optional("calories", values.whole(0, MAX_CALORIES), None),
            prep_seconds=table.optional("prep_seconds", values.whole(0, MAX_PREP_SECONDS), 60),
            allergens=table.optional("allergens", values.members(Allergen), frozenset()),
            diets=table.optional("diets", values.members(Diet), frozenset()),
            uses=uses.read(table, known.groups, known.currency),
            recipe=table.optional("recipe", ingredients.recipe(known.units), {}),
            is_available=table.optional("available", values.truth, True),
        )
    if table.is_sound and all(use.group in known.sound_groups for use in read.uses):
        item.wrong_if(uses.mistakes(read, known.groups, known.currency))
    return read


def _slot_minutes(field: Field) -> int:
    """Read how long a slot is: a part of an hour, so that slots begin with the hour whatever the clocks do."""
    minutes = values.whole(5, 60)(field)
    if 60 % minutes:
        raise ValueError(f"{minutes} is no part of an hour: 5, 6, 10, 12, 15, 20, 30 and 60 are")
    return minutes


@cache
def _time_zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))
