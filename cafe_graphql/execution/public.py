"""Public answers: what is the same for everybody is written once for each version of what it tells, and kept as bytes.

An operation is public if nothing in it depends on who asks, or on when, but by the version: neither its root fields
nor any field below, whether skipped or not. Whatever waits, or has an extension such as a permission, is not.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from inspect import iscoroutinefunction
from typing import Any, cast

import orjson
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
)

from cafe_graphql.execution.answers import Answer, Finished, Outcome, to_json
from cafe_graphql.execution.prepared import Operation

MAX_ANSWERS = 1_000
MAX_BYTES = 16 * 1024 * 1024
MAX_KEY_BYTES = 1_000
"""Of longer variables nothing is kept: nobody sends the same again."""

INTROSPECTION = frozenset({"__schema", "__type", "__typename"})

Key = tuple[int, bytes]
"""An operation, by its number, and its variables: answers are kept longer than documents, which are much larger."""


@dataclass(frozen=True, slots=True)
class PublicFields:
    """What may be kept. Fields are named by their coordinates, such as `Query.menu`.

    `roots` are the root fields that are public; `private` those below them that are not all the same; `version` tells,
    by the context of a request, which version all of them are of.
    """

    roots: frozenset[str]
    private: frozenset[str]
    version: Callable[[Any], Hashable]


class PublicAnswers:
    """The public answers of one version that were asked for last; a new version begins with none."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fields: PublicFields,
        *,
        max_answers: int = MAX_ANSWERS,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._schema = schema
        self._fields = fields
        self._max_answers = max_answers
        self._max_bytes = max_bytes
        self._version: Hashable = None
        self._kept: OrderedDict[Key, Answer] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, operation: Operation, variables: Mapping[str, Any], context: object) -> Answer | None:
        """Give the answer that is kept in the version of this moment, if there is one."""
        key = self._key(operation, variables, context)
        if key is None or (answer := self._kept.get(key)) is None:
            return None
        self._kept.move_to_end(key)
        return answer

    def keep(self, operation: Operation, variables: Mapping[str, Any], context: object, answer: Answer) -> Answer:
        """Keep a public answer in which nothing failed, and give it as it is kept. Nothing in it waited."""
        key = self._key(operation, variables, context)
        if key is None or answer.outcome is not Outcome.ANSWERED:
            return answer
        body = to_json(answer.payload)
        finished = Finished(body, blake2b(body, digest_size=12).hexdigest().encode())
        self._kept[key] = kept = Answer(Outcome.ANSWERED, cast("dict[str, Any]", orjson.Fragment(body)), finished)
        self._bytes += len(body) + len(key[1])
        while len(self._kept) > self._max_answers or self._bytes > self._max_bytes:
            (_, written), dropped = self._kept.popitem(last=False)
            self._bytes -= len(written) + (len(dropped.finished.body) if dropped.finished else 0)
        return kept

    def _key(self, operation: Operation, variables: Mapping[str, Any], context: object) -> Key | None:
        """Give what an answer is kept under, and begin with none if the version has moved; None if it is private."""
        public = operation.notes.get(self)
        if public is None:
            public = operation.notes[self] = is_public(self._schema, operation, self._fields)
        if not public:
            return None
        try:
            version = self._fields.version(context)
        except Exception:  # the fields will find the same, and say so each in its place
            return None
        if version != self._version:
            self._begin(version)
        written = _canonical(operation, variables)
        return None if written is None else (operation.number, written)

    def _begin(self, version: Hashable) -> None:
        self._kept.clear()
        self._bytes = 0
        self._version = version


def is_public(schema: GraphQLSchema, operation: Operation, fields: PublicFields) -> bool:
    """Tell whether an operation is the same for everybody; takes time in proportion to its text."""
    if operation.kind is not OperationType.QUERY or operation.node.directives:
        return False
    roots = fields.roots | {f"{schema.query_type}.{name}" for name in INTROSPECTION}
    return all(
        _is_constant(field) and fields.private.isdisjoint(names) and (depth > 0 or roots.issuperset(names))
        for depth, names, field in _asked(schema, operation)
    )


def _asked(schema: GraphQLSchema, operation: Operation) -> Iterator[tuple[int, set[str], GraphQLField]]:
    """Give each field of an operation with its depth and the coordinates it has; each fragment is read once."""
    fragments = {
        node.name.value: node for node in operation.document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    read: set[tuple[str, bool]] = set()
    open_: list[tuple[int, Any, SelectionSetNode]] = [(0, schema.query_type, operation.node.selection_set)]
    while open_:
        depth, parent, selections = open_.pop()
        for node in selections.selections:
            if isinstance(node, FieldNode):
                field = schema.get_field(parent, node.name.value)
                assert field is not None, "a valid operation asks for nothing that is not there"
                yield depth, _coordinates(schema, parent, node.name.value), field
                below = get_named_type(field.type)
                if node.selection_set is not None and is_composite_type(below):
                    open_.append((depth + 1, below, node.selection_set))
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                kind = schema.get_type(condition.name.value) if condition else parent
                open_.append((depth, kind, node.selection_set))
            elif isinstance(node, FragmentSpreadNode) and (node.name.value, depth == 0) not in read:
                read.add((node.name.value, depth == 0))
                fragment = fragments[node.name.value]
                open_.append((depth, schema.get_type(fragment.type_condition.name.value), fragment.selection_set))


def _coordinates(schema: GraphQLSchema, parent: Any, name: str) -> set[str]:
    types = [parent, *schema.get_possible_types(parent)] if is_abstract_type(parent) else [parent]
    return {f"{type_.name}.{name}" for type_ in types}


def _is_constant(field: GraphQLField) -> bool:
    said = field.extensions.get("strawberry-definition")
    return not iscoroutinefunction(field.resolve) and not getattr(said, "extensions", None)


def _canonical(operation: Operation, variables: Mapping[str, Any]) -> bytes | None:
    """Write those variables that the operation has, in the order in which it has them."""
    definitions = operation.node.variable_definitions
    if not definitions:
        return b""
    names = (definition.variable.name.value for definition in definitions)
    try:
        written = orjson.dumps(
            {name: variables[name] for name in names if name in variables}, option=orjson.OPT_SORT_KEYS
        )
    except TypeError:
        return None
    return written if len(written) <= MAX_KEY_BYTES else None
