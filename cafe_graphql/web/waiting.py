"""Awaits what mostly need not be waited for: what it takes to watch over it is only spent when it does wait.

begun = begin(coroutine)
return await begun.within(a_deadline) if isinstance(begun, Begun) else begun
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType, coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


def begin(act: Coroutine[Any, Any, T]) -> T | Begun[T]:
    """Carry a coroutine out, in the same task, until it waits: give what it gives, or what is left of it."""
    try:
        waited_for = act.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    return Begun(act, waited_for)


class Begun(Generic[T]):
    """A coroutine that has begun, and waits for the first time."""

    __slots__ = ("_coroutine", "_waited_for")

    def __init__(self, begun: Coroutine[Any, Any, T], waited_for: object) -> None:
        self._coroutine = begun
        self._waited_for = waited_for

    @coroutine
    def within(self, meanwhile: AbstractContextManager[object]) -> Generator[Any, Any, T]:
        """Carry it on to its end; `meanwhile` is entered until then. It is to be awaited at once.

        If `meanwhile` refuses by an exception, the coroutine is closed where it stands.
        """
        try:
            with meanwhile:
                return (yield from self._rest(self._waited_for))
        finally:
            self._coroutine.close()

    def _rest(self, waited_for: object) -> Generator[Any, Any, T]:
        """Do what `yield from` would, if it could begin where a coroutine waits already."""
        step: Callable[[], object]
        while True:
            try:
                yield waited_for
            except GeneratorExit:
                raise
            except BaseException as error:  # the task was cancelled: the coroutine hears of it first
                step = partial(self._coroutine.throw, error)
            else:
                step = partial(self._coroutine.send, None)
            try:
                waited_for = step()
            except StopIteration as done:
                result: T = done.value
                return result


class Overdue(Exception):
    """What was awaited has taken too long, and was ended."""


class Deadlines:
    """Those of all that may take the same `seconds`: whoever begins first is due first, so one timer serves all."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._running: dict[Deadline, float] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self, deadline: Deadline) -> None:
        """Call its `end` when its time is over."""
        loop = asyncio.get_running_loop()
        self._running[deadline] = loop.time() + self._seconds
        if self._loop is not loop:
            self._loop = loop
            loop.call_later(self._seconds, self._look)

    def leave(self, deadline: Deadline) -> None:
        """Never call it from now on."""
        self._running.pop(deadline, None)

    def _look(self) -> None:
        loop, self._loop = asyncio.get_running_loop(), None
        while self._running:
            deadline, until = next(iter(self._running.items()))
            if until > loop.time():
                self._loop = loop
                loop.call_at(until, self._look)
                return
            del self._running[deadline]
            deadline.end()


class Deadline:
    """Ends what is awaited within it when its time is over, by `Overdue`; unless `late` says by False to let it go on.

    It is `asyncio.timeout` with a word to say when the time is over, without a timer of its own, and without being
    asynchronous itself.
    """

    __slots__ = ("_cancelling", "_deadlines", "_is_over", "_late", "_task")

    def __init__(self, deadlines: Deadlines, late: Callable[[], bool] = lambda: True) -> None:
        self._deadlines = deadlines
        self._late = late
        self._is_over = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None, "a deadline is a task's"
        self._task = task
        self._cancelling = task.cancelling()
        self._deadlines.begin(self)

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._deadlines.leave(self)
        if self._is_over and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise Overdue from None

    def end(self) -> None:
        """Cancel the task, unless it is to go on."""
        if self._late():
            self._is_over = True
            self._task.cancel()
