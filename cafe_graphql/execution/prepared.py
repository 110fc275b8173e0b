"""Prepares documents: each text is parsed and validated once, and kept while it is in use."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    parse,
    specified_rules,
    validate,
)
from graphql.validation.validate import ValidationAbortedError

from cafe_graphql.execution import errors, hiding
from cafe_graphql.execution.answers import Outcome
from cafe_graphql.execution.cost import Costs, Pricing
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.execution.estimates import Estimate
from cafe_graphql.execution.given import Given
from cafe_graphql.execution.limits import (
    DEFAULT_LIMITS,
    MAX_REPORTED_ERRORS,
    Limits,
    check_cost,
    check_document,
    check_text,
    too_much,
)
from cafe_graphql.execution.overlaps import BoundedOverlaps

RULES: tuple[type[ASTValidationRule], ...] = tuple(
    BoundedOverlaps if rule is OverlappingFieldsCanBeMergedRule else rule for rule in specified_rules
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is kept. Prepared, a document takes up to 200 bytes for each of its characters: so 200 MB at worst."""

    max_kept_documents: int = 1_000
    max_kept_characters: int = 1_000_000


DEFAULT_BOUNDS = Bounds()
FREE = Estimate(0)


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Operation:
    """One valid operation, in a document of its own: itself and the fragments. Equal only to itself.

    `number` is its own, and never another's: for whoever keeps something about it, and must not keep all of it.
    `notes` are what others have worked out about it, each under itself: so they are at hand, and live no longer.
    """

    kind: OperationType
    node: OperationDefinitionNode
    document: DocumentNode
    estimate: Estimate
    number: int = field(default_factory=count().__next__)
    notes: dict[object, Any] = field(default_factory=dict, repr=False)


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
        limits: Limits = DEFAULT_LIMITS,
        rules: Collection[type[ASTValidationRule]] = RULES,
        hide_schema: bool = False,
        costs: Costs | None = None,
    ) -> None:
        self._schema = schema
        self._costs = costs
        self._bounds = bounds
        self._limits = limits
        self._rules = tuple(rules)
        self._hide_schema = hide_schema
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
        _unchain(document)
        fresh = self._taken_apart(document)
        self._keep(text, fresh)
        return fresh

    def runnable(self, text: str) -> Prepared:
        """Give the document like `prepared`, unless what it costs is beyond the limit whatever its variables are."""
        found = self.prepared(text)
        for operation in found.operations.values():
            if self._costs and not operation.estimate.terms:
                check_cost(operation.estimate, Given({}), self._costs.limit)
        return found

    def _parsed(self, text: str) -> DocumentNode:
        limits = self._limits
        check_text(text, limits)
        try:
            return parse(
                text,
                max_lexical_tokens=limits.tokens,
                max_comments=limits.comments,
                allow_empty_selection_sets=False,  # which graphql-core allows, and the specification does not
            )
        except GraphQLError as error:
            raise _unparsed(error, limits) from None

    def _check(self, document: DocumentNode) -> None:
        counts = check_document(document, self._limits)
        if self._hide_schema:
            hiding.check_introspection(counts.selections)
        found = validate(
            self._schema,
            document,
            self._rules,
            max_errors=MAX_REPORTED_ERRORS,
            hide_suggestions=self._hide_schema,
        )
        if found and isinstance(found[0], ValidationAbortedError):  # before anything was found to be wrong
            message = "Too many fields of this document may be in each other's way. Ask in several requests."
            raise RequestError(Outcome.TOO_LARGE, [errors.plain(message, "VALIDATION_LIMIT_EXCEEDED")])
        if found and self._hide_schema:
            raise hiding.misfit()
        if found:
            told = errors.of_request(found[:MAX_REPORTED_ERRORS], "GRAPHQL_VALIDATION_FAILED")
            raise RequestError(Outcome.INVALID, told)

    def _taken_apart(self, document: DocumentNode) -> Prepared:
        pricing = Pricing(self._schema, self._costs, document) if self._costs else None
        fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
        operations: dict[str | None, Operation] = {}
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                alone = DocumentNode(definitions=(node, *fragments))
                estimate = pricing.estimate(node) if pricing else FREE
                operations[node.name.value if node.name else None] = Operation(node.operation, node, alone, estimate)
        return Prepared(operations)

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


def _unchain(document: DocumentNode) -> None:
    """Let go of a document's tokens, which nobody reads again.

    They are linked both ways, and old enough when the document is dropped to stay until all garbage is looked for.
    """
    token = document.loc.start_token if document.loc else None
    while token is not None:
        following = token.next
        token.prev = token.next = None
        token = following


def _unparsed(error: GraphQLError, limits: Limits) -> RequestError:
    """Tell a text that is no GraphQL from one that was read no further; only graphql-core's words tell which."""
    for what, limit, code in (("tokens", limits.tokens, "TOKEN"), ("comments", limits.comments, "COMMENT")):
        if error.message == f"Syntax Error: Document contains more than {limit} {what}. Parsing aborted.":
            message = f"The document has more than {limit} {what}, and is read no further. Ask in several requests."
            told = too_much(message, f"{code}_LIMIT_EXCEEDED", found=None, limit=limit)
            return RequestError(Outcome.TOO_LARGE, [told])
    return RequestError(Outcome.UNPARSABLE, errors.of_request([error], "GRAPHQL_PARSE_FAILED"))
