"""A GraphQL server over the café's schema that believes everybody: what scanners are made to find.

It shows that they do find it, so that their silence about the real server means something.
"""

import json
import traceback
from typing import Any
from urllib.parse import parse_qs

from graphql import (
    GraphQLError,
    GraphQLSyntaxError,
    MaxIntrospectionDepthRule,
    NoFragmentCyclesRule,
    build_schema,
    execute_sync,
    parse,
    print_schema,
    specified_rules,
    validate,
)
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cafe_graphql.schema.root import core_schema

_SCHEMA = build_schema(print_schema(core_schema()))  # without resolvers: there is nothing to be had

# graphql-core of today refuses by itself what scanners look for in others.
_RULES = [rule for rule in specified_rules if rule not in (MaxIntrospectionDepthRule, NoFragmentCyclesRule)]


def server() -> ASGIApp:
    """Give the server, which answers at every address."""
    return _answer


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    response = await _response(request)
    await response(scope, receive, send)


async def _response(request: Request) -> Response:
    asked = await _asked(request)
    if asked is None:
        return HTMLResponse("<title>GraphiQL</title>")
    if isinstance(asked, list):
        return JSONResponse([_run(each) for each in asked])
    return JSONResponse(_run(asked))


async def _asked(request: Request) -> Any:
    """Take a question from wherever there may be one."""
    if query := request.query_params.get("query"):
        return {"query": query}
    body = await request.body()
    if not body:
        return None
    if request.headers.get("content-type") == "application/json":
        return json.loads(body)
    return {"query": parse_qs(body.decode())["query"][0]}


def _run(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        document = parse(asked["query"])
    except GraphQLSyntaxError as error:
        return {"errors": [_in_full(error)]}
    if errors := validate(_SCHEMA, document, _RULES):
        return {"errors": [_in_full(error) for error in errors]}
    return {"data": execute_sync(_SCHEMA, document).data}


def _in_full(error: GraphQLError) -> dict[str, Any]:
    stacktrace = traceback.format_exception(error)
    return {**error.formatted, "extensions": {"exception": {"stacktrace": stacktrace}}}
