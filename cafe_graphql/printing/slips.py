"""A receipt put into words, row by row: what its text, its page and its PDF all show."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from babel import Locale

from cafe_graphql.core.drafts import Adjustment, AdjustmentKind, Chosen
from cafe_graphql.core.money import Money
from cafe_graphql.core.receipts import Line, Moved, Receipt, Refund, Sale
from cafe_graphql.core.taxes import Tax
from cafe_graphql.core.texts import UNPRINTABLE
from cafe_graphql.printing import locales, words
from cafe_graphql.printing.words import Words


class Weight(Enum):
    """How much a row wants to be seen."""

    DETAIL = auto()  # indented below the row before it
    PLAIN = auto()
    STRONG = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: `text` where reading begins, and the `amount`, if there is one, where it ends."""

    text: str
    amount: str = ""
    weight: Weight = Weight.PLAIN


@dataclass(frozen=True, slots=True)
class Slip:
    """All that is printed of a receipt, in order: who issued it, its headings, blocks of rows, and a last word.

    `language` is BCP 47; `from_the_right`: its lines begin there.
    """

    language: str
    from_the_right: bool
    issuer: str
    headings: tuple[str, ...]
    blocks: tuple[tuple[Row, ...], ...]
    farewell: str

    @property
    def length(self) -> int:
        """How many rows it has, headings too."""
        return len(self.headings) + sum(map(len, self.blocks))

    def texts(self) -> Iterator[str]:
        """Give every text on it."""
        yield from (self.issuer, *self.headings, self.farewell)
        yield from (text for block in self.blocks for row in block for text in (row.text, row.amount))

    def each(self, change: Callable[[str], str]) -> "Slip":
        """Give it with every text on it changed."""
        return replace(
            self,
            issuer=change(self.issuer),
            headings=tuple(change(heading) for heading in self.headings),
            blocks=tuple(
                tuple(replace(row, text=change(row.text), amount=change(row.amount)) for row in block)
                for block in self.blocks
            ),
            farewell=change(self.farewell),
        )


def of(receipt: Receipt) -> Slip:
    """Put a receipt into the words of its café."""
    return _Writer(receipt).slip().each(_printable)


def _printable(text: str) -> str:
    """Leave out what would give a printer orders, or turn the text around it."""
    return UNPRINTABLE.sub("", " ".join(text.splitlines()))


class _Writer:
    def __init__(self, receipt: Receipt) -> None:
        self._receipt = receipt
        self._locale: Locale = locales.locale(receipt.issuer.locale)
        self._words: Words = words.of(self._locale.language)

    def slip(self) -> Slip:
        receipt = self._receipt
        blocks = self._sale(receipt.contents) if isinstance(receipt.contents, Sale) else self._refund(receipt.contents)
        return Slip(
            language=str(self._locale).replace("_", "-"),
            from_the_right=locales.reads_from_the_right(self._locale),
            issuer=receipt.issuer.name,
            headings=tuple(self._headings()),
            blocks=tuple(filter(None, map(tuple, blocks))),
            farewell=self._words.thanks,
        )

    def _headings(self) -> Iterator[str]:
        receipt = self._receipt
        if isinstance(receipt.contents, Sale):
            yield self._words.sale.format(receipt.number)
        else:
            yield self._words.refund.format(receipt.number)
            if receipt.contents.corrects:
                yield self._words.corrects.format(receipt.contents.corrects)
        yield self._words.order.format(receipt.order)
        yield locales.moment(receipt.issued_at, receipt.issuer.time_zone, self._locale)

    def _sale(self, sale: Sale) -> Iterator[Iterable[Row]]:
        yield [row for line in sale.lines for row in self._line(line)]
        yield self._totals(sale)
        yield [self._moved(payment) for payment in sale.payments]

    def _refund(self, refund: Refund) -> Iterator[Iterable[Row]]:
        yield [
            Row(self._words.repaid, self._money(refund.repaid.amount), Weight.STRONG),
            *self._taxes(refund.taxes, are_added=False),
        ]
        yield [self._moved(refund.repaid)]
        if refund.reason:
            yield [Row(self._words.reason.format(refund.reason))]

    def _line(self, line: Line) -> Iterator[Row]:
        yield Row(f"{line.quantity} × {line.name}", self._money(line.total))
        if line.quantity > 1:
            yield Row(f"{line.quantity} × {self._money(line.unit_price)}", weight=Weight.DETAIL)
        if plain := ", ".join(self._choice(choice) for choice in line.choices if not choice.price):
            yield Row(plain, weight=Weight.DETAIL)
        for choice in line.choices:
            if choice.price:
                yield Row(f"{self._choice(choice)} ({self._step(choice.price)})", weight=Weight.DETAIL)

    def _choice(self, choice: Chosen) -> str:
        return f"{choice.quantity} × {choice.option_name}" if choice.quantity > 1 else choice.option_name

    def _totals(self, sale: Sale) -> Iterator[Row]:
        if sale.adjustments:
            yield Row(self._words.subtotal, self._money(sale.subtotal))
        yield from self._adjustments(sale)
        yield Row(self._words.total, self._money(sale.total), Weight.STRONG)
        yield from self._taxes((tax for tax in sale.taxes if tax.is_included), are_added=False)

    def _adjustments(self, sale: Sale) -> Iterator[Row]:
        added = self._taxes((tax for tax in sale.taxes if not tax.is_included), are_added=True)
        for adjustment in sale.adjustments:
            row = Row(self._label(adjustment), self._money(adjustment.amount))
            yield next(added, row) if adjustment.kind is AdjustmentKind.TAX else row

    def _label(self, adjustment: Adjustment) -> str:
        ours = {
            AdjustmentKind.TIP: self._words.tip,
            AdjustmentKind.LOYALTY: self._words.points,
            AdjustmentKind.ROUNDING: self._words.rounding,
        }
        return ours.get(adjustment.kind, adjustment.label)

    def _taxes(self, taxes: Iterable[Tax], *, are_added: bool) -> Iterator[Row]:
        for tax in taxes:
            if not tax.net and not tax.amount:  # of the few cents that were given back, it is none
                continue
            name = f"{tax.name} {locales.percentage(tax.percent, self._locale)}"
            said = self._words.tax if are_added else self._words.tax_included
            yield Row(said.format(name, self._money(tax.net)), self._money(tax.amount))

    def _moved(self, moved: Moved) -> Row:
        method = self._words.method(moved.method)
        return Row(f"{method} {moved.card}" if moved.card else method, self._money(moved.amount))

    def _money(self, minor: int) -> str:
        return locales.money(Money(minor, self._receipt.currency), self._locale)

    def _step(self, minor: int) -> str:
        return f"+{self._money(minor)}" if minor > 0 else self._money(minor)
