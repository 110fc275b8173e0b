"""The public audit suite of GraphQL over HTTP, run against a real server by its own program."""

from collections.abc import Iterator
from typing import Any

import pytest

from cafe_graphql.web.endpoint import GraphQLEndpoint
from tests.clients import node
from tests.clients.serving import serve
from tests.execution import corner


@pytest.fixture(scope="module")
def cafe_server() -> Iterator[str]:
    """Give the address of a running GraphQL endpoint."""
    with serve(GraphQLEndpoint(corner.engine(), lambda scope: None)) as (host, port):
        yield f"http://{host}:{port}/graphql"


def test_every_audit_passes_whether_must_should_or_may(cafe_server: str) -> None:
    audits: list[dict[str, Any]] = node.run("audits.mjs", cafe_server)

    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) > 60
    assert {audit["name"].split()[0] for audit in audits} == {"MUST", "SHOULD", "MAY"}
