"""Runs one GraphQL request against a schema: picks the operation, reads the variables, executes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from typing import Any, TypeGuard, cast
from weakref import ref

import orjson
from graphql import (
    ASTValidationRule,
    ExecutionResult,
    Executor,
    GraphQLSchema,
    OperationType,
    create_source_event_stream,
)
from strawberry.execution import optimized_is_awaitable

from cafe_graphql.execution import errors
from cafe_graphql.execution.answers import Answer, Outcome, to_json
from cafe_graphql.execution.compiled.compiler import Compiler
from cafe_graphql.execution.cost import Costs
from cafe_graphql.execution.errors import Manner, RequestError, Translate
from cafe_graphql.execution.given import Given
from cafe_graphql.execution.limits import DEFAULT_LIMITS, MAX_REPORTED_ERRORS, Limits, check_cost, check_variables
from cafe_graphql.execution.persisted import NotPersisted, Persisted
from cafe_graphql.execution.prepared import DEFAULT_BOUNDS, RULES, Bounds, Documents, Operation
from cafe_graphql.execution.public import PublicAnswers, PublicFields
from cafe_graphql.execution.requests import Again, Ready
from cafe_graphql.execution.requests import Request as Request
from cafe_graphql.execution.sharing import SharedAnswers
from cafe_graphql.execution.subscriptions import Subscription
from cafe_graphql.execution.trusted import TrustedDocuments

Charge = Callable[[int], Awaitable[None]]
"""Takes what an operation costs from its caller's account, or raises a RequestError."""

# What a document that is not run costs: the slowest of the bounded ones take as long as as many fields.
_LOOKED_THROUGH = (Outcome.UNPARSABLE, Outcome.INVALID, Outcome.TOO_LARGE)
_REFUSAL_COST = 200
_CHARACTERS_A_COST = 5

# Strawberry's check is the faster one on plain values, and the one its resolvers are tested with.
_is_awaitable = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)


class Engine:
    """A graphql-core schema and its prepared documents; Strawberry's resolvers run on it as they are.

    With `hide_schema`, nobody is told a name of the schema that was not in the request; introspection is refused.

    It raises `BrokenManifest` if documents that are trusted could not be run.

    `again` has the queries that came last, for whoever reads requests to look there first.

    graphql-core's executor is called directly: `strawberry.Schema.execute` builds extensions, middleware and
    context managers for each request. Resolvers have all of `strawberry.Info` but `input_extensions`.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        bounds: Bounds = DEFAULT_BOUNDS,
        limits: Limits = DEFAULT_LIMITS,
        costs: Costs | None = None,
        rules: Collection[type[ASTValidationRule]] = RULES,
        persisted: Persisted | None = None,
        translate: Translate | None = None,
        hide_schema: bool = False,
        compiles: bool = True,
        public: PublicFields | None = None,
    ) -> None:
        self._schema = schema
        self._manner = Manner(translate, hide_schema)
        self._documents = Documents(
            schema, bounds=bounds, limits=limits, rules=rules, hide_schema=hide_schema, costs=costs
        )
        self._costs = costs
        self._persisted = NotPersisted() if persisted is None else persisted
        if isinstance(persisted, TrustedDocuments):
            persisted.check(Documents(schema, limits=limits, rules=rules, costs=costs).runnable)
        self._limits = limits
        self._public = None if public is None else PublicAnswers(schema, public)
        self._compiler = (
            Compiler(schema, _is_awaitable, limits=limits, hide_suggestions=hide_schema) if compiles else None
        )
        self._shared = SharedAnswers()
        self.again = Again()

    def run(
        self, request: Request, context: object, *, allow_mutation: bool = True, charge: Charge | None = None
    ) -> Coroutine[Any, Any, Answer]:
        """Answer a request; it never raises. `context` is what resolvers see as `info.context`.

        `charge` is awaited with the cost before anything runs. Who asks for it by the extension `cost` is told it.
        """
        return cast("Coroutine[Any, Any, Answer]", self._carried_out(request, context, None, allow_mutation, charge))

    def open(
        self,
        request: Request,
        context: object,
        renew: Callable[[], object],
        *,
        allow_mutation: bool = True,
        charge: Charge | None = None,
    ) -> Coroutine[Any, Any, Answer | Subscription]:
        """Answer a request like `run`, or give the stream of answers that a subscription is; it never raises.

        A context is for one moment, and a subscription lasts: so the source sees `context`, and the fields of each
        event see one made by `renew` just then. If that raises a GraphQLError with a code, the listener is told.
        A subscription is charged once, with what one of its events costs.
        """
        return self._carried_out(request, context, renew, allow_mutation, charge)

    async def _carried_out(
        self,
        request: Request,
        context: object,
        renew: Callable[[], object] | None,
        allow_mutation: bool,
        charge: Charge | None,
    ) -> Answer | Subscription:
        """Run an operation, unless its answer is kept, which nobody is charged for."""
        ready = request.ready
        operation = None if ready is None else ready.operation()
        try:
            if ready is None or operation is None:
                operation, ready = self._ready(request, allow_mutation, allow_stream=renew is not None)
        except Exception as error:
            return await self._refused(error, request, charge)
        given = ready.given
        try:
            asks_cost = request.extensions.get("cost") is True
            public = None if asks_cost else self._public
            if public is not None and (kept := public.find(operation, given.variables, context)) is not None:
                return kept
            cost = self._cost(operation, ready)
            if charge is not None:
                await charge(cost)
            if renew is not None and operation.kind is OperationType.SUBSCRIPTION:
                return await self._opened(operation, request, context, renew)
            result: Any = self._run(operation, given, context)
            if not isinstance(result, ExecutionResult):
                result, public = await result, None  # never kept: the version may have moved on meanwhile
            answer = _answer(result, self._manner)
            if public is not None:
                return public.keep(operation, given.variables, context, answer)
            if asks_cost and self._costs:
                answer.payload["extensions"] = {"cost": {"estimated": cost, "limit": self._costs.limit}}
            return answer
        except Exception as error:
            return _failure(error)

    async def _refused(self, error: Exception, request: Request, charge: Charge | None) -> Answer:
        """Say why a request is not run; looking through its document took its time, and is charged by its length."""
        is_refusal = isinstance(error, RequestError) and error.outcome in _LOOKED_THROUGH
        if charge is not None and is_refusal:
            try:
                await charge(_REFUSAL_COST + len(request.query or "") // _CHARACTERS_A_COST)
            except RequestError as throttled:
                return _failure(throttled)
        return _failure(error)

    async def _opened(
        self, operation: Operation, request: Request, context: object, renew: Callable[[], object]
    ) -> Subscription:
        variables = request.variables
        source: Any = create_source_event_stream(self._executor(operation, variables, context))
        if _is_awaitable(source):
            source = await source
        if isinstance(source, ExecutionResult):
            raise RequestError(Outcome.UNOPENED, errors.of_execution(source.errors or (), self._manner))

        def execute(event: object) -> bytes | Coroutine[Any, Any, bytes]:
            result: Any = self._run(operation, self._given(operation, variables), renew(), event, serially=False)
            if isinstance(result, ExecutionResult):
                return _in_json(result, self._manner)
            return _later_in_json(result, self._manner)

        written = orjson.dumps(variables, option=orjson.OPT_SORT_KEYS).decode()  # a str, for orjson's bytes keep 4 KiB
        return Subscription(source, operation, written, execute, self._shared, self._manner)

    def may_change(self, request: Request) -> bool:
        """Tell whether a request is a mutation; one that cannot be prepared is none."""
        try:
            check_variables(request.variables, self._limits)
            return self._operation(request, True, allow_stream=True).kind is OperationType.MUTATION
        except RequestError:
            return False

    def _ready(self, request: Request, allow_mutation: bool, *, allow_stream: bool = False) -> tuple[Operation, Ready]:
        operation = self._operation(request, allow_mutation, allow_stream=allow_stream)
        ready = Ready(ref(operation), self._given(operation, request.variables))
        if operation.kind is OperationType.QUERY and ready.given.is_for_compiled:
            self.again.keep(request, ready)
        return operation, ready

    def _operation(self, request: Request, allow_mutation: bool, *, allow_stream: bool = False) -> Operation:
        text = self._persisted.text_of(request)
        prepared = self._documents.prepared(text)
        self._persisted.is_valid(request, text)
        operation = prepared.operation(request.operation_name)
        if operation.kind is not OperationType.QUERY:
            _check_kind(operation.kind, allow_mutation, allow_stream)
        return operation

    def _given(self, operation: Operation, variables: Mapping[str, Any]) -> Given:
        """Read variables for compiled code, if there is any; raises a `RequestError` for too much in them."""
        if self._compiler is not None and (read := self._compiler.read(operation, variables)) is not None:
            return read
        check_variables(variables, self._limits)
        return Given(variables)

    def _cost(self, operation: Operation, ready: Ready) -> int:
        if ready.cost is None:
            costs = self._costs
            ready.cost = check_cost(operation.estimate, ready.given, costs.limit) if costs else 1
        return ready.cost

    def _run(
        self,
        operation: Operation,
        given: Given,
        context: object,
        root: object = None,
        *,
        serially: bool | None = None,
    ) -> Any:
        """Run an operation by its compiled code, if it has any, or by graphql-core's executor."""
        if self._compiler is not None:
            done = self._compiler.execute(operation, given, context, root, serially)
            if done is not None:
                return done
        return self._executor(operation, given.variables, context, root).execute_operation(serially)

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
            hide_suggestions=self._manner.hide_schema,
        )
        if isinstance(executor, list):
            told = errors.of_request(executor[:MAX_REPORTED_ERRORS], "BAD_USER_INPUT", self._manner)
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


def _in_json(result: ExecutionResult, manner: Manner) -> bytes:
    return to_json(_answer(result, manner).payload)


async def _later_in_json(result: Awaitable[ExecutionResult], manner: Manner) -> bytes:
    return _in_json(await result, manner)


def _failure(error: Exception) -> Answer:
    if isinstance(error, RequestError):
        return Answer(error.outcome, {"errors": error.errors})
    return Answer(Outcome.BROKEN, {"errors": [errors.of_accident(error)]})


def _answer(result: ExecutionResult, manner: Manner) -> Answer:
    if not result.errors:
        return Answer(Outcome.ANSWERED, {"data": result.data})
    # Errors go first, as the specification advises, so that nobody misses them below a long `data`.
    told = errors.of_execution(result.errors, manner)
    return Answer(Outcome.PARTLY_ANSWERED, {"errors": told, "data": result.data})
