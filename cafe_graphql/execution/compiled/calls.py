"""Calls of resolvers from compiled code: with their arguments, and told of the operation what they would be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import CoroutineType
from typing import Any, NoReturn

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

from cafe_graphql.execution.compiled.resolvers import Resolver
from cafe_graphql.execution.compiled.source import Uncompiled, Unfit

PlainPath = tuple[Any, str | int, str | None] | None
"""What `Path` holds, without the class: most paths are never looked at."""


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


def caller(
    resolver: Resolver,
    field: GraphQLField,
    group: list[FieldDetails],
    parent: GraphQLObjectType,
    frame: Frame,
    *,
    may_wait: bool = False,
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
        if type(value) is CoroutineType and not may_wait:
            refuse(value)
        return value

    return call


def refuse(waiting: CoroutineType[Any, Any, Any]) -> NoReturn:
    """Give up on what waits: it was not to be seen that it does, so it is called again where it may."""
    waiting.close()
    raise Unfit


def _describing(
    field: GraphQLField, group: list[FieldDetails], parent: GraphQLObjectType, frame: Frame
) -> Callable[[Run, PlainPath], Any]:
    nodes = [details.node for details in group]
    name = nodes[0].name.value

    def describe(run: Run, path: PlainPath) -> GraphQLResolveInfo[Any]:
        return GraphQLResolveInfo(
            name, nodes, field.type, parent, _path(path), frame.schema, frame.fragment_definitions, run.root_value,
            frame.operation, run.variable_values, run.context_value, frame.is_awaitable, None, frame.helpers,
        )  # fmt: skip

    return describe


def _nothing(run: Run, path: PlainPath) -> None:
    return None


def _path(path: PlainPath) -> Any:
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
