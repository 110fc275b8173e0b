"""What makes an account or a key: names, email addresses, passwords, and what is wrong with them."""

import re
from collections.abc import Collection, Iterator
from datetime import datetime

from cafe_graphql.core import texts
from cafe_graphql.core.people import Scope
from cafe_graphql.core.problems import OutOfRange, Path, Problem, ProblemCode

MAX_NAME = 80
MAX_EMAIL = 254
"""Characters of an address, by RFC 5321."""

MIN_PASSWORD, MAX_PASSWORD = 8, 256
"""Characters of a password: NIST SP 800-63B asks for 8 at least, and to take long ones."""

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+")
_WORN_OUT = {
    *("password", "passw0rd", "password1", "12345678", "123456789", "1234567890", "87654321", "qwertyui"),
    *("qwertyuiop", "qwerty123", "iloveyou", "letmein1", "sunshine", "princess", "football", "baseball", "superman"),
}
"""The passwords that are tried first everywhere."""


def normal(email: str) -> str:
    """Write an address the one way in which addresses are compared here: no two accounts differ by case alone.

    What cannot be written down (half a surrogate pair, a command line that is not UTF-8) is no letter of any address.
    """
    return email.strip().lower().encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def problems(email: str, password: str, name: str) -> Iterator[Problem]:
    """Find everything that keeps these from being an account."""
    yield from _name_problems(name)
    if len(normal(email)) > MAX_EMAIL or not _EMAIL.fullmatch(normal(email)) or texts.UNPRINTABLE.search(email):
        message = "This is no email address: write it like ada@example.com."
        yield Problem(ProblemCode.INVALID_EMAIL, message, ("email",))
    yield from _password_problems(password, email)


def key_problems(name: str, scopes: Collection[Scope], expires_at: datetime | None, now: datetime) -> Iterator[Problem]:
    """Find everything that keeps these from being a key."""
    yield from _name_problems(name)
    if not scopes:
        yield Problem(ProblemCode.EMPTY_SCOPES, "A key without scopes opens nothing: name at least one.", ("scopes",))
    if expires_at is not None and expires_at <= now:
        yield Problem(ProblemCode.INVALID_EXPIRY, "The key would have expired already.", ("expiresAt",))


def _name_problems(name: str) -> Iterator[Problem]:
    path: Path = ("name",)
    yield from texts.line_problems(name, MAX_NAME, path)
    if not name.strip():
        yield Problem(ProblemCode.INVALID_TEXT, "The name is empty.", path)


def _password_problems(password: str, email: str) -> Iterator[Problem]:
    path, length = ("password",), len(password)
    if not MIN_PASSWORD <= length <= MAX_PASSWORD:
        message = f"A password has from {MIN_PASSWORD} to {MAX_PASSWORD} characters, not {length}."
        yield OutOfRange(ProblemCode.WEAK_PASSWORD, message, path, MIN_PASSWORD, MAX_PASSWORD, length)
    elif password.lower() in _WORN_OUT or normal(password) == normal(email) or len(set(password)) < 3:
        message = "This password is among the first that anybody would try: choose another."
        yield Problem(ProblemCode.WEAK_PASSWORD, message, path)
