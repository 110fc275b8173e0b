"""graphql-core's executor with shortcuts: a field below which no field waits is completed by a compiled function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphql import Executor
from graphql.execution import MiddlewareManager
from graphql.execution.collect_fields import FieldDetails

from cafe_graphql.execution.compiled.variables import Read

Part = Callable[[Any, Any, Any], Any]


def key(type_: object, group: list[FieldDetails]) -> tuple[int, ...]:
    """Tell a field by the identity of its type and of its nodes; both outlive every run."""
    return (id(type_), *(id(details.node) for details in group))


class Shortcuts(Executor[Any]):
    """Runs an operation as its base does; nothing of what it resolves is resolved otherwise, or twice."""

    parts: Mapping[tuple[int, ...], Part]
    read: Read

    def complete_value(
        self, return_type: Any, field_details_list: list[FieldDetails], info: Any, path: Any, result: Any, context: Any
    ) -> Any:
        """Complete a value by its part, or as its base does, which also says what is wrong with it."""
        part = self.parts.get(key(return_type, field_details_list))
        if part is not None:
            try:
                return part(result, self, path)
            except Exception:
                pass  # completed below, from the same value
        return super().complete_value(return_type, field_details_list, info, path, result, context)


class Direct(MiddlewareManager):
    """Has resolvers called without Strawberry's general machinery around them."""

    def __init__(self, calls: Mapping[Callable[..., Any], Callable[..., Any]]) -> None:
        super().__init__()
        self._calls = calls

    def get_field_resolver(self, field_resolver: Callable[..., Any]) -> Callable[..., Any]:
        """Give the quicker one of the same effect, if there is one."""
        return self._calls.get(field_resolver, field_resolver)
