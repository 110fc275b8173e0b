"""Damn Vulnerable GraphQL Application's reconnaissance and disclosures, tried on the café in production."""

import re
import socket
from collections.abc import Iterator

import httpx2
import jwt
import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from cafe_graphql.schema.root import core_schema
from tests.security.production import ask, codes

SOFTWARE = ("strawberry", "graphql-core", "uvicorn", "starlette", "fastapi", "python", "sqlite", "graphiql", "swagger")
WELL_KNOWN = (
    *("/graphiql", "/playground", "/console", "/altair", "/explorer", "/voyager", "/graphql/console", "/v1/graphql"),
    *("/api/graphql", "/graphql.php", "/subscriptions", "/docs", "/redoc", "/openapi.json", "/admin", "/.env"),
)
ADDRESS = re.compile("ur[il]|host|port|link|path|file|callback|webhook", re.IGNORECASE)


class TestReconnaissance:
    @pytest.mark.parametrize("path", WELL_KNOWN)
    def test_discovering_finds_graphql_at_graphql_alone(self, stranger: httpx2.Client, path: str) -> None:
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, json={"query": "{ __typename }"}).status_code in (404, 405)

    @pytest.mark.parametrize(
        "query",  # by which graphw00f tells servers apart, ours too
        [
            "query @deprecated { __typename }",
            "query @skip { __typename }",
            "query { __typename @skip }",
            "queryy { __typename }",
            "{ __typename ",
            "",
            "aaa",
            "query { alias1$1: __typename }",
            "subscription { __typename }",
            "{ nothing }",
        ],
    )
    def test_fingerprinting_names_no_software(self, stranger: httpx2.Client, query: str) -> None:
        answer = stranger.post("/graphql", json={"query": query})

        said = (answer.text + str(answer.headers)).lower()
        assert not any(name in said for name in SOFTWARE)
        assert len(codes(answer.json())) == 1 and "data" not in answer.json()


class TestDisclosure:
    def test_introspection_is_refused(self, stranger: httpx2.Client) -> None:
        for query in ("{ __schema { queryType { name } } }", '{ __type(name: "Order") { fields { name } } }'):
            assert codes(ask(stranger, query)) == ["INTROSPECTION_DISABLED"]

    @pytest.mark.parametrize("accept", ["text/html", "*/*", "text/html,application/json;q=0.1"])
    def test_there_is_no_graphiql(self, stranger: httpx2.Client, accept: str) -> None:
        answer = stranger.get("/graphql", headers={"Accept": accept})

        assert answer.status_code >= 400 and "<script" not in answer.text

    def test_nothing_suggests_a_field(self, stranger: httpx2.Client) -> None:
        [error] = ask(stranger, "{ menuItms { nam } }")["errors"]

        assert error["message"] == "This operation does not fit the schema; check it against the published schema."

    @pytest.mark.parametrize("body", [b"null", b"[]", b"\xff", b'{"query": 1}', b'{"query": "{", "variables": []}'])
    def test_a_mistake_tells_no_stack_trace(self, stranger: httpx2.Client, body: bytes) -> None:
        answer = stranger.post("/graphql", content=body, headers={"Content-Type": "application/json"})

        assert answer.status_code < 500
        assert "Traceback" not in answer.text and ".py" not in answer.text


class TestServerSideRequestForgery:
    def test_nothing_that_can_be_sent_names_an_address_but_of_a_picture(self) -> None:
        found = sorted(name for name in _taken() if ADDRESS.search(name))

        assert found == ["imageUrl"]  # of an item: stored for whoever shows it, and never called

    @pytest.mark.parametrize("member", ["jku", "x5u"])
    def test_nor_is_one_that_a_token_names_called(self, stranger: httpx2.Client, member: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            here = f"http://127.0.0.1:{listener.getsockname()[1]}"
            token = jwt.encode({"iss": here, "sub": "ada"}, "x" * 32, "HS256", headers={"kid": here, member: here})

            answer = stranger.get("/menu", headers={"Authorization": f"Bearer {token}"})

            assert answer.status_code == 401
            listener.settimeout(0.3)
            with pytest.raises(TimeoutError):
                listener.accept()


def _taken() -> Iterator[str]:
    """Every name of an argument or an input's field."""
    for type_ in core_schema().type_map.values():
        if isinstance(type_, GraphQLInputObjectType):
            yield from type_.fields
        elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not type_.name.startswith("__"):
            for field in type_.fields.values():
                yield from field.args
