"""What every resolver has at hand: the café, the caller, and one menu for the whole operation."""

from collections.abc import Callable
from functools import cached_property

import strawberry
from strawberry.dataloader import DataLoader

from cafe_graphql.core.errors import Unauthenticated
from cafe_graphql.core.payments import Payment
from cafe_graphql.core.people import Actor, Person
from cafe_graphql.core.rates import RateLimit
from cafe_graphql.core.receipts import Receipt
from cafe_graphql.schema import menu
from cafe_graphql.schema.refusals import spoken
from cafe_graphql.services import recognising
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import payments, people, receipts


class Context:
    """Made anew for each request. `reached_at` gives the address that the caller has reached us at, for links."""

    def __init__(self, cafe: Cafe, actor: Actor, reached_at: Callable[[], str] = str) -> None:
        self.cafe = cafe
        self.actor = actor
        self._reached_at = reached_at
        self.caller = "" if actor.is_guest else actor.id
        self.rate: RateLimit | None = None
        self._menu: menu.Menu | None = None

    def renewed(self) -> "Context":
        """Give the same caller's context for another moment; a GraphQLError when they must say anew who they are."""
        try:
            return Context(self.cafe, recognising.still(self.cafe, self.actor), self._reached_at)
        except Unauthenticated as error:
            raise spoken(error) or error from None

    @cached_property
    def site(self) -> str:
        """What a link to us begins with: `https://cafe.example`."""
        return self._reached_at()

    @property
    def menu(self) -> menu.Menu:
        """The menu as the operation first saw it, so that all its fields tell of the same one."""
        if self._menu is None:  # (a `cached_property` takes a lock for each context)
            self._menu = menu.of(self.cafe.menu())
        return self._menu

    def look_again(self) -> None:
        """See the menu as it is now: for an operation that has just changed it."""
        self._menu = None

    @cached_property
    def people(self) -> DataLoader[int, Person | None]:
        """Accounts by their numbers in the store, those of one moment read at once, and anew in the next."""
        return DataLoader(load_fn=self._people, cache=False)

    @cached_property
    def payments(self) -> DataLoader[int, list[Payment]]:
        """Payments by the numbers of their orders, those of one moment read at once, and anew in the next."""
        return DataLoader(load_fn=self._payments, cache=False)

    @cached_property
    def receipts(self) -> DataLoader[int, list[Receipt]]:
        """Receipts by the numbers of their orders, those of one moment read at once, and anew in the next."""
        return DataLoader(load_fn=self._receipts, cache=False)

    async def _receipts(self, order_ids: list[int]) -> list[list[Receipt]]:
        found = await self.cafe.store.read(receipts.of_orders, order_ids)
        return [found[order_id] for order_id in order_ids]

    async def _payments(self, order_ids: list[int]) -> list[list[Payment]]:
        found = await self.cafe.store.read(payments.of_orders, order_ids)
        return [found[order_id] for order_id in order_ids]

    async def _people(self, person_ids: list[int]) -> list[Person | None]:
        found = await self.cafe.store.read(people.by_ids, person_ids)
        return [found.get(person_id) for person_id in person_ids]


Info = strawberry.Info[Context, None]
