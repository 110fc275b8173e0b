"""The REST face of the tutorial: five plain addresses over the same acts as GraphQL."""

import secrets
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import APIKeyHeader
from pydantic import BaseModel, Field, SecretStr

from cafe_graphql.core import builds, problems
from cafe_graphql.core.drafts import Choice, Draft, LineDraft
from cafe_graphql.core.money import Money
from cafe_graphql.core.orders import Order
from cafe_graphql.core.people import GUEST
from cafe_graphql.services import ordering
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotPlaced

LATEST = 20
"""How many orders `GET /orders` lists."""

_PLACES = {"item": "item_id", "0": "size", "1": "milk"}
_KEY = APIKeyHeader(name="X-API-Key", auto_error=False, description="The café's `CAFE_API_KEY`.")


class MenuEntry(BaseModel):
    """An item and its price with every default option, in major units."""

    id: int
    name: str
    price: float


class OrderIn(BaseModel):
    """One drink: `{"item_id": 1, "size": "medium", "milk": "oat"}`."""

    item_id: int = Field(ge=1, strict=True, description="An `id` of `GET /menu`.", examples=[1])
    size: str = Field(description="An option of the item's `size` group.", examples=["medium"])
    milk: str | None = Field(default=None, description="An option of its `milk` group.", examples=["oat"])


class OrderOut(BaseModel):
    """An order in short; `total` in major units."""

    order_id: int
    status: str
    total: float


def routes(cafe: Callable[[], Cafe], api_key: SecretStr | None) -> APIRouter:
    """Give the tutorial's addresses; `api_key` is what `X-API-Key` must say for the private one."""
    router = APIRouter(tags=["tutorial"])

    @router.get("/", summary="Say where things are")
    async def welcome() -> dict[str, str]:
        """Say where things are."""
        name = cafe().menu().cafe.name
        return {"message": f"Welcome to {name}!", "menu": "/menu", "graphql": "/graphql", "docs": "/docs"}

    @router.get("/menu", summary="List what can be ordered")
    async def menu() -> list[MenuEntry]:
        """List what can be ordered."""
        now = cafe().menu()
        return [
            MenuEntry(id=item.id, name=item.name, price=_major(builds.default(item).unit_price, now.cafe.currency))
            for item in now.items
            if item.unavailable is None
        ]

    @router.post("/orders", status_code=201, summary="Place an order for one drink")
    async def place(order: OrderIn) -> OrderOut:
        """Place an order for one drink."""
        try:
            placed = await ordering.place(cafe(), GUEST, _draft(order, cafe()))
        except NotPlaced as refusal:
            raise HTTPException(422, [_detail(problem) for problem in refusal.problems]) from None
        return _out(placed.order)

    @router.get("/orders", summary="List the latest orders")
    async def latest() -> dict[int, OrderOut]:
        """List the latest orders by their number."""
        return await _latest(cafe())

    @router.get("/private/orders", summary="List the latest orders, with a key")
    async def private(_: Annotated[None, Depends(_checks(api_key))]) -> dict[int, OrderOut]:
        """List the latest orders, for those who have the key."""
        return await _latest(cafe())

    return router


def _checks(api_key: SecretStr | None) -> Callable[[str | None], None]:
    def check(given: Annotated[str | None, Depends(_KEY)]) -> None:
        wanted = api_key.get_secret_value() if api_key else ""
        if not wanted or not secrets.compare_digest((given or "").encode(), wanted.encode()):
            raise HTTPException(401, "Send the café's key in the X-API-Key header.", {"WWW-Authenticate": "ApiKey"})

    return check


async def _latest(cafe: Cafe) -> dict[int, OrderOut]:
    return {order.id: _out(order) for order in await ordering.latest(cafe, GUEST, LATEST)}


def _draft(order: OrderIn, cafe: Cafe) -> Draft:
    item = cafe.menu().by_id.get(order.item_id)
    chosen = [Choice("size", order.size)] + ([Choice("milk", order.milk)] if order.milk else [])
    return Draft((LineDraft(item.slug if item else str(order.item_id), choices=tuple(chosen)),))


def _out(order: Order) -> OrderOut:
    return OrderOut(
        order_id=order.id, status=order.status.value, total=_major(order.totals.total, order.totals.currency)
    )


def _major(minor: int, currency: str) -> float:
    return float(Money(minor, currency).amount)


def _detail(problem: problems.Problem) -> dict[str, Any]:
    """Say a problem the way FastAPI says what is wrong with a body."""
    place = [_PLACES[step] for step in problem.path[2:] if step in _PLACES]
    return {"type": problem.code.value, "loc": ["body", *place[:1]], "msg": problem.message}
