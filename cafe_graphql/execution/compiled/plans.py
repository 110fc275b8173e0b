"""An operation as it was compiled: as a whole, or the parts of it that could be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import Executor, GraphQLList, GraphQLNonNull, GraphQLObjectType, OperationType, is_leaf_type
from graphql.execution.collect_fields import collect_fields
from strawberry.schema import Schema

from cafe_graphql.execution.compiled import calls
from cafe_graphql.execution.compiled.calls import Frame
from cafe_graphql.execution.compiled.parts import Direct, Part, key
from cafe_graphql.execution.compiled.resolvers import Resolver
from cafe_graphql.execution.compiled.selections import Group, Selections
from cafe_graphql.execution.compiled.shapes import Fields, Value
from cafe_graphql.execution.compiled.source import Source, TooLarge, Uncompiled
from cafe_graphql.execution.compiled.writing import Writer


@dataclass(frozen=True, slots=True)
class Awaited:
    """The only root field of an operation: `begin` gives what its value is awaited from, and `complete` completes it.

    `resolve` is the field's own resolver, in whose place the value can be handed to the executor.
    """

    name: str
    path: Any
    begin: Callable[[Any, Any, Any], Any]
    complete: Part
    resolve: Callable[..., Any]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Plan:
    """`whole` gives the data of an operation from its root value, and `awaited` when nothing else has to wait.

    Without them, `parts` and `calls` are what helps.
    """

    whole: Callable[[Any, Any, Any], dict[str, Any]] | None
    awaited: Awaited | None
    parts: Mapping[tuple[int, ...], Part]
    calls: Direct
    frame: Frame
    size: int
    """How many fields it took to compile."""


def compiled(schema: Schema, executor: Executor[Any], frame: Frame, max_fields: int) -> Plan | None:
    """Compile the operation of an executor; None if nothing of it can be."""
    return _Planner(schema, executor, frame, max_fields).plan()


class _Planner:
    def __init__(self, schema: Schema, executor: Executor[Any], frame: Frame, max_fields: int) -> None:
        self._executor = executor
        self._frame = frame
        self._selections = Selections(schema, executor, frame, max_fields)
        self._parts: dict[tuple[int, ...], Value] = {}
        self._calls: dict[Callable[..., Any], Callable[..., Any]] = {}

    def plan(self) -> Plan | None:
        operation = self._executor.operation
        root = self._executor.schema.get_root_type(operation.operation)
        if root is None or operation.directives:
            return None
        groups = self._root_groups(root)
        try:
            whole = None if operation.operation is OperationType.MUTATION else self._whole(root, groups)
            if whole is None:
                self._descend(root, groups)
        except TooLarge:
            return None
        if whole is None and not self._parts:
            return None
        return self._plan(root, groups, whole)

    def _root_groups(self, root: GraphQLObjectType) -> Mapping[str, Group]:
        executor = self._executor
        return collect_fields(
            executor.schema, executor.fragments, executor.variable_values, root, executor.operation
        ).grouped_field_set

    def _whole(self, root: GraphQLObjectType, groups: Mapping[str, Group]) -> Fields | None:
        try:
            return self._selections.fields(root, groups)
        except TooLarge:
            raise
        except Uncompiled:
            return None

    def _plan(self, root: GraphQLObjectType, groups: Mapping[str, Group], whole: Fields | None) -> Plan:
        size, source = self._selections.spent, Source()
        if whole is not None:
            function = Writer(source, [whole]).root(whole)
            return Plan(source.load()[function], None, {}, Direct({}), self._frame, size)
        writer = Writer(source, [value.shape for value in self._parts.values()])
        functions = {place: writer.completion(value) for place, value in self._parts.items()}
        loaded = source.load()
        parts = {place: loaded[name] for place, name in functions.items()}
        awaited = self._awaited(root, groups, parts)
        return Plan(None, awaited, parts, Direct(self._calls), self._frame, size)

    def _awaited(
        self, root: GraphQLObjectType, groups: Mapping[str, Group], parts: Mapping[tuple[int, ...], Part]
    ) -> Awaited | None:
        """Give the only root field, if it waits and nothing below it does."""
        if len(groups) > 1 or self._executor.operation.operation is OperationType.SUBSCRIPTION:
            return None
        ((name, group),) = groups.items()
        field = self._executor.schema.get_field(root, group[0].node.name.value)
        if field is None or field.resolve is None or (part := parts.get(key(field.type, group))) is None:
            return None
        try:
            resolved = self._selections.resolved(root, group)
            if not isinstance(resolved, Resolver) or not resolved.waits:
                return None
            begin = calls.caller(resolved, field, group, root, self._frame)
        except Uncompiled:  # its arguments are wrong, as the executor will say
            return None
        return Awaited(name, (None, name, root.name), begin, part, field.resolve)

    def _descend(self, parent: GraphQLObjectType, groups: Mapping[str, Group]) -> None:
        """Compile each field of a type whose value never waits; of the others, look at the fields below."""
        for group in groups.values():
            self._selections.spend()
            field = self._executor.schema.get_field(parent, group[0].node.name.value)
            if field is None or is_leaf_type(_named(field.type)):
                continue
            self._shorten(parent, group)
            place = key(field.type, group)
            if place in self._parts:
                continue
            try:
                self._parts[place] = self._selections.value(field.type, group)
            except TooLarge:
                raise
            except Uncompiled:
                self._descend_below(_named(field.type), group)

    def _descend_below(self, type_: Any, group: Group) -> None:
        if type_.name.startswith("__"):
            return
        schema = self._executor.schema
        members = [type_] if isinstance(type_, GraphQLObjectType) else schema.get_possible_types(type_)
        for member in members:
            self._descend(member, self._executor.collect_subfields(member, group).grouped_field_set)

    def _shorten(self, parent: GraphQLObjectType, group: Group) -> None:
        try:
            resolved = self._selections.resolved(parent, group)
        except Uncompiled:
            return
        field = self._executor.schema.get_field(parent, group[0].node.name.value)
        if isinstance(resolved, Resolver) and field is not None and field.resolve is not None:
            self._calls[field.resolve] = resolved.call


def _named(type_: Any) -> Any:
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        type_ = type_.of_type
    return type_
