"""Asks graphql-core's executor and compiled code the same, and sees that they say the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLSchema, OperationDefinitionNode, parse, validate
from strawberry.execution import optimized_is_awaitable

from cafe_graphql.execution.compiled.compiler import Compiler
from cafe_graphql.execution.compiled.plans import Plan
from cafe_graphql.execution.engine import Engine
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.execution.estimates import Estimate
from cafe_graphql.execution.prepared import Operation
from tests.execution.questions import Question

_ADDRESS = re.compile(rb"0x[0-9a-f]{6,}")


@dataclass
class Pair:
    """Two engines over one schema; `seen` counts what became of operations, `plans` are the last one's."""

    schema: GraphQLSchema
    seen: Counter[str] = field(default_factory=Counter)
    plans: list[Plan] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.plain = Engine(self.schema, compiles=False)
        self.quick = Engine(self.schema)
        self.quick._compiler = self.compiler = Compiler(self.schema, optimized_is_awaitable, from_first_use=True)

    def prepared(self, text: str, *, checked: bool = False) -> Operation:
        """Give an operation; checking takes longer than all else that is done with it."""
        document = parse(text)
        assert not checked or not validate(self.schema, document), text
        node = document.definitions[0]
        assert isinstance(node, OperationDefinitionNode)
        return Operation(node.operation, node, document, Estimate(0))

    async def same(self, question: Question, context: Callable[[], Any], root: Any = None) -> ExecutionResult:
        """Check that both give the same to the byte, and give it."""
        operation = self.prepared(question.text, checked=self.seen.total() % 50 == 0)
        expected = await _finished(self.plain, operation, question, context(), root)
        found = await _finished(self.quick, operation, question, context(), root)
        assert told(found) == told(expected), question
        self._count(operation, expected)
        return expected

    def plans_of(self, operation: Operation) -> list[Plan]:
        known = operation.notes.get(self.compiler)
        return [plan for plan in known.plans.values() if plan] if known else []

    def _count(self, operation: Operation, result: ExecutionResult) -> None:
        self.plans = self.plans_of(operation)
        whole = any(plan.whole for plan in self.plans)
        self.seen["whole" if whole else "in parts" if self.plans else "not compiled"] += 1
        self.seen["with errors" if result.errors else "without errors"] += 1


def run(engine: Engine, operation: Operation, variables: dict[str, Any], context: Any, root: Any = None) -> Any:
    """Have an engine run an operation as it runs one of its own."""
    return engine._run(operation, engine._given(operation, variables), context, root)


def told(result: ExecutionResult) -> bytes:
    """Give all that a caller could be told of a result, as bytes."""
    payload = {"errors": [error.formatted for error in result.errors or ()], "data": result.data}
    return _ADDRESS.sub(b"0x", orjson.dumps(payload, option=orjson.OPT_NON_STR_KEYS, default=repr))


async def _finished(
    engine: Engine, operation: Operation, question: Question, context: Any, root: Any
) -> ExecutionResult:
    try:
        result = run(engine, operation, question.variables, context, root)
    except RequestError as error:
        return ExecutionResult({"request error": error.errors}, None)
    return result if isinstance(result, ExecutionResult) else await result
