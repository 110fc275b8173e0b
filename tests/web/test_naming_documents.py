"""A request may name its document instead of sending it, by any of the names that clients have for that."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from cafe_graphql.app import create_app
from cafe_graphql.config import Settings
from cafe_graphql.execution.persisted import sha256_of
from tests.running import cafe

LATTE = 'query Latte($l: String) { menuItem(slug: "latte") { name price { formatted(locale: $l) } } }'
ANSWER = {"data": {"menuItem": {"name": "Latte", "price": {"formatted": "3,50\xa0$"}}}}
HASH = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256_of(LATTE)}}}


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Give a café that runs only the documents of a list."""
    folder = tmp_path_factory.mktemp("trusted")
    listed = folder / "documents.json"
    listed.write_text(json.dumps({"latte-1": LATTE}))
    settings = Settings(database_url=f"sqlite:///{folder}/cafe.db", trusted_documents=listed)
    with TestClient(create_app(settings)) as client:
        yield client


@pytest.mark.parametrize(
    "named",
    [
        {"documentId": "latte-1"},
        {"doc_id": "latte-1"},
        {"documentId": f"sha256:{sha256_of(LATTE)}"},
        HASH,
        {"query": LATTE},
    ],
    ids=["documentId", "doc_id", "documentId with a hash", "persistedQuery", "the text itself"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_trusted_document_is_known_by_every_name(http: TestClient, named: dict[str, Any], method: str) -> None:
    fields = {**named, "variables": {"l": "de"}}
    if method == "POST":
        reply = http.post("/graphql", json=fields)
    else:
        written = {key: value if isinstance(value, str) else json.dumps(value) for key, value in fields.items()}
        reply = http.get(f"/graphql?{urlencode(written)}", headers={"accept": "application/json"})

    assert (reply.status_code, reply.json()) == (200, ANSWER)


@pytest.mark.parametrize(("accept", "status"), [("application/json", 200), ("application/graphql-response+json", 400)])
def test_another_document_is_refused(http: TestClient, accept: str, status: int) -> None:
    reply = http.post("/graphql", json={"query": "{ menu { version } }"}, headers={"accept": accept})

    assert reply.status_code == status
    assert reply.json()["errors"][0]["extensions"] == {"code": "PERSISTED_QUERY_NOT_IN_LIST"}


@pytest.mark.parametrize("fields", [{}, {"documentId": 5}, {"doc_id": ["a"]}, {"documentId": None}])
def test_a_name_is_a_text(http: TestClient, fields: dict[str, Any]) -> None:
    reply = http.post("/graphql", json=fields)

    assert reply.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


def test_a_list_with_mistakes_stops_the_cafe_before_it_opens(tmp_path: Path) -> None:
    listed = tmp_path / "documents.json"
    listed.write_text(json.dumps({"good": LATTE, "torn": "{ menu {", "wrong": "{ menus { version } }"}))

    stopped = cafe("serve", "--trusted-documents", str(listed), database=tmp_path / "cafe.db")

    assert stopped.returncode == 1
    assert "document torn: Syntax Error: Expected Name, found <EOF>.\ndocument wrong: Cannot query" in stopped.stderr
    assert not (tmp_path / "cafe.db").exists()
