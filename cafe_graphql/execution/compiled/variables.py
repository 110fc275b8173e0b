"""Reads the variables of one operation: what graphql-core finds out each time, its signatures, is found out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from graphql import (
    GraphQLError,
    GraphQLNonNull,
    GraphQLSchema,
    Undefined,
    VariableDefinitionNode,
    get_variable_values,
    is_leaf_type,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues
from graphql.utilities.coerce_input_value import coerce_default_value

from cafe_graphql.execution.compiled.inputs import Readers
from cafe_graphql.execution.compiled.source import Unfit
from cafe_graphql.execution.given import Given
from cafe_graphql.execution.limits import Limits, check_variables

_REQUIRED = object()


@dataclass(slots=True)
class Read(Given):
    """Variables that were read for compiled code.

    `made` are the values that resolvers take, where graphql-core's are only what these would be made of. It is None if
    the variables have to be read by graphql-core, who finds them unusual, or wrong.
    """

    is_for_compiled: ClassVar[bool] = True

    made: dict[str, Any] | None = None
    read_by: Variables | None = None
    _values: VariableValues | None = field(default=None, init=False)

    @property
    def values(self) -> VariableValues | None:
        """The values as graphql-core reads them, which it does when somebody asks; None if they do not fit."""
        if self._values is None and self.read_by is not None:
            self._values = self.read_by.coerced(self.variables)
        return self._values

    def plain(self, name: str) -> Any:
        """Give the value of a variable that is a single one; None if it has none."""
        if self.made is not None:
            return self.made.get(name)
        return self.values.coerced.get(name) if self.values else None

    def own(self, name: str) -> Any:
        """Give the value of a variable to a resolver to do with it as it likes: nobody else is given the same one."""
        assert self.made is not None and self.read_by is not None
        made = self.made.pop(name, None)
        return self.read_by.again(name, self.variables[name]) if made is None else made


class Variables:
    """The variables that an operation defines."""

    def __init__(
        self, schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode], readers: Readers, limits: Limits
    ) -> None:
        self._schema = schema
        self._definitions = definitions
        self._limits = limits
        found = [get_variable_signature(schema, definition) for definition in definitions]
        signatures = [signature for signature in found if not isinstance(signature, GraphQLError)]
        self._rows = [(each.name, readers.of(each.type) or _misfit, _absent(each)) for each in signatures]
        self._readers = {name: read for name, read, _ in self._rows}
        self._none = Read({}, {}, {}, self)

    def read(self, variables: Mapping[str, Any]) -> Read:
        """Read the variables of a request, or raise a `RequestError` if there is more in them than is read."""
        if not variables and not self._definitions:
            return self._none
        try:
            return self._quickly(variables)
        except Exception:
            check_variables(variables, self._limits)
            return Read(variables, {}, None, self)

    def again(self, name: str, value: Any) -> Any:
        """Make once more what a resolver takes of a value that was read before."""
        return self._readers[name](value)[0]

    def coerced(self, variables: Mapping[str, Any]) -> VariableValues | None:
        """Give the values as graphql-core reads them; None if they do not fit."""
        try:
            values = get_variable_values(self._schema, self._definitions, dict(variables), max_errors=1)
        except Exception:
            return None  # nested too deeply, or refused by an input of Strawberry's
        return None if isinstance(values, list) else values

    def _quickly(self, variables: Mapping[str, Any]) -> Read:
        made, counts, found, values = {}, {}, 0, len(variables)
        for name, read, absent in self._rows:
            if name in variables:
                made[name], inside, counts[name] = read(variables[name])
                values += inside
                found += 1
            elif absent is _REQUIRED:
                raise Unfit
            elif absent is not Undefined:
                made[name] = absent
        if found < len(variables) or values > self._limits.values:
            check_variables(variables, self._limits)
        return Read(variables, counts, made, self)


def _absent(signature: GraphQLVariableSignature) -> object:
    """Give the value of a variable that was left out, which is the same each time; `Undefined` if it has none then."""
    if signature.default is None:
        return _REQUIRED if isinstance(signature.type, GraphQLNonNull) else Undefined
    default = coerce_default_value(signature)
    is_leaf = is_leaf_type(signature.type.of_type if isinstance(signature.type, GraphQLNonNull) else signature.type)
    return default if default is None or is_leaf else _REQUIRED  # of anything else each resolver needs its own


def _misfit(_: object) -> Any:
    raise Unfit
