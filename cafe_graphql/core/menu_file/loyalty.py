"""Points as a menu file writes them: `loyalty` in `[cafe]`."""

from cafe_graphql.core.menu_file import values
from cafe_graphql.core.menu_file.fields import Field
from cafe_graphql.core.money import Money
from cafe_graphql.core.points import Scheme

MAX_POINTS = 1_000


def read(currency: str, field: Field) -> Scheme:
    """Read what earns points and what they are worth; amounts are of `currency`."""
    with field.table() as table:
        return Scheme(
            points=table.optional("points", values.whole(1, MAX_POINTS), 1),
            per=table.required("per", values.price(currency, lowest=1), 1),
            worth=table.required("worth", values.price(currency, lowest=1), 1),
        )


def document(scheme: Scheme, currency: str) -> dict[str, object]:
    """Give the table that is read as this scheme."""
    return {
        **({} if scheme.points == 1 else {"points": scheme.points}),
        "per": str(Money(scheme.per, currency).amount),
        "worth": str(Money(scheme.worth, currency).amount),
    }
