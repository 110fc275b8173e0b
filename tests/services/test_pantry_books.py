"""Whatever happens in whatever order: the ledger adds up to what is on hand, and the menu shows what can be made."""

import asyncio
import shutil
from collections.abc import Awaitable
from contextlib import ExitStack, suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Choice, Draft, LineDraft
from cafe_graphql.core.errors import Rejected
from cafe_graphql.core.orders import Order, Status
from cafe_graphql.core.people import GUEST, HOUSE
from cafe_graphql.core.problems import ProblemCode
from cafe_graphql.core.quantities import Quantity, Unit, amount_of
from cafe_graphql.core.stocktaking import Change
from cafe_graphql.services import cooking, menu_editing, ordering, stocking
from cafe_graphql.services.ordering import NotPlaced, Ref
from cafe_graphql.store import menu as menus
from tests.services.books import opened
from tests.services.pantries import adds_up, on_hand, set_to

MENU = menu_file.read(menu_file.builtin())
COUNTED = {"espresso-beans": "kg", "milk": "l", "oat-milk": "l", "bagel": "pieces"}

wishes = st.lists(
    st.builds(
        LineDraft,
        st.sampled_from(["latte", "espresso", "cortado", "golden-milk", "bagel"]),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=3,
)
milks = st.sampled_from([(), (Choice("milk", "dairy"),), (Choice("milk", "oat"),)])
ingredients = st.sampled_from(list(COUNTED))
numbers = st.decimals("0", "3", places=3)
SHOT, LATTE_MILK, SPLASH = 18_000, 200_000, 30_000


def needed(line: LineDraft) -> dict[str, int]:
    """What one of a line takes, by the words of the built-in menu and not by its reader."""
    milk = "oat-milk" if line.choices == (Choice("milk", "oat"),) else "milk"
    return {
        "latte": {"espresso-beans": SHOT, milk: LATTE_MILK},
        "cortado": {"espresso-beans": SHOT, milk: 60_000},
        "espresso": {"espresso-beans": SHOT} | ({milk: SPLASH} if line.choices else {}),
        "golden-milk": {"oat-milk": 220_000},
        "bagel": {"bagel": 1_000},
    }[line.item]


class Pantry(RuleBasedStateMachine):
    """A café in whose pantry there is little, next to a model of it: a number for each ingredient."""

    new_books: Path

    @initialize()
    def open_the_cafe(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(TemporaryDirectory()))
        self.cafe = self.stack.enter_context(opened(Path(shutil.copy(self.new_books, folder / "cafe.db"))))
        self.model = dict.fromkeys(COUNTED, 1_000_000)
        self.placed: list[tuple[Order, list[dict[str, int]]]] = []
        self.bagels_in_a_bagel = 1
        for slug in COUNTED:
            set_to(self.cafe, slug, "1000" if slug == "bagel" else "1")

    @rule(lines=wishes, milk=milks)
    def place(self, lines: list[LineDraft], milk: tuple[Choice, ...]) -> None:
        lines = [li if li.item in ("golden-milk", "bagel") else replace(li, choices=milk) for li in lines]
        takes = [{slug: amount * line.quantity for slug, amount in self._needed(line).items()} for line in lines]
        total = {slug: sum(each.get(slug, 0) for each in takes) for slug in COUNTED}
        if any(self.model[slug] < amount for slug, amount in total.items()):
            with pytest.raises(NotPlaced) as refusal:
                asyncio.run(ordering.place(self.cafe, GUEST, Draft(tuple(lines))))
            assert {problem.code for problem in refusal.value.problems} == {ProblemCode.OUT_OF_STOCK}
            return
        order = asyncio.run(ordering.place(self.cafe, GUEST, Draft(tuple(lines)))).order
        self.model = {slug: amount - total[slug] for slug, amount in self.model.items()}
        self.placed.append((order, takes))

    @rule(data=st.data())
    def make_a_line(self, data: st.DataObject) -> None:
        if self.placed:
            order, takes = data.draw(st.sampled_from(self.placed))
            index = data.draw(st.integers(0, len(takes) - 1))
            asyncio.run(cooking.mark_line(self.cafe, HOUSE, order.public_id, index, is_done=True))
            takes[index] = {}

    @rule(data=st.data(), by_the_kitchen=st.booleans())
    def call_off(self, data: st.DataObject, by_the_kitchen: bool) -> None:
        if self.placed:
            order, takes = self.placed.pop(data.draw(st.integers(0, len(self.placed) - 1)))
            if by_the_kitchen:
                asyncio.run(cooking.advance(self.cafe, HOUSE, order.public_id, Status.CANCELLED))
            else:
                asyncio.run(ordering.cancel(self.cafe, GUEST, Ref(token=order.tracking_token)))
            for each in takes:
                for slug, amount in each.items():
                    self.model[slug] += amount

    @rule(slug=ingredients, number=numbers, is_added=st.booleans(), is_less=st.booleans())
    def count(self, slug: str, number: Decimal, is_added: bool, is_less: bool) -> None:
        said = -number if is_added and is_less else number
        change = Change(add=said) if is_added else Change(set_to=said)
        amount = amount_of(said, Unit(COUNTED[slug]))
        assert amount is not None
        after = self.model[slug] + amount if is_added else amount
        if after < 0:
            with pytest.raises(Rejected):
                asyncio.run(stocking.adjust(self.cafe, HOUSE, slug, change))
            return
        asyncio.run(stocking.adjust(self.cafe, HOUSE, slug, change))
        self.model[slug] = after

    @rule(bagels=st.integers(1, 3))
    def change_the_recipe(self, bagels: int) -> None:
        recipe = {"bagel": Quantity(bagels * 1_000, Unit.PIECES)}
        items = tuple(replace(item, recipe=recipe) if item.slug == "bagel" else item for item in MENU.items)
        asyncio.run(menu_editing.load(self.cafe, replace(MENU, items=items)))
        self.bagels_in_a_bagel = bagels

    @rule(count=st.integers(2, 12), number=numbers)
    def everybody_at_once(self, count: int, number: Decimal) -> None:
        async def attempt(act: Awaitable[object]) -> None:
            with suppress(Rejected):
                await act

        async def rush() -> None:
            lattes = [ordering.place(self.cafe, GUEST, Draft((LineDraft("latte"),))) for _ in range(count)]
            calls = [ordering.cancel(self.cafe, HOUSE, Ref(order.public_id)) for order, _ in self.placed]
            counts = [stocking.adjust(self.cafe, HOUSE, slug, Change(add=number)) for slug in COUNTED]
            await asyncio.gather(*map(attempt, (*lattes, *calls, *counts)))

        asyncio.run(rush())
        self.placed = []
        self.model = {slug: on_hand(self.cafe)[slug] for slug in COUNTED}

    @invariant()
    def the_books_say_what_the_model_says(self) -> None:
        assert {slug: on_hand(self.cafe)[slug] for slug in COUNTED} == self.model

    @invariant()
    def the_ledger_adds_up(self) -> None:
        assert adds_up(self.cafe)

    @invariant()
    def the_menu_shows_what_can_be_made(self) -> None:
        shown, anew = self.cafe.menu(), self.cafe.store.read_now(menus.load)

        assert shown.version == anew.version
        for slug, item in anew.by_slug.items():
            assert (shown.by_slug[slug].unavailable, shown.by_slug[slug].out) == (item.unavailable, item.out)

    def _needed(self, line: LineDraft) -> dict[str, int]:
        return {"bagel": self.bagels_in_a_bagel * 1_000} if line.item == "bagel" else needed(line)

    def teardown(self) -> None:
        self.stack.close()


def test_whatever_happens_the_pantry_adds_up(new_books: Path) -> None:
    Pantry.new_books = new_books
    quick = settings(max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))

    run_state_machine_as_test(Pantry, settings=quick)
