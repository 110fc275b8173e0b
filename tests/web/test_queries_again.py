"""A query whose bytes come again is answered as if it had never come before."""

import gc
import json
from typing import Any

import pytest

from cafe_graphql.execution import requests
from cafe_graphql.execution.cost import Costs
from cafe_graphql.execution.engine import Engine
from cafe_graphql.execution.persisted import AutomaticDocuments, sha256_of
from cafe_graphql.execution.prepared import Bounds
from cafe_graphql.execution.requests import MAX_BYTES, OVERHEAD, Again, Ready, Request
from cafe_graphql.web.endpoint import GraphQLEndpoint
from tests.clients import raw
from tests.clients.called import ada
from tests.execution import corner, ticket

HEADERS = {"accept": "application/graphql-response+json", "content-type": "application/json"}
TOLD = "query ($t: Ticket!) { a: told(ticket: $t) b: told(ticket: $t) }"
TIMES = 5
"""The first is run as it comes, the second is compiled, the third is kept, the others are known."""


class Asked:
    """An endpoint that is asked again and again."""

    def __init__(self, schema: Any = corner.schema, **engine: Any) -> None:
        self.engine = Engine(schema._schema, **engine)
        self._endpoint = GraphQLEndpoint(self.engine, ada)

    def __call__(self, request: object, **headers: str) -> Any:
        body = json.dumps(request).encode()
        return raw.ask(self._endpoint, "POST", headers={**HEADERS, **headers}, chunks=[body]).json

    def again(self, request: object) -> list[Any]:
        return [self(request) for _ in range(TIMES)]


@pytest.mark.parametrize(
    ("schema", "request_"),
    [
        (corner.schema, {"query": "{ drink { name } guest }"}),
        (corner.schema, {"query": "query ($n: Int!) { drinks(count: $n) { name } }", "variables": {"n": 2}}),
        (corner.schema, {"query": "{ drink { recipe } }"}),
        (corner.schema, {"query": "query A { guest } query B { drink { name } }", "operationName": "B"}),
        (ticket.schema, {"query": TOLD, "variables": {"t": {"item": "latte", "isHot": True}}}),
    ],
)
def test_what_comes_again_is_answered_as_before(schema: Any, request_: dict[str, Any]) -> None:
    asked = Asked(schema)

    first, *others = [_without_ids(answer) for answer in asked.again(request_)]

    assert len(asked.engine.again) == 1
    assert others == [first] * (TIMES - 1)


@pytest.mark.parametrize(
    "request_",
    [
        {"query": "{ drink { nothing } }"},
        {"query": "query ($n: Int!) { drinks(count: $n) { name } }", "variables": {"n": [1]}},
        {"query": "query ($n: Int!) { drinks(count: $n) { name } }", "variables": {"x" * 10: "y" * 200_000}},
    ],
)
def test_what_is_refused_is_refused_again(request_: dict[str, Any]) -> None:
    first, *others = Asked().again(request_)

    assert first["errors"]
    assert others == [first] * (TIMES - 1)


def test_other_bytes_are_another_request() -> None:
    asked = Asked()
    query = "query ($n: Int!) { drinks(count: $n) { name } }"

    answers = [asked({"query": query, "variables": {"n": count}}) for _ in range(TIMES) for count in range(3)]

    assert [len(answer["data"]["drinks"]) for answer in answers] == [0, 1, 2] * TIMES


def test_a_mutation_is_never_kept() -> None:
    asked = Asked()

    answers = asked.again({"query": "mutation { __typename }"})

    assert answers == [{"data": {"__typename": "Mutation"}}] * TIMES
    assert len(asked.engine.again) == 0


def test_a_document_that_is_named_is_looked_for_each_time() -> None:
    asked = Asked(persisted=AutomaticDocuments(max_documents=1))
    named = {"persistedQuery": {"version": 1, "sha256Hash": sha256_of("{ guest }")}}
    asked.again({"query": "{ guest }", "extensions": named})
    known = asked({"extensions": named})
    other = {"persistedQuery": {"version": 1, "sha256Hash": sha256_of("{ drink { name } }")}}
    asked.again({"query": "{ drink { name } }", "extensions": other})

    forgotten = asked({"extensions": named})

    assert known["data"] == {"guest": "Ada"}
    assert forgotten["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


def test_a_wish_by_a_header_holds_for_its_own_request_alone() -> None:
    asked = Asked(costs=Costs())
    query = {"query": "{ guest }"}

    told = [asked(query, **headers) for _ in range(TIMES) for headers in ({"graphql-cost": "report"}, {})]

    assert ["extensions" in answer for answer in told] == [True, False] * TIMES


def test_only_so_much_is_kept_and_the_first_to_come_goes_first() -> None:
    again, ready = Again(max_kept_bytes=2 * (40 + OVERHEAD)), Ready.__new__(Ready)
    for name in b"aabbcc":
        again.keep(Request("{ guest }", source=bytes([name]) * 40), ready)

    assert again.get(b"a" * 40) is None
    assert [again.get(source) is not None for source in (b"b" * 40, b"c" * 40)] == [True, True]


def test_what_is_long_or_has_no_source_is_not_kept() -> None:
    again, ready = Again(), Ready.__new__(Ready)
    for _ in range(2):
        again.keep(Request("{ guest }", source=b"x" * (MAX_BYTES + 1)), ready)
        again.keep(Request("{ guest }"), ready)

    assert len(again) == 0


def test_what_came_once_is_not_kept_and_pushes_out_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "MAX_MET", 3)
    again, ready = Again(), Ready.__new__(Ready)

    for source in (b"menu", b"menu", *(b"order %d" % number for number in range(5)), b"order 0", b"order 4"):
        again.keep(Request("{ guest }", source=source), ready)

    assert [again.get(source) is not None for source in (b"menu", b"order 0", b"order 4")] == [True, False, True]


def test_what_is_kept_keeps_no_document_alive() -> None:
    asked = Asked(bounds=Bounds(max_kept_documents=1))
    query, other = {"query": "{ guest }"}, {"query": "{ drink { name } }"}
    before = asked.again(query)
    kept = asked.engine.again.get(json.dumps(query).encode())
    assert kept is not None
    assert kept.ready is not None
    asked.again(other)
    gc.collect()

    is_gone = kept.ready.operation() is None
    after = asked.again(query)

    assert is_gone
    assert before == after == [{"data": {"guest": "Ada"}}] * TIMES
    assert kept.ready.operation() is not None


def _without_ids(answer: Any) -> Any:
    for error in answer.get("errors", ()):
        if "errorId" in error.get("extensions", ()):
            error["message"] = error["message"].replace(error["extensions"].pop("errorId"), "…")
    return answer
