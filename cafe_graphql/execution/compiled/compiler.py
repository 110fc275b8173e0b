"""Decides what is compiled and when, and runs it; what did not go well is left to the engine."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, cast

from graphql import (
    ExecutionResult,
    Executor,
    GraphQLError,
    GraphQLSchema,
    default_field_resolver,
    default_type_resolver,
    parse,
)
from strawberry.schema import Schema

from cafe_graphql.execution.compiled import plans, switches
from cafe_graphql.execution.compiled.calls import Frame, Run
from cafe_graphql.execution.compiled.inputs import Readers
from cafe_graphql.execution.compiled.parts import Direct, Shortcuts
from cafe_graphql.execution.compiled.plans import Awaited, Plan
from cafe_graphql.execution.compiled.variables import Read, Variables
from cafe_graphql.execution.given import Given
from cafe_graphql.execution.limits import DEFAULT_LIMITS, Limits
from cafe_graphql.execution.prepared import Operation

log = logging.getLogger("cafe_graphql")

MAX_FIELDS = 500
MAX_FIELDS_ALIVE = 50_000
MAX_VARIANTS = 8

Result = ExecutionResult | Awaitable[ExecutionResult]


@dataclass(slots=True, eq=False, weakref_slot=True)
class _Known:
    """What was made of an operation: a plan for each setting of its switches, None where it cannot be compiled."""

    switches: tuple[str, ...] | None
    variables: Variables
    plans: dict[tuple[object, ...], Plan | None] = field(default_factory=dict)
    is_used: bool = False


class Compiler:
    """Runs those operations of a Strawberry schema that come again, and compiles them for it."""

    def __init__(
        self,
        schema: GraphQLSchema,
        is_awaitable: Any,
        *,
        limits: Limits = DEFAULT_LIMITS,
        hide_suggestions: bool = False,
        from_first_use: bool = False,
    ) -> None:
        self._schema = schema
        self._strawberry: Schema | None = getattr(schema, "_strawberry_schema", None)
        self._limits = limits
        self._readers = Readers(self._strawberry, limits) if self._strawberry else None
        self._is_awaitable = is_awaitable
        self._hide_suggestions = hide_suggestions
        self._from_first_use = from_first_use
        self._helpers = _any_executor(schema).async_helpers
        self._fields_alive = 0
        self._in_turn: dict[int, weakref.ref[_Known]] = {}

    def read(self, operation: Operation, variables: Mapping[str, Any]) -> Read | None:
        """Read variables for `execute`; None if the operation is not known yet, or cannot be compiled at all.

        Raises a `RequestError` if there is more in them than is read.
        """
        known: _Known | None = operation.notes.get(self) or self._met(operation)
        return None if known is None or known.switches is None else known.variables.read(variables)

    def execute(
        self,
        operation: Operation,
        read: Given,
        context: object,
        root: object = None,
        serially: bool | None = None,
    ) -> Result | None:
        """Give what the executor would give, or None: then nothing was done yet that may not be done again.

        Only what `read` gave is run.
        """
        if not isinstance(read, Read) or (read.made is None and read.values is None):
            return None  # or they do not fit, as the executor will say
        plan = self._plan(operation, operation.notes[self], read)
        if plan is None:
            return None
        if plan.awaited is not None:
            return self._awaited(plan, plan.awaited, root, context, read)
        if plan.whole is None:
            return self._in_parts(plan, root, context, read, serially)
        try:
            return ExecutionResult(plan.whole(root, Run(root, context, read), None), None)
        except Exception:
            return None

    def _met(self, operation: Operation) -> _Known | None:
        """Get to know an operation at its second use: the first is to cost nothing."""
        if self._readers is None:
            return None
        if self not in operation.notes and not self._from_first_use:
            operation.notes[self] = None
            return None
        definitions = operation.node.variable_definitions or ()
        variables = Variables(self._schema, definitions, self._readers, self._limits)
        known = operation.notes[self] = _Known(switches.of(operation.document), variables)
        return known

    def _plan(self, operation: Operation, known: _Known, read: Read) -> Plan | None:
        setting = tuple(map(read.plain, known.switches)) if known.switches else ()
        if setting in known.plans:
            known.is_used = True
            return known.plans[setting]
        if len(known.plans) >= MAX_VARIANTS:
            return None
        if self._fields_alive >= MAX_FIELDS_ALIVE:
            self._make_room()
        plan = known.plans[setting] = self._compiled(operation, read.variables)
        if plan is not None:
            self._fields_alive += plan.size
            weakref.finalize(plan, self._release, plan.size).atexit = False
            self._put_last(known)
        return plan

    def _make_room(self) -> None:
        """Let go of an operation's code that was not used since this was last asked of it: the oldest, if all were."""
        while self._in_turn:
            known = self._in_turn.pop(next(iter(self._in_turn)))()
            if known is None:
                continue
            if not known.is_used:
                known.plans.clear()
                return
            known.is_used = False
            self._put_last(known)

    def _put_last(self, known: _Known) -> None:
        key = id(known)
        self._in_turn.pop(key, None)
        self._in_turn[key] = weakref.ref(known, lambda _: self._in_turn.pop(key, None))

    def _compiled(self, operation: Operation, variables: Mapping[str, Any]) -> Plan | None:
        executor = Executor.build(self._schema, operation.document, raw_variable_values=dict(variables))
        if isinstance(executor, list) or self._strawberry is None:
            return None
        frame = Frame(
            self._schema,
            executor.fragment_definitions,
            executor.fragments,
            operation.node,
            self._is_awaitable,
            self._helpers,
            self._hide_suggestions,
        )
        try:
            return plans.compiled(self._strawberry, executor, frame, MAX_FIELDS)
        except GraphQLError:  # a switch that is null: the executor will say so
            return None
        except Exception:
            log.exception("An operation could not be compiled; it runs, but slowly")
            return None

    def _release(self, size: int) -> None:
        self._fields_alive -= size

    async def _awaited(
        self, plan: Plan, awaited: Awaited, root: object, context: object, read: Read
    ) -> ExecutionResult:
        """Run an operation that waits once; if that fails, the executor is handed what came, and says what is wrong."""
        run = Run(root, context, read)
        try:
            value = await awaited.begin(root, run, awaited.path)
        except Exception as error:
            given = _raising(error)
        else:
            try:
                return ExecutionResult({awaited.name: awaited.complete(value, run, awaited.path)}, None)
            except Exception:
                given = _giving(value)
        result = self._in_parts(plan, root, context, read, None, Direct({awaited.resolve: given}))
        return result if isinstance(result, ExecutionResult) else await result

    def _in_parts(
        self,
        plan: Plan,
        root: object,
        context: object,
        read: Read,
        serially: bool | None,
        calls: Direct | None = None,
    ) -> Result:
        frame, values = plan.frame, read.values
        assert values is not None, "what was read, and what graphql-core was asked for, fits"
        executor = Shortcuts(
            self._schema,
            frame.fragment_definitions,
            frame.fragments,
            root,
            context,
            frame.operation,
            values,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            middleware_manager=calls or plan.calls,
            is_awaitable=self._is_awaitable,
            hide_suggestions=self._hide_suggestions,
        )
        executor.parts, executor.read = plan.parts, read
        return cast("Result", executor.execute_operation(serially))


def _giving(value: object) -> Callable[..., Any]:
    return lambda *_, **__: value


def _raising(error: Exception) -> Callable[..., Any]:
    def resolve(*_: object, **__: object) -> NoReturn:
        raise error

    return resolve


def _any_executor(schema: GraphQLSchema) -> Executor[Any]:
    executor = Executor.build(schema, parse("{ __typename }"))
    assert isinstance(executor, Executor)
    return executor
