"""Reads selection sets into shapes: which fields an object gives is settled here, by graphql-core's own collecting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    Executor,
    GraphQLAbstractType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetails
from strawberry.schema import Schema

from cafe_graphql.execution.compiled import calls, classes, resolvers
from cafe_graphql.execution.compiled.calls import Frame
from cafe_graphql.execution.compiled.resolvers import Attribute, Resolver
from cafe_graphql.execution.compiled.shapes import Asked, Called, Field, Fields, Leaf, Listed, OneOf, Value
from cafe_graphql.execution.compiled.source import TooLarge, Uncompiled

Group = list[FieldDetails]
"""The nodes of a document that make up one field of the answer."""


class Selections:
    """Gives the shapes of one operation, one for each object type under each selection set.

    `executor` is one of graphql-core's for this operation: it knows the fragments, and what `@skip` comes to.
    """

    def __init__(self, schema: Schema, executor: Executor[Any], frame: Frame, max_fields: int) -> None:
        self._schema = schema
        self._executor = executor
        self._frame = frame
        self._max_fields = max_fields
        self.spent = 0
        self._known: dict[tuple[object, ...], Fields] = {}

    def value(self, type_: Any, group: Group) -> Value:
        """Give what is made of a value of some type; raises `Uncompiled`."""
        if isinstance(type_, GraphQLNonNull):
            return Value(self._shape(type_.of_type, group), nullable=False)
        return Value(self._shape(type_, group), nullable=True)

    def fields(self, parent: GraphQLObjectType, groups: Mapping[str, Group]) -> Fields:
        """Give the fields of an object; raises `Uncompiled`."""
        found = {key: self._field(parent, group) for key, group in groups.items()}
        return Fields(parent, found, any(field.needs_run for field in found.values() if field))

    def resolved(self, parent: GraphQLObjectType, group: Group) -> Attribute | Resolver:
        """Tell what resolves a field."""
        field = self._executor.schema.get_field(parent, group[0].node.name.value)
        if field is None or parent.name.startswith("__"):
            raise Uncompiled
        return resolvers.of(self._schema, field)

    def spend(self) -> None:
        """Count a field, so that no document makes this take long; raises `TooLarge`."""
        self.spent += 1
        if self.spent > self._max_fields:
            raise TooLarge

    def _field(self, parent: GraphQLObjectType, group: Group) -> Field | None:
        self.spend()
        name = group[0].node.name.value
        if name == "__typename":
            return None
        origin, field = self._origin(parent, group), self._executor.schema.get_field(parent, name)
        assert field is not None
        return Field(origin, self.value(field.type, group))

    def _origin(self, parent: GraphQLObjectType, group: Group) -> Attribute | Asked | Called:
        resolved = self.resolved(parent, group)
        if isinstance(resolved, Attribute):
            return resolved
        if resolved.waits:
            raise Uncompiled
        if resolved.function is not None and resolved.function.takes_only_self:
            return Asked(resolved.function.call)
        field = self._executor.schema.get_field(parent, group[0].node.name.value)
        assert field is not None
        return Called(calls.caller(resolved, field, group, parent, self._frame))

    def _shape(self, type_: Any, group: Group) -> Leaf | Fields | OneOf | Listed:
        if is_leaf_type(type_):
            return Leaf(type_)
        if isinstance(type_, GraphQLList):
            entry = self.value(type_.of_type, group)
            return Listed(entry, entry.shape.needs_run)
        if is_abstract_type(type_):
            return self._members(type_, group)
        return self._object(type_, group)

    def _members(self, type_: GraphQLAbstractType, group: Group) -> OneOf:
        members = {
            class_: self._object(member, group)
            for class_, member in classes.members(self._executor.schema, type_).items()
        }
        return OneOf(members, any(member.needs_run for member in members.values()))

    def _object(self, type_: GraphQLObjectType, group: Group) -> Fields:
        key = (type_, *(id(details.node) for details in group))
        if key not in self._known:
            classes.of(type_)  # which raises `Uncompiled` for what no class stands for
            groups = self._executor.collect_subfields(type_, group).grouped_field_set
            self._known[key] = self.fields(type_, groups)
        return self._known[key]
