"""What is the same for everybody until the menu changes: answers of nothing else may be kept and given to the next."""

from cafe_graphql.schema.context import Context

ROOTS = frozenset({"Query.menu", "Query.menuItem", "Query.cafe"})
"""The root fields that tell nothing but of the menu."""

VOLATILE = frozenset(
    {
        "Cafe.isOpen",
        "Cafe.nextChangeAt",
        "Cafe.currentWaitMinutes",
        "Cafe.pickupSlots",
    }
)
"""The fields below them that change with the hour, or with the orders, though the menu does not."""


def version(context: Context) -> str:
    """Tell which menu an operation sees."""
    return context.menu.version
