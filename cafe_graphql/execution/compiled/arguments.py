"""Gives a Strawberry resolver the arguments that it takes, as Strawberry does, but with the types read once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLNonNull,
    Undefined,
    ValueNode,
    VariableNode,
    get_argument_values,
    is_required_argument,
)
from graphql.utilities.coerce_input_value import coerce_default_value
from strawberry.schema import Schema
from strawberry.types.field import StrawberryField

from cafe_graphql.execution.compiled.conversions import Conversions, Convert
from cafe_graphql.execution.compiled.source import Uncompiled, Unfit
from cafe_graphql.execution.compiled.variables import Read

Take = Callable[[Read], dict[str, Any]]
"""Gives a resolver's keyword arguments for variables, or raises an error of any kind."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a field: its name in GraphQL, the resolver's for it, and what makes the resolver's value of it.

    Without `make`, the value is taken as it is.
    """

    key: str
    name: str
    make: Convert | None


def of(schema: Schema, field: StrawberryField) -> list[Argument]:
    """Give the arguments of a field; raises `Uncompiled` for those that are not known here."""
    conversions = Conversions(schema)
    names = schema.config.name_converter
    return [
        Argument(names.from_argument(argument), argument.python_name, conversions.convert(argument.type))
        for argument in field.arguments
    ]


def converted(arguments: Iterable[Argument], given: Mapping[str, Any]) -> dict[str, Any]:
    """Give a resolver's keyword arguments, made of those that graphql-core has coerced."""
    return {
        argument.name: given[argument.key] if argument.make is None else argument.make(given[argument.key])
        for argument in arguments
        if argument.key in given
    }


def taker(arguments: Collection[Argument], field: GraphQLField, node: FieldNode) -> Take | None:
    """Give what takes the arguments that a node says; None for a variable within a value, which graphql-core reads."""
    said = {argument.name.value: argument.value for argument in node.arguments or ()}
    by_variable = {key: value.name.value for key, value in said.items() if isinstance(value, VariableNode)}
    if any(has_variable(value) for key, value in said.items() if key not in by_variable):
        return None
    constant = _constants(field, node, by_variable)
    fixed = {given.name: constant[given.key] for given in arguments if given.key in constant and not given.make}
    built = [
        (given.name, given.make, constant[given.key]) for given in arguments if given.key in constant and given.make
    ]
    asked = [
        (given.name, given.make, by_variable[given.key], *_without(field.args[given.key]))
        for given in arguments
        if given.key in by_variable
    ]

    def take(read: Read) -> dict[str, Any]:
        taken = fixed.copy()
        for name, build, value in built:
            taken[name] = build(value)
        for name, make, variable, otherwise, may_be_null in asked:
            value = _taken(read, variable, otherwise, make)
            if value is None and not may_be_null:
                raise Unfit
            if value is not Undefined:
                taken[name] = value
        return taken

    return take


def has_variable(value: ValueNode) -> bool:
    """Tell whether there is a variable in a value, however deep."""
    open_: list[Any] = [value]
    while open_:
        inner = open_.pop()
        if isinstance(inner, VariableNode):
            return True
        open_ += getattr(inner, "values", None) or ()
        open_ += [field.value for field in getattr(inner, "fields", None) or ()]
    return False


def _taken(read: Read, variable: str, otherwise: Any, make: Convert | None) -> Any:
    """Give what a resolver takes of a variable, or of what its argument is without; `Undefined` if that is nothing."""
    if read.made is None:
        raise Unfit
    if make is None:
        return read.made.get(variable, otherwise)
    if variable in read.variables:
        return read.own(variable)
    return otherwise if otherwise is Undefined else make(otherwise)


def _constants(field: GraphQLField, node: FieldNode, but: Container[str]) -> dict[str, Any]:
    """Give the coerced values of all arguments that are no variables."""
    arguments = {key: argument for key, argument in field.args.items() if key not in but}
    try:
        return get_argument_values(GraphQLField(field.type, arguments), node)
    except Exception:
        raise Uncompiled from None


def _without(argument: GraphQLArgument) -> tuple[Any, bool]:
    """Give what an argument is when its variable has no value (`Undefined`: left out), and whether null will do."""
    otherwise = None if is_required_argument(argument) else coerce_default_value(argument)
    return otherwise, not isinstance(argument.type, GraphQLNonNull)
