"""What resolves a field: an attribute, or a function that is called without Strawberry's machinery around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import iscoroutinefunction
from keyword import iskeyword
from typing import Any, cast

from graphql import GraphQLField
from strawberry import Info
from strawberry.schema import Schema
from strawberry.schema import schema_converter as strawberrys
from strawberry.types.field import StrawberryField

from cafe_graphql.execution.compiled import arguments
from cafe_graphql.execution.compiled.arguments import Argument
from cafe_graphql.execution.compiled.classes import DEFINITION
from cafe_graphql.execution.compiled.source import Uncompiled


@dataclass(frozen=True, slots=True)
class Attribute:
    """The value is the attribute of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """A resolver as somebody wrote it; `parents` and `infos` are the names that it has for these arguments."""

    call: Callable[..., Any]
    takes_self: bool
    parents: frozenset[str]
    infos: frozenset[str]
    arguments: list[Argument]
    field: StrawberryField

    @property
    def takes_only_self(self) -> bool:
        return self.takes_self and not (self.parents or self.infos or self.arguments)


@dataclass(frozen=True, slots=True)
class Resolver:
    """The value is what `call(source, info, **arguments)` gives; info may be None unless it is needed.

    `function`, if it is there, gives the same when it is called as it wants to be.
    """

    call: Callable[..., Any]
    needs_info: bool
    waits: bool
    function: Function | None = None


def of(schema: Schema, field: GraphQLField) -> Attribute | Resolver:
    """Tell how a field of a Strawberry schema is resolved."""
    said, resolve = field.extensions.get(DEFINITION), field.resolve
    if not isinstance(said, StrawberryField) or resolve is None:
        raise Uncompiled
    kind = resolve.__name__ if resolve.__module__ == strawberrys.__name__ else ""
    if kind == "_get_basic_result" and said.default_resolver is getattr and _is_name(said.python_name):
        return Attribute(said.python_name)
    if kind in ("_resolver", "_async_resolver"):
        return _direct(schema, said, resolve) or Resolver(resolve, needs_info=True, waits=kind == "_async_resolver")
    return Resolver(resolve, needs_info=True, waits=iscoroutinefunction(resolve))


def _direct(schema: Schema, said: StrawberryField, resolve: Callable[..., Any]) -> Resolver | None:
    """Give what does the same as Strawberry's `resolve`, or None where that does more than call the resolver."""
    function = _function(schema, said)
    if function is None or said.extensions or schema.schema_converter.exception_handlers:
        return None
    wanted, info_class = function.arguments, schema.config.info_class

    def call(source: Any, info: Any, /, **given: Any) -> Any:
        try:
            taken = arguments.converted(wanted, given)
        except Exception:
            return resolve(source, info, **given)  # which refuses them in its own words
        for name in function.parents:
            taken[name] = source
        for name in function.infos:
            taken[name] = info_class(_raw_info=info, _field=said)
        return function.call(source, **taken) if function.takes_self else function.call(**taken)

    needs_info = bool(function.infos or function.arguments)
    return Resolver(call, needs_info, said.is_async, function if info_class is Info else None)


def _function(schema: Schema, said: StrawberryField) -> Function | None:
    resolver = said.base_resolver
    if resolver is None:
        return None
    try:
        wanted = arguments.of(schema, said)
    except Uncompiled:
        return None
    return Function(
        cast("Callable[..., Any]", resolver.wrapped_func),
        resolver.self_parameter is not None,
        frozenset(found.name for found in (resolver.parent_parameter, resolver.root_parameter) if found),
        frozenset({resolver.info_parameter.name} if resolver.info_parameter else ()),
        wanted,
        said,
    )


def _is_name(text: str) -> bool:
    return text.isidentifier() and not iskeyword(text)
