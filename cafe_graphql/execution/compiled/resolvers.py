"""What resolves a field: an attribute, or a function that is called without Strawberry's machinery around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import iscoroutinefunction
from keyword import iskeyword
from types import CoroutineType
from typing import Any, cast

from graphql import (
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    get_argument_values,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails
from graphql.pyutils import Path
from graphql.type import GraphQLResolveInfoHelpers
from strawberry.schema import Schema
from strawberry.schema import schema_converter as strawberrys
from strawberry.types.field import StrawberryField

from cafe_graphql.execution.compiled import arguments
from cafe_graphql.execution.compiled.classes import DEFINITION
from cafe_graphql.execution.compiled.source import Uncompiled, Unfit

PlainPath = tuple[Any, str | int, str | None] | None
"""What `Path` holds, without the class: most paths are never looked at."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """The value is the attribute of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Resolver:
    """The value is what `call(source, info, **arguments)` gives; info may be None unless it is needed."""

    call: Callable[..., Any]
    needs_info: bool
    waits: bool


class Run:
    """What is the same for all fields of one answer, named as the executor names it, which serves as one too."""

    __slots__ = ("context_value", "root_value", "variable_values")

    def __init__(self, root_value: object, context_value: object, variable_values: Any) -> None:
        self.root_value = root_value
        self.context_value = context_value
        self.variable_values = variable_values


@dataclass(frozen=True, slots=True)
class Frame:
    """What resolvers are told of the operation that is the same each time it runs."""

    schema: GraphQLSchema
    fragment_definitions: dict[str, FragmentDefinitionNode]
    fragments: dict[str, FragmentDetails]
    operation: OperationDefinitionNode
    is_awaitable: Any
    helpers: GraphQLResolveInfoHelpers
    hide_suggestions: bool


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


def caller(
    resolver: Resolver, field: GraphQLField, group: list[FieldDetails], parent: GraphQLObjectType, frame: Frame
) -> Callable[[Any, Run, PlainPath], Any]:
    """Give what calls a resolver with the arguments that the operation says."""
    node, resolve = group[0].node, resolver.call
    constant = None if _has_variables(node) else _constant(field, node)
    describe = _describing(field, group, parent, frame) if resolver.needs_info else _nothing

    def call(source: Any, run: Run, path: PlainPath) -> Any:
        given = constant
        if given is None:
            given = get_argument_values(field, node, run.variable_values, None, frame.hide_suggestions)
        value = resolve(source, describe(run, path), **given)
        if type(value) is CoroutineType:
            value.close()  # it was not to be seen that this one waits, so it is called again where it may
            raise Unfit
        return value

    return call


def _direct(schema: Schema, said: StrawberryField, resolve: Callable[..., Any]) -> Resolver | None:
    """Give what does the same as Strawberry's `resolve`, or None where that does more than call the resolver."""
    resolver = said.base_resolver
    if resolver is None or said.extensions:
        return None
    try:
        convert = arguments.converter(schema, said)
    except Uncompiled:
        return None
    function, info_class = cast("Callable[..., Any]", resolver.wrapped_func), schema.config.info_class
    takes_self, info_name = (
        resolver.self_parameter is not None,
        getattr(resolver.info_parameter, "name", None),
    )
    parents = {found.name for found in (resolver.parent_parameter, resolver.root_parameter) if found}

    def call(source: Any, info: Any, **given: Any) -> Any:
        try:
            taken = convert(given)
        except Exception:
            return resolve(source, info, **given)  # which refuses them in its own words
        for name in parents:
            taken[name] = source
        if info_name is not None:
            taken[info_name] = info_class(_raw_info=info, _field=said)
        return function(source, **taken) if takes_self else function(**taken)

    return Resolver(call, needs_info=info_name is not None or bool(said.arguments), waits=said.is_async)


def _describing(
    field: GraphQLField, group: list[FieldDetails], parent: GraphQLObjectType, frame: Frame
) -> Callable[[Run, PlainPath], Any]:
    nodes = [details.node for details in group]
    name, type_, schema, fragments, operation = (
        nodes[0].name.value,
        field.type,
        frame.schema,
        frame.fragment_definitions,
        frame.operation,
    )

    def describe(run: Run, path: PlainPath) -> GraphQLResolveInfo[Any]:
        return GraphQLResolveInfo._make(
            (
                name,
                nodes,
                type_,
                parent,
                _path(path),
                schema,
                fragments,
                run.root_value,
                operation,
                run.variable_values,
                run.context_value,
                frame.is_awaitable,
                None,
                frame.helpers,
            )
        )

    return describe


def _nothing(run: Run, path: PlainPath) -> None:
    return None


def _path(path: PlainPath) -> Path | None:
    if path is None or isinstance(path, Path):
        return path
    return Path(_path(path[0]), path[1], path[2])


def _has_variables(node: Any) -> bool:
    """Whether an argument of a field has a variable in it, however deep."""
    open_ = [argument.value for argument in node.arguments or ()]
    while open_:
        value = open_.pop()
        if value.kind == "variable":
            return True
        open_ += getattr(value, "values", None) or ()
        open_ += [inner.value for inner in getattr(value, "fields", None) or ()]
    return False


def _constant(field: GraphQLField, node: Any) -> dict[str, Any]:
    try:
        return get_argument_values(field, node)
    except Exception:
        raise Uncompiled from None


def _is_name(text: str) -> bool:
    return text.isidentifier() and not iskeyword(text)
