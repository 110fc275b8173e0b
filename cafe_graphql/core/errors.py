"""What the café refuses, as one tree.

CafeError
├── Rejected   carries every problem that stands in the way
├── Busy       the books could not be written; nothing was stored, and trying again is safe
└── Unusable   what should be the books is no file that can be opened, or not one of ours
"""

from collections.abc import Iterable

from cafe_graphql.core.problems import Problem


class CafeError(Exception):
    """Anything that the café refuses, with a message fit to show."""


class Rejected(CafeError):
    """An act that cannot be done as asked; nothing of it was stored."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))


class Busy(CafeError):
    """The store cannot take an act just now: the file is locked, full or failing."""


class Unusable(CafeError):
    """The database cannot be opened at all: no such folder, no permission, another program's, a newer café's."""
