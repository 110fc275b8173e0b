"""Reads input values as graphql-core does, with the types read once; whatever does not fit is left to graphql-core."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
    Undefined,
    get_nullable_type,
    is_required_input_field,
)
from graphql.execution.values import input_is_nested_too_deeply
from graphql.utilities import coerce_input_value
from graphql.utilities.coerce_input_value import coerce_default_value

from cafe_graphql.execution.compiled.source import Unfit

Read = Callable[[Any], Any]
"""Gives the value that resolvers see, or raises `Unfit`, or whatever a scalar or an input of Strawberry's raises."""

_PLAIN: dict[object, type] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
"""The classes of the values that are read as they are."""

_REQUIRED = object()


def reader(type_: Any) -> Read:
    """Give what reads values of an input type."""
    return _reader(type_, frozenset()) or _generally(type_)


def _reader(type_: Any, within: frozenset[str]) -> Read | None:
    """Give what reads a type that stands within some others; None if it may hold itself, and be nested for ever."""
    if isinstance(type_, GraphQLNonNull):
        return _bare(type_.of_type, within)
    if (read := _bare(type_, within)) is None:
        return None
    return lambda value: None if value is None else read(value)


def _bare(type_: Any, within: frozenset[str]) -> Read | None:
    if isinstance(type_, GraphQLList):
        return _list(type_, within)
    if isinstance(type_, GraphQLInputObjectType):
        return None if type_.name in within else _object(type_, within | {type_.name})
    return _leaf(type_)


def _list(type_: GraphQLList[Any], within: frozenset[str]) -> Read | None:
    if (item := _reader(type_.of_type, within)) is None:
        return None

    def read(value: Any) -> Any:
        if type(value) is not list:
            raise Unfit
        return [item(each) for each in value]

    return read


def _object(type_: GraphQLInputObjectType, within: frozenset[str]) -> Read | None:
    if type_.is_one_of:
        return _generally(type_)
    rows = []
    for name, field in type_.fields.items():
        if (inner := _reader(field.type, within)) is None:
            return None
        rows.append((name, field.out_name or name, _PLAIN.get(get_nullable_type(field.type)), inner, _absent(field)))

    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise Unfit
        found, known = {}, 0
        for name, out_name, plain, inner, absent in rows:
            if name in value:
                known += 1
                each = value[name]
                found[out_name] = each if type(each) is plain else inner(each)
            elif absent is _REQUIRED:
                raise Unfit
            elif absent is not Undefined:
                found[out_name] = absent
        if known < len(value):
            raise Unfit
        return type_.out_type(found)

    return read


def _absent(field: GraphQLInputField) -> Any:
    """Give the value of a field that was left out, which is the same each time; `Undefined` if it is left out then."""
    return _REQUIRED if is_required_input_field(field) else coerce_default_value(field)


def _leaf(type_: Any) -> Read:
    coerce = _fitting(type_.coerce_input_value)
    if type_ is GraphQLInt:
        return lambda value: (
            value if type(value) is int and GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT else coerce(value)
        )
    plain = _PLAIN.get(type_)
    return lambda value: value if type(value) is plain else coerce(value)


def _generally(type_: Any) -> Read:
    """Read a type as graphql-core does, which looks at the type again with each value."""

    def read(value: Any) -> Any:
        if input_is_nested_too_deeply(value, type_):
            raise Unfit
        return coerce_input_value(value, type_)

    return _fitting(read)


def _fitting(read: Read) -> Read:
    """Guard what reads values, of which none is null here, and what it gives."""

    def fitting(value: Any) -> Any:
        if value is None or (found := read(value)) is Undefined:
            raise Unfit
        return found

    return fitting
