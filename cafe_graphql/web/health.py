"""Health checks: is the process alive, and can it take orders."""

from collections.abc import Callable

from fastapi import APIRouter, Response

from cafe_graphql.services.cafe import Cafe


def routes(cafe: Callable[[], Cafe]) -> APIRouter:
    """Give `/health/live`, which always answers, and `/health/ready`, which asks the database."""
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live", summary="Is the process alive?")
    async def live() -> dict[str, str]:
        """The process runs."""
        return {"status": "ok"}

    @router.get("/ready", summary="Can it take orders?")
    async def ready(response: Response) -> dict[str, str]:
        """The database answers and there is a menu."""
        try:
            return {"status": "ok", "menuVersion": str(cafe().check().version)}
        except Exception:
            response.status_code = 503
            return {"status": "the database does not answer"}

    return router
