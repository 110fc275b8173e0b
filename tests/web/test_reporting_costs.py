"""Who sends the header GraphQL-Cost is told what an operation costs, as one who asks for it in the request."""

from typing import Any
from urllib.parse import urlencode

import pytest

from cafe_graphql.execution.cost import Costs
from cafe_graphql.execution.engine import Engine
from cafe_graphql.web.endpoint import GraphQLEndpoint
from tests.clients import raw
from tests.clients.called import ada
from tests.execution import corner

ACCEPT = {"accept": "application/graphql-response+json"}
QUERY = {"query": "{ guest }"}


@pytest.mark.parametrize("value", ["report", "validate", ""])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_a_report_is_given_by_header(method: str, value: str) -> None:
    endpoint = GraphQLEndpoint(Engine(corner.schema._schema, costs=Costs()), ada)
    asked: dict[str, Any] = {"query_string": urlencode(QUERY).encode()}
    if method == "POST":
        asked = {"chunks": [b'{"query":"{ guest }","extensions":{"other":1}}']}

    headers = {**ACCEPT, "content-type": "application/json", "graphql-cost": value}
    reply = raw.ask(endpoint, method, headers=headers, **asked)

    told = {"extensions": {"cost": {"estimated": 1, "limit": 50_000}}} if value == "report" else {}
    assert reply.json == {"data": {"guest": "Ada"}, **told}
