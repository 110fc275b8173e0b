"""Whatever is sent, the endpoint answers with a GraphQL response, and never with a server error."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cafe_graphql.web.endpoint import GraphQLEndpoint
from cafe_graphql.web.statuses import COMPAT, DRAFT_2026_08
from tests.clients.called import ada
from tests.clients.raw import Reply, ask
from tests.execution import corner

ENDPOINTS = [GraphQLEndpoint(corner.engine(), ada, profile=p) for p in (COMPAT, DRAFT_2026_08)]
JSON_BODY = {"content-type": "application/json"}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
queries = st.sampled_from(
    [
        "{ guest }",
        "query ($lines: [LineInput!]!) { price(lines: $lines) }",
        "query ($spoons: Sugar!, $day: Date!) { sweetened(spoons: $spoons) bakedOn(day: $day) }",
        "query A { guest } query B { guest }",
    ]
)
requests: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "query": queries | st.text() | anything,
        "operationName": st.sampled_from(["A", "B", ""]) | anything,
        "variables": st.dictionaries(st.sampled_from(["lines", "spoons", "day"]), anything) | anything,
        "extensions": st.just({"persistedQuery": {}}) | anything,
    },
)
header_text = st.binary(max_size=60).filter(lambda value: b"\n" not in value and b"\r" not in value)
headers = st.dictionaries(
    st.sampled_from(
        [
            b"accept",
            b"content-type",
            b"content-length",
            b"content-encoding",
            b"sec-fetch-site",
            b"sec-fetch-mode",
            b"graphql-require-preflight",
        ]
    ),
    header_text
    | st.sampled_from([b"application/json", b"*/*", b'application/json;q="', b"a;q=1;q=,,/;;=", b"9" * 5_000]),
)

# Many examples, but few enough that the whole file takes seconds.
thoroughly = settings(max_examples=200, deadline=None)


def check(reply: Reply) -> None:
    """Check a response against the section of the specification on response format."""
    assert reply.status is not None and 200 <= reply.status < 500
    assert reply.headers["content-length"] == str(len(reply.body))
    media = reply.headers["content-type"].partition(";")[0]
    assert media in ("application/json", "application/graphql-response+json")
    response = reply.json
    assert response and response.keys() <= {"data", "errors"}
    for error in response.get("errors", []):
        check_error(error)
    assert "data" in response or response["errors"]


def check_error(error: dict[str, Any]) -> None:
    assert error.keys() <= {"message", "locations", "path", "extensions"}
    assert isinstance(error["message"], str) and error["message"]
    assert "Traceback" not in error["message"] and "site-packages" not in error["message"]
    assert error["extensions"]["code"] != "INTERNAL_SERVER_ERROR"
    for location in error.get("locations", []):
        assert location.keys() == {"line", "column"} and min(location.values()) > 0


@pytest.mark.parametrize("endpoint", ENDPOINTS)
class TestWhateverIsSent:
    @thoroughly
    @given(body=st.binary(max_size=300))
    def test_as_a_body(self, endpoint: GraphQLEndpoint, body: bytes) -> None:
        check(ask(endpoint, headers=JSON_BODY, chunks=[body]))

    @thoroughly
    @given(value=anything | requests)
    def test_as_json(self, endpoint: GraphQLEndpoint, value: Any) -> None:
        check(ask(endpoint, headers=JSON_BODY, chunks=[json.dumps(value).encode()]))

    @thoroughly
    @given(pairs=headers, method=st.sampled_from(["GET", "POST", "PUT"]))
    def test_as_headers(self, endpoint: GraphQLEndpoint, pairs: dict[bytes, bytes], method: str) -> None:
        body = b'{"query": "{ guest }"}'
        reply = ask(endpoint, method, query_string=b"query={guest}", headers=list(pairs.items()), chunks=[body])
        check(reply)

    @thoroughly
    @given(query_string=st.binary(max_size=100) | st.binary(max_size=60).map(lambda text: b"query=" + text))
    def test_as_a_url(self, endpoint: GraphQLEndpoint, query_string: bytes) -> None:
        check(ask(endpoint, "GET", query_string=query_string, headers={"accept": "application/json"}))
