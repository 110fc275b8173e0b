"""What the REST addresses cost: taken from the same budget as GraphQL's operations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import HTTPException, Request, Response
from starlette.types import Scope

from cafe_graphql.web import addresses
from cafe_graphql.web.rates import RateLimiter

COST = 100
"""Of any request: about that of the menu asked for in GraphQL with the same few fields."""


def charging(
    rates: RateLimiter, key: Callable[[Scope], str] = addresses.of
) -> Callable[[Request, Response], Awaitable[None]]:
    """Give a dependency that charges each request, to whom `key` names; 429 when the budget is used up."""

    async def charge(request: Request, response: Response) -> None:
        rate, is_enough = await rates.take(key(request.scope), COST)
        told = {name.decode(): value.decode() for name, value in rates.headers(rate, is_refused=not is_enough)}
        if not is_enough:
            raise HTTPException(429, rates.excuse(rate, COST), told)
        response.headers.update(told)

    return charge
