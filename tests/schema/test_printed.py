"""The schema as a whole: printed, current, and every word of it explained."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from cafe_graphql.schema.root import core_schema, schema

PRINTED = Path(__file__).parents[2] / "schema.graphql"


def test_the_printed_schema_is_current() -> None:
    assert PRINTED.read_text("utf-8") == schema.as_str() + "\n", "run: .venv/bin/cafe schema > schema.graphql"


def test_everything_in_the_schema_is_explained() -> None:
    assert sorted(_unexplained()) == []


def test_every_mutation_may_be_null_so_that_its_siblings_survive() -> None:
    mutation = core_schema().mutation_type

    assert mutation is not None
    assert [name for name, field in mutation.fields.items() if str(field.type).endswith("!")] == []


def _unexplained() -> Iterator[str]:
    for name, type_ in core_schema().type_map.items():
        if not name.startswith("__"):
            if not type_.description:
                yield name
            for member, value in _members(type_):
                if not value.description:
                    yield f"{name}.{member}"
                for argument, of_field in getattr(value, "args", {}).items():
                    if not of_field.description:
                        yield f"{name}.{member}({argument}:)"


def _members(type_: object) -> Iterator[tuple[str, Any]]:
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        yield from type_.fields.items()
    elif isinstance(type_, GraphQLEnumType):
        yield from type_.values.items()
