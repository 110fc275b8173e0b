"""The fields of a parsed menu file: each read at its place, mistakes noted so that the reading goes on."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from json import dumps
from typing import TypeVar

T = TypeVar("T")
D = TypeVar("D")

MAX_MISTAKES = 1_000
"""Where reading stops: nobody mends more at once, and a hostile file is to be refused soon."""

_SHOWN = 60
INSIDE = " \u203a "
_KINDS: Mapping[type, str] = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a table",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with a file: lists count from 0 in `place`; `line` is where that entry begins."""

    place: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        where = self.place or "the file"
        return f"line {self.line}: {where}: {self.message}" if self.line else f"{where}: {self.message}"


class MenuFileError(ValueError):
    """A menu file that cannot be used: `mistakes` has every reason, the message one on each line."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


@dataclass(frozen=True, slots=True)
class Field:
    """A value of the file at its place; a reader is a function of it that refuses by a ValueError."""

    value: object
    place: str
    mistakes: list[Mistake]
    is_entry: bool = False

    def wrong(self, message: str) -> None:
        self.mistakes.append(Mistake(self.place, message))
        if len(self.mistakes) >= MAX_MISTAKES:
            last = Mistake("", f"has {MAX_MISTAKES} mistakes or more; reading stopped here")
            raise MenuFileError([*self.mistakes, last])

    def wrong_if(self, messages: Iterable[str]) -> None:
        for message in messages:
            self.wrong(message)

    def take(self, read: Callable[["Field"], T], otherwise: D) -> T | D:
        """Give what `read` makes of this field; when it refuses, note why and give `otherwise`."""
        try:
            return read(self)
        except MenuFileError:
            raise
        except ValueError as error:
            self.wrong(str(error))
            return otherwise

    def entries(self, least: int, most: int) -> list["Field"]:
        """Give the entries of this list; ValueError when it is no list or has too few or too many."""
        if not isinstance(self.value, list | tuple):
            header = f": write [[{self.place}]]" if self.place.isidentifier() else ""
            raise ValueError(f"must be a list, not {kind(self.value)}{header}")
        if not least <= len(self.value) <= most:
            raise ValueError(f"has {len(self.value)} entries; it may have {least} to {most}")
        return [
            Field(value, f"{self.place}[{index}]{_handle(value)}", self.mistakes, is_entry=True)
            for index, value in enumerate(self.value)
        ]

    @contextmanager
    def table(self, what: str = "key that is known here", known: Collection[str] | None = None) -> Iterator["Table"]:
        """Open this field as a table; on leaving, a key nobody asked for is a mistake: it is no `what`.

        `known` are the keys that there might be, for whoever reads the mistake; None: those that were asked for.
        """
        if not isinstance(self.value, Mapping):
            raise ValueError(f"must be a table, not {kind(self.value)}")
        table = Table(self, {str(key): value for key, value in self.value.items()})
        yield table
        table.refuse_the_rest(what, known)


class Table:
    """A table being read: gives its fields by key, and remembers which keys were asked for."""

    def __init__(self, field: Field, values: Mapping[str, object]) -> None:
        self._field = field
        self._values = values
        self._asked: dict[str, None] = {}
        self._mistakes_before = len(field.mistakes)

    @property
    def keys(self) -> Collection[str]:
        return self._values.keys()

    @property
    def is_sound(self) -> bool:
        """Nothing wrong was found in this table since it was opened."""
        return len(self._field.mistakes) == self._mistakes_before

    def required(self, key: str, read: Callable[[Field], T], otherwise: D) -> T | D:
        if key not in self._values:
            self._field.wrong(f"{key} is missing")
        return self.optional(key, read, otherwise)

    def optional(self, key: str, read: Callable[[Field], T], otherwise: D) -> T | D:
        self._asked[key] = None
        return self._at(key).take(read, otherwise) if key in self._values else otherwise

    def refuse_the_rest(self, what: str, known: Collection[str] | None) -> None:
        for key in self._values:
            if key not in self._asked:
                self._at(key).wrong(f"is no {what}{hint(key, self._asked if known is None else known)}")

    def _at(self, key: str) -> Field:
        joint = INSIDE if self._field.is_entry else "." if self._field.place else ""
        place = f"{self._field.place}{joint}{_plain(key)}"
        return Field(self._values[key], place, self._field.mistakes)


def hint(word: str, known: Collection[str]) -> str:
    """Give the end of a sentence about an unknown word: what was likely meant, or what there is."""
    # Comparing is slow: long words are cut and long lists not searched, or a hostile file would take long.
    by_small_letters = {choice.lower(): choice for choice in known} if len(known) <= 1000 else {}
    guess = get_close_matches(word[:_SHOWN].lower(), by_small_letters, 1)
    if guess:
        return f"; did you mean {shown(by_small_letters[guess[0]])}?"
    if not known:
        return "; there is none"
    return f"; there is {', '.join(list(known)[:20])}{', …' if len(known) > 20 else ''}"


def shown(text: str) -> str:
    """Give text from a file as it may be shown: quoted, shortened, nothing a terminal would obey."""
    quoted = dumps(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…", ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in quoted)


def kind(value: object) -> str:
    """Give the word for what kind of value this is in a file."""
    return _KINDS.get(type(value), "a date or time" if hasattr(value, "isoformat") else "something else")


def _plain(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() and len(key) <= _SHOWN else shown(key)


def _handle(value: object) -> str:
    """The word by which a person finds this entry of a list: its slug or code, or else its name."""
    table = value if isinstance(value, Mapping) else {}
    known = (table.get(key) for key in ("slug", "code", "name"))
    return next((f" {shown(word)}" for word in known if isinstance(word, str) and word), "")
