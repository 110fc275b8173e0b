"""A menu as the tables of a menu file: a plain document for any TOML writer, nothing said needlessly."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from cafe_graphql.core.ingredients import Recipe, SheetIngredient
from cafe_graphql.core.menu import CafeInfo, Category, Option, OptionGroup, Sheet, SheetItem
from cafe_graphql.core.menu_file import hours, loyalty, promo_codes, taxes
from cafe_graphql.core.money import Money
from cafe_graphql.core.quantities import written as measured

_PLAIN = CafeInfo(name="", currency="", time_zone="")
_NUMBERS = ("stations", "slot_minutes", "slot_capacity")


def document(sheet: Sheet) -> dict[str, object]:
    """Give the document that `menu_file.check` reads as this very sheet; what is default is left out."""
    currency = sheet.cafe.currency
    return {
        "cafe": cafe_table(sheet.cafe),
        **_said(ingredients=[_ingredient(ingredient) for ingredient in sheet.ingredients]),
        **_said(option_groups=[_group(group, currency) for group in sheet.option_groups]),
        "categories": [_category(category) for category in sheet.categories],
        "items": [item_table(item, currency) for item in sheet.items],
        **_said(promo_codes=[promo_codes.document(code, currency) for code in sheet.promo_codes]),
    }


def cafe_table(cafe: CafeInfo) -> dict[str, object]:
    return {
        "name": cafe.name,
        "currency": cafe.currency,
        "time_zone": cafe.time_zone,
        **({} if cafe.locale == "en-US" else {"locale": cafe.locale}),
        **_said(hours=hours.document(cafe.hours)),
        **{key: getattr(cafe, key) for key in _NUMBERS if getattr(cafe, key) != getattr(_PLAIN, key)},
        **_said(tax_rates=[taxes.document(rate) for rate in cafe.tax_rates], tax=cafe.tax),
        **_said(loyalty=cafe.loyalty and loyalty.document(cafe.loyalty, cafe.currency)),
    }


def written(minor: int, currency: str) -> str:
    """Give an amount of minor units as the file writes it: "3.50"."""
    return str(Money(minor, currency).amount)


def _ingredient(ingredient: SheetIngredient) -> dict[str, object]:
    low_at, unit = ingredient.low_stock_at, ingredient.unit
    return {
        "slug": ingredient.slug,
        "name": ingredient.name,
        "unit": unit.value,
        "on_hand": measured(ingredient.on_hand, unit),
        **_said(low_stock_at=None if low_at is None else measured(low_at, unit)),
    }


def _category(category: Category) -> dict[str, object]:
    return {"slug": category.slug, "name": category.name, **_said(tax=category.tax)}


def _group(group: OptionGroup, currency: str) -> dict[str, object]:
    return {
        "slug": group.slug,
        "name": group.name,
        "min": group.min,
        **_said(max=group.max),
        "options": [_option(option, currency) for option in group.options],
    }


def _option(option: Option, currency: str) -> dict[str, object]:
    return {
        "slug": option.slug,
        "name": option.name,
        **({"price": written(option.price, currency)} if option.price else {}),
        **({"default": True} if option.is_default else {}),
        **({"max_quantity": option.max_quantity} if option.max_quantity != 1 else {}),
        **({"calories": option.calories} if option.calories else {}),
        **_said(
            adds_allergens=_words(option.adds_allergens),
            removes_allergens=_words(option.removes_allergens),
            recipe=_recipe(option.recipe),
            replaces=dict(option.replaces),
        ),
        **_availability(option.is_available),
    }


def item_table(item: SheetItem, currency: str) -> dict[str, object]:
    return {
        "slug": item.slug,
        "name": item.name,
        "category": item.category,
        "price": written(item.price, currency),
        **_said(description=item.description, image_url=item.image_url, calories=item.calories),
        **({"prep_seconds": item.prep_seconds} if item.prep_seconds != 60 else {}),
        **_said(allergens=_words(item.allergens), diets=_words(item.diets)),
        **_uses(item, currency),
        **_said(recipe=_recipe(item.recipe)),
        **_availability(item.is_available),
    }


def _uses(item: SheetItem, currency: str) -> Mapping[str, object]:
    return _said(
        option_groups=[use.group for use in item.uses],
        option_choices={use.group: list(use.offers) for use in item.uses if use.offers is not None},
        option_defaults={use.group: list(use.defaults) for use in item.uses if use.defaults is not None},
        option_prices={
            use.group: {slug: written(price, currency) for slug, price in use.prices.items()}
            for use in item.uses
            if use.prices
        },
    )


def _recipe(recipe: Recipe) -> dict[str, str]:
    return {slug: str(quantity) for slug, quantity in recipe.items()}


def _availability(is_available: bool) -> dict[str, object]:
    return {} if is_available else {"available": False}


def _words(members: Iterable[StrEnum]) -> list[str]:
    return sorted(member.value for member in members)


def _said(**fields: object) -> dict[str, object]:
    """Leave out what says nothing: None and what is empty (but not the number 0)."""
    return {key: value for key, value in fields.items() if value is not None and value not in ("", [], {})}
