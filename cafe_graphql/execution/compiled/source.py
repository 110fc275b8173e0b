"""Python source in the making: functions, and names for the values that they use."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class Uncompiled(Exception):
    """Something of the operation cannot be compiled; the executor runs it."""


class TooLarge(Uncompiled):
    """The operation has more fields than are compiled."""


class Unfit(Exception):
    """A value that compiled code does not know; the executor does, and says what is wrong with it."""


class Body:
    """The statements of one function in the making, and names for its variables."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.indent = 1
        self.loops = 0
        """How many loops the next statement stands in."""
        self._names = 0

    def add(self, statement: str) -> None:
        self.lines.append("    " * self.indent + statement)

    @contextmanager
    def inside(self, header: str) -> Iterator[None]:
        """Have the statements that are added meanwhile stand under a header."""
        self.add(header)
        self.indent += 1
        yield
        self.indent -= 1

    @contextmanager
    def loop(self, header: str) -> Iterator[None]:
        """Have the statements that are added meanwhile stand in a loop."""
        self.loops += 1
        with self.inside(header):
            yield
        self.loops -= 1

    def begin_with(self, statement: str) -> None:
        """Add a statement before all others."""
        self.lines.insert(0, f"    {statement}")

    def new(self) -> str:
        """Give a name that nothing has yet."""
        self._names += 1
        return f"v{self._names}"

    def name(self, given: str) -> str:
        """Give the name of a variable that has the value of an expression: a new one's, unless it is one itself."""
        if given.isidentifier():
            return given
        name = self.new()
        self.add(f"{name} = {given}")
        return name


class Source:
    """Collects functions until they are loaded all at once.

    Nothing of a document gets into the text but by `repr`; all else is numbered names and attributes of classes.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._named: dict[str, Any] = {}
        self._names: dict[int, str] = {}
        self._made: dict[Hashable, Any] = {}
        self._functions = 0

    def name(self, value: object, hint: str) -> str:
        """Give the name of a value, the same each time."""
        known = self._names.get(id(value))
        if known is None:
            known = self._names[id(value)] = f"{hint}_{len(self._named)}"
            self._named[known] = value
        return known

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give what `make` made for this key; it is made once."""
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made

    def function(self, parameters: str, body: Body, result: str) -> str:
        """Define a function that does some statements and gives `result`; give its name."""
        self._functions += 1
        name = f"f{self._functions}"
        self._lines += [f"def {name}({parameters}):", *body.lines, f"    return {result}"]
        return name

    def table(self, kind: str, rows: Mapping[str, str]) -> str:
        """Define a dictionary of expressions, and of the kind that is named; give its name."""
        self._functions += 1
        name = f"t{self._functions}"
        self._lines.append(f"{name} = {kind}({{{', '.join(f'{key}: {value}' for key, value in rows.items())}}})")
        return name

    def load(self) -> Mapping[str, Callable[..., Any]]:
        """Give all that was defined, by name."""
        namespace = dict(self._named)
        exec(compile("\n".join(self._lines), "<compiled operation>", "exec"), namespace)
        return namespace
