"""Runs subscriptions: takes events from a field's source, and gives each as a finished answer."""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Coroutine, Hashable
from typing import Any

from graphql import FieldNode, located_error

from cafe_graphql.execution import errors
from cafe_graphql.execution.errors import PLAINLY, Manner
from cafe_graphql.execution.prepared import Operation
from cafe_graphql.execution.sharing import SharedAnswers

Execute = Callable[[object], bytes | Coroutine[Any, Any, bytes]]
"""Renews the context at once, and gives the answer to an event, or will when what is asynchronous in it is done."""


class SourceFailed(Exception):
    """The source of a subscription broke or refused to go on; its listener is told `errors`, and nothing follows."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(errors)
        self.errors = errors


class Subscription:
    """What one listener hears: an async iterator of answers as JSON. Whoever opened it closes it.

    **Sharing.** An event may have an attribute `share_key` that is hashable and not None. By it the source promises:
    whoever runs this same operation with these same variables and gets an event with this key, is to get this very
    answer. So the key names all that the answer depends on: which event it is, whether it is live or a replay, and
    whatever the fields read of the caller (a role, an id; nothing, when all see the same). An event with a key is
    run and written once for each distinct operation, in the context of one of its listeners; an event without is
    run for each listener alone. What a field reads only when it is asked is then read once, too.

    A listener that takes nothing for a while does not pull its source: a source must not pile up events meanwhile,
    but read on from where it was.
    """

    __slots__ = ("_execute", "_manner", "_operation", "_shared", "_source", "_variables")

    def __init__(
        self,
        source: AsyncIterable[object],
        operation: Operation,
        variables: str,
        execute: Execute,
        shared: SharedAnswers,
        manner: Manner = PLAINLY,
    ) -> None:
        self._source = aiter(source)
        self._operation = operation
        self._variables = variables
        self._execute = execute
        self._shared = shared
        self._manner = manner

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> bytes:
        """Give the next answer, or raise `SourceFailed` if there can be none."""
        try:
            event = await anext(self._source)
            key: Hashable | None = getattr(event, "share_key", None)
            if key is None:
                answer = self._execute(event)
                return answer if isinstance(answer, bytes) else await answer
            # If the context cannot be renewed, that is this listener's affair: it fails before anything is shared.
            return await self._shared.once((self._operation.number, self._variables, key), lambda: self._execute(event))
        except StopAsyncIteration:
            raise
        except Exception as error:
            raise self._failure(error) from None

    async def aclose(self) -> None:
        """End the source, so that it gives back what it holds."""
        close = getattr(self._source, "aclose", None)
        if close is None:
            return
        try:
            await close()
        except Exception as error:
            errors.of_accident(error)

    def _failure(self, error: Exception) -> SourceFailed:
        selections = self._operation.node.selection_set.selections
        field = next((node for node in selections if isinstance(node, FieldNode)), None)  # none behind a fragment
        path = [(field.alias or field.name).value] if field else None
        located = located_error(error, [field] if field else None, path)
        return SourceFailed(errors.of_execution([located], self._manner))
