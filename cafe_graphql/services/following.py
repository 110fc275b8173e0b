"""Following what happens: the order as it is, then every change, exactly once and in order.

What a listener has not seen is read from the board's log or, further back, from the history in the store: both tell the
same events by the same numbers, so there is no seam between what was missed and what happens now.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace

from cafe_graphql.core import permissions
from cafe_graphql.core.menu import Menu
from cafe_graphql.core.orders import Order
from cafe_graphql.core.people import Actor
from cafe_graphql.core.permissions import Act
from cafe_graphql.events import Entry
from cafe_graphql.services import ordering
from cafe_graphql.services.cafe import Cafe, Update
from cafe_graphql.services.ordering import Ref
from cafe_graphql.store import events, kitchen
from cafe_graphql.store import orders as order_book
from cafe_graphql.store.database import Connection

BATCH = 100
"""How many events are read at once."""

LOOK_SECONDS = 0.02
"""How often a process with listeners looks for what others have committed: one PRAGMA for them all."""

_MENU = "menu"

_log = logging.getLogger("cafe_graphql")


def order(cafe: Cafe, actor: Actor, ref: Ref, after: int | None = None) -> "Followed":
    """Tell an order's life: how it stands, then every change until its end; nothing when there is no such order.

    With `after`, an earlier update's cursor, what was missed since comes first.
    """
    ordering.check_may_follow(actor, ref)
    found, last = cafe.store.read_now(_order_and_last, actor, ref)
    if found is None:
        return Followed(cafe, None, last, last, is_over=True)
    after = _known(after, last)
    has_ended = found.is_over
    if after is None or (has_ended and not cafe.store.read_now(events.after, after, found.id, 1)):
        return Followed(cafe, found.id, last, last, iter([Update(found, None, last)]), is_over=has_ended)
    return Followed(cafe, found.id, after, last)


def kitchen_queue(cafe: Cafe, actor: Actor, after: int | None = None) -> "Followed":
    """Tell what the kitchen has to do: every order in the queue, then every change to any order."""
    permissions.require(actor, Act.WORK_IN_KITCHEN)
    last = cafe.store.read_now(events.last)
    after = _known(after, last)
    if after is not None:
        return Followed(cafe, None, after, last)
    return Followed(cafe, None, last, last, _queue_shown(cafe, last))


async def menu(cafe: Cafe) -> AsyncGenerator[Menu, None]:
    """Tell the menu as it is, then again whenever anything on it has changed."""
    with cafe.board.listening(lambda: cafe.store.read_now(events.last)):
        shown = None
        while True:
            now = cafe.menu()
            if shown is None or now.version != shown.version:
                shown = now
                yield now
            else:
                await cafe.board.sleep(_MENU)


class Followed:
    """The updates that one listener is told, one by one; whoever follows closes it.

    An object and not a generator within a generator: there may be thousands, and each is to weigh little.
    """

    __slots__ = ("_cafe", "_cursor", "_has_ended", "_is_listening", "_is_over", "_last", "_next", "_order_id", "_shown")

    def __init__(
        self,
        cafe: Cafe,
        order_id: int | None,
        after: int,
        last: int,
        shown: Iterator[Update] | None = None,
        *,
        is_over: bool = False,
    ) -> None:
        """Tell `shown`, then every change after the event `after`; those up to `last` were before the listener came."""
        self._cafe = cafe
        self._order_id = order_id
        self._cursor = after
        self._last = last
        self._shown = shown
        self._next: list[Update] = []
        self._has_ended = self._is_over = is_over
        self._is_listening = not is_over
        if self._is_listening:
            cafe.board.enter(lambda: cafe.store.read_now(events.last))

    def __aiter__(self) -> "Followed":
        return self

    async def __anext__(self) -> Update:
        if self._shown is not None:
            if (update := next(self._shown, None)) is not None:
                return update
            self._shown = None
        while not self._next:
            if self._is_over:
                await self.aclose()
                raise StopAsyncIteration
            if not self._take():
                self._cursor = max(self._cursor, await self._cafe.board.sleep(self._order_id))
        return self._next.pop()

    async def aclose(self) -> None:
        """Listen no longer."""
        self._is_over, self._next, self._shown = True, [], None
        if self._is_listening:
            self._is_listening = False
            self._cafe.board.leave()

    def _take(self) -> bool:
        """Take what has happened since, from the board or else from the store; False when there is nothing more."""
        board = self._cafe.board
        reached, entries = board.reached, board.since(self._cursor, self._order_id)
        if entries is None:
            updates = self._cafe.store.read_now(_updates_after, self._cursor, self._order_id)
        else:
            updates = [entry.content for entry in entries]
        if not updates:
            self._cursor = max(self._cursor, reached)
            self._is_over = self._has_ended
            return entries is None or self._is_over
        self._cursor = _number(updates[-1])
        if self._order_id is None:  # what waits to be paid is not the kitchen's yet
            updates = [update for update in updates if not update.order.waits_for_payment]
        self._has_ended = self._order_id is not None and updates[-1].order.is_over
        self._next = [self._told(update) for update in reversed(updates)]
        return True

    def _told(self, update: Update) -> Update:
        return replace(update, is_replay=True) if _number(update) <= self._last else update


class Watcher:
    """Puts up on the board what has been committed, by this process or by any other."""

    def __init__(self, cafe: Cafe) -> None:
        self._cafe = cafe
        self._seen = cafe.store.data_version()
        self._menu_version = cafe.menu().version

    async def watch(self) -> None:
        """Look until cancelled; without listeners there is nothing to look for."""
        self._cafe.store.on_commit = self.look
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                self.look()
            except Exception:  # the next look may see what this one could not
                _log.exception("What others have committed could not be read")

    def look(self) -> None:
        """Put up what is new, if anybody listens and anything is."""
        board, store = self._cafe.board, self._cafe.store
        if not board.has_listeners or (version := store.data_version()) == self._seen:
            return
        while updates := store.read_now(_updates_after, board.reached, None):
            board.put_up(Entry(_number(update), update.order.id, update) for update in updates)
        if self._cafe.menu().version != self._menu_version:
            self._menu_version = self._cafe.menu().version
            board.wake(_MENU)
        self._seen = version


def _order_and_last(connection: Connection, actor: Actor, ref: Ref) -> tuple[Order | None, int]:
    return ordering.found(connection, actor, ref), events.last(connection)


def _number(update: Update) -> int:
    """The number of the event that a change is."""
    assert update.cursor is not None
    return update.cursor


def _known(after: int | None, last: int) -> int | None:
    """A cursor that this café has given; one of another book, or of one since restored, is as good as none."""
    return None if after is None or after > last else after


def _queue_shown(cafe: Cafe, last: int) -> Iterator[Update]:
    """Show the whole queue, page by page. Only the last has a cursor: who leaves before it is shown all of it again.

    What changes meanwhile comes after the event `last`, and is told when all is shown.
    """
    page = cafe.store.read_now(kitchen.queue)
    while page:
        following_page = cafe.store.read_now(kitchen.queue, after=page[-1])
        for waiting in page[:-1]:
            yield Update(waiting, None, None)
        yield Update(page[-1], None, None if following_page else last)
        page = following_page


def _updates_after(connection: Connection, cursor: int, order_id: int | None) -> list[Update]:
    happened = events.after(connection, cursor, order_id, BATCH)
    found = order_book.by_ids(connection, {event.order_id for event in happened})
    return [Update(found[event.order_id], event, event.id) for event in happened]
