"""Prepares documents: each text is parsed and validated once, and kept while it is in use."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    parse,
    specified_rules,
    validate,
)

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Outcome
from cafe_graphql.execution.errors import RequestError

MAX_REPORTED_ERRORS = 5


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may be asked of the parser, and how much is kept."""

    max_tokens: int = 5_000
    max_comments: int = 500
    max_characters: int = 100_000
    max_kept_documents: int = 1_000
    max_kept_characters: int = 4_000_000


DEFAULT_BOUNDS = Bounds()


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Operation:
    """One valid operation, in a document of its own: itself and the fragments. Equal only to itself."""

    kind: OperationType
    node: OperationDefinitionNode
    document: DocumentNode


@dataclass(frozen=True, slots=True)
class Prepared:
    """A valid document; an operation without a name has the name None, and is the only one."""

    operations: Mapping[str | None, Operation]

    def operation(self, name: str | None) -> Operation:
        """Give the operation that is meant, or raise a `RequestError`: GetOperation() of the standard."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is not None and name in self.operations:
            return self.operations[name]
        told = errors.plain(self._why_none(name), "OPERATION_RESOLUTION_FAILURE")
        raise RequestError(Outcome.UNRESOLVED, [told])

    def _why_none(self, name: str | None) -> str:
        if name is None:
            return f"Which of the {len(self.operations)} operations is to run? Name it in operationName."
        return f"The document has no operation named '{name[:100]}'."


class Documents:
    """The documents of one schema, prepared when first asked for.

    Only valid ones are kept, the latest used of them, so a stream of broken texts pushes nothing out. Not for
    use from several threads: it lives on the event loop, and preparing never awaits.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        bounds: Bounds = DEFAULT_BOUNDS,
        rules: Collection[type[ASTValidationRule]] = specified_rules,
        hide_suggestions: bool = False,
    ) -> None:
        self._schema = schema
        self._bounds = bounds
        self._rules = tuple(rules)
        self._hide_suggestions = hide_suggestions
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._kept_characters = 0

    def __len__(self) -> int:
        return len(self._kept)

    def prepared(self, text: str) -> Prepared:
        """Give the document of this text, or raise a `RequestError` that says what is wrong with it."""
        if (known := self._kept.get(text)) is not None:
            self._kept.move_to_end(text)
            return known
        document = self._parsed(text)
        self._check(document)
        fresh = _taken_apart(document)
        self._keep(text, fresh)
        return fresh

    def _parsed(self, text: str) -> DocumentNode:
        try:
            return parse(
                text,
                max_lexical_tokens=self._bounds.max_tokens,
                max_comments=self._bounds.max_comments,
                max_source_length=self._bounds.max_characters,
                allow_empty_selection_sets=False,  # which graphql-core allows, and the specification does not
            )
        except GraphQLError as error:
            told = errors.of_request([error], "GRAPHQL_PARSE_FAILED")
        except RecursionError:
            told = [errors.plain("The document is nested too deeply.", "GRAPHQL_PARSE_FAILED")]
        raise RequestError(Outcome.UNPARSABLE, told)

    def _check(self, document: DocumentNode) -> None:
        try:
            found = validate(
                self._schema,
                document,
                self._rules,
                max_errors=MAX_REPORTED_ERRORS,
                hide_suggestions=self._hide_suggestions,
            )
            told = errors.of_request(found[:MAX_REPORTED_ERRORS], "GRAPHQL_VALIDATION_FAILED")
        except RecursionError:
            told = [errors.plain("The document is nested too deeply.", "GRAPHQL_VALIDATION_FAILED")]
        if told:
            raise RequestError(Outcome.INVALID, told)

    def _keep(self, text: str, document: Prepared) -> None:
        if len(text) > self._bounds.max_kept_characters:
            return
        self._kept[text] = document
        self._kept_characters += len(text)
        while len(self._kept) > self._bounds.max_kept_documents or (
            self._kept_characters > self._bounds.max_kept_characters
        ):
            oldest, _ = self._kept.popitem(last=False)
            self._kept_characters -= len(oldest)


def _taken_apart(document: DocumentNode) -> Prepared:
    definitions = document.definitions
    fragments = tuple(node for node in definitions if isinstance(node, FragmentDefinitionNode))
    found = (node for node in definitions if isinstance(node, OperationDefinitionNode))
    return Prepared({node.name.value if node.name else None: _alone(node, fragments) for node in found})


def _alone(node: OperationDefinitionNode, fragments: tuple[FragmentDefinitionNode, ...]) -> Operation:
    return Operation(node.operation, node, DocumentNode(definitions=(node, *fragments)))
