"""Telling the day's figures."""

from datetime import date
from zoneinfo import ZoneInfo

from cafe_graphql.core import permissions, reports
from cafe_graphql.core.people import Actor
from cafe_graphql.core.permissions import Act
from cafe_graphql.core.reports import SalesReport
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import reports as books


async def sales(cafe: Cafe, actor: Actor, first: date, last: date) -> SalesReport:
    """Tell what was sold from the `first` day to the `last`; `Unanswerable` says what to ask for instead."""
    permissions.require(actor, Act.READ_REPORTS)
    span = reports.span(first, last)
    return await cafe.store.read_long(books.sales, cafe.menu().cafe, span)


def today(cafe: Cafe) -> date:
    """Tell which day it is by the café's own calendar."""
    return cafe.clock().astimezone(ZoneInfo(cafe.menu().cafe.time_zone)).date()
