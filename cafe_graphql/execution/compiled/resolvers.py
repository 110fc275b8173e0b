"""What resolves a field: an attribute, or a function that is called without Strawberry's machinery around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import iscoroutinefunction
from keyword import iskeyword
from typing import Any, cast

from graphql import GraphQLField
from strawberry.schema import Schema
from strawberry.schema import schema_converter as strawberrys
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from cafe_graphql.execution.compiled import arguments
from cafe_graphql.execution.compiled.classes import DEFINITION
from cafe_graphql.execution.compiled.source import Uncompiled


@dataclass(frozen=True, slots=True)
class Attribute:
    """The value is the attribute of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Resolver:
    """The value is what `call(source, info, **arguments)` gives; info may be None unless it is needed.

    `bare`, if it is there, gives the same from the source alone.
    """

    call: Callable[..., Any]
    needs_info: bool
    waits: bool
    bare: Callable[[Any], Any] | None = None


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
    resolver = said.base_resolver
    if resolver is None or said.extensions or schema.schema_converter.exception_handlers:
        return None
    try:
        convert = arguments.converter(schema, said)
    except Uncompiled:
        return None
    function, place = cast("Callable[..., Any]", resolver.wrapped_func), _placing(schema, said, resolver)
    takes_self = resolver.self_parameter is not None

    def call(source: Any, info: Any, /, **given: Any) -> Any:
        try:
            taken = convert(given)
        except Exception:
            return resolve(source, info, **given)  # which refuses them in its own words
        place(taken, source, info)
        return function(source, **taken) if takes_self else function(**taken)

    needs_info = resolver.info_parameter is not None or bool(said.arguments)
    takes_only_self = takes_self and not needs_info and not (resolver.parent_parameter or resolver.root_parameter)
    return Resolver(call, needs_info, waits=said.is_async, bare=function if takes_only_self else None)


def _placing(
    schema: Schema, said: StrawberryField, resolver: StrawberryResolver[Any]
) -> Callable[[dict[str, Any], Any, Any], None]:
    """Give what puts the parent and the info among the arguments, under the names that the resolver has for them."""
    parents = {found.name for found in (resolver.parent_parameter, resolver.root_parameter) if found}
    infos = {resolver.info_parameter.name} if resolver.info_parameter else ()
    info_class = schema.config.info_class

    def place(taken: dict[str, Any], source: Any, info: Any) -> None:
        for name in parents:
            taken[name] = source
        for name in infos:
            taken[name] = info_class(_raw_info=info, _field=said)

    return place


def _is_name(text: str) -> bool:
    return text.isidentifier() and not iskeyword(text)
