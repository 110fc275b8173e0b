"""Health checks: is the process alive, and can it take orders."""

import asyncio
from collections.abc import Callable

from fastapi import APIRouter, Response

from cafe_graphql.core.errors import CafeError
from cafe_graphql.services.cafe import Cafe

PATIENCE = 1.0
"""Seconds within which a café that is ready could take an order."""


def routes(cafe: Callable[[], Cafe]) -> APIRouter:
    """Give `/health/live`, which always answers, and `/health/ready`, which asks the database."""
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live", summary="Is the process alive?")
    async def live() -> dict[str, str]:
        """The process runs."""
        return {"status": "ok"}

    @router.get("/ready", summary="Can it take orders?")
    async def ready(response: Response) -> dict[str, str]:
        """The database takes an act now, and there is a menu."""
        try:
            menu = await asyncio.wait_for(cafe().check(), PATIENCE)
        except Exception as error:
            response.status_code = 503
            return {"status": str(error) if isinstance(error, CafeError) else "The database does not answer."}
        return {"status": "ok", "menuVersion": str(menu.version)}

    return router
