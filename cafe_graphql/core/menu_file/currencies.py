"""The currency of a menu file, as far as the café's books have a say in it."""

from collections.abc import Iterator

from cafe_graphql.core.menu import Sheet
from cafe_graphql.core.menu_file.fields import Mistake


def exchanged(sheet: Sheet, taken_in: str | None) -> Iterator[Mistake]:
    """Say that the currency is not the one in which orders have been taken; None: there are no orders yet.

    What is still due, may be given back or is reported of a day would be in two that do not add up, and points that
    were earned by the one would be worth something else in the other.
    """
    currency = sheet.cafe.currency
    if taken_in not in (None, currency):
        message = (
            f"is {currency}, but the café has taken orders in {taken_in}, and the two do not add up;"
            f" write {taken_in}, or begin new books for {currency}, in a database file of their own"
        )
        yield Mistake("cafe.currency", message)
