"""Runs one GraphQL request against a schema: picks the operation, reads the variables, executes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard, cast

import orjson
from graphql import (
    ASTValidationRule,
    ExecutionResult,
    Executor,
    GraphQLSchema,
    OperationType,
    create_source_event_stream,
    specified_rules,
)
from strawberry.execution import optimized_is_awaitable

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Answer, Outcome, to_json
from cafe_graphql.execution.compiled.compiler import Compiler
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.execution.prepared import DEFAULT_BOUNDS, MAX_REPORTED_ERRORS, Bounds, Documents, Operation
from cafe_graphql.execution.public import PublicAnswers, PublicFields
from cafe_graphql.execution.sharing import SharedAnswers
from cafe_graphql.execution.subscriptions import Subscription

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
        compiles: bool = True,
        public: PublicFields | None = None,
    ) -> None:
        self._schema = schema
        self._public = None if public is None else PublicAnswers(schema, public)
        self._compiler = Compiler(schema, _is_awaitable, hide_suggestions=hide_suggestions) if compiles else None
        self._documents = Documents(schema, bounds=bounds, rules=rules, hide_suggestions=hide_suggestions)
        self._hide_suggestions = hide_suggestions
        self._shared = SharedAnswers()

    async def run(self, request: Request, context: object, *, allow_mutation: bool = True) -> Answer:
        """Answer a request; it never raises. `context` is what resolvers see as `info.context`."""
        try:
            return await self._answered(self._operation(request, allow_mutation), request, context)
        except Exception as error:
            return _failure(error)

    async def open(
        self, request: Request, context: object, renew: Callable[[], object], *, allow_mutation: bool = True
    ) -> Answer | Subscription:
        """Answer a request like `run`, or give the stream of answers that a subscription is; it never raises.

        A context is for one moment, and a subscription lasts: so the source sees `context`, and the fields of each
        event see one made by `renew` just then. If that raises a GraphQLError with a code, the listener is told.
        """
        try:
            operation = self._operation(request, allow_mutation, allow_stream=True)
            if operation.kind is OperationType.SUBSCRIPTION:
                return await self._opened(operation, request, context, renew)
            return await self._answered(operation, request, context)
        except Exception as error:
            return _failure(error)

    async def _answered(self, operation: Operation, request: Request, context: object) -> Answer:
        key = None if self._public is None else self._public.key(operation, request.variables, context)
        if self._public is not None and key is not None and (kept := self._public.get(key)) is not None:
            return kept
        result: Any = self._run(operation, request.variables, context)
        if not isinstance(result, ExecutionResult):  # only an operation with async resolvers is awaited
            return _answer(await result)  # and never kept: while it waited, the version may have moved on
        answer = _answer(result)
        return answer if self._public is None or key is None else self._public.keep(key, answer)

    async def _opened(
        self, operation: Operation, request: Request, context: object, renew: Callable[[], object]
    ) -> Subscription:
        variables = request.variables
        source: Any = create_source_event_stream(self._executor(operation, variables, context))
        if _is_awaitable(source):
            source = await source
        if isinstance(source, ExecutionResult):
            raise RequestError(Outcome.UNOPENED, errors.of_execution(source.errors or ()))

        def execute(event: object) -> bytes | Coroutine[Any, Any, bytes]:
            result: Any = self._run(operation, variables, renew(), event, serially=False)
            return _in_json(result) if isinstance(result, ExecutionResult) else _later_in_json(result)

        written = orjson.dumps(variables, option=orjson.OPT_SORT_KEYS).decode()  # a str, for orjson's bytes keep 4 KiB
        return Subscription(source, operation, written, execute, self._shared)

    def _operation(self, request: Request, allow_mutation: bool, *, allow_stream: bool = False) -> Operation:
        if request.query is None:
            raise _nothing_asked(request)
        operation = self._documents.prepared(request.query).operation(request.operation_name)
        if operation.kind is not OperationType.QUERY:
            _check_kind(operation.kind, allow_mutation, allow_stream)
        return operation

    def _run(
        self,
        operation: Operation,
        variables: Mapping[str, Any],
        context: object,
        root: object = None,
        *,
        serially: bool | None = None,
    ) -> Any:
        """Run an operation by its compiled code, if it has any, or by graphql-core's executor."""
        if self._compiler is not None:
            done = self._compiler.execute(operation, variables, context, root, serially)
            if done is not None:
                return done
        return self._executor(operation, variables, context, root).execute_operation(serially)

    def _executor(
        self, operation: Operation, variables: Mapping[str, Any], context: object, root: object = None
    ) -> Executor[Any]:
        executor = Executor.build(
            self._schema,
            operation.document,
            root_value=root,
            context_value=context,
            raw_variable_values=dict(variables),
            max_coercion_errors=MAX_REPORTED_ERRORS,
            is_awaitable=_is_awaitable,
            hide_suggestions=self._hide_suggestions,
        )
        if isinstance(executor, list):
            told = errors.of_request(executor[:MAX_REPORTED_ERRORS], "BAD_USER_INPUT")
            raise RequestError(Outcome.UNCOERCED, told)
        return executor


def _check_kind(kind: OperationType, allow_mutation: bool, allow_stream: bool) -> None:
    if kind is OperationType.SUBSCRIPTION:
        if allow_stream:
            return
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


def _in_json(result: ExecutionResult) -> bytes:
    return to_json(_answer(result).payload)


async def _later_in_json(result: Awaitable[ExecutionResult]) -> bytes:
    return _in_json(await result)


def _failure(error: Exception) -> Answer:
    if isinstance(error, RequestError):
        return Answer(error.outcome, {"errors": error.errors})
    return Answer(Outcome.BROKEN, {"errors": [errors.of_accident(error)]})


def _answer(result: ExecutionResult) -> Answer:
    if not result.errors:
        return Answer(Outcome.ANSWERED, {"data": result.data})
    # Errors go first, as the specification advises, so that nobody misses them below a long `data`.
    told = errors.of_execution(result.errors)
    return Answer(Outcome.PARTLY_ANSWERED, {"errors": told, "data": result.data})
