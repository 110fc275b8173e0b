"""Estimates: numbers that may still depend on variables, such as on how many entries of a list are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cafe_graphql.execution.given import Given

ASTRONOMICAL = 10**9
"""What costs more is not told apart any more."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many entries a list has: `assumed`, unless a variable says another number; never above `at_most`.

    `path` leads into the variable, to a list whose entries are counted; an empty step stays where it is.
    """

    assumed: int
    variable: str | None = None
    at_most: int = ASTRONOMICAL
    path: tuple[str, ...] = ()

    @classmethod
    def of(cls, value: object, at_most: int) -> Size:
        """Give the size that an argument asks for, which may be nonsense, or nothing; then it is the most there is."""
        return cls(_within(value, at_most))

    def value(self, given: Given) -> int:
        """Give the number for these variables, as they came from the caller."""
        if self.variable is None or self.variable not in given.variables:
            return self.assumed
        value = given.variables[self.variable]
        for name in self.path:
            if name:
                value = value.get(name) if isinstance(value, dict) else None
        if self.path:
            value = len(value) if isinstance(value, list) else 1  # one value stands for a list of one
        return _within(value, self.at_most)


@dataclass(frozen=True, slots=True)
class Values(Size):
    """How many values there are in a variable, however deep: what it takes to look through them all."""

    def value(self, given: Given) -> int:
        name = self.variable or ""
        return given.counts[name] if name in given.counts else _values(given.variables.get(name))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, and terms that depend on variables. Without terms it is `fixed`, and nothing is left to work out."""

    fixed: int
    terms: tuple[Term, ...] = ()

    def value(self, given: Given) -> int:
        """Give the number for these variables; it goes up to ASTRONOMICAL."""
        total = self.fixed
        for term in self.terms:
            total += term.value(given)
        return min(total, ASTRONOMICAL) if self.terms else total

    def plus(self, other: Estimate) -> Estimate:
        return Estimate(min(self.fixed + other.fixed, ASTRONOMICAL), (*self.terms, *other.terms))

    def times(self, size: Size) -> Estimate:
        if self.terms or size.variable is not None:
            return Estimate(0, (Term(size, (self,)),))
        return Estimate(min(self.fixed * size.assumed, ASTRONOMICAL))

    @classmethod
    def dearest(cls, estimates: Iterable[Estimate]) -> Estimate:
        """Give the greatest of several, of which only one will be."""
        found = tuple(estimates)
        if any(estimate.terms for estimate in found):
            return cls(0, (Term(Size(1), found),))
        return cls(max((estimate.fixed for estimate in found), default=0))


@dataclass(frozen=True, slots=True)
class Term:
    """As many times the dearest of some estimates as a size says."""

    size: Size
    estimates: tuple[Estimate, ...]

    def value(self, given: Given) -> int:
        size = self.size.value(given)
        if len(self.estimates) == 1:
            return size * self.estimates[0].value(given)
        return size * max([estimate.value(given) for estimate in self.estimates])


def _values(value: object) -> int:
    count = 0
    waiting: list[Iterable[object]] = [(value,)]
    for inside in waiting:  # which grows meanwhile
        for each in inside:
            if isinstance(each, dict):
                waiting.append(each.values())
            elif isinstance(each, list):
                waiting.append(each)
            else:
                count += 1
    return count


def _within(value: object, at_most: int) -> int:
    """Read a number; what is no number, or is beyond, will be refused where it is used, and counts as the most."""
    if type(value) is not int and not (isinstance(value, float) and value.is_integer()):
        return at_most
    return max(0, min(int(value), at_most))
