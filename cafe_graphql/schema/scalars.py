"""The scalars that GraphQL does not have: exact decimals, and instants in UTC."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import strawberry
from strawberry.types.scalar import ScalarDefinition

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(_DATE.pattern + r"[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})")


def _write_instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _read_instant(value: object) -> datetime:
    try:
        if isinstance(value, str) and _INSTANT.fullmatch(value):
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError('A DateTime is written like "2026-05-01T08:30:00Z", with its time zone.')


def _read_date(value: object) -> date:
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError('A Date is written like "2026-05-01".')


def _read_decimal(value: object) -> Decimal:
    try:
        number = Decimal(value) if isinstance(value, str) else None
        if number is not None and number.is_finite():
            return number
    except ArithmeticError:
        pass
    raise ValueError('A Decimal is written as a string like "4.50".')


SCALARS: dict[object, ScalarDefinition] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number as a string, "4.50"; never a float.',
        serialize=str,
        parse_value=_read_decimal,
    ),
    date: strawberry.scalar(
        name="Date",
        description='A day of the café\'s own calendar: "2026-05-01".',
        serialize=date.isoformat,
        parse_value=_read_date,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description='An instant by RFC 3339, always answered in UTC: "2026-05-01T08:30:00Z".',
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_write_instant,
        parse_value=_read_instant,
    ),
}
