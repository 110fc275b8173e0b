"""What an operation may cost, told before it runs: fields times the sizes of the lists they stand under.

The manner is that of GitHub and of the GraphQL Cost Directive specification (https://ibm.github.io/graphql-specs/):
every field counts its weight, 1 where nothing else is said, once for each object that it is read of. A list has as many
entries as its slicing argument asks for, or as many as is assumed of its coordinate. Of types that exclude each other,
the dearest counts. Fields count even if @skip or @include may leave them out, and merged ones count once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
)

from cafe_graphql.execution.estimates import Estimate, Size, Values

INTROSPECTION = {"__typename": 1, "__schema": 10_000, "__type": 500}
"""Flat: the size of a schema is known beforehand. The full introspection query has some 6,000 fields in its answer."""


@dataclass(frozen=True, slots=True)
class Slicing:
    """How an argument says how long a list is: the field's own, or those of its `sized_fields` one level down.

    The argument is a number, or, with dots into its fields (`input.lines`), a list that is as long.
    """

    argument: str
    at_most: int
    sized_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Costs:
    """What is known of a schema's fields, each by its coordinate, such as `Menu.items`.

    Entries of lists of leaves count nothing; `assumed_size` is for all other lists of which nothing is said. `inputs`
    are the weights of each single value that comes in the arguments of a field that works through them.
    """

    sizes: Mapping[str, int] = field(default_factory=dict)
    slicing: Mapping[str, Slicing] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    inputs: Mapping[str, int] = field(default_factory=dict)
    assumed_size: int = 10
    limit: int = 50_000


SelectionSets = tuple[SelectionSetNode, ...]
Sized = Mapping[str, Size]


class Pricing:
    """Estimates the operations of one document; it must be valid, and within its limits."""

    def __init__(self, schema: GraphQLSchema, costs: Costs, document: DocumentNode) -> None:
        self._schema = schema
        self._costs = costs
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._defaults: dict[str, int | None] = {}

    def estimate(self, operation: OperationDefinitionNode) -> Estimate:
        """Give what the operation costs, as far as its variables leave it open."""
        self._defaults = {
            node.variable.name.value: _int(node.default_value) for node in operation.variable_definitions or ()
        }
        root = self._schema.get_root_type(operation.operation)
        assert root is not None
        return self._of(root, (operation.selection_set,), {})

    def _of(self, type_: GraphQLNamedType, selection_sets: SelectionSets, sized: Sized) -> Estimate:
        if isinstance(type_, GraphQLObjectType):
            total = Estimate(0)
            for nodes in self._fields(type_, selection_sets).values():
                total = total.plus(self._of_field(type_, nodes, sized))
            return total
        if is_abstract_type(type_):
            types = self._schema.get_possible_types(type_)
            return Estimate.dearest([self._of(possible, selection_sets, sized) for possible in types])
        return Estimate(0)

    def _of_field(self, parent: GraphQLObjectType, nodes: list[FieldNode], sized: Sized) -> Estimate:
        node = nodes[0]  # merged: the others have the same name and arguments
        name = node.name.value
        if name in INTROSPECTION:
            return Estimate(INTROSPECTION[name])
        coordinate, definition = f"{parent.name}.{name}", parent.fields[name]
        own = Estimate(self._costs.weights.get(coordinate, 1))
        if weight := self._costs.inputs.get(coordinate):
            own = own.plus(_worked_through([given.value for given in node.arguments or ()], weight))
        inner_type = get_named_type(definition.type)
        if is_leaf_type(inner_type):
            return own
        slicing = self._costs.slicing.get(coordinate)
        size = self._slice(slicing, node, definition) if slicing else None
        inner_sized = dict.fromkeys(slicing.sized_fields, size) if slicing and size else {}
        inner_sets = tuple(node.selection_set for node in nodes if node.selection_set)
        inner = self._of(inner_type, inner_sets, inner_sized)
        if not is_list_type(get_nullable_type(definition.type)):
            return own.plus(inner)
        assumed = Size(self._costs.sizes.get(coordinate, self._costs.assumed_size))
        return own.plus(inner.times(sized.get(name) or (size if not inner_sized else None) or assumed))

    def _slice(self, slicing: Slicing, node: FieldNode, definition: GraphQLField) -> Size:
        name, *path = slicing.argument.split(".")
        value: ValueNode | None = next(
            (given.value for given in node.arguments or () if given.name.value == name), None
        )
        if path:
            return _length(value, path, slicing.at_most)
        argument = definition.args[name]
        if value is None:
            return Size.of(_default(argument), slicing.at_most)
        if isinstance(value, VariableNode):
            variable = value.name.value
            default = self._defaults.get(variable)
            fallback = _default(argument) if default is None else default
            return Size(Size.of(fallback, slicing.at_most).assumed, variable, slicing.at_most)
        return Size.of(_int(value), slicing.at_most)

    def _fields(self, type_: GraphQLObjectType, selection_sets: SelectionSets) -> dict[str, list[FieldNode]]:
        found: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        for selection_set in selection_sets:
            for node in self._flat(type_, selection_set, spread):
                found.setdefault((node.alias or node.name).value, []).append(node)
        return found

    def _flat(self, type_: GraphQLObjectType, selection_set: SelectionSetNode, spread: set[str]) -> Iterator[FieldNode]:
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                yield node
            elif not isinstance(node, FragmentSpreadNode):
                if self._applies(node, type_):
                    yield from self._flat(type_, node.selection_set, spread)  # type: ignore[attr-defined]
            elif node.name.value not in spread:
                spread.add(node.name.value)
                fragment = self._fragments[node.name.value]
                if self._applies(fragment, type_):
                    yield from self._flat(type_, fragment.selection_set, spread)

    def _applies(self, fragment: Any, type_: GraphQLObjectType) -> bool:
        if fragment.type_condition is None:
            return True
        condition = self._schema.get_type(fragment.type_condition.name.value)
        return condition is type_ or (is_abstract_type(condition) and self._schema.is_sub_type(condition, type_))


def _length(value: ValueNode | None, path: list[str], at_most: int) -> Size:
    """Give how long the list is that lies at this path in an argument, or will when its variable is known."""
    while path and isinstance(value, ObjectValueNode):
        name, *path = path
        value = next((field.value for field in value.fields if field.name.value == name), None)
    if isinstance(value, VariableNode):
        return Size(1, value.name.value, at_most, tuple(path) or ("",))
    return Size(min(len(value.values), at_most) if isinstance(value, ListValueNode) else 1)


def _worked_through(values: Iterable[ValueNode], weight: int) -> Estimate:
    """Give what it costs to work through all single values in arguments; a variable's are counted when it is known."""
    total, waiting = Estimate(0), list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, VariableNode):
            total = total.plus(Estimate(weight).times(Values(1, value.name.value)))
        elif isinstance(value, ObjectValueNode):
            waiting.extend(field.value for field in value.fields)
        elif isinstance(value, ListValueNode):
            waiting.extend(value.values)
        else:
            total = total.plus(Estimate(weight))
    return total


def _int(node: object) -> int | None:
    return int(node.value) if isinstance(node, IntValueNode) else None


def _default(argument: GraphQLArgument) -> object:
    """Give the default of an argument, as it was written in a schema's text or in its code."""
    if argument.default is None:
        return argument.default_value
    return _int(argument.default.literal) if argument.default.literal else argument.default.value
