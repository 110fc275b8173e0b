"""The one place where everything is wired."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.types import Scope

from cafe_graphql.config import Settings
from cafe_graphql.execution.engine import Engine
from cafe_graphql.schema import refusals
from cafe_graphql.schema.context import Context
from cafe_graphql.schema.root import core_schema
from cafe_graphql.services import key_cutting, menu_editing
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.following import Watcher
from cafe_graphql.services.recognising import Callers
from cafe_graphql.web import health, playground, rest, rest_errors
from cafe_graphql.web.bodies import BoundedBodies
from cafe_graphql.web.callers import identified
from cafe_graphql.web.door import Door
from cafe_graphql.web.endpoint import MAX_BODY_BYTES, GraphQLEndpoint
from cafe_graphql.web.origins import same_origin
from cafe_graphql.web.requests import headers_of
from cafe_graphql.web.statuses import PROFILES
from cafe_graphql.web.streams.keeping import Streams
from cafe_graphql.web.streams.sockets import GraphQLSockets
from cafe_graphql.web.streams.stopping import on_stop

if TYPE_CHECKING:
    from cafe_graphql.gateways.oidc import Issuer

GRAPHQL = "/graphql"


def create_app(settings: Settings | None = None) -> Door:
    """Build the whole server; its database is opened when it starts and closed when it stops.

    The door stands before FastAPI, whose middleware and router would cost more than a small query does.
    """
    settings = settings or Settings()
    streams = Streams()
    issuer = trusted_issuer(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.cafe = await menu_editing.open_cafe(settings.database_url)
        await menu_editing.ensure_menu(app.state.cafe)
        await key_cutting.ensure_signing_key(app.state.cafe)
        app.state.callers = Callers(app.state.cafe, settings.house_key, issuer)
        watching = asyncio.create_task(Watcher(app.state.cafe).watch())
        with on_stop(streams.close_all):
            yield
        watching.cancel()
        app.state.cafe.store.close()

    app = FastAPI(
        title="Café GraphQL",
        description="The tutorial's REST walk-through, over the same orders as /graphql.",
        version=version("cafe-graphql"),
        lifespan=lifespan,
        docs_url=None,  # FastAPI's own page loads its script from elsewhere
        redoc_url=None,
    )

    rest_errors.speak(app)
    app.add_middleware(BoundedBodies, limit=MAX_BODY_BYTES)

    def cafe() -> Cafe:
        opened: Cafe = app.state.cafe
        return opened

    def callers() -> Callers:
        opened: Callers = app.state.callers
        return opened

    app.include_router(rest.routes(cafe, callers))
    app.include_router(health.routes(cafe))
    app.mount(f"{GRAPHQL}/assets", playground.assets)
    app.add_route("/docs", lambda _: playground.rest_docs(f"{GRAPHQL}/assets"), include_in_schema=False)
    engine = Engine(core_schema(), translate=refusals.spoken)

    async def context(scope: Scope, parameters: Mapping[str, Any] | None = None) -> Context:
        return Context(cafe(), await identified(callers(), headers_of(scope), parameters))

    endpoint = GraphQLEndpoint(
        engine,
        context,
        page=playground.page(f"{GRAPHQL}/assets"),
        profile=PROFILES[settings.http_profile],
        streams=streams,
    )
    sockets = GraphQLSockets(engine, context, streams, admit=same_origin)
    return Door(app, path=GRAPHQL, endpoint=endpoint, sockets=sockets)


def trusted_issuer(settings: Settings) -> "Issuer | None":
    """Give the issuer that the settings name, if they name one; ValueError says why it cannot be one."""
    if settings.oidc_issuer is None:
        return None
    from cafe_graphql.gateways.oidc import Issuer  # brings cryptography and an HTTP client

    audiences = [each.strip() for each in (settings.oidc_audience or "").split(",")]
    return Issuer(settings.oidc_issuer, audiences, roles_claim=settings.oidc_roles_claim)
