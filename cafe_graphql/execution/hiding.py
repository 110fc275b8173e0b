"""What is said where the schema is nobody's business: enough to mend a request, and no name that was not in it.

Whoever guesses a name can still see whether it fits, as by any answer; but nothing that is said helps to guess.
"""

from __future__ import annotations

from collections.abc import Iterable

from graphql import FieldNode, Node

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Outcome
from cafe_graphql.execution.errors import RequestError

_MISFIT = "This operation does not fit the schema; check it against the published schema."
_NO_INTROSPECTION = "This server does not tell its schema here; use the published one."


def misfit() -> RequestError:
    """Say of a document that it is not valid, and no more: places would tell which of many guesses was right."""
    return RequestError(Outcome.INVALID, [errors.plain(_MISFIT, "GRAPHQL_VALIDATION_FAILED")])


def check_introspection(selections: Iterable[Node]) -> None:
    """Raise a `RequestError` if the schema itself is asked for; `__typename` tells only what an answer is."""
    for node in selections:
        if isinstance(node, FieldNode) and node.name.value in ("__schema", "__type"):
            raise RequestError(Outcome.INVALID, [errors.plain(_NO_INTROSPECTION, "INTROSPECTION_DISABLED")])
