"""What a value must not be for compiled code to go on with it: an exception, something to wait for, or nothing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from graphql import Undefined
from graphql.pyutils import is_collection
from strawberry.execution import optimized_is_awaitable

from cafe_graphql.execution.compiled.source import Unfit


def check_plain(value: object) -> None:
    """Raise `Unfit` for what graphql-core treats apart before it looks at the type of a field."""
    if value is None or value is Undefined or isinstance(value, Exception) or optimized_is_awaitable(value):
        raise Unfit


def collection(value: Any) -> Collection[Any]:
    """Give a list's value if it can be read as often as one likes; an iterator could not be handed on afterwards."""
    check_plain(value)
    if not is_collection(value) or hasattr(value, "__aiter__"):
        raise Unfit
    return value
