"""Quantities: how much of an ingredient, exact, as whole thousandths of a gram, a millilitre or a piece."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum

MAX_AMOUNT = 10**15
"""The most that anything is counted to: a million tonnes, so that sums of movements stay far from what 64 bits hold."""

_QUANTITY = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?) ([a-z]{1,6})")
_EXACTLY = Context(prec=40, traps=[Inexact, InvalidOperation])


class Unit(StrEnum):
    """What quantities are written in; those of one kind can be told in each other."""

    G = "g"
    KG = "kg"
    ML = "ml"
    L = "l"
    PIECES = "pieces"

    @property
    def kind(self) -> str:
        """What is measured: two units go together when theirs is the same."""
        return _KINDS[self]

    @property
    def digits(self) -> int:
        """How many decimal places of the unit are counted."""
        return _DIGITS[self]


_KINDS: Mapping[Unit, str] = {
    Unit.G: "weight",
    Unit.KG: "weight",
    Unit.ML: "volume",
    Unit.L: "volume",
    Unit.PIECES: "number",
}
_DIGITS: Mapping[Unit, int] = {Unit.G: 3, Unit.KG: 6, Unit.ML: 3, Unit.L: 6, Unit.PIECES: 3}
_WORDS: Mapping[str, Unit] = {**{unit.value: unit for unit in Unit}, "piece": Unit.PIECES}


@dataclass(frozen=True, slots=True)
class Quantity:
    """An `amount` in thousandths of a gram, a millilitre or a piece, and the unit that it was written in."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return written(self.amount, self.unit)


def parse(text: str) -> Quantity:
    """Give what `text` ("18 g") means; ValueError says what is wrong with it."""
    found = _QUANTITY.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is no quantity: write a number, a space and a unit, like "18 g"')
    unit = _WORDS.get(found[2])
    if unit is None:
        raise ValueError(f'"{text}" has no unit that is known here: there is {", ".join(Unit)}')
    amount = amount_of(Decimal(found[1]), unit)
    if amount is None:
        raise ValueError(f'"{text}" has more decimal places than the {unit.digits} that are counted')
    return Quantity(amount, unit)


def amount_of(number: Decimal, unit: Unit) -> int | None:
    """Give so much of a unit in thousandths; None for what is finer than that, or far beyond `MAX_AMOUNT`."""
    if number.copy_abs() > MAX_AMOUNT:
        return None
    try:
        return int(_EXACTLY.to_integral_exact(_EXACTLY.scaleb(number, unit.digits)))
    except ArithmeticError:
        return None


def number_of(amount: int, unit: Unit) -> Decimal:
    """Give an amount in thousandths as a number of the unit, without needless zeros: 1500 g are `1.5` kg."""
    plain = f"{Decimal(amount).scaleb(-unit.digits):f}"
    return Decimal(plain.rstrip("0").rstrip(".") if "." in plain else plain)


def written(amount: int, unit: Unit) -> str:
    """Write an amount in thousandths the way `parse` reads it: "18 g", "1 piece"."""
    number = number_of(amount, unit)
    return f"{number} piece" if unit is Unit.PIECES and number == 1 else f"{number} {unit}"
