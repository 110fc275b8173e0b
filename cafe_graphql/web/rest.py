"""The REST face of the tutorial: five plain addresses over the same acts as GraphQL."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.security import APIKeyHeader, HTTPBearer
from pydantic import BaseModel, Field
from starlette.types import Scope

from cafe_graphql.core import builds, problems
from cafe_graphql.core.drafts import Choice, Draft, LineDraft
from cafe_graphql.core.money import Money
from cafe_graphql.core.orders import Order
from cafe_graphql.core.people import Actor
from cafe_graphql.services import ordering
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotPlaced
from cafe_graphql.web import rest_rates
from cafe_graphql.web.rates import RateLimiter

LATEST = 20
"""How many orders `GET /orders` lists."""

_PLACES = {"item": "item_id", "0": "size", "1": "milk"}
_KEYS = (  # for the description alone: `identified` reads the headers
    Depends(APIKeyHeader(name="X-API-Key", auto_error=False, description="A key that may read orders.")),
    Depends(HTTPBearer(auto_error=False, description="A key, or the token of somebody who has signed in.")),
)


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


def routes(cafe: Callable[[], Cafe], actor: Callable[[Scope], Awaitable[Actor]], rates: RateLimiter) -> APIRouter:
    """Give the tutorial's addresses, where the same may do the same as in GraphQL, and pay for it."""

    async def caller(request: Request) -> Actor:
        return await actor(request.scope)

    Caller = Annotated[Actor, Depends(caller)]

    async def pay(request: Request, actor: Caller, response: Response) -> None:
        await rest_rates.charge(rates, request.scope, actor, response)

    router = APIRouter(tags=["tutorial"], dependencies=[*_KEYS, Depends(pay)])

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
    async def place(order: OrderIn, actor: Caller) -> OrderOut:
        """Place an order for one drink."""
        try:
            placed = await ordering.place(cafe(), actor, _draft(order, cafe()))
        except NotPlaced as refusal:
            raise HTTPException(422, [_detail(problem) for problem in refusal.problems]) from None
        return _out(placed.order)

    @router.get("/orders", summary="List the latest orders")
    @router.get("/private/orders", summary="List the latest orders")
    async def latest(actor: Caller) -> dict[int, OrderOut]:
        """List the latest orders by their number, for those who may read them."""
        return {order.id: _out(order) for order in await ordering.latest(cafe(), actor, LATEST)}

    return router


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
