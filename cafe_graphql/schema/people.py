"""People as callers see them: who is calling, customers, their sessions, and the keys that programs call with."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import strawberry

from cafe_graphql.core import money, people, permissions
from cafe_graphql.core.errors import Rejected
from cafe_graphql.core.loyalty import Movement
from cafe_graphql.core.orders import Order as PlacedOrder
from cafe_graphql.core.permissions import Act, Reach
from cafe_graphql.schema import ids, problems
from cafe_graphql.schema.context import Info
from cafe_graphql.schema.enums import Role, Scope, Sort
from cafe_graphql.schema.ids import Node
from cafe_graphql.schema.loyalty import MAX_MOVEMENTS, PointsMovement
from cafe_graphql.schema.paging import After, First
from cafe_graphql.schema.problems import Problem
from cafe_graphql.schema.refusals import bad_input
from cafe_graphql.services import key_cutting, signing_in
from cafe_graphql.services.sessions import Session
from cafe_graphql.store import loyalty as points_book
from cafe_graphql.store import orders as order_book
from cafe_graphql.store import people as people_book
from cafe_graphql.store.database import Connection

if TYPE_CHECKING:
    from cafe_graphql.schema.order_book import OrderConnection, OrderFilter

UNLIMITED = 2**31 - 1
"""The most that an `Int` can say."""

_Orders = Annotated["OrderConnection", strawberry.lazy("cafe_graphql.schema.order_book")]
_Filter = Annotated["OrderFilter", strawberry.lazy("cafe_graphql.schema.order_book")]


@strawberry.type(description="Somebody with an account.")
class Customer(Node):
    name: str = strawberry.field(description="What they call themselves.")
    email: str | None = strawberry.field(description="Their address; null when an outside identity came without one.")
    loyalty_points: int = strawberry.field(description="Points that can be redeemed.")
    source: strawberry.Private[people.Person]

    @strawberry.field(description="How they came by their points, and by what they owe: the latest movements first.")
    async def points_movements(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many at most, from 1 to 100.")] = 20,
    ) -> list[PointsMovement]:
        if not 1 <= first <= MAX_MOVEMENTS:
            raise bad_input(f"`first` must be from 1 to {MAX_MOVEMENTS}, not {first}.")
        from cafe_graphql.schema.orders import Order  # which knows customers

        menu, viewer = info.context.menu, info.context.actor
        found = await info.context.cafe.store.read(_movements, self.source.id, first)
        return [PointsMovement.of(movement, Order.of(order, menu, viewer)) for movement, order in found]

    @strawberry.field(description="What they have ordered while signed in, the latest first.")
    async def orders(
        self,
        info: Info,
        filter: Annotated[_Filter | None, strawberry.argument(description="Omitted: all of them.")] = None,
        first: First = 20,
        after: After = None,
    ) -> _Orders:
        from cafe_graphql.schema import order_book  # which knows orders, which know customers

        return await order_book.page(info, filter, Sort.PLACED_AT_DESC, first, after, whose=self.source.id)

    @classmethod
    def of(cls, person: people.Person) -> "Customer":
        return cls(
            id=ids.encode("Customer", person.public_id),
            name=person.name,
            email=person.email,
            loyalty_points=min(person.points, money.MAX_TOTAL),
            source=person,
        )


@strawberry.type(description="A key that a program calls with, without its secret.")
class ApiKey(Node):
    name: str = strawberry.field(description="What it is for. `till`.")
    prefix: str = strawberry.field(description="How its secret begins, to tell keys apart. `cafe_3q2xWb`.")
    scopes: list[Scope] = strawberry.field(description="What it opens.")
    created_at: datetime = strawberry.field(description="When it was made.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute; null: never.")
    expires_at: datetime | None = strawberry.field(description="When it ceases to open anything; null: never.")

    @classmethod
    def of(cls, key: people.ApiKey) -> "ApiKey":
        return cls(
            id=ids.encode("ApiKey", key.public_id),
            name=key.name,
            prefix=key.prefix,
            scopes=_in_order(key.scopes),
            created_at=key.created_at,
            last_used_at=key.last_used_at,
            expires_at=key.expires_at,
        )


@strawberry.type(description="How much may be asked: every operation costs what it is estimated to cost.")
class RateLimit:
    limit: int = strawberry.field(description="The cost that is allowed in a minute.")
    remaining: int = strawberry.field(description="What is left of it, this operation counted.")
    reset_at: datetime = strawberry.field(description="When all of it is there again.")


@strawberry.type(description="Who is calling, and what they may do.")
class Viewer:
    role: Role | None = strawberry.field(description="What they are to the café; null for guests and keys.")
    scopes: list[Scope] = strawberry.field(description="What they are trusted with; none for guests and customers.")
    actor: strawberry.Private[people.Actor]

    @strawberry.field(description="Their account; null for guests and keys.")
    async def customer(self, info: Info) -> Customer | None:
        person = await signing_in.who_is(info.context.cafe, self.actor)
        return Customer.of(person) if person else None

    @strawberry.field(description="How much they may still ask.")
    def rate_limit(self, info: Info) -> RateLimit:
        rate = info.context.rate
        if rate is None:
            return RateLimit(limit=UNLIMITED, remaining=UNLIMITED, reset_at=info.context.cafe.clock() + _MINUTE)
        return RateLimit(limit=rate.limit, remaining=rate.remaining, reset_at=rate.reset_at)

    @strawberry.field(description="The keys of the café, oldest first; none for those without the scope `KEYS`.")
    async def api_keys(self, info: Info) -> list[ApiKey]:
        return [ApiKey.of(key) for key in await key_cutting.every(info.context.cafe, self.actor)]

    @classmethod
    def of(cls, actor: people.Actor) -> "Viewer":
        return cls(role=actor.role and Role(actor.role), scopes=_in_order(actor.scopes), actor=actor)


@strawberry.type(description="Success: `accessToken` is set. Refusal: `problems` says why.")
class SessionPayload:
    access_token: str | None = strawberry.field(
        default=None, description="Send it as `Authorization: Bearer …` until it expires."
    )
    expires_at: datetime | None = strawberry.field(default=None, description="When to sign in again: in an hour.")
    viewer: Viewer | None = strawberry.field(default=None, description="Who has signed in.")
    problems: list[Problem] = strawberry.field(default_factory=list, description="Everything that stands in its way.")

    @classmethod
    def of(cls, session: Session) -> "SessionPayload":
        viewer = Viewer.of(session.person.actor(session.expires_at))
        return cls(access_token=session.token, expires_at=session.expires_at, viewer=viewer)

    @classmethod
    def refused(cls, refusal: Rejected) -> "SessionPayload":
        return cls(problems=[problems.of(problem) for problem in refusal.problems])


@strawberry.type(description="Success: `apiKey` is set. Refusal: `problems` says why.")
class ApiKeyPayload:
    api_key: ApiKey | None = strawberry.field(default=None, description="The key.")
    secret: str | None = strawberry.field(
        default=None, description="What the program sends as `X-API-Key`. Shown once, here: nobody can show it again."
    )
    problems: list[Problem] = strawberry.field(default_factory=list, description="Everything that stands in its way.")

    @classmethod
    def refused(cls, refusal: Rejected) -> "ApiKeyPayload":
        return cls(problems=[problems.of(problem) for problem in refusal.problems])


_MINUTE = timedelta(minutes=1)


async def customer_of(info: Info, person_id: int | None) -> Customer | None:
    """Give whose an order is, to themselves and to those who read all orders; to others it is nobody's."""
    if person_id is None or not _may_see(info.context.actor, person_id):
        return None
    person = await info.context.people.load(person_id)
    return Customer.of(person) if person else None


async def node(info: Info, kind: str, key: str) -> Customer | ApiKey | None:
    """Find an account or a key by what its id says."""
    if kind == "ApiKey":
        found = await key_cutting.find(info.context.cafe, info.context.actor, key)
        return ApiKey.of(found) if found else None
    permissions.require(info.context.actor, Act.READ_ORDERS)
    person = await info.context.cafe.store.read(people_book.by_public_id, key)
    return Customer.of(person) if person and _may_see(info.context.actor, person.id) else None


def _movements(connection: Connection, person_id: int, count: int) -> list[tuple[Movement, PlacedOrder]]:
    """A customer's latest movements of points, each with its order."""
    found = points_book.latest(connection, person_id, count)
    orders = order_book.by_ids(connection, {movement.order_id for movement in found})
    return [(movement, orders[movement.order_id]) for movement in found]


def _may_see(actor: people.Actor, person_id: int) -> bool:
    return actor.person_id == person_id or permissions.reach(actor, Act.READ_ORDERS) is Reach.ALL


def _in_order(scopes: frozenset[people.Scope]) -> list[Scope]:
    return [scope for scope in Scope if scope in scopes]
