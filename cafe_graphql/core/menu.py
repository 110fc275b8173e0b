"""The menu: as the café writes it (`Sheet`), and as guests read it (`Menu`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from cafe_graphql.core.hours import Hours
from cafe_graphql.core.ingredients import Ingredient, Recipe, SheetIngredient
from cafe_graphql.core.money import MAX_TOTAL
from cafe_graphql.core.points import Scheme
from cafe_graphql.core.promo_codes import PromoCode
from cafe_graphql.core.taxes import TaxRate

MAX_QUANTITY = 100
"""The most of one thing that a line may ask for."""

MAX_UNIT_PRICE = MAX_TOTAL // MAX_QUANTITY
"""Minor units: the dearest a single build may be, so that every line's total can be said in a GraphQL `Int`."""


class Allergen(StrEnum):
    """The fourteen allergens that EU regulation 1169/2011, annex II, asks a café to declare."""

    CELERY = "celery"
    CRUSTACEANS = "crustaceans"
    EGGS = "eggs"
    FISH = "fish"
    GLUTEN = "gluten"
    LUPIN = "lupin"
    MILK = "milk"
    MOLLUSCS = "molluscs"
    MUSTARD = "mustard"
    NUTS = "nuts"
    PEANUTS = "peanuts"
    SESAME = "sesame"
    SOY = "soy"
    SULPHITES = "sulphites"


class Diet(StrEnum):
    """A way of eating that an item's default build suits."""

    VEGAN = "vegan"
    VEGETARIAN = "vegetarian"
    DAIRY_FREE = "dairy_free"
    GLUTEN_FREE = "gluten_free"
    NUT_FREE = "nut_free"
    HALAL = "halal"
    KOSHER = "kosher"


class Unavailable(StrEnum):
    """Why something that is on record cannot be ordered now."""

    SOLD_OUT = "sold_out"
    INGREDIENT_OUT = "ingredient_out"
    OUT_OF_HOURS = "out_of_hours"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class CafeInfo:
    """Who the café is: `currency` by ISO 4217, `time_zone` by IANA, `locale` by BCP 47.

    `stations` orders are made at once; at most `slot_capacity` are picked up in any `slot_minutes`. Of `tax_rates`, the
    one with the slug `tax` is that of categories that name none; None: those are not taxed.
    Without `loyalty` there are no points.
    """

    name: str
    currency: str
    time_zone: str
    locale: str = "en-US"
    hours: Hours = field(default_factory=Hours)
    stations: int = 2
    slot_minutes: int = 15
    slot_capacity: int = 12
    tax_rates: tuple[TaxRate, ...] = ()
    tax: str | None = None
    loyalty: Scheme | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a group; `price` in minor units and `calories` are what one of it adds to the item.

    `recipe` is what it adds, `replaces` which ingredients it puts in the place of others: the new by the old.
    """

    slug: str
    name: str
    price: int = 0
    is_default: bool = False
    max_quantity: int = 1
    calories: int = 0
    adds_allergens: frozenset[Allergen] = frozenset()
    removes_allergens: frozenset[Allergen] = frozenset()
    recipe: Recipe = field(default_factory=dict)
    replaces: Mapping[str, str] = field(default_factory=dict)
    is_available: bool = True


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """A question asked of an item: choose at least `min` and at most `max` (None: no limit) of the options."""

    slug: str
    name: str
    min: int
    max: int | None
    options: tuple[Option, ...]
    defaults: tuple[Option, ...] = field(init=False, repr=False, compare=False)
    """The options that are taken when nothing of the group is asked for."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "defaults", tuple(option for option in self.options if option.is_default))

    def option(self, slug: str) -> Option | None:
        return next((option for option in self.options if option.slug == slug), None)


@dataclass(frozen=True, slots=True)
class Category:
    """A heading of the menu; `tax` is the slug of its own tax rate, None: the café's."""

    slug: str
    name: str
    tax: str | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """How one item uses a shared option group: which options it offers, which are default, what they cost here.

    None means as the group has it; `prices` are minor units by option slug.
    """

    group: str
    offers: tuple[str, ...] | None = None
    defaults: tuple[str, ...] | None = None
    prices: Mapping[str, int] = field(default_factory=dict)

    def of(self, group: OptionGroup) -> OptionGroup:
        """Give the group as this item asks it."""
        offered = [option for option in group.options if self.offers is None or option.slug in self.offers]
        return replace(group, options=tuple(self._here(option) for option in offered))

    def _here(self, option: Option) -> Option:
        is_default = option.is_default if self.defaults is None else option.slug in self.defaults
        return replace(option, price=self.prices.get(option.slug, option.price), is_default=is_default)


@dataclass(frozen=True, slots=True)
class SheetItem:
    """An item as the café writes it: `price` in minor units before any option, groups by reference."""

    slug: str
    name: str
    category: str
    price: int
    description: str | None = None
    image_url: str | None = None
    calories: int | None = None
    prep_seconds: int = 60
    allergens: frozenset[Allergen] = frozenset()
    diets: frozenset[Diet] = frozenset()
    uses: tuple[Use, ...] = ()
    recipe: Recipe = field(default_factory=dict)
    is_available: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole menu as the café writes it: what a menu file says, in the file's own order."""

    cafe: CafeInfo
    option_groups: tuple[OptionGroup, ...]
    categories: tuple[Category, ...]
    items: tuple[SheetItem, ...]
    promo_codes: tuple[PromoCode, ...] = ()
    ingredients: tuple[SheetIngredient, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """An item as guests read it: every group resolved to this item's own options and prices.

    `id` is the store's number for it; `price`, `calories` and `allergens` are before any option. `out` names the
    options, by group and option, for which there is not enough of some ingredient.
    """

    id: int
    slug: str
    name: str
    category: Category
    price: int
    description: str | None
    image_url: str | None
    calories: int | None
    prep_seconds: int
    allergens: frozenset[Allergen]
    diets: frozenset[Diet]
    groups: tuple[OptionGroup, ...]
    recipe: Recipe
    unavailable: Unavailable | None
    out: frozenset[tuple[str, str]] = frozenset()

    def group(self, slug: str) -> OptionGroup | None:
        return next((group for group in self.groups if group.slug == slug), None)

    def why_not(self, group: OptionGroup, option: Option) -> Unavailable | None:
        """Say why an option of this item cannot be had now; None when it can."""
        if not option.is_available:
            return Unavailable.SOLD_OUT
        return Unavailable.INGREDIENT_OUT if (group.slug, option.slug) in self.out else None


@dataclass(frozen=True, slots=True, eq=False)
class Menu:
    """The menu of one version, never changed: compare two by `version`, not by their contents.

    `items` are those on offer, in the café's order; the look-ups know the hidden ones too, for old orders. `taxes` has
    the tax rate of each category that has one, by its slug; `promo_codes` are by their keys, and no guest's to read.
    What is on hand of the ingredients is no part of it: that changes with every order, the menu only when something
    comes or goes.
    """

    version: int
    cafe: CafeInfo
    categories: tuple[Category, ...]
    items: tuple[Item, ...]
    by_slug: Mapping[str, Item]
    by_id: Mapping[int, Item]
    taxes: Mapping[str, TaxRate]
    promo_codes: Mapping[str, PromoCode]
    ingredients: Mapping[str, Ingredient]

    @classmethod
    def of(
        cls,
        version: int,
        cafe: CafeInfo,
        categories: Iterable[Category],
        items: Iterable[Item],
        promo_codes: Iterable[PromoCode] = (),
        ingredients: Iterable[Ingredient] = (),
    ) -> "Menu":
        known = tuple(items)
        rates = {rate.slug: rate for rate in cafe.tax_rates}
        taxed = ((item.category.slug, item.category.tax or cafe.tax) for item in known)
        return cls(
            version=version,
            cafe=cafe,
            categories=tuple(categories),
            items=tuple(item for item in known if item.unavailable is not Unavailable.HIDDEN),
            by_slug={item.slug: item for item in known},
            by_id={item.id: item for item in known},
            # A hidden category may name a rate that the café has no more.
            taxes={category: rates[tax] for category, tax in taxed if tax in rates},
            promo_codes={code.key: code for code in promo_codes},
            ingredients={ingredient.slug: ingredient for ingredient in ingredients},
        )
