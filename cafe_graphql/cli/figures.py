"""The day's figures as text: tables for people, and CSV for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Sequence
from functools import partial
from unicodedata import east_asian_width

from cafe_graphql.core.money import Money
from cafe_graphql.core.reports import HourSales, SalesReport, Span

COLUMNS = ("by", "key", "name", "orders", "quantity", "revenue", "refunds", "currency")
"""The columns of the CSV; `by` says what a row is about: all, item, hour or day. Refunds are told in all and by day."""

Row = Sequence[object]


def tables(cafe: str, sold: SalesReport) -> str:
    """Write the figures for people: in all, then by item, by hour and, of several days, by day."""
    revenue, refunds = (f"{what} ({sold.currency})" for what in ("Revenue", "Refunds"))
    items = [(item.name, item.quantity, _amount(sold, item.revenue)) for item in sold.by_item]
    hours = [(f"{hour.hour:02}:00", hour.orders, _amount(sold, hour.revenue)) for hour in busy_hours(sold)]
    days = [(day.day, day.orders, _amount(sold, day.revenue), _amount(sold, day.refunds)) for day in sold.by_day]
    parts = [f"{heading(cafe, sold.span)}\n", _table((), _totals(sold))]
    if sold.orders:
        parts += [_table(("Item", "Quantity", revenue), items), _table(("Hour", "Orders", revenue), hours)]
    if len(days) > 1:
        parts.append(_table(("Day", "Orders", revenue, refunds), days))
    return "\n".join(parts)


def csv_of(sold: SalesReport) -> str:
    """Write the figures as CSV, amounts in major units with all digits."""
    out, amount, currency = io.StringIO(), partial(_amount, sold), sold.currency
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerow(("all", "", "", sold.orders, sold.items, amount(sold.revenue), amount(sold.refunds), currency))
    for item in sold.by_item:
        writer.writerow(("item", item.slug, item.name, "", item.quantity, amount(item.revenue), "", currency))
    for hour in sold.by_hour:
        writer.writerow(("hour", hour.hour, "", hour.orders, "", amount(hour.revenue), "", currency))
    for day in sold.by_day:
        writer.writerow(("day", day.day, "", day.orders, "", amount(day.revenue), amount(day.refunds), currency))
    return out.getvalue()


def heading(cafe: str, span: Span) -> str:
    """Say whose figures these are, and of which days."""
    return f"{cafe}, {span.first}" + (f" to {span.last}" if span.last != span.first else "")


def busy_hours(sold: SalesReport) -> Sequence[HourSales]:
    """Give the hours from the first with an order to the last."""
    busy = [hour.hour for hour in sold.by_hour if hour.orders]
    return sold.by_hour[min(busy) : max(busy) + 1] if busy else ()


def _totals(sold: SalesReport) -> list[Row]:
    return [
        ("Orders", sold.orders),
        ("Items", sold.items),
        (f"Revenue ({sold.currency})", _amount(sold, sold.revenue)),
        (f"Refunds ({sold.currency})", _amount(sold, sold.refunds)),
        (f"Average order ({sold.currency})", _amount(sold, sold.average_order)),
    ]


def _amount(sold: SalesReport, minor: int) -> str:
    return str(Money(minor, sold.currency).amount)


def _table(headings: Row, rows: Iterable[Row]) -> str:
    """Set rows in columns: the first to the left, the others to the right."""
    texts = [[str(cell) for cell in row] for row in (headings, *rows) if row]
    widths = [max(map(_width, column)) for column in zip(*texts, strict=True)]
    return "".join(f"{_line(row, widths)}\n" for row in texts)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (" " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
    return row[0] + first + "".join(f"  {room}{cell}" for room, cell in zip(others, row[1:], strict=True))


def _width(text: str) -> int:
    """How many places a terminal takes for a text: two for each wide character of East Asia."""
    return sum(1 + (east_asian_width(character) in "WF") for character in text)
