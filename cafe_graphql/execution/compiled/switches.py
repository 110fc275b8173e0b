"""Which variables decide what an operation asks for: each setting of them is compiled as an operation of its own."""

from __future__ import annotations

from graphql import DirectiveNode, DocumentNode, VariableNode, Visitor, visit


def of(document: DocumentNode) -> tuple[str, ...] | None:
    """Give the variables in `@skip` and `@include`; None for a document that comes in pieces, and is not compiled."""
    directives = _Directives()
    visit(document, directives)
    return None if directives.names & {"defer", "stream"} else tuple(sorted(directives.variables))


class _Directives(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.variables: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        self.names.add(node.name.value)
        if node.name.value in ("skip", "include"):
            values = (argument.value for argument in node.arguments or ())
            self.variables.update(value.name.value for value in values if isinstance(value, VariableNode))
