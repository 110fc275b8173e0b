"""Coerces the variables of one operation: what graphql-core finds out each time, its signatures, is found out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLError, GraphQLNonNull, GraphQLSchema, VariableDefinitionNode, get_variable_values
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource

from cafe_graphql.execution.compiled.inputs import reader
from cafe_graphql.execution.compiled.source import Unfit

_NONE = VariableValues({}, {})


class Variables:
    """The variables that an operation defines."""

    def __init__(self, schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> None:
        self._schema = schema
        self._definitions = definitions
        found = [get_variable_signature(schema, definition) for definition in definitions]
        self._signatures = [
            (signature.name, signature, reader(signature.type), _may_be_absent(signature))
            for signature in found
            if not isinstance(signature, GraphQLError)
        ]

    def coerced(self, given: Mapping[str, Any]) -> VariableValues | None:
        """Give the values as resolvers see them; None if they do not fit."""
        if not self._definitions:
            return _NONE
        try:
            return self._quickly(given)
        except Exception:
            return self._thoroughly(given)

    def _quickly(self, given: Mapping[str, Any]) -> VariableValues:
        sources, coerced = {}, {}
        for name, signature, read, may_be_absent in self._signatures:
            if name in given:
                value = given[name]
                sources[name] = VariableValueSource(signature, value)
                coerced[name] = read(value)
            elif may_be_absent:
                sources[name] = VariableValueSource(signature)
            else:
                raise Unfit
        return VariableValues(sources, coerced)

    def _thoroughly(self, given: Mapping[str, Any]) -> VariableValues | None:
        try:
            values = get_variable_values(self._schema, self._definitions, dict(given), max_errors=1)
        except Exception:
            return None  # nested too deeply, or refused by an input of Strawberry's
        return None if isinstance(values, list) else values


def _may_be_absent(signature: GraphQLVariableSignature) -> bool:
    """Tell whether a variable without a value has none, and no default either."""
    return signature.default is None and not isinstance(signature.type, GraphQLNonNull)
