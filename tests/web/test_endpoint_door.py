"""The door stands before the app, and takes what is for GraphQL."""

import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse

from cafe_graphql.web.door import Door
from tests.clients.latte import ASK_LATTE_JSON, JSON, LATTE, endpoint
from tests.clients.raw import ask


def house() -> FastAPI:
    app = FastAPI()
    app.mount("/menu", PlainTextResponse("Latte 3.50"))
    app.add_middleware(Door, path="/graphql", endpoint=endpoint())
    return app


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
def test_the_door_takes_graphql_with_or_without_a_slash(path: str) -> None:
    reply = ask(house(), path=path, headers={"content-type": JSON}, chunks=[ASK_LATTE_JSON])

    assert (reply.status, reply.json) == (200, LATTE)


def test_the_door_takes_graphql_below_the_root_that_a_proxy_gave_us() -> None:
    headers = {"content-type": JSON}
    body = ASK_LATTE_JSON

    assert ask(house(), path="/cafe/graphql", root_path="/cafe", headers=headers, chunks=[body]).json == LATTE


def test_the_door_lets_all_else_through() -> None:
    assert ask(house(), "GET", path="/menu/").body == b"Latte 3.50"
    for path in ("/graphql/schema", "/graphqls", "/GRAPHQL", "/"):
        assert ask(house(), "GET", path=path).status == 404
