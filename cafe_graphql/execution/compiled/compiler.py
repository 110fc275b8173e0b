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
from graphql.execution.values import VariableValues
from strawberry.schema import Schema

from cafe_graphql.execution.compiled import plans, switches
from cafe_graphql.execution.compiled.calls import Frame, Run
from cafe_graphql.execution.compiled.parts import Direct, Shortcuts
from cafe_graphql.execution.compiled.plans import Awaited, Plan
from cafe_graphql.execution.compiled.variables import Variables
from cafe_graphql.execution.prepared import Operation

log = logging.getLogger("cafe_graphql")

MAX_FIELDS = 500
MAX_FIELDS_ALIVE = 50_000
MAX_VARIANTS = 8

Result = ExecutionResult | Awaitable[ExecutionResult]


@dataclass(slots=True)
class _Known:
    """What was made of an operation: a plan for each setting of its switches, None where it cannot be compiled."""

    switches: tuple[str, ...] | None
    variables: Variables
    plans: dict[tuple[object, ...], Plan | None] = field(default_factory=dict)


class Compiler:
    """Runs those operations of a Strawberry schema that come again, and compiles them for it."""

    def __init__(
        self, schema: GraphQLSchema, is_awaitable: Any, *, hide_suggestions: bool = False, from_first_use: bool = False
    ) -> None:
        self._schema = schema
        self._strawberry: Schema | None = getattr(schema, "_strawberry_schema", None)
        self._is_awaitable = is_awaitable
        self._hide_suggestions = hide_suggestions
        self._from_first_use = from_first_use
        self._helpers = _any_executor(schema).async_helpers
        self._fields_alive = 0

    def execute(
        self,
        operation: Operation,
        variables: Mapping[str, Any],
        context: object,
        root: object = None,
        serially: bool | None = None,
    ) -> Result | None:
        """Give what the executor would give, or None: then nothing was done yet that may not be done again."""
        known: _Known | None = operation.notes.get(self) or self._met(operation)
        if known is None or known.switches is None or (values := known.variables.coerced(variables)) is None:
            return None  # if they do not fit, the executor will say so
        plan = self._plan(operation, known, variables, values)
        if plan is None:
            return None
        if plan.awaited is not None:
            return self._awaited(plan, plan.awaited, root, context, values)
        if plan.whole is None:
            return self._in_parts(plan, root, context, values, serially)
        try:
            return ExecutionResult(plan.whole(root, Run(root, context, values), None), None)
        except Exception:
            return None

    def _met(self, operation: Operation) -> _Known | None:
        """Get to know an operation at its second use: the first is to cost nothing."""
        if self not in operation.notes and not self._from_first_use:
            operation.notes[self] = None
            return None
        variables = Variables(self._schema, operation.node.variable_definitions or ())
        known = operation.notes[self] = _Known(switches.of(operation.document), variables)
        return known

    def _plan(
        self, operation: Operation, known: _Known, variables: Mapping[str, Any], values: VariableValues
    ) -> Plan | None:
        setting = tuple(map(values.coerced.get, known.switches)) if known.switches else ()
        if setting in known.plans:
            return known.plans[setting]
        if len(known.plans) >= MAX_VARIANTS or self._fields_alive >= MAX_FIELDS_ALIVE or self._strawberry is None:
            return None
        plan = known.plans[setting] = self._compiled(operation, variables, self._strawberry)
        if plan is not None:
            self._fields_alive += plan.size
            weakref.finalize(plan, self._release, plan.size).atexit = False
        return plan

    def _compiled(self, operation: Operation, variables: Mapping[str, Any], strawberry: Schema) -> Plan | None:
        executor = Executor.build(self._schema, operation.document, raw_variable_values=dict(variables))
        if isinstance(executor, list):
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
            return plans.compiled(strawberry, executor, frame, MAX_FIELDS)
        except GraphQLError:  # a switch that is null: the executor will say so
            return None
        except Exception:
            log.exception("An operation could not be compiled; it runs, but slowly")
            return None

    def _release(self, size: int) -> None:
        self._fields_alive -= size

    async def _awaited(
        self, plan: Plan, awaited: Awaited, root: object, context: object, values: VariableValues
    ) -> ExecutionResult:
        """Run an operation that waits once; if that fails, the executor is handed what came, and says what is wrong."""
        run = Run(root, context, values)
        try:
            value = await awaited.begin(root, run, awaited.path)
        except Exception as error:
            given = _raising(error)
        else:
            try:
                return ExecutionResult({awaited.name: awaited.complete(value, run, awaited.path)}, None)
            except Exception:
                given = _giving(value)
        result = self._in_parts(plan, root, context, values, None, Direct({awaited.resolve: given}))
        return result if isinstance(result, ExecutionResult) else await result

    def _in_parts(
        self,
        plan: Plan,
        root: object,
        context: object,
        values: VariableValues,
        serially: bool | None,
        calls: Direct | None = None,
    ) -> Result:
        frame = plan.frame
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
        executor.parts = plan.parts
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
