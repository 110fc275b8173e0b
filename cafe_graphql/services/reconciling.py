"""Reconciling: asking the gateway what came of payments and refunds that were left under way, and settling them."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from cafe_graphql.core.payments import UNDER_WAY, Payment, Refund, RefundState
from cafe_graphql.gateways.cards import PATIENCE
from cafe_graphql.services import charging
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import payments as till
from cafe_graphql.store.database import Connection

GRACE = timedelta(seconds=5 * PATIENCE)
"""For so long whoever has begun a payment is left to end it; later they are taken to be dead."""

LOOK_SECONDS = 10.0
"""How often a process looks for what was left under way, by itself or by another."""

AT_ONCE = 20
"""As many are taken on at once; while one process asks about them the others leave them alone."""

_log = logging.getLogger("cafe_graphql")


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How many payments and refunds are settled now, and of how many it is still not known what came of them."""

    settled: int
    waiting: int


async def reconcile(cafe: Cafe, grace: timedelta = GRACE) -> Reconciled:
    """Settle what was left under way; what others began less than `grace` ago is theirs, unless they have given up."""
    settled, began = 0, cafe.clock()
    while waiting := await cafe.store.read(till.count_under_way):
        found = await cafe.store.write(_take, cafe, began - grace)
        ended = await asyncio.gather(*(_settle(cafe, each) for each in found))
        settled += sum(ended)
        if not found or not all(ended):  # the gateway is away, and would be asked again and again
            return Reconciled(settled, waiting - sum(ended))
    return Reconciled(settled, 0)


async def keep(cafe: Cafe, grace: timedelta) -> None:
    """Reconcile until cancelled: at once with this grace, then again and again."""
    while True:
        try:
            await reconcile(cafe, grace)
        except Exception:  # what could not be settled now may be the next time
            _log.exception("Payments could not be reconciled")
        grace = GRACE
        await asyncio.sleep(LOOK_SECONDS)


def _take(connection: Connection, cafe: Cafe, before: datetime) -> list[Payment | Refund]:
    now, gateway = cafe.clock(), cafe.gateway.name
    payments = till.take_unanswered(connection, gateway, before, now, AT_ONCE)
    return [*payments, *till.take_unanswered_refunds(connection, gateway, before, now, AT_ONCE - len(payments))]


async def _settle(cafe: Cafe, found: Payment | Refund) -> bool:
    """Go on from where one stands; False when it is still not known what came of it."""
    try:
        if isinstance(found, Payment):
            return (await charging.look_up(cafe, found)).payment.state not in UNDER_WAY
        [refund] = await charging.give_back(cafe, [found])
        return refund.state is not RefundState.PENDING
    except Exception:  # one that nobody understands must not keep the others waiting
        _log.exception("What came of %s could not be settled", found.public_id)
        return False
