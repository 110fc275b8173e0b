"""Turns coerced arguments into what a Strawberry resolver takes, as Strawberry does, but with the types read once.

What this does not know (`Maybe`, global ids, inputs that build themselves) is left to Strawberry.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Mapping
from dataclasses import MISSING, dataclass
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
from strawberry import UNSET
from strawberry.relay import GlobalID
from strawberry.schema import Schema
from strawberry.schema.compat import is_scalar
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

from cafe_graphql.execution.compiled.source import Uncompiled, Unfit

Convert = Callable[[Any], Any]

Take = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Gives a resolver's keyword arguments for the values of the variables, or raises an error of any kind."""


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
    types = _Types(schema)
    names = schema.config.name_converter
    return [
        Argument(names.from_argument(argument), argument.python_name, types.convert(argument.type))
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

    def take(variables: Mapping[str, Any]) -> dict[str, Any]:
        taken = fixed.copy()
        for name, build, value in built:
            taken[name] = build(value)
        for name, make, variable, otherwise, may_be_null in asked:
            value = variables.get(variable, otherwise)
            if value is None and not may_be_null:
                raise Unfit
            if value is not Undefined:
                taken[name] = value if make is None else make(value)
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


class _Types:
    """Reads types into functions; None stands for what needs no converting."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._inputs: dict[type, Convert] = {}

    def convert(self, type_: Any) -> Convert | None:
        if isinstance(type_, LazyType):
            return self.convert(type_.resolve_type())
        if isinstance(type_, StrawberryMaybe) or type_ is GlobalID:
            raise Uncompiled
        if isinstance(type_, StrawberryOptional):
            return self.convert(type_.of_type)
        if isinstance(type_, StrawberryList):
            return self._list(type_.of_type)
        if isinstance(type_, StrawberryEnumDefinition) or has_enum_definition(type_):
            return None
        if is_scalar(type_, self._schema.schema_converter.scalar_registry):
            return None
        if has_object_definition(type_):
            return self._input(type_)
        raise Uncompiled

    def _list(self, item_type: Any) -> Convert:
        item = self.convert(item_type)

        def convert(given: Any) -> Any:
            if given is None or given is UNSET:
                return given
            return list(map(item, given)) if item else list(given)

        return convert

    def _input(self, class_: type) -> Convert:
        if class_ in self._inputs:
            return lambda given: self._inputs[class_](given)  # an input within itself
        definition: StrawberryObjectDefinition = class_.__strawberry_definition__  # type: ignore[attr-defined]
        if not definition.is_input or definition.from_input is not None:
            raise Uncompiled
        self._inputs[class_] = _unread
        self._inputs[class_] = self._builder(class_, definition)
        return self._inputs[class_]

    def _builder(self, class_: type, definition: StrawberryObjectDefinition) -> Convert:
        names = self._schema.config.name_converter
        absent = {
            field.python_name: None
            for field in definition.fields
            if field.default_value is MISSING and field.default_factory is MISSING
        }
        rows = {
            names.from_field(field): (
                field.python_name,
                self.convert(field.resolve_type(type_definition=definition)),
            )
            for field in definition.fields
        }

        def build(given: Any) -> Any:
            if given is None or given is UNSET:
                return given
            values = absent.copy()
            for key, value in given.items():
                name, make = rows[key]
                values[name] = value if make is None else make(value)
            return class_(**values)

        return build


def _unread(given: Any) -> Any:
    raise Uncompiled
