"""Subscriptions with the libraries that people use: graphql-ws, graphql-sse, Apollo Client and urql."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.clients import node
from tests.clients.streaming import nobody_listens, serving, wait_until

COUNTED = [{"data": {"counted": number}} for number in (1, 2, 3)]
STAFF = "The kitchen is for staff."
SOUP = "Cannot query field 'soup' on type 'Subscription'."
SORRY = "Something went wrong on our side."


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving() as ((host, port), streams):
        yield f"http://{host}:{port}/graphql"
        wait_until(lambda: nobody_listens(streams))


@pytest.fixture(scope="module")
def graphql_ws(url: str) -> Any:
    return node.run("graphql_ws.mjs", url)


@pytest.fixture(scope="module")
def graphql_sse(url: str) -> Any:
    return node.run("graphql_sse.mjs", url)


@pytest.fixture(scope="module", params=["http", "ws"])
def apollo(url: str, request: pytest.FixtureRequest) -> Any:
    return {**node.run("apollo_streams.mjs", url, request.param), "transport": request.param}


@pytest.fixture(scope="module")
def urql(url: str) -> Any:
    return node.run("urql_streams.mjs", url)


class TestGraphQLWs:
    def test_a_call_is_heard_when_it_happens_by_who_has_said_who_they_are(self, graphql_ws: Any) -> None:
        assert graphql_ws["live"] == {"data": {"ownCalls": {"number": 1, "heardBy": "Grace"}}}

    def test_a_key_that_is_not_known_closes_the_socket(self, graphql_ws: Any) -> None:
        assert graphql_ws["refused"] == {"code": 4401, "reason": "This key is not known."}

    def test_streams_and_single_answers_are_complete(self, graphql_ws: Any) -> None:
        assert graphql_ws["counted"] == {"answers": COUNTED}
        assert graphql_ws["guest"] == {"answers": [{"data": {"guest": "Grace"}}]}

    def test_errors_come_after_what_was_heard(self, graphql_ws: Any) -> None:
        assert [error["message"] for error in graphql_ws["kitchen"]["errors"]] == [STAFF]
        assert [error["message"] for error in graphql_ws["soup"]["errors"]] == [SOUP]
        assert graphql_ws["fire"]["answers"] == [{"data": {"fire": 1}}]
        assert graphql_ws["fire"]["errors"][0]["message"].startswith(SORRY)


class TestGraphQLSse:
    def test_a_call_is_heard_when_it_happens(self, graphql_sse: Any) -> None:
        assert graphql_sse["live"]["data"]["ownCalls"]["heardBy"] == "Ada"

    def test_streams_and_single_answers_are_complete(self, graphql_sse: Any) -> None:
        assert graphql_sse["counted"] == {"answers": COUNTED}
        assert graphql_sse["guest"] == {"answers": [{"data": {"guest": "Ada"}}]}

    def test_errors_are_answers_too(self, graphql_sse: Any) -> None:
        def messages(told: Any) -> list[str]:
            return [error["message"] for answer in told["answers"] for error in answer.get("errors", ())]

        assert messages(graphql_sse["kitchen"]) == [STAFF]
        assert messages(graphql_sse["soup"]) == [SOUP]
        assert graphql_sse["fire"]["answers"][0] == {"data": {"fire": 1}}
        assert messages(graphql_sse["fire"])[0].startswith(SORRY)


class TestApollo:
    def test_a_call_is_heard_when_it_happens(self, apollo: Any) -> None:
        assert apollo["live"]["data"]["ownCalls"]["heardBy"] == "Ada"

    def test_a_stream_is_complete(self, apollo: Any) -> None:
        assert apollo["counted"] == {"answers": COUNTED}

    def test_errors_come_after_what_was_heard(self, apollo: Any) -> None:
        assert [answer["message"] for answer in apollo["kitchen"]["answers"]] == [STAFF]
        assert [answer["message"] for answer in apollo["soup"]["answers"]] == [SOUP]
        first, last = apollo["fire"]["answers"]
        assert first == {"data": {"fire": 1}}
        assert last["message"].startswith(SORRY)

    def test_over_http_it_is_the_multipart_protocol_unless_nothing_streams(self, apollo: Any) -> None:
        if apollo["transport"] == "http":
            parts, answer = (
                'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
                "application/graphql-response+json",
            )
            assert apollo["types"] == [parts] * 3 + [f"{answer}; charset=utf-8"] * 2


class TestUrql:
    def test_a_call_is_heard_when_it_happens(self, urql: Any) -> None:
        assert urql["live"]["data"]["ownCalls"]["heardBy"] == "Ada"

    def test_a_stream_is_complete(self, urql: Any) -> None:
        assert urql["counted"] == {"answers": COUNTED, "last": COUNTED[-1]}

    def test_errors_come_after_what_was_heard(self, urql: Any) -> None:
        assert [urql[name]["last"]["error"] for name in ("kitchen", "soup")] == [
            f"[GraphQL] {STAFF}",
            f"[GraphQL] {SOUP}",
        ]
        assert urql["fire"]["answers"][0] == {"data": {"fire": 1}}
        assert urql["fire"]["last"]["error"].startswith(f"[GraphQL] {SORRY}")

    def test_it_lists_every_media_type_and_gets_events_for_subscriptions_only(self, urql: Any) -> None:
        assert urql["types"]["Counted"] == ["text/event-stream; charset=utf-8"]
        assert urql["types"]["Guest"] == ["application/graphql-response+json; charset=utf-8"]
