"""What the café refuses, as one tree.

CafeError
├── Rejected   carries every problem that stands in the way
├── Forbidden  the caller may not do this; says nothing of whether what they named exists
│   └── Unauthenticated   a caller who has not said who they are, or whose word cannot be trusted
│       └── SessionEnded  one whose word was good until it expired
├── Unanswerable   a question that means nothing as it is asked; says how to ask it
├── Away       somebody outside, whose word is needed, does not answer
├── Throttled  the caller has tried too often, and may try again later
├── Busy       it cannot be done just now; nothing was stored, and trying again is safe
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


class Forbidden(CafeError):
    """The caller is known, and may not do this."""


class Unauthenticated(Forbidden):
    """It is not known who calls: nothing was sent to tell, or what was sent is wrong or has expired."""


class Unanswerable(CafeError):
    """A question that cannot be answered as it is asked; the message says how to ask it."""


class Away(CafeError):
    """Somebody outside, whose word is needed, does not answer; trying again later may help."""


class SessionEnded(Unauthenticated):
    """What was sent to tell who calls was good once, and has expired."""


class Throttled(CafeError):
    """Tried too often: `seconds` from now it may be tried again."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds


class Busy(CafeError):
    """An act cannot be taken just now: the file is locked, full or failing, or too many passwords are looked at."""


class Unusable(CafeError):
    """The database cannot be opened at all: no such folder, no permission, another program's, a newer café's."""
