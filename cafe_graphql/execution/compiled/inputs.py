"""Reads what comes in a variable into what a resolver takes, in one go.

graphql-core coerces a value, Strawberry makes an object of what it coerced, and before both somebody has to look how
much it is. All three are about the same few fields, so one function is written for each type that does it all:

    def f1(given):                                           of OptionChoiceInput!, but for numbers in the names
        values = nested = 0
        if type(given) is not dict: raise Unfit
        values += len(given); nested += 1
        known = 1
        v1 = given['group']
        if type(v1) is not str or len(v1) > 100000: v1 = leaf_String(v1)
        if 'quantity' in given:
            known += 1
            v2 = given['quantity']
            if not (type(v2) is int and -1073741823 <= v2 <= 1073741823): v2 = leaf_Int(v2)
        else:
            v2 = 1
        if known != len(given): raise Unfit
        given = OptionChoiceInput(group=v1, quantity=v2)
        return given, values, 1 + values - nested

It knows only how things go well. Whatever else comes, and be it a single value for a list, it raises something, and
graphql-core and Strawberry are asked, who know what is wrong with it, or that nothing is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
    Undefined,
    is_required_input_field,
)
from graphql.utilities.coerce_input_value import coerce_default_value
from strawberry.schema import Schema
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from cafe_graphql.execution.compiled.classes import DEFINITION
from cafe_graphql.execution.compiled.conversions import Conversions
from cafe_graphql.execution.compiled.leaves import QUICK_INT
from cafe_graphql.execution.compiled.source import Body, Source, Uncompiled, Unfit
from cafe_graphql.execution.limits import Limits

MAX_FIELDS = 300

Reader = Callable[[Any], tuple[Any, int, int]]
"""Gives what a resolver takes, how many values lie within, and how many single ones there are; or raises anything."""


class Readers:
    """The readers for the input types of one schema, each written once. They refuse what is beyond the limits."""

    def __init__(self, schema: Schema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits
        self._known: dict[str, Reader | None] = {}

    def of(self, type_: Any) -> Reader | None:
        """Give the reader for a type; None if it may hold itself, or if only Strawberry can make something of it."""
        name = str(type_)
        if name not in self._known:
            self._known[name] = self._written(type_)
        return self._known[name]

    def _written(self, type_: Any) -> Reader | None:
        writer = _Writer(self._schema, self._limits)
        try:
            return writer.reader(type_)
        except Uncompiled:
            return None


class _Writer:
    def __init__(self, schema: Schema, limits: Limits) -> None:
        self._names = schema.config.name_converter
        self._conversions = Conversions(schema)
        self._limits = limits
        self._source, self._body = Source(), Body()
        self._unfit = f"raise {self._source.name(Unfit, 'Unfit')}"
        self._fields = 0

    def reader(self, type_: Any) -> Reader:
        self._body.add("values = nested = 0")
        self._value(type_, "given", 2)  # for the variables themselves nest already
        name = self._source.function("given", self._body, "given, values, 1 + values - nested")
        return self._source.load()[name]

    def _value(self, type_: Any, at: str, depth: int) -> None:
        """Write what makes of the value in a variable what a resolver takes, and puts it there instead."""
        if isinstance(type_, GraphQLNonNull):
            self._bare(type_.of_type, at, depth)
        else:
            with self._body.inside(f"if {at} is not None:"):
                self._bare(type_, at, depth)

    def _bare(self, type_: Any, at: str, depth: int) -> None:
        if isinstance(type_, GraphQLList):
            self._list(type_, at, depth)
        elif isinstance(type_, GraphQLInputObjectType):
            self._object(type_, at, depth)
        else:
            self._leaf(type_, at)

    def _list(self, type_: GraphQLList[Any], at: str, depth: int) -> None:
        made, entry = self._body.new(), self._body.new()
        self._within(at, "list", depth)
        self._body.add(f"if len({at}) > {self._limits.list_length} or values > {self._limits.values}: {self._unfit}")
        self._body.add(f"{made} = []")
        with self._body.inside(f"for {entry} in {at}:"):
            self._value(type_.of_type, entry, depth + 1)
            self._body.add(f"{made}.append({entry})")
        self._body.add(f"{at} = {made}")

    def _object(self, type_: GraphQLInputObjectType, at: str, depth: int) -> None:
        definition = type_.extensions.get(DEFINITION)
        if not isinstance(definition, StrawberryObjectDefinition):
            raise Uncompiled
        self._conversions.convert(definition.origin)  # raises Uncompiled where Strawberry does more than call the class
        one_of = type_.is_one_of or definition.is_one_of  # Strawberry has only its `out_type` say so
        if not one_of and type_.out_type is not GraphQLInputObjectType.out_type:
            raise Uncompiled
        self._within(at, "dict", depth)
        known, taken = self._body.new(), []
        self._body.add(f"{known} = {sum(map(is_required_input_field, type_.fields.values()))}")
        for said in definition.fields:
            name = self._names.from_field(said)
            value = self._field(said, name, type_.fields[name], at, known, depth + 1, one_of)
            taken.append(f"{said.python_name}={value}")
        self._body.add(f"if {known} != {1 if one_of else f'len({at})'}: {self._unfit}")
        self._body.add(f"{at} = {self._source.name(definition.origin, 'class')}({', '.join(taken)})")

    def _field(
        self, said: StrawberryField, name: str, field: GraphQLInputField, at: str, known: str, depth: int, one_of: bool
    ) -> str:
        """Write what reads one field of an object; give the variable that has the value then."""
        self._fields += 1
        if self._fields > MAX_FIELDS or field.out_name not in (None, name):
            raise Uncompiled
        value, body = self._body.new(), self._body
        if is_required_input_field(field):
            body.add(f"{value} = {at}[{name!r}]")
            self._value(field.type, value, depth)
            return value
        with body.inside(f"if {name!r} in {at}:"):
            body.add(f"{known} += 1")
            body.add(f"{value} = {at}[{name!r}]")
            self._value(GraphQLNonNull(field.type) if one_of else field.type, value, depth)
        with body.inside("else:"):
            body.add(f"{value} = {self._absent(said, field)}")
        return value

    def _absent(self, said: StrawberryField, field: GraphQLInputField) -> str:
        """Give an expression for a field that was left out: the schema's default for it, or else its class's."""
        default = coerce_default_value(field)
        if default is not Undefined:
            make = self._conversions.convert(said.resolve_type())
            return f"{self._source.name(make, 'make')}({self._constant(default)})" if make else self._constant(default)
        if said.default_factory is not MISSING:
            return f"{self._source.name(said.default_factory, 'make')}()"
        return self._constant(None if said.default is MISSING else said.default)

    def _constant(self, value: object) -> str:
        return repr(value) if value is None or type(value) is int else self._source.name(value, "default")

    def _leaf(self, type_: Any, at: str) -> None:
        read = f"{at} = {self._source.name(self._guarded(type_), 'leaf')}({at})"
        if type_ is GraphQLInt:
            self._body.add(f"if not (type({at}) is int and -{QUICK_INT} <= {at} <= {QUICK_INT}): {read}")
        elif type_ is GraphQLBoolean:
            self._body.add(f"if type({at}) is not bool: {read}")
        elif type_ is GraphQLString or type_ is GraphQLID:
            self._body.add(f"if type({at}) is not str or len({at}) > {self._limits.text_length}: {read}")
        else:
            self._body.add(read)

    def _guarded(self, type_: Any) -> Callable[[Any], Any]:
        """Guard a scalar or an enum, which may be anybody's, against what is no single value, and is not counted."""
        coerce, text_length = type_.coerce_input_value, self._limits.text_length

        def read(value: Any) -> Any:
            if value is None or isinstance(value, (dict, list)) or (type(value) is str and len(value) > text_length):
                raise Unfit
            if (found := coerce(value)) is Undefined:
                raise Unfit
            return found

        return read

    def _within(self, at: str, kind: str, depth: int) -> None:
        """Write what counts the values in a list or an object, if it is one."""
        if depth > self._limits.value_depth:
            raise Uncompiled
        self._body.add(f"if type({at}) is not {kind}: {self._unfit}")
        self._body.add(f"values += len({at}); nested += 1")
