"""A receipt as a page for a browser: no script, nothing from elsewhere, and as good on paper as on a telephone."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html import escape

from cafe_graphql.printing.slips import Row, Slip

STYLE = """
:root { color-scheme: light }
body { margin: 0; background: #f1efeb; color: #1c1a17; font: 15px/1.45 system-ui, sans-serif }
main { box-sizing: border-box; max-width: 25rem; margin: 1.5rem auto; padding: 1.5rem; background: #fff;
  box-shadow: 0 1px 6px #0002 }
header, footer { text-align: center; overflow-wrap: anywhere }
h1 { margin: 0 0 .4rem; font-size: 1.35rem; line-height: 1.2 }
header p, footer p { margin: 0 }
table { width: 100%; margin-top: .8rem; padding-top: .8rem; border-top: 1px dashed #9a948a; border-spacing: 0 }
td { padding: .1rem 0; vertical-align: baseline; overflow-wrap: anywhere }
td + td { padding-inline-start: 1rem; text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums }
.detail td { padding-inline-start: 1.2rem; color: #625c53; font-size: .87em }
.strong td { font-size: 1.15em; font-weight: 700 }
footer { margin-top: .8rem; padding-top: .8rem; border-top: 1px dashed #9a948a }
nav { margin: 0 auto 1.5rem; text-align: center; font-size: .87em }
nav a { margin: 0 .6em; color: inherit }
@media print { body { background: none } main { margin: 0 auto; padding: 0; box-shadow: none } nav { display: none } }
""".strip()

STYLE_HASH = f"sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}"
"""What a Content-Security-Policy calls the only style that the page has."""


def html(slip: Slip, links: tuple[tuple[str, str], ...] = ()) -> str:
    """Show a slip as a page; `links` are addresses and names of its other forms."""
    direction = "rtl" if slip.from_the_right else "ltr"
    title = escape(" · ".join((slip.headings[0], slip.issuer)))
    return "".join(
        (
            f'<!doctype html>\n<html lang="{escape(slip.language)}" dir="{direction}">\n<meta charset="utf-8">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f'<link rel="icon" href="data:,">\n<title>{title}</title>\n<style>{STYLE}</style>\n<main>\n',
            f"<header>\n<h1>{escape(slip.issuer)}</h1>\n",
            *(f"<p>{escape(heading)}</p>\n" for heading in slip.headings),
            "</header>\n",
            *(f"<table>\n{''.join(map(_row, block))}</table>\n" for block in slip.blocks),
            f"<footer><p>{escape(slip.farewell)}</p></footer>\n</main>\n",
            *_links(links),
            "</html>\n",
        )
    )


def note(text: str) -> str:
    """Show one sentence, where there is nothing else to show."""
    said = escape(text)
    return f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{said}</title>\n<p>{said}</p>\n</html>\n'


def _row(row: Row) -> str:
    text, amount = escape(row.text), escape(row.amount)
    cells = f"<td>{text}</td><td>{amount}</td>" if amount else f'<td colspan="2">{text}</td>'
    return f'<tr class="{row.weight.name.lower()}">{cells}</tr>\n'


def _links(links: tuple[tuple[str, str], ...]) -> Iterator[str]:
    if links:
        anchors = (f'<a href="{escape(to)}">{escape(name)}</a>' for to, name in links)
        yield f"<nav>{''.join(anchors)}</nav>\n"
