"""Which answers of the café are the same for everybody: a new field below the menu is decided about here."""

import asyncio
from pathlib import Path

from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type
from strawberry.types.field import StrawberryField

from cafe_graphql.core import menu_file
from cafe_graphql.core.people import GUEST
from cafe_graphql.execution.answers import body_of
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.execution.public import PublicFields
from cafe_graphql.schema import public
from cafe_graphql.schema.context import Context
from cafe_graphql.schema.root import core_schema
from cafe_graphql.services import menu_editing
from tests.services.books import opened

FUNCTIONS_OF_THE_MENU = {"Money.amount", "Money.formatted"}
"""The resolvers below public fields that tell nothing but of the menu and their arguments."""

ATTRIBUTES = {
    "Availability": {"isAvailable", "reason"},
    "Cafe": {"name", "currency", "timeZone", "hours", "loyalty"},
    "LoyaltyScheme": {"points", "per", "worth"},
    "Menu": {"version", "categories", "items"},
    "MenuCategory": {"id", "slug", "name", "items"},
    "MenuItem": {
        "id", "slug", "name", "description", "imageUrl", "category", "price", "calories", "allergens", "diets",
        "optionGroups", "availability",
    },
    "Money": {"minorUnits", "currency"},
    "OpeningPeriod": {"weekday", "opensAt", "closesAt"},
    "Option": {
        "id", "slug", "name", "priceDelta", "isDefault", "maxQuantity", "addsAllergens", "removesAllergens",
        "availability",
    },
    "OptionGroup": {"id", "slug", "name", "minSelections", "maxSelections", "options"},
}  # fmt: skip
"""The attributes below public fields: what the menu says, whoever reads it, and whenever."""


def test_every_field_below_the_public_ones_is_decided_about() -> None:
    decided = {f"{type_}.{name}" for type_, names in ATTRIBUTES.items() for name in names}

    assert below(public.ROOTS) == decided | FUNCTIONS_OF_THE_MENU | public.VOLATILE


def test_those_taken_for_attributes_are_no_more_than_that() -> None:
    for type_, names in ATTRIBUTES.items():
        fields = object_type(type_).fields
        for name in names:
            said: StrawberryField = fields[name].extensions["strawberry-definition"]
            assert said.is_basic_field, f"{type_}.{name} is worked out: by what?"


def test_a_menu_changed_in_another_process_is_seen_at_once(tmp_path: Path) -> None:
    kept = PublicFields(public.ROOTS, public.VOLATILE, public.version)
    engine = Engine(core_schema(), public=kept)
    cheaper = menu_file.read(menu_file.builtin().replace('price = "3.50"', 'price = "3.25"'))
    asked = Request('{ menuItem(slug: "latte") { price { amount } } cafe { name } }')

    with opened(tmp_path / "cafe.db") as ours, opened(tmp_path / "cafe.db") as theirs:

        def body() -> bytes:
            return body_of(asyncio.run(engine.run(asked, Context(ours, GUEST))))

        before = [body(), body()]
        asyncio.run(menu_editing.load(theirs, cheaper))
        after = body()

    assert before == [b'{"data":{"menuItem":{"price":{"amount":"3.50"}},"cafe":{"name":"Corner Caf\xc3\xa9"}}}'] * 2
    assert after == before[0].replace(b"3.50", b"3.25")


def below(roots: frozenset[str]) -> set[str]:
    """Give the coordinates of all fields that can be reached from these; interfaces stand for their types."""
    found: set[str] = set()
    open_ = [get_named_type(object_type("Query").fields[root.removeprefix("Query.")].type) for root in roots]
    seen = set(open_)
    while open_:
        type_ = open_.pop()
        if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            continue
        fields = {f"{type_.name}.{name}": field.type for name, field in type_.fields.items()}
        found |= fields.keys()
        new = {get_named_type(type_) for name, type_ in fields.items() if name not in public.VOLATILE} - seen
        seen |= new
        open_ += new
    return found


def object_type(name: str) -> GraphQLObjectType:
    type_ = core_schema().get_type(name)
    assert isinstance(type_, GraphQLObjectType)
    return type_
