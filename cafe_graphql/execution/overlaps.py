"""Whether overlapping fields can be merged: the one rule of validation that compares each with each, made cheap.

graphql-core compares all pairs of fields that share a response name, which takes sixty fragments of an honest client
36 ms, and a bomb as long as its budget lasts (1.6 s). But hardly any document has a conflict, and that there is none
can be shown by putting each field where its answer goes and looking at every name once. Only when this shows
nothing does graphql-core compare, with a smaller budget, and so finds the words for what is wrong.
"""

from __future__ import annotations

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    Token,
    TokenKind,
    ValidationContext,
    get_named_type,
    is_interface_type,
    is_leaf_type,
    is_object_type,
)

MAX_COMPARISONS = 3_000
MAX_PLACED = 20_000
"""Selections to look at in one document; past it, graphql-core compares. A document within its limits has fewer."""


class BoundedOverlaps(OverlappingFieldsCanBeMergedRule):
    """graphql-core's rule, at work only on documents that may have a conflict, and only so long."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.rule_context.remaining_complexity_budget = 2 * MAX_COMPARISONS
        self._has_none = have_no_conflict(context.schema, context.document)

    def enter_selection_set(self, selection_set: SelectionSetNode, _key: Any, parent: Any, *_args: Any) -> None:
        """Compare the fields of a selection set, unless it was shown that none are in each other's way."""
        if not self._has_none:
            super().enter_selection_set(selection_set, _key, parent, *_args)


def have_no_conflict(schema: GraphQLSchema, document: DocumentNode) -> bool:
    """Tell whether surely no fields are in each other's way; False says only that this cannot be shown so quickly.

    It is stricter than the specification on one point: fields below two that never meet, such as those of different
    types, may not differ either. Of what does not fit the schema it knows nothing; other rules tell.
    """
    try:
        placing = _Placing(schema, document)
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                placing.place(node.selection_set, schema.get_root_type(node.operation), _Place())
    except _Unclear:
        return False
    return True


class _Unclear(Exception):
    pass


class _Name:
    """A response name at one place in the answer: what its value looks like, and by which call each type gives it."""

    __slots__ = ("by_any", "by_type", "inside", "shape")

    def __init__(self, shape: str) -> None:
        self.shape = shape
        self.inside = _Place()
        self.by_any: str | None = None  # on an interface, which may be any type
        self.by_type: dict[GraphQLNamedType | None, str] = {}

    def call(self, by: GraphQLNamedType | None, call: str) -> None:
        """Note that a type gives it by this call, or raise `_Unclear` if there is another that it may meet."""
        if is_object_type(by):
            known = self.by_type.setdefault(by, call)
            others = {known} if self.by_any is None else {known, self.by_any}
        else:
            self.by_any = self.by_any or call
            others = {self.by_any, *self.by_type.values()}
        if others != {call}:
            raise _Unclear


class _Place:
    """A place in the answer: the names that come together there, and the fragments that are placed already."""

    __slots__ = ("fragments", "names")

    def __init__(self) -> None:
        self.names: dict[str, _Name] = {}
        self.fragments: set[str] = set()


class _Placing:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._left = MAX_PLACED
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._calls: dict[int, str] = {}

    def place(self, selection_set: SelectionSetNode, type_: GraphQLNamedType | None, place: _Place) -> None:
        for node in selection_set.selections:
            self._left -= 1
            if self._left < 0:
                raise _Unclear
            if isinstance(node, FieldNode):
                self._place_field(node, type_, place)
            elif isinstance(node, InlineFragmentNode):
                on = node.type_condition
                self.place(node.selection_set, self._schema.get_type(on.name.value) if on else type_, place)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in place.fragments:
                place.fragments.add(node.name.value)
                if fragment := self._fragments.get(node.name.value):
                    self.place(fragment.selection_set, self._schema.get_type(fragment.type_condition.name.value), place)

    def _place_field(self, node: FieldNode, type_: GraphQLNamedType | None, place: _Place) -> None:
        gives = _type_of_field(self._schema, type_, node.name.value)
        name = (node.alias or node.name).value
        shape = _shape(gives)
        known = place.names.get(name)
        if known is None:
            known = place.names[name] = _Name(shape)
        elif known.shape != shape:
            raise _Unclear
        known.call(type_, self._call(node))
        if node.selection_set:
            self.place(node.selection_set, get_named_type(gives), known.inside)

    def _call(self, node: FieldNode) -> str:
        """Give the field and its arguments as one text, the same however they are ordered; @stream counts, too."""
        name = node.name.value
        if not node.arguments and not node.directives:
            return name
        if (known := self._calls.get(id(node))) is None:
            streams = [directive for directive in node.directives or () if directive.name.value == "stream"]
            arguments = sorted(_text(argument) for argument in node.arguments or ())
            known = self._calls[id(node)] = " ".join((name, *arguments, *map(_text, streams)))
        return known


def _type_of_field(schema: GraphQLSchema, type_: GraphQLNamedType | None, name: str) -> GraphQLOutputType | None:
    if name.startswith("__") and isinstance(type_, GraphQLObjectType):
        field = schema.get_field(type_, name)
        return field.type if field else None
    if is_object_type(type_) or is_interface_type(type_):
        return type_.fields[name].type if name in type_.fields else None
    return None


def _shape(type_: GraphQLOutputType | None) -> str:
    """What a value looks like in JSON: its lists and nulls, and of a leaf its type; objects all look the same."""
    if type_ is None:
        return "?"
    named = get_named_type(type_)
    return str(type_) if is_leaf_type(named) else str(type_).replace(named.name, "{}")


def _text(node: Node) -> str:
    """What is written in the document, however it is spaced; every node comes from a text here."""
    assert node.loc is not None
    words: list[str] = []
    token: Token | None = node.loc.start_token
    while token is not None and token.start < node.loc.end:
        if token.kind is not TokenKind.COMMENT:
            words.append(f"{token.kind.value}{token.value or ''}")
        token = token.next
    return " ".join(words)
