"""What caches are told: public answers may be kept and asked about again, everything else is nobody's to keep."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient
from starlette.types import Scope

from cafe_graphql.app import create_app
from cafe_graphql.config import Settings
from cafe_graphql.web.endpoint import GraphQLEndpoint
from tests.clients.latte import GRAPHQL, JSON, UTF8
from tests.clients.raw import Reply, ask, post
from tests.execution import blackboard
from tests.execution.blackboard import Wall

BODY = b'{"data":{"board":{"text":"Soup"}}}'


def endpoint(wall: Wall) -> GraphQLEndpoint:
    async def caller(_: Scope) -> Wall:
        return wall

    return GraphQLEndpoint(blackboard.engine(), caller)


def get(
    app: GraphQLEndpoint, query: str = "{ board { text } }", method: str = "GET", accept: str = GRAPHQL, **headers: str
) -> Reply:
    sent = {"accept": accept, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return ask(app, method, query_string=urlencode({"query": query}).encode(), headers=sent)


def test_a_public_answer_may_be_kept_and_asked_about_again() -> None:
    reply = get(endpoint(Wall()))

    assert reply == Reply(
        200,
        {
            "cache-control": "public, max-age=0, must-revalidate",
            "etag": reply.headers["etag"],
            "content-type": GRAPHQL + UTF8,
            "vary": "Accept",
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cross-origin-resource-policy": "same-origin",
            "content-length": "34",
        },
        BODY,
    )
    assert reply.headers["etag"].endswith('-graphql"') and len(reply.headers["etag"]) == 34


@pytest.mark.parametrize("known", ["{}", "W/{}", '"other", {}', "*"])
def test_whoever_has_it_is_told_so_in_few_bytes(known: str) -> None:
    app = endpoint(Wall())
    tag = get(app).headers["etag"]

    reply = get(app, if_none_match=known.format(tag))

    assert reply == Reply(
        304, {"cache-control": "public, max-age=0, must-revalidate", "etag": tag, "vary": "Accept"}, b""
    )


def test_whoever_has_an_older_one_gets_the_new_one() -> None:
    wall = Wall()
    app = endpoint(wall)
    tag = get(app).headers["etag"]
    wall.write("Salad")

    reply = get(app, if_none_match=tag)

    assert (reply.status, reply.json) == (200, {"data": {"board": {"text": "Salad"}}})
    assert reply.headers["etag"] != tag


def test_another_media_type_is_another_representation() -> None:
    app = endpoint(Wall())
    tag = get(app).headers["etag"]

    reply = get(app, accept=JSON, if_none_match=tag)

    assert (reply.status, reply.headers["content-type"], reply.body) == (200, JSON + UTF8, BODY)
    assert reply.headers["etag"] == tag.replace("graphql", "json")


def test_head_says_what_get_would() -> None:
    app = endpoint(Wall())

    assert get(app, method="HEAD") == Reply(200, get(app).headers, b"")


@pytest.mark.parametrize("credential", ["authorization", "x_api_key", "cookie"])
def test_what_was_asked_with_credentials_is_for_one_alone(credential: str) -> None:
    app = endpoint(Wall())
    tag = get(app).headers["etag"]

    reply = get(app, if_none_match=tag, **{credential: "secret"})

    assert (reply.status, reply.body) == (200, BODY)
    assert reply.headers["cache-control"] == "no-store" and "etag" not in reply.headers


@pytest.mark.parametrize("query", ["{ guest }", "{ board { readAt } }", "{ board { torn } }", "{ nothing }", "{"])
def test_what_is_not_public_is_nobodys_to_keep(query: str) -> None:
    reply = get(endpoint(Wall()), query)

    assert reply.headers["cache-control"] == "no-store" and "etag" not in reply.headers


def test_a_post_is_answered_from_what_is_kept_and_kept_by_nobody_else() -> None:
    wall = Wall()
    app = endpoint(wall)

    replies = [post(app, {"query": "{ board { text } }"}) for _ in range(2)]

    assert [(reply.status, reply.body, reply.headers["cache-control"]) for reply in replies] == [
        (200, BODY, "no-store")
    ] * 2
    assert wall.readings == [""]


@pytest.mark.parametrize(("setting", "tagged"), [("on", True), ("off", False)])
def test_keeping_can_be_turned_off(setting: Literal["on", "off"], tagged: bool, tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/cafe.db", response_cache=setting)

    with TestClient(create_app(settings)) as http:
        headers = {"accept": GRAPHQL}
        replies = [http.get("/graphql", params={"query": "{ menu { version } }"}, headers=headers) for _ in range(2)]

    assert [("etag" in reply.headers, reply.json()) for reply in replies] == [
        (tagged, {"data": {"menu": {"version": "1"}}})
    ] * 2
