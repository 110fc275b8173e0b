"""Callers for the tests of the door: a name is all that their fields tell."""

from starlette.types import Scope

from cafe_graphql.core.rates import RateLimit


class Guest(str):
    """A context that is a name."""

    caller = ""
    rate: RateLimit | None = None

    def renewed(self) -> "Guest":
        return Guest(self)


async def ada(scope: Scope) -> Guest:
    """Find out that it is Ada, whoever it is."""
    return Guest("Ada")
