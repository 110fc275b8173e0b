"""Compiled code calls resolvers as Strawberry would, in all the ways in which they can be written."""

import asyncio
from typing import Annotated, Any

import pytest
import strawberry
from strawberry.permission import BasePermission

from tests.execution.comparing import Pair
from tests.execution.questions import Question


class Spilt(Exception):
    pass


@strawberry.type
class Apology:
    words: str


@strawberry.type
class Cup:
    name: str


CupOrApology = Annotated[Cup | Apology, strawberry.union("CupOrApology")]


class Apologizing(strawberry.ExceptionHandler[Spilt, Apology]):
    def handle(self, exception: Spilt, *, field: Any, info: strawberry.Info) -> Apology:
        return Apology(words=f"{exception} at {info.path.as_list()}")


class Never(BasePermission):
    message = "not for you"

    def has_permission(self, source: object, info: strawberry.Info, **_: object) -> bool:
        return False


def of_nobody(size: int = 2) -> str:
    return "x" * size


def of_its_parent(parent: strawberry.Parent[Cup], suffix: str) -> str:
    return parent.name + suffix


@strawberry.type
class Barista:
    by_function: str = strawberry.field(resolver=of_nobody)

    @strawberry.field
    @staticmethod
    def static(source: str, size: int) -> str:
        return f"{source} {size}"

    @strawberry.field
    def path(self, info: strawberry.Info) -> str:
        return f"{info.path.as_list()} {info.path.typename} {info.python_name} {len(info.selected_fields)}"

    @strawberry.field
    def waiting(self, info: strawberry.Info, of: strawberry.Maybe[int | None]) -> str:
        return repr(of)

    @strawberry.field(permission_classes=[Never])  # type: ignore[untyped-decorator]
    def safe(self) -> str | None:
        return "gold"


@strawberry.type
class Mug(Cup):
    labelled: str = strawberry.field(resolver=of_its_parent)


@strawberry.type
class Query:
    @strawberry.field
    def baristas(self) -> list[list[Barista]]:
        return [[Barista()], [Barista(), Barista()]]

    @strawberry.field
    def mug(self) -> Mug:
        return Mug(name="mug")

    @strawberry.field
    def spill(self) -> CupOrApology:
        raise Spilt("spilt")

    @strawberry.field
    async def spill_slowly(self) -> CupOrApology:
        raise Spilt("spilt slowly")


WHOLE = [
    "{ baristas { byFunction one: byFunction(size: 1) } }",
    "query ($n: Int = 4) { baristas { byFunction(size: $n) } }",
    'query ($n: Int! = 4) { baristas { byFunction(size: $n) static(source: "b", size: $n) } }',
    "query ($left: Int, $out: Int) { baristas { byFunction(size: $left) waiting(of: $out) } }",
    '{ baristas { static(source: "a", size: 1) } }',
    "{ all: baristas { here: path } }",
    "{ baristas { a: waiting b: waiting(of: null) c: waiting(of: 3) } }",
    '{ mug { labelled(suffix: "!") name } }',
    "{ baristas { safe } }",
]


@pytest.mark.parametrize("text", WHOLE)
def test_resolvers_of_every_kind_are_called_alike(text: str) -> None:
    pair = Pair(strawberry.Schema(Query)._schema)

    asyncio.run(pair.same(Question(text, {}), lambda: None))

    assert pair.seen["whole"] == 1


def test_resolvers_are_told_where_in_the_answer_they_are() -> None:
    pair = Pair(strawberry.Schema(Query)._schema)

    result = asyncio.run(pair.same(Question("{ all: baristas { here: path } }", {}), lambda: None))

    assert result.data is not None
    assert result.data["all"][1][1] == {"here": "['all', 1, 1, 'here'] Barista path 1"}


@pytest.mark.parametrize("text", ["{ spill { ... on Apology { words } } }", "{ spillSlowly { __typename } }"])
def test_exceptions_go_to_those_who_handle_them(text: str) -> None:
    pair = Pair(strawberry.Schema(Query, exception_handlers=[Apologizing()])._schema)

    result = asyncio.run(pair.same(Question(text, {}), lambda: None))

    assert not result.errors
