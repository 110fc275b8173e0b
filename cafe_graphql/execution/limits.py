"""How much one request may ask: every limit on a document and on its variables, and what is said beyond it.

The numbers are chosen so that whatever is asked, reading, counting and validating it takes less than 50 ms (see
`tests/benchmarks/bombs.py`), while sixty fragments of a large client, or GraphiQL's introspection, stay well below.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import DocumentNode, Node

from cafe_graphql.execution.answers import Outcome
from cafe_graphql.execution.counting import Counts, WrittenOut, counted
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.execution.estimates import Estimate
from cafe_graphql.execution.given import Given

MAX_REPORTED_ERRORS = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is allowed of each; a document is counted as it is written, but for what says otherwise."""

    characters: int = 50_000
    lines: int = 5_000
    tokens: int = 2_500
    comments: int = 500
    operations: int = 20
    selections: int = 1_000
    aliases: int = 60
    directives: int = 150
    directives_at_one_place: int = 5
    fragments: int = 120
    spreads: int = 400
    written_out: int = 5_000
    """Selections of one operation with its fragments in place."""
    depth: int = 16
    """Fields within fields, fragments in place; the full introspection query has 15."""
    root_fields: int = 20
    """Of one operation, fragments in place."""
    duplicates: int = 100
    """Of one response name in one selection set, fragments in place."""
    values: int = 12_000
    """In the variables, counting all that is in lists and objects."""
    value_depth: int = 16
    list_length: int = 1_000
    """Of any list in the variables."""
    text_length: int = 100_000
    """In characters, of any text in the variables."""


DEFAULT_LIMITS = Limits()


def too_much(message: str, code: str, *, found: int | None, limit: int, node: Node | None = None) -> dict[str, Any]:
    """Give the error for one limit; without `found`, counting stopped at the limit."""
    numbers = {"limit": limit} if found is None else {"limit": limit, "found": found}
    error: dict[str, Any] = {"message": message}
    if node is not None and node.loc is not None:
        place = node.loc.source.get_location(node.loc.start)
        error["locations"] = [place.formatted]
    return {**error, "extensions": {"code": code, **numbers}}


def check_text(text: str, limits: Limits) -> None:
    """Raise a `RequestError` if a document is longer than will be parsed."""
    lines = max(text.count("\n"), text.count("\r"))
    for found, limit, what in ((len(text), limits.characters, "characters"), (lines, limits.lines, "lines")):
        if found > limit:
            message = f"The document has {found} {what}; at most {limit} are read."
            error = too_much(message, "DOCUMENT_LENGTH_LIMIT_EXCEEDED", found=found, limit=limit)
            raise RequestError(Outcome.TOO_LARGE, [error])


def check_document(document: DocumentNode, limits: Limits) -> Counts:
    """Count a document, or raise a `RequestError` that tells each limit it is beyond; it need not be valid."""
    counts = counted(document)
    # What is written is bounded first: so working out what depends on fragments is bounded, too.
    told = [*_beyond_as_written(counts, limits)] or [*_beyond_written_out(counts, limits)]
    if told:
        raise RequestError(Outcome.TOO_LARGE, told[:MAX_REPORTED_ERRORS])
    return counts


def check_variables(variables: Mapping[str, Any], limits: Limits) -> None:
    """Raise a `RequestError` if there are more values in the variables than anybody means to send."""
    count = 0
    waiting: list[tuple[Any, int]] = [(variables, 1)]
    while waiting:
        inside, depth = waiting.pop()
        count += len(inside)
        if len(inside) > limits.list_length or count > limits.values or depth > limits.value_depth:
            _check_values(inside, count, depth, limits)
        for value in inside if type(inside) is list else inside.values():
            if isinstance(value, str):
                if len(value) > limits.text_length:
                    raise _too_long(len(value), limits.text_length)
            elif isinstance(value, (dict, list)):
                waiting.append((value, depth + 1))


def check_cost(estimate: Estimate, given: Given, limit: int) -> int:
    """Give what an operation costs with these variables, or raise a `RequestError` if it is more than `limit`."""
    cost = estimate.value(given)
    if cost > limit:
        message = (
            f"This operation is estimated to cost {cost}; at most {limit} is allowed. "
            "Ask for fewer fields within lists, or for shorter lists."
        )
        raise RequestError(Outcome.TOO_LARGE, [too_much(message, "COST_LIMIT_EXCEEDED", found=cost, limit=limit)])
    return cost


def _check_values(inside: Mapping[str, Any] | Sequence[Any], count: int, depth: int, limits: Limits) -> None:
    found, limit = len(inside), limits.list_length
    if isinstance(inside, list) and found > limit:
        what = f"A list in the variables has {found} entries; at most {limit} are read. Send them in parts."
    elif count > limits.values:
        found, limit = count, limits.values
        what = f"The variables have more than {limit} values, with all that is in lists and objects. Send less at once."
    elif depth > limits.value_depth:
        found, limit = depth, limits.value_depth
        what = f"The variables nest lists and objects more than {limit} deep; nothing here takes that."
    else:
        return
    raise _too_much_input(what, found, limit)


def _too_long(found: int, limit: int) -> RequestError:
    message = f"A text in the variables has {found} characters; at most {limit} are read."
    return _too_much_input(message, found, limit)


def _too_much_input(message: str, found: int, limit: int) -> RequestError:
    error = too_much(message, "VARIABLES_LIMIT_EXCEEDED", found=found, limit=limit)
    return RequestError(Outcome.TOO_LARGE, [error])


def _beyond_as_written(counts: Counts, limits: Limits) -> Iterator[dict[str, Any]]:
    for nodes, limit, what, code, hint in (
        ([part.node for part in counts.operations], limits.operations, "operations", "OPERATION", "Send those to run"),
        (counts.selections, limits.selections, "selections", "SELECTION", "Ask for less, or in several requests"),
        (counts.aliases, limits.aliases, "aliases", "ALIAS", "Ask for lists instead, or in several requests"),
        (counts.directives, limits.directives, "directives", "DIRECTIVE", "Leave out what is always the same"),
        (counts.fragment_nodes, limits.fragments, "fragments", "FRAGMENT", "Join some of them"),
        (counts.spreads, limits.spreads, "fragment spreads", "FRAGMENT", "Spread larger fragments"),
    ):
        if len(nodes) > limit:
            message = f"The document has {len(nodes)} {what}; at most {limit} are allowed. {hint}."
            yield too_much(message, f"{code}_LIMIT_EXCEEDED", found=len(nodes), limit=limit, node=nodes[limit])
    found, place = counts.most_directives
    if found > (limit := limits.directives_at_one_place):
        message = f"There are {found} directives at one place; at most {limit} are allowed. Drop some."
        yield too_much(message, "DIRECTIVE_LIMIT_EXCEEDED", found=found, limit=limit, node=place)


def _beyond_written_out(counts: Counts, limits: Limits) -> Iterator[dict[str, Any]]:
    written_out = WrittenOut(counts)
    for part in counts.operations:
        depth, selections = written_out.size(part)
        if selections > (limit := limits.written_out):
            message = (
                f"With its fragments written out, this operation has more than {limit} selections. "
                "Spread fewer fragments within fragments."
            )
            yield too_much(message, "FRAGMENT_LIMIT_EXCEEDED", found=selections, limit=limit, node=part.node)
        if depth > (limit := limits.depth):
            message = f"Fields are nested {depth} deep here; at most {limit} are allowed. Ask for the inner ones apart."
            yield too_much(message, "DEPTH_LIMIT_EXCEEDED", found=depth, limit=limit, node=part.node)
        if (found := len(written_out.names(part.levels[0]))) > (limit := limits.root_fields):
            message = f"This operation has {found} root fields; at most {limit} are allowed. Send several requests."
            yield too_much(message, "ROOT_FIELD_LIMIT_EXCEEDED", found=found, limit=limit, node=part.node)
    yield from _beyond_duplicates(counts, written_out, limits.duplicates)


def _beyond_duplicates(counts: Counts, written_out: WrittenOut, limit: int) -> Iterator[dict[str, Any]]:
    for part in (*counts.operations, *counts.fragments.values()):
        for level in part.levels:
            if written_out.most(level) <= limit:
                continue
            name, found = max(written_out.names(level).items(), key=lambda pair: pair[1], default=("", 0))
            if found > limit:
                message = (
                    f"“{name[:100]}” is asked for {found} times at one place, fragments included; "
                    f"at most {limit} are allowed. Once is enough."
                )
                code = "DUPLICATE_FIELD_LIMIT_EXCEEDED"
                yield too_much(message, code, found=found, limit=limit, node=level.node)
