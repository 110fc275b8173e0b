"""Promo codes as a menu file writes them: what each takes off, of what, and when."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime

from cafe_graphql.core.hours import Hours
from cafe_graphql.core.menu import MAX_QUANTITY
from cafe_graphql.core.menu_file import hours, values
from cafe_graphql.core.menu_file.fields import Field, Table, kind
from cafe_graphql.core.money import Money
from cafe_graphql.core.promo_codes import PromoCode

MAX_LIMIT = 1_000_000_000

_CODE = re.compile(r"[A-Za-z0-9]+([-_][A-Za-z0-9]+)*")
_MAX_CODE = 40
_MAX_NAMED = 100
_KINDS = ("percent", "amount", "buy")


def read(currency: str, items: Collection[str], categories: Collection[str], field: Field) -> PromoCode:
    """Read a code; `items` and `categories` are the slugs that it may name."""
    with field.table() as table:
        code = PromoCode(
            code=table.required("code", values.matching(_CODE, _MAX_CODE, 'is no code: write it like "SPRING-10"'), ""),
            name=table.optional("name", values.name, None),
            percent=table.optional("percent", values.whole(1, 100), None),
            amount=table.optional("amount", values.price(currency, lowest=1), None),
            buy=table.optional("buy", values.whole(1, MAX_QUANTITY), None),
            get=table.optional("get", values.whole(1, MAX_QUANTITY), 1),
            first_day=table.optional("from", _day, None),
            last_day=table.optional("until", _day, None),
            hours=table.optional("hours", hours.read, Hours()),
            minimum=table.optional("minimum", values.price(currency, lowest=0), 0),
            items=table.optional("items", _named(items, "item"), ()),
            categories=table.optional("categories", _named(categories, "category"), ()),
            limit=table.optional("limit", values.whole(1, MAX_LIMIT), None),
            customer_limit=table.optional("limit_per_customer", values.whole(1, MAX_LIMIT), None),
        )
    _refuse_contradictions(field, table, code)
    return code


def document(code: PromoCode, currency: str) -> dict[str, object]:
    """Give the table that is read as this code; what is default is left out."""
    said: Mapping[str, object] = {
        "code": code.code,
        "name": code.name,
        "percent": code.percent,
        "amount": None if code.amount is None else str(Money(code.amount, currency).amount),
        "buy": code.buy,
        "get": None if code.get == 1 else code.get,
        "from": code.first_day,
        "until": code.last_day,
        "hours": hours.document(code.hours) or None,
        "minimum": str(Money(code.minimum, currency).amount) if code.minimum else None,
        "items": list(code.items) or None,
        "categories": list(code.categories) or None,
        "limit": code.limit,
        "limit_per_customer": code.customer_limit,
    }
    return {key: value for key, value in said.items() if value is not None}


def _refuse_contradictions(field: Field, table: Table, code: PromoCode) -> None:
    kinds = [key for key in _KINDS if key in table.keys]
    if len(kinds) != 1:
        what = f"takes off by {' and by '.join(kinds)}" if kinds else "takes nothing off"
        field.wrong(f"{what}; give it one of {', '.join(_KINDS)}")
    if "get" in table.keys and "buy" not in table.keys:
        field.wrong("has get without buy: buy = 2, get = 1 makes the cheapest of every three free")
    if code.first_day and code.last_day and code.last_day < code.first_day:
        field.wrong(f"is over on {code.last_day}, before it begins on {code.first_day}")


def _day(field: Field) -> date:
    if not isinstance(field.value, date) or isinstance(field.value, datetime):
        raise ValueError(f"must be a day without quotes and without a time, like 2026-05-31, not {kind(field.value)}")
    return field.value


def _named(known: Collection[str], what: str) -> Callable[[Field], tuple[str, ...]]:
    return values.listed(values.one_of(known, what), _MAX_NAMED, 1)
