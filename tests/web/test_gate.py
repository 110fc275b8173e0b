"""How many may wait at once, who is next, and who is sent away."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from cafe_graphql.web.gate import Gate
from cafe_graphql.web.refusals import Refused
from cafe_graphql.web.restraints import Restraints


class Kitchen:
    """Makes drinks, each when it is told to; `made` is in which order they were begun."""

    def __init__(self, gate: Gate) -> None:
        self.restraints = Restraints(gate=gate)
        self.begun: list[str] = []
        self.ready: dict[str, asyncio.Event] = {}

    def order(self, drink: str) -> "asyncio.Task[str]":
        async def carried_out() -> str:
            return await self.restraints.carry_out(lambda: self._make(drink), lambda: True)

        return asyncio.create_task(carried_out())

    async def at_once(self, drink: str) -> str:
        async def make() -> str:
            return drink

        return await self.restraints.carry_out(make, lambda: True)

    async def _make(self, drink: str) -> str:
        self.begun.append(drink)
        await self.ready.setdefault(drink, asyncio.Event()).wait()
        return drink

    def finish(self, drink: str) -> None:
        self.ready.setdefault(drink, asyncio.Event()).set()


def run(gate: Gate, test: Callable[[Kitchen], Coroutine[Any, Any, None]]) -> None:
    async def in_kitchen() -> None:
        await test(Kitchen(gate))

    asyncio.run(in_kitchen())


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_two_are_made_a_third_queues_and_a_fourth_is_sent_away_at_once() -> None:
    async def test(kitchen: Kitchen) -> None:
        tasks = [kitchen.order(drink) for drink in ("latte", "mocha", "tea", "cocoa")]
        await settle()

        assert kitchen.begun == ["latte", "mocha"]
        with pytest.raises(Refused) as refused:
            await tasks[3]
        assert (refused.value.status, refused.value.code, refused.value.headers) == (
            503,
            "SERVICE_UNAVAILABLE",
            ((b"retry-after", b"1"),),
        )
        assert refused.value.message == "Too much is under way here. Try again in a second."

        for drink in ("latte", "mocha", "tea"):
            kitchen.finish(drink)
        assert await asyncio.gather(*tasks[:3]) == ["latte", "mocha", "tea"]

    run(Gate(2, 1), test)


def test_places_are_given_on_in_the_order_of_the_queue() -> None:
    async def test(kitchen: Kitchen) -> None:
        tasks = [kitchen.order(drink) for drink in ("latte", "mocha", "tea")]
        await settle()
        for number, drink in enumerate(("latte", "mocha", "tea"), 1):
            assert len(kitchen.begun) == number
            kitchen.finish(drink)
            await settle()
        await asyncio.gather(*tasks)
        assert kitchen.begun == ["latte", "mocha", "tea"]
        assert not kitchen.restraints.gate.is_full

    run(Gate(1, 5), test)


def test_what_need_not_wait_takes_no_place() -> None:
    async def test(kitchen: Kitchen) -> None:
        latte = kitchen.order("latte")
        await settle()
        assert [await kitchen.at_once("water") for _ in range(50)] == ["water"] * 50
        assert not kitchen.restraints.gate.is_full
        kitchen.finish("latte")
        await latte

    run(Gate(2, 0), test)


def test_nobody_stands_in_the_queue_for_ever() -> None:
    async def test(kitchen: Kitchen) -> None:
        latte = kitchen.order("latte")
        await settle()
        with pytest.raises(Refused):
            await kitchen.order("mocha")
        kitchen.finish("latte")
        await latte
        assert await kitchen.at_once("water") == "water"

    run(Gate(1, 5, patience=0.01), test)


def test_whoever_leaves_the_queue_leaves_no_hole_in_it() -> None:
    async def test(kitchen: Kitchen) -> None:
        latte, mocha, tea = (kitchen.order(drink) for drink in ("latte", "mocha", "tea"))
        await settle()
        mocha.cancel()
        await settle()
        kitchen.finish("latte")
        await settle()
        assert kitchen.begun == ["latte", "tea"]
        kitchen.finish("tea")
        assert [await latte, await tea] == ["latte", "tea"]
        assert not kitchen.restraints.gate.is_full

    run(Gate(1, 5), test)


def test_whoever_leaves_in_the_moment_of_its_turn_gives_the_place_on() -> None:
    async def test(kitchen: Kitchen) -> None:
        latte, mocha, tea = (kitchen.order(drink) for drink in ("latte", "mocha", "tea"))
        await settle()
        kitchen.restraints.gate.leave()  # its turn has come, and it has not heard of it
        mocha.cancel()
        await settle()
        assert kitchen.begun == ["latte", "tea"]
        for drink in ("latte", "tea"):
            kitchen.finish(drink)
        await asyncio.gather(latte, tea)

    run(Gate(1, 5), test)
