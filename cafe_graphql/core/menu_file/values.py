"""What the single values of a menu file may be: readers of text, slugs, prices and lists."""

import re
import unicodedata
from collections.abc import Callable, Collection
from enum import StrEnum
from typing import TypeVar

from cafe_graphql.core import money
from cafe_graphql.core.menu import MAX_UNIT_PRICE
from cafe_graphql.core.menu_file.fields import Field, hint, kind, shown

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

MAX_SLUG = 64
MAX_NAME = 120
MAX_DESCRIPTION = 1000
MAX_IMAGE_URL = 2000

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?")
_IMAGE_URL = re.compile(r"(https?://[^\s\"<>\\/]+|/(?![/\\]))[^\s\"<>\\]*")
_UNSEEN = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def text(most: int) -> Callable[[Field], str]:
    """Read text of 1 to `most` characters, none of which a screen or a till roll would choke on."""

    def read(field: Field) -> str:
        if not isinstance(field.value, str):
            raise ValueError(f"must be text in quotes, not {kind(field.value)}")
        if not field.value.strip():
            raise ValueError("is empty")
        if len(field.value) > most:
            raise ValueError(f"has {len(field.value)} characters; at most {most} are allowed")
        if field.value != field.value.strip():
            raise ValueError(f"begins or ends with a space: {shown(field.value)}")
        if any(unicodedata.category(letter) in _UNSEEN or letter in _TURNING for letter in field.value):
            raise ValueError(f"has a line break or another control character in it: {shown(field.value)}")
        return field.value

    return read


def matching(pattern: re.Pattern[str], most: int, how: str) -> Callable[[Field], str]:
    """Read text that is all of `pattern`; `how` tells the reader of a mistake what to write."""

    def read(field: Field) -> str:
        given = text(most)(field)
        if not pattern.fullmatch(given):
            raise ValueError(f"{shown(given)} {how}")
        return given

    return read


slug = matching(_SLUG, MAX_SLUG, 'is no slug: write small letters and digits, joined by "-": "iced-tea"')
name = text(MAX_NAME)
description = text(MAX_DESCRIPTION)
locale = matching(_LOCALE, 16, 'is no locale: write it like "en-US" or "de"')
image_url = matching(_IMAGE_URL, MAX_IMAGE_URL, 'is no image address: write "https://…" or a path: "/latte.jpg"')


def one_of(known: Collection[str], what: str) -> Callable[[Field], str]:
    """Read a word that is one of `known`."""

    def read(field: Field) -> str:
        given = text(MAX_DESCRIPTION)(field)
        if given not in known:
            raise ValueError(f"there is no {what} {shown(given)}{hint(given, known)}")
        return given

    return read


def whole(lowest: int, highest: int) -> Callable[[Field], int]:
    """Read a whole number; true and false are none."""

    def read(field: Field) -> int:
        if not isinstance(field.value, int) or isinstance(field.value, bool):
            raise ValueError(f"must be a whole number without quotes, not {_kind_of_number(field.value)}")
        if not lowest <= field.value <= highest:
            raise ValueError(f"must be from {lowest} to {highest}")
        return field.value

    return read


def truth(field: Field) -> bool:
    if not isinstance(field.value, bool):
        raise ValueError(f"must be true or false, not {kind(field.value)}")
    return field.value


def price(currency: str, lowest: int = -MAX_UNIT_PRICE) -> Callable[[Field], int]:
    """Read an amount written as text ("3.50") as minor units of `currency`."""

    def read(field: Field) -> int:
        if isinstance(field.value, int | float) and not isinstance(field.value, bool):
            raise ValueError(f"is a number; write it as text in quotes: {_as_text(field.value, currency)}")
        minor = money.parse(_short(field), currency)
        if not lowest <= minor <= MAX_UNIT_PRICE:
            least, most = (money.Money(bound, currency).amount for bound in (lowest, MAX_UNIT_PRICE))
            raise ValueError(f"must be from {least} to {most}")
        return minor

    return read


def listed(
    read: Callable[[Field], T], most: int, least: int = 0, key: Callable[[T], str] = str
) -> Callable[[Field], tuple[T, ...]]:
    """Read a list, leaving out what is refused; the same `key` twice is a mistake."""

    def read_all(field: Field) -> tuple[T, ...]:
        found: list[T] = []
        places: dict[str, str] = {}
        for entry in field.entries(least, most):
            if (value := entry.take(read, None)) is None:
                continue
            word = key(value)
            if word and word in places:
                entry.wrong(f"{shown(word)} is already at {places[word]}")
            places.setdefault(word, entry.place)
            found.append(value)
        return tuple(found)

    return read_all


def members(words: type[E]) -> Callable[[Field], frozenset[E]]:
    """Read a list of an enum's words, in small letters or capitals."""

    def word(field: Field) -> E:
        given = Field(field.value.lower(), field.place, []) if isinstance(field.value, str) else field
        return words(one_of([member.value for member in words], words.__name__.lower())(given))

    return lambda field: frozenset(listed(word, len(words))(field))


def _kind_of_number(value: object) -> str:
    return "one with a decimal point" if isinstance(value, float) else kind(value)


def _short(field: Field) -> str:
    return text(30)(field)


def _as_text(value: float, currency: str) -> str:
    digits = money.EXPONENTS[currency]
    return f'"{value if abs(value) < 1e9 else 3.5:.{digits}f}"'
