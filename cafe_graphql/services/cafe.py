"""The café at work: its store, its clock and its menu of the moment, as one value."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar, cast

from cafe_graphql.core.drafts import Draft
from cafe_graphql.core.kitchen import Kitchen
from cafe_graphql.core.menu import Menu
from cafe_graphql.core.orders import Event, Order
from cafe_graphql.events import Board
from cafe_graphql.gateways.cards import Gateway, NoCards
from cafe_graphql.store import kitchen
from cafe_graphql.store import menu as menus
from cafe_graphql.store.database import Connection, Database

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

Clock = Callable[[], datetime]

MAX_KNOWN = 1_000


def utc_now() -> datetime:
    """Tell the time, aware and UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """An order as it is, and what has just happened to it; None: nothing, it is only shown.

    All who listen get the same one.

    `cursor` is the number of the latest event that is told of, or None while the queue is still being shown;
    `is_replay`: it happened before the listener came.
    """

    order: Order
    event: Event | None
    cursor: int | None
    is_replay: bool = False


class Cafe:
    """What every act needs. `clock` tells the time, so that tests can set it.

    `gateway` takes the cards. With `pay_first` an order goes to the kitchen when it is paid.
    """

    def __init__(self, store: Database, clock: Clock = utc_now) -> None:
        self.store = store
        self.clock = clock
        self.gateway: Gateway = NoCards()
        self.pay_first = False
        self.board: Board[Update] = Board()
        self._seen: int | None = None
        self._menu: Menu | None = None
        self._known: dict[tuple[Hashable, Hashable], object] = {}
        self._known_at: int | None = None

    def menu(self) -> Menu:
        """Give the menu as it is now: read again only when its version has moved, in whichever process."""
        seen = self.store.data_version()
        if self._menu is None or seen != self._seen:
            self._menu = self.store.read_now(menus.current, self._menu)
            self._seen = seen
        return self._menu

    def known(self, read: Callable[[Connection, K], T], key: K) -> T:
        """Read something quick and keep it until anything is written to the books: for what is asked at every event."""
        seen = self.store.data_version()
        if seen != self._known_at or len(self._known) >= MAX_KNOWN:
            self._known, self._known_at = {}, seen
        if (read, key) not in self._known:
            self._known[read, key] = self.store.read_now(read, key)
        return cast(T, self._known[read, key])

    def menu_at(self, connection: Connection) -> Menu:
        """Give the menu as it stands in the connection's own transaction."""
        return menus.current(connection, self._menu)

    def kitchen(self, draft: Draft, at: datetime | None = None) -> Kitchen:
        """See how busy the kitchen is, as far as it matters to a draft."""
        return self.store.read_now(kitchen.seen, self.menu().cafe, draft.pickup_at, at or self.clock())

    async def check(self) -> Menu:
        """See that an act could be done now, without doing any, and give the menu; raises when it could not."""
        return await self.store.write(self.menu_at)
