"""GraphQL over HTTP, to the letter: what is asked how, and who is answered."""

import logging

import pytest
from starlette.types import Scope

from cafe_graphql.web.endpoint import GraphQLEndpoint
from cafe_graphql.web.refusals import Refused
from tests.clients.called import Guest
from tests.clients.latte import (
    ASK_LATTE,
    ASK_LATTE_JSON,
    BROWSER,
    GRAPHQL,
    JSON,
    LATTE,
    UTF8,
    endpoint,
    get,
    refusal,
)
from tests.clients.raw import Reply, ask, post
from tests.execution import corner


def test_a_query_by_post_is_answered_in_full() -> None:
    reply = post(endpoint(), ASK_LATTE)

    assert reply == Reply(
        200,
        {
            "content-type": GRAPHQL + UTF8,
            "vary": "Accept",
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cross-origin-resource-policy": "same-origin",
            "content-length": "35",
        },
        b'{"data":{"drink":{"name":"Latte"}}}',
    )


def test_a_query_by_get_is_answered_with_its_variables_and_its_name() -> None:
    query = "query A($n: String!) { drink(name: $n) { name } } query B { guest }"

    reply = get(query, operationName="A", variables='{"n":"Flat white"}', extensions="{}")

    assert (reply.status, reply.json) == (200, {"data": {"drink": {"name": "Flat white"}}})


def test_empty_parameters_in_a_url_are_absent_ones() -> None:
    assert get(operationName="", variables="", extensions="").json == LATTE


def test_the_word_null_in_a_url_is_a_name_but_null_in_json_is_absence() -> None:
    assert get("query null { drink { name } }", operationName="null", variables="null").json == LATTE
    nulls = {**ASK_LATTE, "operationName": None, "variables": None, "extensions": None}
    assert post(endpoint(), nulls).json == LATTE


def test_parameters_that_nobody_knows_are_passed_over() -> None:
    assert post(endpoint(), {**ASK_LATTE, "sugar": 2}).json == LATTE
    assert get(sugar="2").json == LATTE


def test_head_is_a_get_without_its_body() -> None:
    asked, peeked = get(), get(method="HEAD")

    assert (peeked.status, peeked.body) == (200, b"")
    assert peeked.headers == asked.headers


def test_options_says_what_may_be_done() -> None:
    assert ask(endpoint(), "OPTIONS") == Reply(204, {"allow": "GET, HEAD, POST, OPTIONS"}, b"")


def test_a_body_in_pieces_is_put_together() -> None:
    body = ASK_LATTE_JSON
    pieces = [body[index : index + 1] for index in range(len(body))]

    assert ask(endpoint(), headers={"content-type": JSON}, chunks=pieces).json == LATTE


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "QUERY", "get"])
def test_a_method_that_means_nothing_here_is_answered_with_those_that_do(method: str) -> None:
    reply = ask(endpoint(), method, headers={"accept": GRAPHQL})

    assert refusal(reply)[:2] == (405, "METHOD_NOT_ALLOWED")
    assert reply.headers["allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_get_never_orders_anything(accept: str, method: str) -> None:
    reply = get('mutation { order(item: "Latte") }', accept, method)

    assert (reply.status, reply.headers["allow"]) == (405, "POST")
    assert b"data" not in reply.body


def test_a_browser_that_comes_to_look_gets_the_page() -> None:
    look = ask(endpoint(page=True), "GET", query_string=b"query={guest}", headers={"accept": BROWSER})

    assert (look.status, look.body) == (200, b"<h1>Play</h1>")


def test_programs_get_no_page() -> None:
    asked = endpoint(page=True)

    for accept in (JSON, GRAPHQL, f"{JSON}, text/html", f"{GRAPHQL}, text/html;q=0.9"):
        reply = ask(asked, "GET", query_string=b"query={drink{name}}", headers={"accept": accept})
        assert reply.json == LATTE
    assert post(asked, ASK_LATTE, accept=BROWSER).json == LATTE


def test_whoever_makes_the_context_may_send_a_caller_away() -> None:
    async def nobody(scope: Scope) -> Guest:
        raise Refused(401, "UNAUTHENTICATED", "This key is not known.", ((b"www-authenticate", b"Bearer"),))

    reply = post(GraphQLEndpoint(corner.engine(), nobody), ASK_LATTE)

    assert refusal(reply) == (401, "UNAUTHENTICATED", "This key is not known.")
    assert reply.headers["www-authenticate"] == "Bearer"


def test_an_accident_before_the_engine_is_masked_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Scope) -> Guest:
        raise corner.TillIsOnFire("/srv/secret/keys.db")

    reply = post(GraphQLEndpoint(corner.engine(), broken), ASK_LATTE)

    [error] = reply.json["errors"]
    assert (reply.status, error["extensions"]["code"]) == (500, "INTERNAL_SERVER_ERROR")
    assert b"secret" not in reply.body
    [record] = caplog.records
    assert (record.name, record.levelno) == ("cafe_graphql", logging.ERROR)
    assert record.getMessage() == f"Accident {error['extensions']['errorId']} in the request"


def test_data_that_json_has_no_words_for_is_an_accident(caplog: pytest.LogCaptureFixture) -> None:
    async def unspeakable(scope: Scope) -> Guest:
        return Guest("\ud800")

    reply = post(GraphQLEndpoint(corner.engine(), unspeakable), {"query": "{ guest }"})

    assert (reply.status, reply.json["errors"][0]["extensions"]["code"]) == (500, "INTERNAL_SERVER_ERROR")
    assert len(caplog.records) == 1
