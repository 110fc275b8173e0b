"""Tax rates as a menu file writes them: named in `[cafe]`, and used there and by categories."""

import re
from collections.abc import Mapping
from decimal import Decimal

from cafe_graphql.core.menu_file import values
from cafe_graphql.core.menu_file.fields import Field, Table, shown
from cafe_graphql.core.taxes import TaxRate

MAX_RATES = 20

_PERCENT = re.compile(r"(100|[0-9]{1,2})(\.[0-9]{1,4})?")


def read(cafe: Table) -> tuple[TaxRate, ...]:
    """Read a café's `tax_rates`."""
    rates = values.listed(_rate, MAX_RATES, key=lambda rate: rate.slug)
    return cafe.optional("tax_rates", rates, ())


def read_tax(table: Table, rates: tuple[TaxRate, ...]) -> str | None:
    """Read by the slug of which of the `rates` something is taxed."""
    known = dict.fromkeys(rate.slug for rate in rates if rate.slug)
    return table.optional("tax", values.one_of(known, "tax rate"), None)


def document(rate: TaxRate) -> Mapping[str, object]:
    """Give the table that is read as this rate."""
    return {
        "slug": rate.slug,
        "name": rate.name,
        "percent": f"{rate.percent.normalize():f}",
        "included": rate.is_included,
    }


def _rate(field: Field) -> TaxRate:
    with field.table() as table:
        return TaxRate(
            slug=table.required("slug", values.slug, ""),
            name=table.required("name", values.name, ""),
            percent=table.required("percent", _percent, Decimal(0)),
            is_included=table.required("included", values.truth, False),
        )


def _percent(field: Field) -> Decimal:
    if isinstance(field.value, int | float) and not isinstance(field.value, bool):
        written = field.value if 0 <= field.value <= 100 else 8.875
        raise ValueError(f'is a number; write it as text in quotes: "{written:g}"')
    given = values.text(30)(field)
    if not _PERCENT.fullmatch(given) or Decimal(given) > 100:
        raise ValueError(f'{shown(given)} is no tax rate: write the percent, from "0" to "100", like "8.875"')
    return Decimal(given).normalize()
