"""What an operation asks for: of each object its fields, where their values come from, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLLeafType, GraphQLObjectType

from cafe_graphql.execution.compiled.resolvers import Attribute


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A scalar or an enum."""

    type_: GraphQLLeafType
    needs_run: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """An object, by the names of the answer; None stands for the name of its type.

    `needs_run` tells, here and everywhere, whether something below is called with the run and its path.
    """

    type_: GraphQLObjectType
    fields: Mapping[str, Field | None]
    needs_run: bool


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """An object of one of several types, told by its class."""

    members: Mapping[type, Fields]
    needs_run: bool


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """A list."""

    entry: Value
    needs_run: bool


Shape = Leaf | Fields | OneOf | Listed


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """What is made of a value; null stays null where it may be."""

    shape: Shape
    nullable: bool


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a function gives for the object, which must not be something to wait for."""

    function: Callable[[Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Called:
    """What a function gives for the object, the run and the path."""

    function: Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A field of the answer."""

    origin: Attribute | Asked | Called
    value: Value

    @property
    def needs_run(self) -> bool:
        return isinstance(self.origin, Called) or self.value.shape.needs_run
