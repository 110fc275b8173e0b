"""What the REST addresses cost: taken from the same budget as GraphQL's operations."""

from fastapi import HTTPException, Response
from starlette.types import Scope

from cafe_graphql.core.people import Actor
from cafe_graphql.web.rates import RateLimiter

COST = 100
"""Of any request: about that of the menu asked for in GraphQL with the same few fields."""


async def charge(rates: RateLimiter, scope: Scope, actor: Actor, response: Response) -> None:
    """Charge a request to who sends it, or to the address of a guest; 429 when the budget is used up."""
    rate, is_enough = await rates.take_for(scope, "" if actor.is_guest else actor.id, COST)
    told = {name.decode(): value.decode() for name, value in rates.headers(rate, is_refused=not is_enough)}
    if not is_enough:
        raise HTTPException(429, rates.excuse(rate, COST), told)
    response.headers.update(told)
