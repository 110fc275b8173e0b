"""Coerces the variables of one operation: what graphql-core finds out each time, its signatures, is found out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
    get_variable_values,
    is_leaf_type,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, input_is_nested_too_deeply
from graphql.utilities import coerce_input_value

_NONE = VariableValues({}, {})


class Variables:
    """The variables that an operation defines."""

    def __init__(self, schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> None:
        self._schema = schema
        self._definitions = definitions
        found = [get_variable_signature(schema, definition) for definition in definitions]
        self._signatures = [signature for signature in found if not isinstance(signature, GraphQLError)]

    def coerced(self, given: Mapping[str, Any]) -> VariableValues | None:
        """Give the values as resolvers see them; None if they do not fit."""
        if not self._definitions:
            return _NONE
        try:
            return self._quickly(given) or self._thoroughly(given)
        except Exception:
            return None  # nested too deeply, or refused by an input of Strawberry's

    def _quickly(self, given: Mapping[str, Any]) -> VariableValues | None:
        sources, coerced = {}, {}
        for signature in self._signatures:
            name = signature.name
            value = given.get(name, Undefined)
            if value is not Undefined:
                sources[name] = VariableValueSource(signature, value)
                coerced[name] = _value(signature.type, value)
                if coerced[name] is Undefined:
                    return None
            elif signature.default is None and not isinstance(signature.type, GraphQLNonNull):
                sources[name] = VariableValueSource(signature)
            else:
                return None
        return VariableValues(sources, coerced)

    def _thoroughly(self, given: Mapping[str, Any]) -> VariableValues | None:
        values = get_variable_values(self._schema, self._definitions, dict(given), max_errors=1)
        return None if isinstance(values, list) else values


def _value(type_: Any, value: Any) -> Any:
    """Give a value as graphql-core does; Undefined where it does not fit."""
    bare = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    if not is_leaf_type(bare) and input_is_nested_too_deeply(value, type_):
        return Undefined
    return coerce_input_value(value, type_)
