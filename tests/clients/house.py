"""A whole house of streams around the board: what the tests serve, in a thread or as a process of its own."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any, ClassVar

from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.types import Scope

from cafe_graphql.web.bodies import Bodies
from cafe_graphql.web.door import Door
from cafe_graphql.web.endpoint import GraphQLEndpoint
from cafe_graphql.web.refusals import Refused
from cafe_graphql.web.restraints import Restraints
from cafe_graphql.web.streams.keeping import DEFAULT_LIMITS, Limits, Streams
from cafe_graphql.web.streams.sockets import GraphQLSockets
from cafe_graphql.web.streams.stopping import on_stop
from tests.clients.called import Guest
from tests.execution import board
from tests.execution.corner import TillIsOnFire

# Leaves compression off, as a server with many idle sockets must, and uvicorn's own pings.
FLAGS = {
    "http": "cafe_graphql.web.wire:BoundedHttp",
    "ws": "cafe_graphql.web.streams.wire:LeanSockets",
    "ws_per_message_deflate": False,
    "ws_ping_interval": None,
}


class Visitor(Guest):
    """A guest who may be shown the door while they listen."""

    gone: ClassVar[set[str]] = set()

    def renewed(self) -> Guest:
        if self in self.gone:
            raise GraphQLError("This key was revoked.", extensions={"code": "UNAUTHENTICATED"})
        return Visitor(self)


async def context(scope: Scope, parameters: Mapping[str, Any] = MappingProxyType({})) -> Visitor:
    """Find out the guest's name, if a token names one; that takes a moment."""
    await asyncio.sleep(0)
    token = parameters.get("token", "Ada")
    if token == "unknown":
        raise Refused(401, "UNAUTHENTICATED", "This key is not known.")
    if token == "banned":
        raise Refused(403, "FORBIDDEN", "This guest is not let in.")
    if token == "fire":
        raise TillIsOnFire("/srv/secret/keys.db")
    return Visitor(token)


def admit(scope: Scope) -> None:
    if (b"origin", b"https://elsewhere.example") in scope["headers"]:
        raise Refused(403, "FORBIDDEN", "Sockets are for our own pages.")


def house(
    limits: Limits = DEFAULT_LIMITS, restraints: Restraints | None = None, bodies: Bodies | None = None
) -> tuple[Door, Streams]:
    """Build it all anew."""
    streams, engine = Streams(limits), board.engine()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        with on_stop(streams.close_all):
            yield

    endpoint = GraphQLEndpoint(engine, context, streams=streams, restraints=restraints, bodies=bodies)
    sockets = GraphQLSockets(engine, context, streams, restraints=restraints, admit=admit)
    return Door(Starlette(lifespan=lifespan), path="/graphql", endpoint=endpoint, sockets=sockets), streams


def create() -> Door:
    """Build it in a process of its own, with the limits that HOUSE_LIMITS names."""
    door, _ = house(Limits(**json.loads(os.environ.get("HOUSE_LIMITS", "{}"))))
    return door
