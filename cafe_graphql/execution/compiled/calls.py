"""Calls of resolvers from compiled code: with their arguments, and told of the operation what they would be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import CoroutineType
from typing import Any, NoReturn

from graphql import (
    FieldNode,
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
from strawberry import Info
from strawberry.types.field import StrawberryField

from cafe_graphql.execution.compiled import arguments
from cafe_graphql.execution.compiled.arguments import Take
from cafe_graphql.execution.compiled.resolvers import Function, Resolver
from cafe_graphql.execution.compiled.source import Unfit
from cafe_graphql.execution.compiled.variables import Read

PlainPath = tuple[Any, str | int, str | None] | None
"""What `Path` holds, without the class: most paths are never looked at."""


class Run:
    """What is the same for all fields of one answer, named as the executor names it, which serves as one too."""

    __slots__ = ("context_value", "read", "root_value")

    def __init__(self, root_value: object, context_value: object, read: Read) -> None:
        self.root_value = root_value
        self.context_value = context_value
        self.read = read

    @property
    def variable_values(self) -> Any:
        return self.read.values


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


Call = Callable[[Any, Run, PlainPath], Any]
Describe = Callable[[Run, PlainPath], GraphQLResolveInfo[Any]]


class Told(Info[Any, Any]):
    """What a resolver is told; all of it but the context is put together when it is looked at."""

    def __init__(self, field: StrawberryField, run: Run, path: PlainPath, describe: Describe) -> None:
        self._field = field
        self._run = run
        self._path = path
        self._describe = describe

    @property
    def context(self) -> Any:
        return self._run.context_value

    def __getattr__(self, name: str) -> Any:
        if name != "_raw_info":
            raise AttributeError(name)
        self._raw_info = raw = self._describe(self._run, self._path)
        return raw


def caller(
    resolver: Resolver, field: GraphQLField, group: list[FieldDetails], parent: GraphQLObjectType, frame: Frame
) -> Call:
    """Give what calls a resolver with the arguments that the operation says."""
    describe = _describing(field, group, parent, frame)
    generally = _generally(resolver, field, group[0].node, frame, describe)
    if resolver.function is None:
        return generally
    take = arguments.taker(resolver.function.arguments, field, group[0].node)
    return generally if take is None else _directly(resolver.function, take, describe, generally)


def _directly(function: Function, take: Take, describe: Describe, generally: Call) -> Call:
    """Give what calls a resolver as it wants to be called; what does not fit is left to the general way."""
    resolve, takes_self, field = function.call, function.takes_self, function.field
    parents, infos = function.parents, function.infos

    def call(source: Any, run: Run, path: PlainPath) -> Any:
        try:
            taken = take(run.read)
        except Exception:
            return generally(source, run, path)
        for name in parents:
            taken[name] = source
        for name in infos:
            taken[name] = Told(field, run, path, describe)
        return resolve(source, **taken) if takes_self else resolve(**taken)

    return call


def _generally(resolver: Resolver, field: GraphQLField, node: FieldNode, frame: Frame, describe: Describe) -> Call:
    """Give what calls a resolver with arguments that graphql-core reads."""
    resolve, needs_info, hides = resolver.call, resolver.needs_info, frame.hide_suggestions

    def call(source: Any, run: Run, path: PlainPath) -> Any:
        given = get_argument_values(field, node, run.variable_values, None, hides)
        return resolve(source, describe(run, path) if needs_info else None, **given)

    return call


def refuse(waiting: CoroutineType[Any, Any, Any]) -> NoReturn:
    """Give up on what waits: it was not to be seen that it does, so it is called again where it may."""
    waiting.close()
    raise Unfit


def _describing(field: GraphQLField, group: list[FieldDetails], parent: GraphQLObjectType, frame: Frame) -> Describe:
    nodes = [details.node for details in group]
    name = nodes[0].name.value

    def describe(run: Run, path: PlainPath) -> GraphQLResolveInfo[Any]:
        return GraphQLResolveInfo(
            name, nodes, field.type, parent, _path(path), frame.schema, frame.fragment_definitions, run.root_value,
            frame.operation, run.variable_values, run.context_value, frame.is_awaitable, None, frame.helpers,
        )  # fmt: skip

    return describe


def _path(path: PlainPath) -> Any:
    if path is None or isinstance(path, Path):
        return path
    return Path(_path(path[0]), path[1], path[2])
