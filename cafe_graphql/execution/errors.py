"""How errors are told: refusals in their own words, mistakes plainly, accidents masked under an id.

    GraphQLError ⟶ a refusal, if it carries `extensions["code"]`: told as it was raised
                 ⟶ a mistake in the input, if it was raised while arguments were read: BAD_USER_INPUT
    all else     ⟶ an accident: logged with its traceback under an id, and only the id is told

graphql-core raises GraphQLErrors of its own for our slips (an Int out of range, a list that is none), so the
class alone says nothing. But it never sets a code; so the code tells a deliberate refusal from a slip.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from traceback import walk_tb
from typing import Any

from graphql import FieldNode, GraphQLError
from graphql.execution import get_argument_values
from strawberry.types.arguments import convert_arguments

from cafe_graphql.execution.answers import Outcome

log = logging.getLogger("cafe_graphql")

MAX_MESSAGE_LENGTH = 500  # messages quote the document, and names in a document may be as long as it

_ARGUMENT_READERS = (get_argument_values.__code__, convert_arguments.__code__)


class RequestError(Exception):
    """A request that nothing was run for: what the specification calls a request error."""

    def __init__(self, outcome: Outcome, errors: list[dict[str, Any]]) -> None:
        super().__init__(outcome, errors)
        self.outcome = outcome
        self.errors = errors


def plain(message: str, code: str) -> dict[str, Any]:
    """Give an error with a message and a code, and no place in the document."""
    return {"message": message, "extensions": {"code": code}}


def of_request(errors: Iterable[GraphQLError], code: str) -> list[dict[str, Any]]:
    """Give what is wrong with a document or its variables. What a custom scalar refused is BAD_USER_INPUT."""
    ledger = _Ledger()
    return [_mistake(error, code, ledger) for error in errors]


Translate = Callable[[Exception], GraphQLError | None]
"""Says in GraphQL what a resolver was refused for; None for what is an accident."""


def of_execution(errors: Iterable[GraphQLError], translate: Translate = lambda _: None) -> list[dict[str, Any]]:
    """Give what went wrong while an operation ran. All accidents of one operation share one id."""
    ledger = _Ledger()
    return [_told(_translated(error, translate), ledger) for error in errors]


def of_accident(error: BaseException) -> dict[str, Any]:
    """Log an accident that happened outside any field, and give what the caller is told of it."""
    return _apology(_Ledger().enter(error, "", "the request"))


class _Ledger:
    """Logs the accidents of one operation; a field that fails on each item of a list is logged once."""

    def __init__(self) -> None:
        self.error_id = secrets.token_hex(6)
        self._seen: set[tuple[object, ...]] = set()

    def enter(self, error: BaseException, field: str, path: str) -> str:
        key = (field, type(error), _raised_at(error))
        if key not in self._seen:
            self._seen.add(key)
            log.error("Accident %s in %s", self.error_id, path, exc_info=error)
        return self.error_id


def _translated(error: GraphQLError, translate: Translate) -> GraphQLError:
    raised = error.original_error
    if raised is None or isinstance(raised, GraphQLError) or (spoken := translate(raised)) is None:
        return error
    return GraphQLError(spoken.message, error.nodes, path=error.path, extensions=spoken.extensions)


def _told(error: GraphQLError, ledger: _Ledger) -> dict[str, Any]:
    raised = error.original_error or error
    if isinstance(raised, GraphQLError):
        if isinstance((error.extensions or {}).get("code"), str):
            return dict(error.formatted)
        if _raised_while_reading_arguments(raised):
            return _mistake(error, "BAD_USER_INPUT", ledger)
    return _masked(error, raised, ledger)


def _masked(error: GraphQLError, accident: BaseException, ledger: _Ledger) -> dict[str, Any]:
    error_id = ledger.enter(accident, _field_name(error), _path_in_words(error))
    return {**_apology(error_id), **_place(error)}


def _apology(error_id: str) -> dict[str, Any]:
    message = f"Something went wrong on our side. Quote error id {error_id} if you report it."
    return {"message": message, "extensions": {"code": "INTERNAL_SERVER_ERROR", "errorId": error_id}}


def _mistake(error: GraphQLError, code: str, ledger: _Ledger) -> dict[str, Any]:
    cause = _root_cause(error)
    by_scalar = _raised_by_custom_scalar(cause)
    if by_scalar and not isinstance(cause, (GraphQLError, ValueError, ArithmeticError)):
        return _masked(error, cause, ledger)  # it did not refuse the value, it broke on it
    # graphql-core quotes whatever Python said when it broke on a value, such as an integer of 5,000 digits.
    message = error.message if by_scalar else error.message.replace(f", but encountered error '{cause}'", "")
    extensions = {"code": "BAD_USER_INPUT" if by_scalar else code}
    return {"message": _shortened(message), **_place(error), "extensions": extensions}


def _place(error: GraphQLError) -> dict[str, Any]:
    return {key: value for key, value in error.formatted.items() if key in ("locations", "path")}


def _shortened(message: str) -> str:
    return message if len(message) <= MAX_MESSAGE_LENGTH else f"{message[: MAX_MESSAGE_LENGTH - 1]}…"


def _raised_by_custom_scalar(cause: BaseException) -> bool:
    """Tell by the module that raised it: graphql-core's is its own, or none for errors it only made."""
    module, _ = _raised_at(cause)
    return module != "" and not module.startswith("graphql.")


def _raised_while_reading_arguments(error: BaseException) -> bool:
    return any(frame.f_code in _ARGUMENT_READERS for frame, _ in walk_tb(error.__traceback__))


def _root_cause(error: BaseException) -> BaseException:
    while isinstance(error, GraphQLError) and error.original_error is not None:
        error = error.original_error
    return error


def _raised_at(error: BaseException) -> tuple[str, int]:
    place = ("", 0)
    for frame, line in walk_tb(error.__traceback__):
        place = (frame.f_globals.get("__name__", "?"), line)
    return place


def _field_name(error: GraphQLError) -> str:
    """Give the field's name in the schema: aliases must not multiply what is logged."""
    node = error.nodes[0] if error.nodes else None
    return node.name.value if isinstance(node, FieldNode) else ""


def _path_in_words(error: GraphQLError) -> str:
    return ".".join(map(str, error.path or ())) or "the operation"
