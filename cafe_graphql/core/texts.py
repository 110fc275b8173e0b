"""Texts that people write: how long they may be, and that they can be read on a ticket as they were written."""

import re
from collections.abc import Iterator

from cafe_graphql.core.problems import Path, Problem, ProblemCode, TextTooLong

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, and those that reverse the text around them."""

_NOT_IN_ONE_LINE = re.compile(rf"{UNPRINTABLE.pattern}|[\t\n\u2028\u2029]")


def problems(text: str | None, max_length: int, path: Path) -> Iterator[Problem]:
    """Find what is wrong with a text that may have several lines."""
    return _problems(text, max_length, path, UNPRINTABLE)


def line_problems(text: str | None, max_length: int, path: Path) -> Iterator[Problem]:
    """Find what is wrong with a text of one line."""
    return _problems(text, max_length, path, _NOT_IN_ONE_LINE)


def shown(word: str) -> str:
    """What was given, short and plain enough to stand in a message."""
    return UNPRINTABLE.sub("\ufffd", word[:64])


def one_line(text: str, max_length: int) -> str:
    """Make a text of anybody's fit for a line: without what cannot be shown, and no longer than this."""
    return " ".join(_NOT_IN_ONE_LINE.sub(" ", text).split())[:max_length]


def _problems(text: str | None, max_length: int, path: Path, unprintable: re.Pattern[str]) -> Iterator[Problem]:
    if text is None:
        return
    if len(text) > max_length:
        message = f"This text has {len(text)} characters; at most {max_length} fit."
        yield TextTooLong(ProblemCode.TEXT_TOO_LONG, message, path, max_length, len(text))
    if unprintable.search(text):
        message = "This text has control characters, which no ticket can show; remove them."
        yield Problem(ProblemCode.INVALID_TEXT, message, path)
