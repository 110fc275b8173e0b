"""The day's figures as a picture, drawn by matplotlib.

It draws PNG and SVG alike, with axes that people can read, but brings 170 MB with it: more than all else that the café
needs. So it is asked for only by those who draw, and imported only then.
"""

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from cafe_graphql.cli import figures
from cafe_graphql.core.money import Money
from cafe_graphql.core.reports import SalesReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = (".png", ".svg")

MOST_ITEMS = 12
"""How many items are drawn, those that sold most: more would be too small to read."""

MOST_DAYS_NAMED = 8
"""How many days are written below their bars: more would run into each other."""

AMOUNT = "{x:,.10g}"
"""How amounts are written at an axis."""

COLOUR = "#6f4e37"  # coffee


def why_not(file: Path) -> str | None:
    """Say why nothing can be drawn to this file; None when it can, as far as is known before."""
    if file.suffix.lower() not in FORMATS:
        return f"{file} is neither a .png nor an .svg: name the picture like sales.png."
    if find_spec("matplotlib") is None:
        return f"Pictures are drawn by matplotlib, which is not installed: {sys.executable} -m pip install matplotlib"
    return None


def draw(cafe: str, sold: SalesReport, file: Path) -> None:
    """Draw the revenue by hour, by day and by item; OSError when the file cannot be written."""
    from matplotlib import rc_context

    # A dollar in a name is no formula, and what is written in an SVG stays text.
    with rc_context({"text.parse_math": False, "svg.fonttype": "none"}):
        _figure(cafe, sold).savefig(file, format=file.suffix.lower()[1:], dpi=120)


def _figure(cafe: str, sold: SalesReport) -> "Figure":
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    days = len(sold.by_day) > 1
    figure = Figure(figsize=(10, 11 if days else 7.5), layout=ConstrainedLayoutEngine(h_pad=0.15))
    revenue = f"{Money(sold.revenue, sold.currency).amount:,} {sold.currency}"
    figure.suptitle(f"{figures.heading(cafe, sold.span)}: {sold.orders:,} orders, {revenue}", fontsize=14)
    by_hour, by_item, *by_day = figure.subplots(3 if days else 2)
    _draw_hours(by_hour, sold)
    _draw_items(by_item, sold)
    if days:
        _draw_days(by_day[0], sold)
    return figure


def _draw_hours(axes: "Axes", sold: SalesReport) -> None:
    hours = figures.busy_hours(sold)
    axes.bar([f"{hour.hour}:00" for hour in hours], _amounts(sold, [hour.revenue for hour in hours]), color=COLOUR)
    _label(axes, "By hour of the day", sold)


def _draw_items(axes: "Axes", sold: SalesReport) -> None:
    items = sold.by_item[:MOST_ITEMS]
    places = range(len(items))
    bars = axes.barh(places, _amounts(sold, [item.revenue for item in items]), color=COLOUR)
    axes.set_yticks(places, [item.name for item in items])
    axes.invert_yaxis()
    axes.bar_label(bars, [f"{item.quantity:,} sold" for item in items], padding=3, fontsize=8)
    axes.margins(x=0.1)
    more = f" (the {MOST_ITEMS} that sold most)" if len(sold.by_item) > MOST_ITEMS else ""
    axes.set_title(f"By item{more}")
    axes.xaxis.set_major_formatter(AMOUNT)
    axes.set_xlabel(f"Revenue ({sold.currency})")
    _tidy(axes)


def _draw_days(axes: "Axes", sold: SalesReport) -> None:
    days = [day.day.isoformat() for day in sold.by_day]
    places, step = range(len(days)), -(-len(days) // MOST_DAYS_NAMED)
    axes.bar(places, _amounts(sold, [day.revenue for day in sold.by_day]), color=COLOUR)
    axes.set_xticks(places[::step], days[::step])
    _label(axes, "By day", sold)


def _label(axes: "Axes", title: str, sold: SalesReport) -> None:
    axes.set_title(title)
    axes.yaxis.set_major_formatter(AMOUNT)
    axes.set_ylabel(f"Revenue ({sold.currency})")
    _tidy(axes)


def _tidy(axes: "Axes") -> None:
    axes.spines[["top", "right"]].set_visible(False)


def _amounts(sold: SalesReport, minors: Sequence[int]) -> list[float]:
    """Major units; a bar's length needs no cents' exactness."""
    return [float(Money(minor, sold.currency).amount) for minor in minors]
