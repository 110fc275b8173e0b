"""Counts what a document asks for, in one pass: every definition is read once, however often it is spread.

What depends on fragments (depth, size when written out, repeated names) is worked out from the totals of each
fragment, once for each. To count along every path instead is how a document of 800 bytes keeps a server busy for
half a minute. Nothing here needs a schema, so all of it can be said before the document is validated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
)

SATURATED = 10**9
"""What is written out 2^n times is not counted further than this."""


@dataclass(slots=True)
class Level:
    """One selection set with its inline fragments written out: how often each name is in it, and what it spreads."""

    node: Node
    names: dict[str, int] = field(default_factory=dict)
    spreads: set[str] = field(default_factory=set)
    size: int = 0


@dataclass(slots=True)
class Part:
    """An operation or a fragment by itself; `levels` begins with its own, `spreads` tells each with its depth."""

    node: OperationDefinitionNode | FragmentDefinitionNode
    levels: list[Level] = field(default_factory=list)
    spreads: list[tuple[str, int]] = field(default_factory=list)
    selections: int = 0
    depth: int = 0


@dataclass(slots=True)
class Counts:
    """What was found in a document; where there is a list, it has the nodes in the order of the text."""

    operations: list[Part] = field(default_factory=list)
    fragments: dict[str, Part] = field(default_factory=dict)
    fragment_nodes: list[Node] = field(default_factory=list)
    selections: list[Node] = field(default_factory=list)
    spreads: list[Node] = field(default_factory=list)
    aliases: list[Node] = field(default_factory=list)
    directives: list[Node] = field(default_factory=list)
    most_directives: tuple[int, Node | None] = (0, None)

    def add_directives(self, place: Node, found: tuple[DirectiveNode, ...] | None) -> None:
        """Count the directives at one place."""
        if found:
            self.directives += found
            if len(found) > self.most_directives[0]:
                self.most_directives = (len(found), place)


def counted(document: DocumentNode) -> Counts:
    """Count a document that is parsed and nothing more. Fragments may be missing, unused, or spread themselves."""
    counts = Counts()
    for node in document.definitions:
        if isinstance(node, FragmentDefinitionNode):
            counts.fragment_nodes.append(node)
            counts.fragments[node.name.value] = _part(node, counts)
        elif isinstance(node, OperationDefinitionNode):
            counts.operations.append(_part(node, counts))
            for variable in node.variable_definitions or ():
                counts.add_directives(variable, variable.directives)
    return counts


def _part(node: OperationDefinitionNode | FragmentDefinitionNode, counts: Counts) -> Part:
    part = Part(node)
    counts.add_directives(node, node.directives)
    before = len(counts.selections)
    _open_level(node, node.selection_set, 1, part, counts)
    part.selections = len(counts.selections) - before
    return part


def _open_level(node: Node, selection_set: SelectionSetNode, depth: int, part: Part, counts: Counts) -> None:
    level = Level(node)
    part.levels.append(level)
    part.depth = max(part.depth, depth)
    _read(selection_set, level, depth, part, counts)


def _read(selection_set: SelectionSetNode, level: Level, depth: int, part: Part, counts: Counts) -> None:
    level.size += len(selection_set.selections)
    for node in selection_set.selections:
        counts.selections.append(node)
        counts.add_directives(node, node.directives)
        if isinstance(node, FieldNode):
            _read_field(node, level, depth, part, counts)
        elif isinstance(node, FragmentSpreadNode):
            counts.spreads.append(node)
            level.spreads.add(node.name.value)
            part.spreads.append((node.name.value, depth - 1))
        else:
            _read(node.selection_set, level, depth, part, counts)  # type: ignore[attr-defined]


def _read_field(node: FieldNode, level: Level, depth: int, part: Part, counts: Counts) -> None:
    if node.alias:
        counts.aliases.append(node)
    name = (node.alias or node.name).value
    level.names[name] = level.names.get(name, 0) + 1
    if node.selection_set:
        _open_level(node, node.selection_set, depth + 1, part, counts)


class WrittenOut:
    """What the parts of a document come to with their fragments in place; each fragment is worked out once.

    A fragment that is spread within itself adds nothing there: validation will refuse it by its name.
    """

    def __init__(self, counts: Counts) -> None:
        self._fragments = counts.fragments
        self._sizes: dict[str, tuple[int, int]] = {}
        self._reached: dict[str, frozenset[str]] = {}

    def size(self, part: Part) -> tuple[int, int]:
        """Give how deep fields nest, and how many selections there are; the latter counts no further than SATURATED."""
        depth, selections = part.depth, part.selections
        for name, above in part.spreads:
            inner_depth, inner_selections = self._size_of(name)
            depth = max(depth, above + inner_depth)
            selections += inner_selections
        return depth, min(selections, SATURATED)

    def names(self, level: Level) -> dict[str, int]:
        """Count the response names at a level; as when it is run, a fragment spread there twice is there once."""
        names = dict(level.names)
        for fragment in self._reached_from(level.spreads):
            for name, found in self._fragments[fragment].levels[0].names.items():
                names[name] = names.get(name, 0) + found
        return names

    def most(self, level: Level) -> int:
        """Give a number that no count of `names` is above; it costs less to find."""
        return level.size + sum(self._fragments[name].levels[0].size for name in self._reached_from(level.spreads))

    def _size_of(self, name: str) -> tuple[int, int]:
        if name not in self._sizes:
            self._sizes[name] = (0, 0)  # for whoever asks meanwhile: a cycle
            if name in self._fragments:
                self._sizes[name] = self.size(self._fragments[name])
        return self._sizes[name]

    def _reached_from(self, spreads: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self._reached_by(name) for name in spreads))

    def _reached_by(self, name: str) -> frozenset[str]:
        if name not in self._reached:
            found, waiting = set[str](), [name]
            while waiting:
                if (fragment := waiting.pop()) not in found and fragment in self._fragments:
                    found.add(fragment)
                    waiting += self._fragments[fragment].levels[0].spreads
            self._reached[name] = frozenset(found)
        return self._reached[name]
