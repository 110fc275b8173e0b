"""What is awaited runs as if it were awaited plainly, and is watched over only while it waits."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from cafe_graphql.web.waiting import Begun, Deadline, Deadlines, Overdue, begin


class Watch:
    """Counts who comes and goes."""

    def __init__(self) -> None:
        self.came = self.went = 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        self.came += 1
        try:
            yield
        finally:
            self.went += 1


async def brew(log: list[str], *, turns: int, fails: bool = False) -> str:
    log.append("began")
    try:
        for _ in range(turns):
            await asyncio.sleep(0)
        if fails:
            raise ValueError("no beans")
    except asyncio.CancelledError:
        await asyncio.sleep(0)  # cleaning up takes a moment
        log.append("cleaned up")
        raise
    return "coffee"


async def watched(act: Coroutine[Any, Any, str], meanwhile: Callable[[], AbstractContextManager[None]]) -> str:
    begun = begin(act)
    return await begun.within(meanwhile()) if isinstance(begun, Begun) else begun


@pytest.mark.parametrize(("turns", "times"), [(0, 0), (1, 1), (7, 1)])
def test_it_is_watched_once_if_it_waits_at_all(turns: int, times: int) -> None:
    watch = Watch()

    async def test() -> str:
        return await watched(brew([], turns=turns), watch)

    assert asyncio.run(test()) == "coffee"
    assert (watch.came, watch.went) == (times, times)


@pytest.mark.parametrize("turns", [0, 2])
def test_what_it_raises_is_raised(turns: int) -> None:
    watch = Watch()

    async def test() -> None:
        await watched(brew([], turns=turns, fails=True), watch)

    with pytest.raises(ValueError, match="no beans"):
        asyncio.run(test())
    assert watch.came == watch.went


def test_when_its_task_is_cancelled_it_may_clean_up() -> None:
    log: list[str] = []
    watch = Watch()

    async def test() -> None:
        async def awaited() -> None:
            await watched(brew(log, turns=10_000), watch)

        task = asyncio.create_task(awaited())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(test())
    assert log == ["began", "cleaned up"]
    assert (watch.came, watch.went) == (1, 1)


def test_whoever_watches_may_refuse_and_it_goes_no_further() -> None:
    log: list[str] = []

    @contextmanager
    def full() -> Iterator[None]:
        raise LookupError("full")
        yield

    async def test() -> None:
        await watched(brew(log, turns=1), full)

    with pytest.raises(LookupError, match="full"):
        asyncio.run(test())
    assert log == ["began"]


class TestADeadline:
    def test_ends_what_takes_too_long(self) -> None:
        log: list[str] = []

        async def test() -> None:
            with Deadline(Deadlines(0.01)):
                await brew(log, turns=10_000_000)

        with pytest.raises(Overdue):
            asyncio.run(test())
        assert log == ["began", "cleaned up"]

    def test_of_many_is_each_one_s_own_though_one_timer_serves_all(self) -> None:
        deadlines = Deadlines(0.2)
        ended: list[tuple[str, float]] = []

        async def act(drink: str, after: float, turns: int) -> None:
            await asyncio.sleep(after)
            began = time.monotonic()
            try:
                with Deadline(deadlines):
                    await brew([], turns=turns)
            except Overdue:
                ended.append((drink, time.monotonic() - began))

        async def test() -> None:
            endless = 10_000_000
            await asyncio.gather(act("mocha", 0, endless), act("tea", 0.05, 1), act("latte", 0.1, endless))
            await act("flat white", 0, endless)  # when the timer has come to rest

        asyncio.run(test())
        assert [drink for drink, _ in ended] == ["mocha", "latte", "flat white"]
        assert all(0.15 < seconds < 5 for _, seconds in ended)

    def test_leaves_alone_what_does_not(self) -> None:
        async def test() -> str:
            with Deadline(Deadlines(0.001)):
                drink = await brew([], turns=1)
            await asyncio.sleep(0.02)
            return drink

        assert asyncio.run(test()) == "coffee"

    def test_asks_first_and_may_be_told_to_let_it_go_on(self) -> None:
        asked: list[bool] = []

        def late() -> bool:
            asked.append(True)
            return False

        async def test() -> str:
            with Deadline(Deadlines(0.01), late):
                await asyncio.sleep(0.05)
            return "coffee"

        assert asyncio.run(test()) == "coffee"
        assert asked == [True]

    def test_does_not_hide_that_its_task_is_cancelled_by_another(self) -> None:
        async def act() -> None:
            with Deadline(Deadlines(0.01)):
                await asyncio.sleep(5)

        async def both(task: Awaitable[None], cancel: asyncio.Task[None]) -> None:
            await asyncio.sleep(0)
            cancel.get_loop().call_later(0.01, cancel.cancel)  # in the same moment as the deadline's own
            with pytest.raises((asyncio.CancelledError, Overdue)):
                await task
            assert cancel.cancelled() or isinstance(cancel.exception(), Overdue)

        async def test() -> None:
            task = asyncio.create_task(act())
            await both(task, task)
            plain = asyncio.create_task(act())
            await asyncio.sleep(0)
            plain.cancel()
            with pytest.raises(asyncio.CancelledError):
                await plain

        asyncio.run(test())
