"""Runs one GraphQL request against a schema: picks the operation, reads the variables, executes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard, cast

from graphql import (
    ASTValidationRule,
    ExecutionResult,
    Executor,
    GraphQLSchema,
    OperationType,
    specified_rules,
)
from strawberry.execution import optimized_is_awaitable

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Answer, Outcome
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.execution.prepared import DEFAULT_BOUNDS, MAX_REPORTED_ERRORS, Bounds, Documents, Operation

# Strawberry's check is the faster one on plain values, and the one its resolvers are tested with.
_is_awaitable = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)


@dataclass(frozen=True, slots=True)
class Request:
    """What a caller asks for, however it came in; without `query`, an extension may say what is meant."""

    query: str | None
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)


class Engine:
    """A graphql-core schema and its prepared documents; Strawberry's resolvers run on it as they are.

    graphql-core's executor is called directly: `strawberry.Schema.execute` builds extensions, middleware and
    context managers for each request. Resolvers have all of `strawberry.Info` but `input_extensions`.
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
        self._documents = Documents(schema, bounds=bounds, rules=rules, hide_suggestions=hide_suggestions)
        self._hide_suggestions = hide_suggestions

    async def run(self, request: Request, context: object, *, allow_mutation: bool = True) -> Answer:
        """Answer a request; it never raises. `context` is what resolvers see as `info.context`."""
        try:
            operation = self._operation(request, allow_mutation)
            result: Any = self._executor(operation, request, context).execute_operation()
            if not isinstance(result, ExecutionResult):  # only an operation with async resolvers is awaited
                result = await result
            return _answer(result)
        except RequestError as error:
            return Answer(error.outcome, {"errors": error.errors})
        except Exception as error:
            return Answer(Outcome.BROKEN, {"errors": [errors.of_accident(error)]})

    def _operation(self, request: Request, allow_mutation: bool) -> Operation:
        if request.query is None:
            raise _nothing_asked(request)
        operation = self._documents.prepared(request.query).operation(request.operation_name)
        if operation.kind is not OperationType.QUERY:
            _check_kind(operation.kind, allow_mutation)
        return operation

    def _executor(self, operation: Operation, request: Request, context: object) -> Executor[Any]:
        executor = Executor.build(
            self._schema,
            operation.document,
            context_value=context,
            raw_variable_values=dict(request.variables),
            max_coercion_errors=MAX_REPORTED_ERRORS,
            is_awaitable=_is_awaitable,
            hide_suggestions=self._hide_suggestions,
        )
        if isinstance(executor, list):
            told = errors.of_request(executor[:MAX_REPORTED_ERRORS], "BAD_USER_INPUT")
            raise RequestError(Outcome.UNCOERCED, told)
        return executor


def _check_kind(kind: OperationType, allow_mutation: bool) -> None:
    if kind is OperationType.SUBSCRIPTION:
        message = "A subscription gives many answers: open a stream for it, not a plain request."
        raise RequestError(Outcome.UNSUPPORTED, [errors.plain(message, "BAD_REQUEST")])
    if not allow_mutation:
        message = "This is a mutation, and only reading is allowed here: send it by POST."
        raise RequestError(Outcome.UNSAFE, [errors.plain(message, "METHOD_NOT_ALLOWED")])


def _nothing_asked(request: Request) -> RequestError:
    """Say what is missing, to clients that sent only the hash of a query in words that they understand."""
    if "persistedQuery" in request.extensions:
        error = errors.plain("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED")
    else:
        error = errors.plain("There is no query to run.", "BAD_REQUEST")
    return RequestError(Outcome.UNSUPPORTED, [error])


def _answer(result: ExecutionResult) -> Answer:
    if not result.errors:
        return Answer(Outcome.ANSWERED, {"data": result.data})
    # Errors go first, as the specification advises, so that nobody misses them below a long `data`.
    told = errors.of_execution(result.errors)
    return Answer(Outcome.PARTLY_ANSWERED, {"errors": told, "data": result.data})
