"""Which Python class stands for which object type, as far as the class alone decides it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from graphql import GraphQLAbstractType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE
from strawberry.types.union import StrawberryUnion

from cafe_graphql.execution.compiled.source import Uncompiled, Unfit
from cafe_graphql.execution.compiled.values import check_plain

DEFINITION = "strawberry-definition"
MAX_OTHERS = 100

T = TypeVar("T")


def of(type_: GraphQLObjectType) -> type:
    """Give the class whose instances are of this type, whatever they hold."""
    definition = _definition(type_)
    if definition.is_type_of is not None or issubclass(definition.origin, Exception):
        raise Uncompiled
    if hasattr(definition.origin, "__await__"):
        raise Uncompiled
    return definition.origin


def members(schema: GraphQLSchema, type_: GraphQLAbstractType) -> Mapping[type, GraphQLObjectType]:
    """Give the types that an interface or union can turn out to be, by their classes."""
    possible = schema.get_possible_types(type_)
    found = {of(member): member for member in possible}
    if not all(_is_told_by_class(type_, member) for member in possible) or len(found) < len(possible):
        raise Uncompiled
    return found


def others(type_: GraphQLObjectType) -> Callable[[object], None]:
    """Give a check for objects of other classes, which raises `Unfit` if graphql-core might refuse them."""
    accepted: set[type] = set()
    origin = of(type_)

    def check(value: object) -> None:
        if hasattr(value, TYPE_CAST_ATTRIBUTE):
            raise Unfit
        if type(value) in accepted:
            return
        check_plain(value)
        if type_.is_type_of is not None and not isinstance(value, origin):
            raise Unfit
        if len(accepted) < MAX_OTHERS:
            accepted.add(type(value))

    return check


class Table(dict[type, T]):
    """What is to be done with an object, by its class; a class that Strawberry takes for one of these is as good."""

    def __missing__(self, class_: type) -> T:
        definition = getattr(class_, "__strawberry_definition__", None)
        for known in self:
            if definition is not None and definition is known.__strawberry_definition__:  # type: ignore[attr-defined]
                if len(self) < MAX_OTHERS:
                    self[class_] = self[known]
                return self[known]
        raise Unfit


def _is_told_by_class(type_: GraphQLAbstractType, member: GraphQLObjectType) -> bool:
    """Whether Strawberry takes an instance of the member's class for the member without looking further."""
    definition = _definition(member)
    if definition.concrete_of is not None or definition.is_graphql_generic or definition.name != member.name:
        return False
    said = type_.extensions.get(DEFINITION)
    if isinstance(type_, GraphQLInterfaceType):
        return (
            isinstance(said, StrawberryObjectDefinition)
            and said.resolve_type is None
            and issubclass(definition.origin, said.origin)
        )
    return isinstance(said, StrawberryUnion)


def _definition(type_: GraphQLObjectType) -> StrawberryObjectDefinition:
    definition = type_.extensions.get(DEFINITION)
    if not isinstance(definition, StrawberryObjectDefinition):
        raise Uncompiled
    return definition
