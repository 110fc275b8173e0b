"""The code for scalars and enums: what is as it should be goes through, all else is coerced as graphql-core does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from strawberry.schema.schema_converter import CustomGraphQLEnumType

from cafe_graphql.execution.compiled.source import Source, Unfit
from cafe_graphql.execution.compiled.values import check_plain

QUICK_INT = 2**30 - 1
"""Python compares whole numbers up to this quicker than greater ones."""

# Tests of a value that graphql-core may answer otherwise than as it is.
_OTHERWISE: dict[GraphQLLeafType, str] = {
    GraphQLString: "type({0}) is not str",
    GraphQLID: "type({0}) is not str",
    GraphQLInt: f"not (type({{0}}) is int and -{QUICK_INT} <= {{0}} <= {QUICK_INT})",
    GraphQLBoolean: "type({0}) is not bool",
}
_PLAIN = frozenset({str, int, float, bool, Decimal, datetime, date})


def completion(type_: GraphQLLeafType, name: str, source: Source, *, nullable: bool) -> str:
    """Give the statement that completes the value of a variable."""
    coerced = f"{source.name(_coercion(type_, source), f'leaf_{type_.name}')}({name})"
    if test := _OTHERWISE.get(type_):
        but_null = f" and {name} is not None" if nullable else ""
        return f"if {test.format(name)}{but_null}: {name} = {coerced}"
    if isinstance(type_, CustomGraphQLEnumType):
        names = source.name(_names(type_, source), f"names_{type_.name}")
        coerced = f"{names}.get(id({name})) or {coerced}"
    return f"if {name} is not None: {name} = {coerced}" if nullable else f"{name} = {coerced}"


def _coercion(type_: GraphQLLeafType, source: Source) -> Callable[[Any], Any]:
    """Give graphql-core's own coercion, made once for each source; it raises where there would be an error."""

    def make() -> Callable[[Any], Any]:
        coerce = type_.coerce_output_value

        def leaf(value: Any) -> Any:
            if type(value) not in _PLAIN:
                check_plain(value)
            coerced = coerce(value)
            if coerced is None or coerced is Undefined:
                raise Unfit
            return coerced

        return leaf

    return source.once(("leaf", type_), make)


def _names(type_: CustomGraphQLEnumType, source: Source) -> dict[int, str]:
    """Give the names of an enum's members by their ids, which cost less to look up than members, and live as long."""
    return source.once(("names", type_), lambda: _named(type_))


def _named(type_: GraphQLEnumType) -> dict[int, str]:
    members = list(type_.wrapped_cls)  # type: ignore[attr-defined]
    return {id(member): type_.coerce_output_value(member) for member in members}
