"""What the door must know of a caller: who it is, and how to look again without asking anybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from cafe_graphql.core.errors import Away, Busy, Unauthenticated
from cafe_graphql.core.people import GUEST, Actor
from cafe_graphql.core.rates import RateLimit
from cafe_graphql.services.recognising import Callers
from cafe_graphql.web import credentials
from cafe_graphql.web.requests import Headers, Refused


class Called(Protocol):
    """What resolvers see as `info.context`: found out once, which may take a database or an identity provider.

    `caller` is "" for a guest, and otherwise a stable id, such as "key:7" or "person:3". `rate` is set by the rate
    limiter when it has charged an operation, and stays None for one that costs nothing.
    """

    caller: str
    rate: RateLimit | None

    def renewed(self) -> Called:
        """Give a fresh one for another moment: each operation on a socket, each event of a subscription.

        It may raise a GraphQLError with a code when the caller may no longer listen.
        """


async def identified(callers: Callers, headers: Headers, parameters: Mapping[str, Any] | None = None) -> Actor:
    """Find out who calls by what they send; raises `Refused` when that cannot be trusted.

    `parameters` came with a socket's `connection_init`: what they say goes before the handshake's own headers.
    """
    credential = credentials.sent((parameters and credentials.in_parameters(parameters)) or headers)
    if credential is None:
        return GUEST
    try:
        return await callers.recognise(credential)
    except Unauthenticated as error:
        raise credentials.unauthenticated(str(error)) from None
    except (Away, Busy) as error:
        raise Refused(503, "SERVICE_UNAVAILABLE", str(error), ((b"retry-after", b"5"),)) from None
