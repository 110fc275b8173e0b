"""What the door must know of a caller: who it is, and how to look again without asking anybody."""

from __future__ import annotations

from typing import Protocol

from cafe_graphql.core.rates import RateLimit


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
