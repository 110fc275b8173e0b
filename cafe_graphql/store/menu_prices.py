"""What of the menu decides prices besides the items: tax rates and promo codes, as rows have them."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from cafe_graphql.core.hours import Hours, Period
from cafe_graphql.core.promo_codes import PromoCode
from cafe_graphql.core.taxes import TaxRate


def rate_row(rate: TaxRate) -> dict[str, Any]:
    return {"slug": rate.slug, "name": rate.name, "percent": str(rate.percent), "is_included": rate.is_included}


def rate(row: Mapping[str, Any]) -> TaxRate:
    return TaxRate(row["slug"], row["name"], Decimal(row["percent"]), row["is_included"])


def code(row: Mapping[str, Any]) -> PromoCode:
    first, last = (None if row[key] is None else date.fromisoformat(row[key]) for key in ("first_day", "last_day"))
    lists = {key: tuple(row[key]) for key in ("items", "categories")}
    return PromoCode(**{**row, **lists, "first_day": first, "last_day": last, "hours": hours(row["hours"]["periods"])})


def hours(rows: Iterable[Mapping[str, Any]]) -> Hours:
    return Hours(
        tuple(Period(p["weekday"], time.fromisoformat(p["opens"]), time.fromisoformat(p["closes"])) for p in rows)
    )
