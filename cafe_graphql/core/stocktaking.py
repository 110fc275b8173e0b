"""Stocktaking: saying that something came into the pantry, was thrown away, or was counted anew."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cafe_graphql.core import quantities, texts, validation
from cafe_graphql.core.ingredients import Stocked
from cafe_graphql.core.problems import Problem, ProblemCode, UnknownChoice, hinted
from cafe_graphql.core.quantities import MAX_AMOUNT, number_of, written


@dataclass(frozen=True, slots=True)
class Change:
    """So much came in (below zero: went out), or so much is there; one of the two, in the ingredient's own unit."""

    add: Decimal | None = None
    set_to: Decimal | None = None


def problems(slug: str, change: Change, note: str | None, pantry: Mapping[str, Stocked]) -> Iterator[Problem]:
    """Find everything that keeps a change from being made to what is in the pantry, by slug."""
    if (found := pantry.get(slug)) is None:
        yield unknown(slug, pantry)
    else:
        yield from _amount_problems(change, found)
    yield from validation.note_problems(note)


def unknown(slug: str, known: Iterable[str]) -> UnknownChoice:
    """Say that there is no such ingredient among these, and which was probably meant."""
    message = f"There is no ingredient “{texts.shown(slug)}” in the pantry."
    return hinted(UnknownChoice(ProblemCode.NOT_FOUND, message, ("ingredient",), slug, tuple(known)))


def changed(change: Change, stocked: Stocked) -> int:
    """Give what is on hand after a change that has no problems, in thousandths."""
    said = change.set_to if change.set_to is not None else change.add
    amount = quantities.amount_of(said or Decimal(0), stocked.unit)
    assert amount is not None, "problems come before changes"
    return amount if change.set_to is not None else stocked.on_hand + amount


def _amount_problems(change: Change, stocked: Stocked) -> Iterator[Problem]:
    key, said = ("setTo", change.set_to) if change.set_to is not None else ("add", change.add or Decimal(0))
    if said.copy_abs() > number_of(MAX_AMOUNT, stocked.unit):
        most = written(MAX_AMOUNT, stocked.unit)
        yield _wrong(f"Nothing is counted beyond {most}.", key)
    elif quantities.amount_of(said, stocked.unit) is None:
        yield _wrong(f"{stocked.name} is counted to {stocked.unit.digits} decimal places of {stocked.unit}.", key)
    elif (after := changed(change, stocked)) < 0 and key == "setTo":
        yield _wrong("There cannot be less than nothing: set it to 0 when all of it is gone.", key)
    elif after < 0:
        on_hand = written(stocked.on_hand, stocked.unit)
        yield _wrong(f"There is {on_hand} of {stocked.name} on hand: no more can be taken out.", key)
    elif after > MAX_AMOUNT:
        yield _wrong(f"Nothing is counted beyond {written(MAX_AMOUNT, stocked.unit)}.", key)


def _wrong(message: str, key: str) -> Problem:
    return Problem(ProblemCode.QUANTITY_OUT_OF_RANGE, message, ("change", key))
