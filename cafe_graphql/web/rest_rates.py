"""What the REST addresses cost: taken from the same budget as GraphQL's operations."""

from fastapi import HTTPException, Response
from starlette.types import Scope

from cafe_graphql.core.people import Actor
from cafe_graphql.web.rates import RateLimiter

COST = 100
"""Of any request: about that of the menu asked for in GraphQL with the same few fields."""


async def charge(rates: RateLimiter, scope: Scope, actor: Actor, response: Response) -> None:
    """Charge a request to who sends it, or to the address of a guest; 429 when the budget is used up."""
    response.headers.update(await taken(rates, scope, actor, COST))


async def taken(rates: RateLimiter, scope: Scope, actor: Actor, cost: int) -> dict[str, str]:
    """Take a cost from the budget of who sends a request, and give the headers that tell of it; 429 without enough."""
    rate, is_enough = await rates.take_for(scope, "" if actor.is_guest else actor.id, cost)
    told = {name.decode(): value.decode() for name, value in rates.headers(rate, is_refused=not is_enough)}
    if not is_enough:
        raise HTTPException(429, rates.excuse(rate, cost), told)
    return told
