"""The code for selection sets: which fields an object gives is settled here, by graphql-core's own collecting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

from cafe_graphql.execution.compiled import calls, classes, leaves, resolvers
from cafe_graphql.execution.compiled.calls import Frame
from cafe_graphql.execution.compiled.resolvers import Attribute, Resolver
from cafe_graphql.execution.compiled.source import Source, TooLarge, Uncompiled
from cafe_graphql.execution.compiled.values import collection

Group = list[FieldDetails]
"""The nodes of a document that make up one field of the answer."""


@dataclass(frozen=True, slots=True)
class Code:
    """An expression, and whether `run` and `path` stand in it."""

    text: str
    needs_run: bool = False


class Selections:
    """Writes the functions of one operation, one for each object type under each selection set.

    `executor` is one of graphql-core's for this operation: it knows the fragments, and what `@skip` comes to.
    """

    def __init__(self, schema: Schema, executor: Executor[Any], frame: Frame, source: Source, max_fields: int) -> None:
        self._schema = schema
        self._executor = executor
        self._frame = frame
        self._source = source
        self._max_fields = max_fields
        self.spent = 0
        self._known: dict[tuple[object, ...], Code] = {}

    def value(self, type_: Any, group: Group, given: str, path: str) -> Code:
        """Give the code that completes the value of the expression `given` as a type; raises `Uncompiled`."""
        nullable = not isinstance(type_, GraphQLNonNull)
        bare = type_ if nullable else type_.of_type
        if is_leaf_type(bare):
            return Code(leaves.expression(bare, given, self._source, nullable=nullable))
        if not nullable:
            return self._composite(bare, group, given, path)
        held = given if given.isidentifier() else "v"
        code = self._composite(bare, group, held, path)
        tested = given if held == given else f"(v := {given})"
        return Code(f"(None if {tested} is None else {code.text})", code.needs_run)

    def fields(self, parent: GraphQLObjectType, groups: Mapping[str, Group]) -> Code:
        """Give the code for the fields of the object `o`."""
        codes = {key: self._field(parent, key, group) for key, group in groups.items()}
        text = ", ".join(f"{key!r}: {code.text}" for key, code in codes.items())
        return Code(f"{{{text}}}", any(code.needs_run for code in codes.values()))

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

    def _field(self, parent: GraphQLObjectType, key: str, group: Group) -> Code:
        self.spend()
        name = group[0].node.name.value
        if name == "__typename":
            return Code(repr(parent.name))
        resolved, field = self.resolved(parent, group), self._executor.schema.get_field(parent, name)
        assert field is not None
        path = f"(path, {key!r}, {parent.name!r})"
        if isinstance(resolved, Attribute):
            return self.value(field.type, group, f"o.{resolved.name}", path)
        if resolved.waits:
            raise Uncompiled
        call = self._source.name(calls.caller(resolved, field, group, parent, self._frame), "call")
        return Code(self.value(field.type, group, f"{call}(o, run, {path})", path).text, needs_run=True)

    def _composite(self, type_: Any, group: Group, given: str, path: str) -> Code:
        if isinstance(type_, GraphQLList):
            return self._list(type_, group, given, path)
        if is_abstract_type(type_):
            table = self._members(type_, group)
            kept = given if given.isidentifier() else f"v := {given}"
            again = given if given.isidentifier() else "v"
            return self._called(Code(f"{table.text}[type({kept})]", table.needs_run), again, path)
        return self._called(self._object(type_, group), given, path)

    def _list(self, type_: GraphQLList[Any], group: Group, given: str, path: str) -> Code:
        if not given.isidentifier():  # an iterable in brackets may not name anything
            inner = self._list(type_, group, "o", "path")
            return self._called(Code(self.function(inner, []), inner.needs_run), given, path)
        depth = path.count("(")  # each list within another has names of its own
        item, index = f"i{depth}", f"n{depth}"
        code = self.value(type_.of_type, group, item, f"({path}, {index}, None)")
        other = self._source.name(collection, "collection")
        values = f"({given} if type({given}) is list else {other}({given}))"
        if code.needs_run:
            return Code(f"[{code.text} for {index}, {item} in enumerate({values})]", needs_run=True)
        return Code(f"[{code.text} for {item} in {values}]")

    def _called(self, function: Code, given: str, path: str) -> Code:
        text = f"{function.text}({given}, run, {path})" if function.needs_run else f"{function.text}({given})"
        return Code(text, function.needs_run)

    def _object(self, type_: GraphQLObjectType, group: Group) -> Code:
        return self._once(type_, group, lambda: self._written(type_, group))

    def _written(self, type_: GraphQLObjectType, group: Group) -> Code:
        class_ = self._source.name(classes.of(type_), type_.name)
        others = self._source.name(
            self._source.once(("others", type_), lambda: classes.others(type_)), f"other_{type_.name}"
        )
        code = self.fields(type_, self._executor.collect_subfields(type_, group).grouped_field_set)
        check = f"if type(o) is not {class_}: {others}(o)"
        return Code(self.function(code, [check]), code.needs_run)

    def function(self, code: Code, first: list[str]) -> str:
        """Define a function of an object, and give its name."""
        return self._source.function("o, run, path" if code.needs_run else "o", code.text, first)

    def _members(self, type_: GraphQLAbstractType, group: Group) -> Code:
        return self._once(type_, group, lambda: self._tabled(type_, group))

    def _tabled(self, type_: GraphQLAbstractType, group: Group) -> Code:
        found = {
            self._source.name(class_, member.name): self._object(member, group)
            for class_, member in classes.members(self._executor.schema, type_).items()
        }
        needs_run = any(code.needs_run for code in found.values())
        rows = {
            name: code.text if code.needs_run is needs_run else f"lambda o, run, path: {code.text}(o)"
            for name, code in found.items()
        }
        return Code(self._source.table(self._source.name(classes.Table, "Table"), rows), needs_run)

    def _once(self, type_: Any, group: Group, write: Callable[[], Code]) -> Code:
        key = (type_, *(id(details.node) for details in group))
        if key not in self._known:
            self._known[key] = write()
        return self._known[key]
