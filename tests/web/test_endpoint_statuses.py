"""Which status code and which media type an answer has, in both profiles."""

import pytest

from cafe_graphql.web.statuses import COMPAT, DRAFT_2026_08, Profile
from tests.clients.latte import ASK_LATTE, ASK_LATTE_JSON, GRAPHQL, JSON, UTF8, endpoint, refusal
from tests.clients.raw import ask, post

QUESTIONS = {
    "answered": ASK_LATTE,
    "partly answered": {"query": "{ till }"},
    "nothing but errors": {"query": "{ owner }"},
    "not graphql": {"query": "{"},
    "not in the schema": {"query": "{ soup }"},
    "no such operation": {"query": "{ guest }", "operationName": "Q"},
    "variables that do not fit": {"query": "query ($n: Int!) { drinks(count: $n) { name } }"},
    "a subscription": {"query": "subscription { ticks }"},
    "no query": {"qeury": "{ guest }"},
    "not json": b"{",
}


def statuses(profile: Profile, accept: str) -> dict[str, int | None]:
    asked = endpoint(profile=profile)
    return {name: post(asked, question, accept=accept).status for name, question in QUESTIONS.items()}


def test_with_the_graphql_type_mistakes_are_400() -> None:
    assert statuses(COMPAT, GRAPHQL) == dict.fromkeys(QUESTIONS, 400) | {
        "answered": 200,
        "partly answered": 200,
        "nothing but errors": 200,
    }


def test_with_plain_json_every_request_that_is_one_is_200() -> None:
    assert statuses(COMPAT, JSON) == dict.fromkeys(QUESTIONS, 200) | {
        "no such operation": 400,
        "no query": 400,
        "not json": 400,
    }


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
def test_the_draft_numbers_each_mistake(accept: str) -> None:
    assert statuses(DRAFT_2026_08, accept) == {
        "answered": 200,
        "partly answered": 294,
        "nothing but errors": 294,
        "not graphql": 400,
        "not in the schema": 422,
        "no such operation": 422,
        "variables that do not fit": 422,
        "a subscription": 422,
        "no query": 422,
        "not json": 400,
    }


def test_the_draft_answers_plain_json_on_success_only() -> None:
    asked = endpoint(profile=DRAFT_2026_08)

    assert post(asked, ASK_LATTE, accept=JSON).headers["content-type"] == JSON + UTF8
    assert post(asked, {"query": "{"}, accept=JSON).headers["content-type"] == GRAPHQL + UTF8
    assert post(asked, ASK_LATTE, accept="*/*").headers["content-type"] == GRAPHQL + UTF8


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", JSON),
        ("", JSON),
        ("application/*", JSON),
        (GRAPHQL, GRAPHQL),
        (GRAPHQL.upper(), GRAPHQL),
        (f"{JSON}, {GRAPHQL}", GRAPHQL),
        (f"{GRAPHQL}, {JSON};q=0.9", GRAPHQL),
        (f"{GRAPHQL};q=0.8, {JSON};q=0.9", JSON),
        (f"{JSON}, text/plain, */*", JSON),
        (f"{JSON};q=0, */*", GRAPHQL),
        (f"{GRAPHQL};charset=utf-8, {JSON}", GRAPHQL),
        (f"{GRAPHQL};charset=utf-16, {JSON}", JSON),
        (f'text/plain;note="a, {GRAPHQL}", {JSON}', JSON),
        (f"{GRAPHQL}, application/graphql+json, {JSON}, text/event-stream, multipart/mixed", GRAPHQL),
        ("text/html;q=0.5, */*;q=0.1", JSON),
    ],
)
def test_the_media_type_is_the_one_liked_best(accept: str, media: str) -> None:
    reply = post(endpoint(), ASK_LATTE, accept=accept)

    assert (reply.status, reply.headers["content-type"]) == (200, media + UTF8)


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/jsonp",
        f"{JSON};q=0",
        "*/*;q=0",
        f"{JSON};q=high",
        "\xff,;",
        f"{JSON}, {'x' * 5_000}",
    ],
)
def test_who_can_read_no_answer_of_ours_is_told_so(accept: str) -> None:
    assert refusal(post(endpoint(), ASK_LATTE, accept=accept)) == (
        406,
        "NOT_ACCEPTABLE",
        "Answers are application/graphql-response+json or application/json: accept one of them.",
    )


def test_accept_may_come_in_several_lines() -> None:
    lines = [(b"content-type", b"application/json"), (b"accept", b"text/html"), (b"accept", GRAPHQL.encode())]
    reply = ask(endpoint(), headers=lines, chunks=[ASK_LATTE_JSON])

    assert reply.headers["content-type"] == GRAPHQL + UTF8
