"""The one place where everything is wired."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Scope

from cafe_graphql.config import Settings
from cafe_graphql.core.errors import Unusable
from cafe_graphql.execution.cost import Costs, Slicing
from cafe_graphql.execution.engine import Engine
from cafe_graphql.execution.persisted import AutomaticDocuments
from cafe_graphql.execution.public import PublicFields
from cafe_graphql.execution.trusted import TrustedDocuments
from cafe_graphql.gateways.cards import Gateway, NoCards
from cafe_graphql.gateways.terminal import LocalTerminal
from cafe_graphql.schema import costs, public, refusals
from cafe_graphql.schema.context import Context
from cafe_graphql.schema.root import core_schema
from cafe_graphql.services import key_cutting, menu_editing, reconciling
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.following import Watcher
from cafe_graphql.services.recognising import Callers
from cafe_graphql.web import closed, heads, health, outbox, playground, receipts, repeats, rest, rest_errors, sites
from cafe_graphql.web.bodies import Bodies
from cafe_graphql.web.cors import CrossOrigin
from cafe_graphql.web.counters import MemoryCounters, RedisCounters
from cafe_graphql.web.door import Door
from cafe_graphql.web.endpoint import GraphQLEndpoint
from cafe_graphql.web.gate import Gate
from cafe_graphql.web.heads import Heads
from cafe_graphql.web.origins import Origins
from cafe_graphql.web.outbox import Outbox
from cafe_graphql.web.rates import RateLimiter
from cafe_graphql.web.reception import Reception
from cafe_graphql.web.repeats import Repeats
from cafe_graphql.web.rest_restraints import Restrained
from cafe_graphql.web.restraints import Restraints
from cafe_graphql.web.security import Guarded, StrictTransport
from cafe_graphql.web.statuses import PROFILES
from cafe_graphql.web.streams.keeping import Limits, Streams
from cafe_graphql.web.streams.sockets import GraphQLSockets
from cafe_graphql.web.streams.stopping import on_stop

if TYPE_CHECKING:
    from cafe_graphql.gateways.oidc import Issuer

GRAPHQL = "/graphql"

YOUNG_OBJECTS = 50_000
"""So many more objects must have come than gone before garbage is looked for; a whole menu of 640 items is 24,000."""


class _Opened:
    """What there is once a worker has opened the café."""

    cafe: Cafe
    callers: Callers


def create_process() -> ASGIApp:
    """Build the whole server in a process that is nothing else."""
    app = create_app()
    take_over_garbage()
    return app


def take_over_garbage() -> None:
    """Collect garbage as befits a server, from when all that lasts is built.

    By its defaults Python looks through answers just made, and through all that was imported, several times a second,
    and finds nothing: half of the time that a large answer took.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 50)


def create_app(settings: Settings | None = None) -> ASGIApp:
    """Build the whole server; its database is opened when it starts and closed when it stops.

    The door stands before FastAPI, whose middleware and router would cost more than a small query does. In production
    the pages for people are closed.
    """
    settings = settings or Settings()
    issuer, gateway = make_issuer(settings), make_gateway(settings)
    limits = Limits(streams=settings.max_streams, streams_each=settings.max_streams_per_address)
    streams = Streams(limits)
    counters = RedisCounters(settings.redis_url.get_secret_value()) if settings.redis_url else MemoryCounters()
    rates = RateLimiter(settings.cost_per_minute, counters)
    bodies = Bodies()
    origins = Origins(settings.cors_origins)
    restraints = Restraints(rates, Gate(settings.max_operations), settings.operation_seconds)
    opened = _Opened()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        opened.cafe = cafe = await menu_editing.open_cafe(settings.database_url)
        await menu_editing.ensure_menu(cafe)
        await key_cutting.ensure_signing_key(cafe)
        cafe.gateway, cafe.pay_first = gateway, settings.pay_first
        opened.callers = Callers(cafe, settings.house_key, issuer)
        # Whoever has begun a payment here is dead, or in another worker.
        grace = timedelta() if settings.workers == 1 else reconciling.GRACE
        working = [
            asyncio.create_task(Watcher(cafe).watch()),
            asyncio.create_task(reconciling.keep(cafe, grace)),
        ]
        with on_stop(streams.close_all):
            yield {
                repeats.STATE: Repeats(cafe.store.data_version_now, cafe.store.data_version),
                heads.STATE: Heads(),
                outbox.STATE: Outbox(),
            }
        for task in working:
            task.cancel()
        gateway.close()
        await counters.aclose()
        cafe.store.close()

    app = FastAPI(
        title="Café GraphQL",
        description="The tutorial's REST walk-through, over the same orders as /graphql.",
        version=version("cafe-graphql"),
        lifespan=lifespan,
        openapi_url=None if settings.production else "/openapi.json",
        docs_url=None,  # FastAPI's own page loads its script from elsewhere
        redoc_url=None,
    )

    rest_errors.speak(app)
    free = ("/health/", f"{GRAPHQL}/assets/")
    app.add_middleware(Restrained, bodies=bodies, restraints=restraints, free=free)

    reception = Reception(lambda: opened.callers, rates)
    app.include_router(rest.routes(lambda: opened.cafe, reception.caller, rates))
    app.include_router(receipts.routes(lambda: opened.cafe, rates, settings.receipt_font))
    app.include_router(health.routes(lambda: opened.cafe))
    if settings.production:
        for path in ("/docs", "/openapi.json"):
            app.add_route(path, closed.answer, include_in_schema=False)
    else:
        app.mount(f"{GRAPHQL}/assets", playground.assets)
        app.add_route("/docs", lambda _: playground.rest_docs(f"{GRAPHQL}/assets"), include_in_schema=False)
    engine = make_engine(settings)

    async def context(scope: Scope, parameters: Mapping[str, Any] | None = None) -> Context:
        actor = await reception.caller(scope, parameters)
        return Context(opened.cafe, actor, lambda: settings.public_url or sites.of(scope))

    endpoint = GraphQLEndpoint(
        engine,
        context,
        page=closed.page() if settings.production else playground.page(f"{GRAPHQL}/assets"),
        profile=PROFILES[settings.http_profile],
        streams=streams,
        origins=origins,
        bodies=bodies,
        restraints=restraints,
    )
    sockets = GraphQLSockets(engine, context, streams, restraints=restraints, admit=origins.admit)
    door: ASGIApp = Door(Guarded(app), path=GRAPHQL, endpoint=endpoint, sockets=sockets)
    if settings.cors_origins:
        door = CrossOrigin(door, origins)
    return StrictTransport(door) if settings.production else door


def make_issuer(settings: Settings) -> "Issuer | None":
    """Make what checks the tokens of an outside issuer, if one is trusted; ValueError if it cannot be."""
    if settings.oidc_issuer is None:
        return None
    from cafe_graphql.gateways.oidc import Issuer  # brings cryptography and an HTTP client

    audiences = [each.strip() for each in (settings.oidc_audience or "").split(",")]
    return Issuer(settings.oidc_issuer, audiences, roles_claim=settings.oidc_roles_claim)


def make_gateway(settings: Settings) -> Gateway:
    """Make what takes the cards; `Unusable` when the library for it is not installed."""
    if settings.takes_cards_by == "terminal":
        return LocalTerminal(settings.terminal_file)
    if settings.takes_cards_by == "none" or settings.stripe_key is None:
        return NoCards()
    if find_spec("stripe") is None:  # it takes 30 MB, which a café without it is spared
        raise Unusable(f"Stripe's library is not installed: {sys.executable} -m pip install stripe")
    from cafe_graphql.gateways.stripe import Stripe

    return Stripe(settings.stripe_key.get_secret_value(), settings.stripe_url)


def make_engine(settings: Settings) -> Engine:
    """Make the engine, or raise `BrokenManifest` if the list of trusted documents is not in order."""
    listed = settings.trusted_documents
    persisted = TrustedDocuments.read(listed) if listed else AutomaticDocuments()
    kept = PublicFields(public.ROOTS, public.VOLATILE, public.version)
    return Engine(
        core_schema(),
        public=kept if settings.response_cache == "on" else None,
        costs=pricing(),
        persisted=persisted,
        translate=refusals.spoken,
        hide_schema=settings.production,
    )


def pricing() -> Costs:
    """Hand the engine what the schema says its fields cost."""
    slicing = {coordinate: Slicing(*how) for coordinate, how in costs.SLICING.items()}
    return Costs(costs.SIZES, slicing, costs.WEIGHTS, costs.INPUTS)
