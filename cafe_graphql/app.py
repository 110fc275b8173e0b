"""The one place where everything is wired."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from cafe_graphql.config import Settings
from cafe_graphql.core.people import GUEST
from cafe_graphql.execution.engine import Engine
from cafe_graphql.execution.public import PublicFields
from cafe_graphql.schema import public
from cafe_graphql.schema.context import Context
from cafe_graphql.schema.root import core_schema
from cafe_graphql.services import menu_editing
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.following import Watcher
from cafe_graphql.web import health, playground, rest, rest_errors
from cafe_graphql.web.bodies import BoundedBodies
from cafe_graphql.web.door import Door
from cafe_graphql.web.endpoint import MAX_BODY_BYTES, GraphQLEndpoint
from cafe_graphql.web.origins import same_origin
from cafe_graphql.web.statuses import PROFILES
from cafe_graphql.web.streams.keeping import Streams
from cafe_graphql.web.streams.sockets import GraphQLSockets
from cafe_graphql.web.streams.stopping import on_stop

GRAPHQL = "/graphql"

YOUNG_OBJECTS = 10_000
"""So many more objects must have come than gone before garbage is looked for; a whole menu is 2,300."""


def create_process() -> Door:
    """Build the whole server in a process that is nothing else: it takes over the garbage collection, too.

    By its defaults that looks through answers just made, and through all that was imported, several times
    a second, and finds nothing: half of the time that a large answer took.
    """
    app = create_app()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 50)
    return app


def create_app(settings: Settings | None = None) -> Door:
    """Build the whole server; its database is opened when it starts and closed when it stops.

    The door stands before FastAPI, whose middleware and router would cost more than a small query does.
    """
    settings = settings or Settings()
    streams = Streams()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.cafe = await menu_editing.open_cafe(settings.database_url)
        await menu_editing.ensure_menu(app.state.cafe)
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

    app.include_router(rest.routes(cafe, settings.api_key))
    app.include_router(health.routes(cafe))
    app.mount(f"{GRAPHQL}/assets", playground.assets)
    app.add_route("/docs", lambda _: playground.rest_docs(f"{GRAPHQL}/assets"), include_in_schema=False)
    kept = PublicFields(public.ROOTS, public.VOLATILE, public.version)
    engine = Engine(core_schema(), public=kept if settings.response_cache == "on" else None)
    endpoint = GraphQLEndpoint(
        engine,
        lambda _: Context(cafe(), GUEST),
        page=playground.page(f"{GRAPHQL}/assets"),
        profile=PROFILES[settings.http_profile],
        streams=streams,
    )
    sockets = GraphQLSockets(engine, lambda _scope, _parameters: Context(cafe(), GUEST), streams, admit=same_origin)
    return Door(app, path=GRAPHQL, endpoint=endpoint, sockets=sockets)
