"""Turns coerced values into what a Strawberry resolver takes, as Strawberry does, but with the types read once.

What this does not know (`Maybe`, global ids, inputs that build themselves) is left to Strawberry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING
from typing import Any

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
from strawberry.types.lazy_type import LazyType

from cafe_graphql.execution.compiled.source import Uncompiled

Convert = Callable[[Any], Any]


class Conversions:
    """The conversions for the types of one schema; None stands for what needs no converting."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._inputs: dict[type, Convert] = {}

    def convert(self, type_: Any) -> Convert | None:
        """Give what converts values of a type of Strawberry's; raises `Uncompiled` for one that is not known here."""
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
        if not definition.is_input or definition.from_input is not None or definition.origin is not class_:
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
