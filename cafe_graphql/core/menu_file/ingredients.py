"""The pantry in a menu file: the ingredients, and the recipes that go by them."""

from collections.abc import Callable, Iterator, Mapping

from cafe_graphql.core import quantities
from cafe_graphql.core.ingredients import Recipe, SheetIngredient
from cafe_graphql.core.menu import Sheet
from cafe_graphql.core.menu_file import values
from cafe_graphql.core.menu_file.fields import INSIDE, Field, Mistake, Table, shown
from cafe_graphql.core.quantities import MAX_AMOUNT, Quantity, Unit

MAX_IN_A_RECIPE = 50

_MOST_WRITTEN = 30

Units = Mapping[str, Unit | None]
"""The ingredients that recipes may name, by slug, with what they are counted in; None where the file has that wrong."""


def read(units: dict[str, Unit | None], ingredient: Field) -> SheetIngredient:
    """Read an ingredient, and note what it is counted in for the recipes that follow."""
    with ingredient.table() as table:
        slug = table.required("slug", values.slug, "")
        unit = table.required("unit", _unit, None)
        found = SheetIngredient(
            slug=slug,
            name=table.required("name", values.name, ""),
            unit=unit or Unit.PIECES,
            on_hand=table.required("on_hand", _amount(unit), 0),
            low_stock_at=table.optional("low_stock_at", _amount(unit), None),
        )
    units[slug] = unit
    return found


def recounted(sheet: Sheet, known: Mapping[str, Unit]) -> Iterator[Mistake]:
    """Say which ingredients are counted already in what cannot be told in the unit that they come with."""
    for index, ingredient in enumerate(sheet.ingredients):
        unit = known.get(ingredient.slug, ingredient.unit)
        if unit.kind != ingredient.unit.kind:
            message = f"is {ingredient.unit}, but the pantry counts it in {unit}; give it another slug"
            yield Mistake(f'ingredients[{index}] "{ingredient.slug}"{INSIDE}unit', message)


def recipe(units: Units) -> Callable[[Field], Recipe]:
    """Read how much of which ingredients goes into one: slug by slug, "18 g"."""

    def read_all(field: Field) -> Recipe:
        with field.table("ingredient", units) as table:
            found = {slug: table.optional(slug, _portion(units[slug]), None) for slug in _named(table, units)}
        return {slug: portion for slug, portion in found.items() if portion is not None}

    return read_all


def replacements(units: Units) -> Callable[[Field], Mapping[str, str]]:
    """Read which ingredient takes the place of which: the new by the old, both counted in the same kind of unit."""

    def read_all(field: Field) -> Mapping[str, str]:
        with field.table("ingredient", units) as table:
            found = {slug: table.optional(slug, _instead(slug, units), None) for slug in _named(table, units)}
        return {old: new for old, new in found.items() if new is not None}

    return read_all


def _named(table: Table, units: Units) -> list[str]:
    if len(table.keys) > MAX_IN_A_RECIPE:
        raise ValueError(f"has {len(table.keys)} ingredients; at most {MAX_IN_A_RECIPE} are allowed")
    return [slug for slug in table.keys if slug in units]


def _unit(field: Field) -> Unit:
    given = values.text(_MOST_WRITTEN)(field)
    if given not in list(Unit):  # what is near to it among so few would mislead: "lb" is no litre
        raise ValueError(f"there is no unit {shown(given)}; there is {', '.join(Unit)}")
    return Unit(given)


def _instead(old: str, units: Units) -> Callable[[Field], str]:
    def read_one(field: Field) -> str:
        new = values.one_of(units, "ingredient")(field)
        counted, instead = units[old], units[new]
        if counted and instead and counted.kind != instead.kind:
            raise ValueError(f"{new} is counted in {instead}, and {old} in {counted}: neither can replace the other")
        return new

    return read_one


def _portion(unit: Unit | None) -> Callable[[Field], Quantity]:
    def read_one(field: Field) -> Quantity:
        portion = _quantity(field, unit)
        if portion.amount == 0:
            raise ValueError("must be more than nothing; leave the ingredient out if there is none of it")
        return portion

    return read_one


def _amount(unit: Unit | None) -> Callable[[Field], int]:
    return lambda field: _quantity(field, unit).amount


def _quantity(field: Field, unit: Unit | None) -> Quantity:
    """Read a quantity that can be told in `unit`; None: in any."""
    found = quantities.parse(values.text(_MOST_WRITTEN)(field))
    if found.amount > MAX_AMOUNT:
        raise ValueError(f"must be at most {quantities.written(MAX_AMOUNT, found.unit)}")
    if unit is not None and found.unit.kind != unit.kind:
        raise ValueError(f"{shown(str(found))} is a {found.unit.kind}, and it is counted in {unit}")
    return found
