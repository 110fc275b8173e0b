"""Awaits what mostly need not be waited for: what it takes to watch over it is only spent when it does wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextlib import AbstractContextManager
from functools import partial
from types import TracebackType
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Waiting(Generic[T]):
    """`await Waiting(coroutine, meanwhile)` gives what the coroutine gives, in the same task.

    If it comes to its end without waiting for anything, that is all. When it waits for the first time, `meanwhile` is
    entered until the end; if that refuses by an exception, the coroutine is closed where it stands.
    """

    __slots__ = ("_coroutine", "_meanwhile")

    def __init__(
        self, coroutine: Coroutine[Any, Any, T], meanwhile: Callable[[], AbstractContextManager[object]]
    ) -> None:
        self._coroutine = coroutine
        self._meanwhile = meanwhile

    def __await__(self) -> Generator[Any, Any, T]:
        try:
            waited_for = self._coroutine.send(None)
        except StopIteration as done:
            result: T = done.value
            return result
        try:
            with self._meanwhile():
                return (yield from self._rest(waited_for))
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


class Deadline:
    """Ends what is awaited within it after `seconds`, by `Overdue`; unless `late` says by False to let it go on.

    It is `asyncio.timeout` with a word to say when the time is over, and without being asynchronous itself.
    """

    __slots__ = ("_cancelling", "_is_over", "_late", "_seconds", "_task", "_timer")

    def __init__(self, seconds: float, late: Callable[[], bool] = lambda: True) -> None:
        self._seconds = seconds
        self._late = late
        self._is_over = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None, "a deadline is a task's"
        self._task = task
        self._cancelling = task.cancelling()
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._end)

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._timer.cancel()
        if self._is_over and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise Overdue from None

    def _end(self) -> None:
        if self._late():
            self._is_over = True
            self._task.cancel()
