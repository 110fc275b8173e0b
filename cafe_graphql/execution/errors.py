"""How errors are told: refusals in their own words, mistakes plainly, accidents masked under an id.

    GraphQLError ⟶ a refusal, if it carries `extensions["code"]`: told as it was raised
                 ⟶ a mistake in the input, if it was raised while arguments were read: BAD_USER_INPUT
    any other    ⟶ a refusal, if whoever made the engine translates it to one
    all else     ⟶ an accident: logged with its traceback under an id, and only the id is told

graphql-core raises GraphQLErrors of its own for our slips (an Int out of range, a list that is none), so the
class alone says nothing. But it never sets a code; so the code tells a deliberate refusal from a slip.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from traceback import walk_tb
from typing import Any

from graphql import FieldNode, GraphQLError
from graphql.execution import get_argument_values
from strawberry.types.arguments import convert_arguments

from cafe_graphql.execution.answers import Outcome

log = logging.getLogger("cafe_graphql")

MAX_MESSAGE_LENGTH = 500  # messages quote the document, and names in a document may be as long as it
MAX_LOCATIONS = 20

_WRONG_VARIABLE = re.compile(r"Variable '\$\w+' has invalid value(?: at [^:]*)?")
_ARGUMENT_READERS = (get_argument_values.__code__, convert_arguments.__code__)


Translate = Callable[[Exception], GraphQLError | None]
"""Gives the refusal that an exception of other rooms stands for, with its code; None for an accident."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How errors are spoken; where the schema is hidden, a mistake in the input is told by its place only."""

    translate: Translate | None = None
    hide_schema: bool = False


PLAINLY = Manner()


class RequestError(Exception):
    """A request that nothing was run for: what the specification calls a request error."""

    def __init__(self, outcome: Outcome, errors: list[dict[str, Any]]) -> None:
        super().__init__(outcome, errors)
        self.outcome = outcome
        self.errors = errors


def plain(message: str, code: str) -> dict[str, Any]:
    """Give an error with a message and a code, and no place in the document."""
    return {"message": message, "extensions": {"code": code}}


def of_request(errors: Iterable[GraphQLError], code: str, manner: Manner = PLAINLY) -> list[dict[str, Any]]:
    """Give what is wrong with a document or its variables. What a custom scalar refused is BAD_USER_INPUT."""
    ledger = _Ledger()
    return [_mistake(error, code, ledger, manner) for error in errors]


def of_execution(errors: Iterable[GraphQLError], manner: Manner = PLAINLY) -> list[dict[str, Any]]:
    """Give what went wrong while an operation ran. All accidents of one operation share one id."""
    ledger = _Ledger()
    return [_told(error, ledger, manner) for error in errors]


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


def _told(error: GraphQLError, ledger: _Ledger, manner: Manner) -> dict[str, Any]:
    raised = error.original_error or error
    if not isinstance(raised, GraphQLError):
        if manner.translate and (refusal := _translated(raised, manner.translate)):
            return {"message": refusal.message, **_place(error), "extensions": dict(refusal.extensions or {})}
    else:
        if isinstance((error.extensions or {}).get("code"), str):
            return dict(error.formatted)
        if _raised_while_reading_arguments(raised):
            return _mistake(error, "BAD_USER_INPUT", ledger, manner)
    return _masked(error, raised, ledger)


def _translated(raised: Exception, translate: Translate) -> GraphQLError | None:
    try:
        refusal = translate(raised)
    except Exception:
        log.exception("Translating %s failed", type(raised).__name__)
        return None
    return refusal if refusal and isinstance((refusal.extensions or {}).get("code"), str) else None


def _masked(error: GraphQLError, accident: BaseException, ledger: _Ledger) -> dict[str, Any]:
    error_id = ledger.enter(accident, _field_name(error), _path_in_words(error))
    return {**_apology(error_id), **_place(error)}


def _apology(error_id: str) -> dict[str, Any]:
    message = f"Something went wrong on our side. Quote error id {error_id} if you report it."
    return {"message": message, "extensions": {"code": "INTERNAL_SERVER_ERROR", "errorId": error_id}}


def _mistake(error: GraphQLError, code: str, ledger: _Ledger, manner: Manner) -> dict[str, Any]:
    cause = _root_cause(error)
    by_scalar = _raised_by_custom_scalar(cause)
    if by_scalar and not isinstance(cause, (GraphQLError, ValueError, ArithmeticError)):
        return _masked(error, cause, ledger)  # it did not refuse the value, it broke on it
    message = _where(error) if manner.hide_schema else _why(error, cause, by_scalar)
    extensions = {"code": "BAD_USER_INPUT" if by_scalar else code}
    return {"message": _shortened(message), **_place(error), "extensions": extensions}


def _why(error: GraphQLError, cause: BaseException, by_scalar: bool) -> str:
    if by_scalar or cause is error:  # (to put the error itself in words would draw each of its places, be they 1,000)
        return error.message
    # graphql-core quotes whatever Python said when it broke on a value, such as an integer of 5,000 digits.
    return error.message.replace(f", but encountered error '{cause}'", "")


def _where(error: GraphQLError) -> str:
    """Tell which variable is wrong, and where in it: all these names were sent. The reason may have others."""
    found = _WRONG_VARIABLE.match(error.message)
    return f"{found[0]}." if found else "A value of the input does not fit."


def _place(error: GraphQLError) -> dict[str, Any]:
    place: dict[str, Any] = {}
    if error.locations is not None:
        place["locations"] = [location.formatted for location in error.locations[:MAX_LOCATIONS]]
    if error.path is not None:
        place["path"] = error.path
    return place


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
