"""The question that most tests of the door ask, and how its answers are looked at."""

from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from cafe_graphql.web.bodies import Bodies
from cafe_graphql.web.endpoint import GraphQLEndpoint
from cafe_graphql.web.statuses import COMPAT, Profile
from tests.clients.called import ada
from tests.clients.raw import Reply, ask
from tests.execution import corner

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
UTF8 = "; charset=utf-8"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
LATTE = {"data": {"drink": {"name": "Latte"}}}
ASK_LATTE = {"query": "{ drink { name } }"}
ASK_LATTE_JSON = b'{"query": "{ drink { name } }"}'


def endpoint(*, profile: Profile = COMPAT, max_body_bytes: int = 10_000, page: bool = False) -> GraphQLEndpoint:
    return GraphQLEndpoint(
        corner.engine(),
        ada,
        page=HTMLResponse("<h1>Play</h1>") if page else None,
        bodies=Bodies(max_body_bytes),
        profile=profile,
    )


def get(query: str = "{ drink { name } }", accept: str = GRAPHQL, method: str = "GET", **more: str) -> Reply:
    query_string = urlencode({"query": query, **more}).encode()
    return ask(endpoint(), method, query_string=query_string, headers={"accept": accept})


def refusal(reply: Reply) -> tuple[int | None, str, str]:
    """Give status, code and message of an answer that is one error without a place, and nothing else."""
    [error] = reply.json["errors"]
    assert reply.json.keys() == {"errors"} and error.keys() == {"message", "extensions"}
    return reply.status, error["extensions"]["code"], error["message"]
