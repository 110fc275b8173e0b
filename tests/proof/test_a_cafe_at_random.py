"""A whole café at random: two workers on one file, and guests who order, pay, get back and change their minds at once.

Whatever happens, in whatever order, the books add up to the last cent, gram and point, and what is done stays done.
"""

import asyncio
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from cafe_graphql.core.drafts import Draft, LineDraft
from cafe_graphql.core.errors import Rejected
from cafe_graphql.core.item_edits import ItemEdit
from cafe_graphql.core.orders import Order, Status
from cafe_graphql.core.payments import Method
from cafe_graphql.core.people import GUEST, HOUSE, Actor
from cafe_graphql.core.problems import ProblemCode
from cafe_graphql.core.stocktaking import Change
from cafe_graphql.services import cooking, item_editing, menu_editing, reconciling, stocking
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import NotChanged, NotPlaced, Placed
from cafe_graphql.store import database, loyalty
from tests.proof import corner
from tests.proof.adding_up import Auditor
from tests.proof.corner import LAST, ON_HAND, Act, Slip
from tests.services import pantries, tills
from tests.services.books import Clock, at_once, opened
from tests.services.customers import customer

UNITS = {"espresso-beans": 1_000_000, "oat-milk": 1_000_000, "croissant": 1_000}
"""Thousandths in a unit that the pantry is counted in: a kilogram, a litre, a piece."""


REFUSALS = {
    ProblemCode.OUT_OF_STOCK,
    ProblemCode.ITEM_UNAVAILABLE,
    ProblemCode.PROMO_INVALID,
    ProblemCode.POINTS_INSUFFICIENT,
}


picks = st.integers(0, 1_000)


class CafeAtRandom(RuleBasedStateMachine):
    """What happens in a café, and a simple model that foretells it, also when many act at once."""

    new_books: ClassVar[Path]

    @initialize()
    def open(self) -> None:
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        file = Path(shutil.copy(self.new_books, folder / "cafe.db"))
        self.clock = Clock()
        self.workers = [self.stack.enter_context(opened(file, self.clock)) for _ in range(2)]
        self.cafe = self.workers[0]
        self.ada = customer(self.cafe, "ada")
        self.terminal = self.stack.enter_context(tills.with_terminal(self.cafe, folder / "terminal.db"))
        self.workers[1].gateway = self.terminal
        self.auditor = Auditor(file)
        self.slips: list[Slip] = []
        self.codes_used = 0
        self.hand = Counter(ON_HAND)
        for card in (None, "tok_visa", "tok_twice"):
            self.place_and_pay(Draft((replace(corner.LATTE, quantity=3),)), is_guest=False, card=card)

    @rule(draft=corner.drafts, is_guest=st.booleans(), card=corner.clean_cards)
    def place_and_pay(self, draft: Draft, is_guest: bool, card: str | None) -> None:
        self.rush_in(draft, 1, GUEST if is_guest else self.ada)
        if self.slips:
            self.take(self.slips[-1], None, card)

    @rule(line=corner.lines, count=st.integers(2, 6))
    def rush_for_the_last(self, line: LineDraft, count: int) -> None:
        """Order the same at once: as many are placed as there is enough for, and no more."""
        self.rush_in(Draft((line,)), count, GUEST)

    @rule(count=st.integers(2, 6))
    def rush_for_a_code(self, count: int) -> None:
        """Order by a code that is good for three: as many are placed as it is still good for."""
        draft = Draft((corner.ESPRESSO,), promo_code="last")
        self.rush_in(draft, count, GUEST, at_most=(LAST.limit or 0) - self.codes_used)

    @rule(part=st.integers(1, 3), count=st.integers(2, 6))
    def rush_to_redeem(self, part: int, count: int) -> None:
        """Spend some points several times at once: as often as there are as many, and no more."""
        if not self.points:
            return
        points = min(self.points, 31) // part or 1  # of 7 cents each, so that an espresso is not quite free
        draft = Draft((corner.ESPRESSO,), redeem_points=points)
        self.rush_in(draft, count, self.ada, at_most=self.points // points)

    @rule(pick=picks, amount=corner.amounts, card=corner.clean_cards)
    def pay(self, pick: int, amount: int | None, card: str | None) -> None:
        if (slip := self.picked(pick)) is not None:
            self.take(slip, amount, card)

    @rule(pick=picks, part=st.integers(1, 4), count=st.integers(2, 6), card=corner.clean_cards)
    def rush_to_pay(self, pick: int, part: int, count: int, card: str | None) -> None:
        """Pay the same amount several times at once: as often as it goes into what is due, and no more."""
        if (slip := self.picked(pick, lambda slip: slip.due)) is None:
            return
        amount = max(1, slip.due // part)

        paid = self.at_once([corner.paying_for(slip.order, amount, card)] * count)

        succeeded = sum(not isinstance(each, NotChanged) for each in paid)
        assert succeeded == min(count, slip.due // amount)
        slip.pay(succeeded * amount)

    @rule(pick=picks, part=st.integers(1, 4), count=st.integers(1, 6))
    def rush_to_give_back(self, pick: int, part: int, count: int) -> None:
        """Give the same amount back several times at once: as often as it goes into what was paid, and no more.

        When all of it is back, and nobody has begun to make it, the order is off.
        """
        if (slip := self.picked(pick, lambda slip: slip.kept)) is None:
            return
        amount, is_new = max(1, slip.kept // part), tills.again(self.cafe, slip.order).status is Status.PLACED

        given = self.at_once([corner.giving_back(slip.order, amount)] * count)

        succeeded = sum(not isinstance(each, NotChanged) for each in given)
        assert succeeded == min(count, slip.kept // amount)
        slip.refunded += succeeded * amount
        if is_new and slip.was_paid_up and not slip.kept:
            self.note_called_off(slip)

    @rule(pick=picks, count=st.integers(1, 3))
    def call_off(self, pick: int, count: int) -> None:
        """Call an order off several times at once: it is once, and every card has its money back."""
        if (slip := self.picked(pick)) is None:
            return
        by_card = [each for each in tills.payments(self.cafe, slip.order) if each.method is Method.CARD]
        may = tills.again(self.cafe, slip.order).status in (Status.PLACED, Status.ACCEPTED)

        called_off = self.at_once([corner.calling_off(slip.order)] * count)

        assert sum(not isinstance(each, NotChanged) for each in called_off) == may
        if may:
            slip.refunded += sum(each.amount - each.refunded for each in by_card if each.state == "paid")
            self.note_called_off(slip)

    @rule(pick=picks)
    def move_on(self, pick: int) -> None:
        """Move an order on in the kitchen."""
        if (slip := self.picked(pick)) is None:
            return
        order = tills.again(self.cafe, slip.order)
        for status in [each for each in order.next_statuses if each is not Status.CANCELLED]:
            asyncio.run(cooking.advance(self.cafe, HOUSE, order.public_id, status))

    @rule(pick=picks, is_done=st.booleans())
    def make(self, pick: int, is_done: bool) -> None:
        """Make a line of an order, or find that it is not made: then it goes back when the order is called off."""
        if (slip := self.picked(pick)) is None:
            return
        index = pick % len(slip.lines)

        [made] = self.at_once([lambda cafe: cooking.mark_line(cafe, HOUSE, slip.order.public_id, index, is_done)])

        if not isinstance(made, NotChanged):
            slip.made = slip.made | {index} if is_done else slip.made - {index}

    @rule(slug=st.sampled_from(sorted(ON_HAND)), units=st.integers(0, 2), is_delivery=st.booleans())
    def restock(self, slug: str, units: int, is_delivery: bool) -> None:
        """Put a delivery away, or count what is there anew."""
        change = Change(add=Decimal(units)) if is_delivery else Change(set_to=Decimal(units))
        asyncio.run(stocking.adjust(self.cafe, HOUSE, slug, change))
        self.hand[slug] = self.hand[slug] * is_delivery + units * UNITS[slug]

    @rule(price=st.integers(100, 900), name=st.sampled_from(["Latte", "Caffè latte", "ラテ"]))
    def change_the_menu(self, price: int, name: str) -> None:
        asyncio.run(item_editing.upsert(self.cafe, HOUSE, "latte", ItemEdit(name=name, price=price)))

    @rule(name=st.sampled_from(["Corner Café", "Café an der Ecke"]), locale=st.sampled_from(["en-US", "de-DE"]))
    def rename_the_cafe(self, name: str, locale: str) -> None:
        sheet = corner.menu()
        asyncio.run(menu_editing.load(self.cafe, replace(sheet, cafe=replace(sheet.cafe, name=name, locale=locale))))

    @rule(asked=st.lists(st.tuples(picks, corner.anything()), min_size=1, max_size=8), draft=corner.drafts)
    def everybody_at_once(self, asked: list[tuple[int, Callable[[Order], Act]]], draft: Draft) -> None:
        """Do all kinds of things at once to some orders, by bad cards, too; then settle what is left."""
        picked = [(slip, act) for pick, act in asked if (slip := self.picked(pick % 3)) is not None]

        *_, placed = self.at_once([*(act(slip.order) for slip, act in picked), corner.placing(draft, self.ada)])
        asyncio.run(reconciling.reconcile(self.cafe, timedelta()))

        if isinstance(placed, Placed):
            self.note_placed(placed, draft)
        for slip, _ in picked:
            order = tills.again(self.cafe, slip.order)
            assert order.takings.is_settled
            slip.paid, slip.refunded = order.takings.paid, order.takings.refunded
            slip.was_paid_up = order.was_paid_up
            if order.status is Status.CANCELLED and not slip.is_cancelled:
                self.note_called_off(slip)

    @invariant()
    def the_books_add_up(self) -> None:
        if hasattr(self, "auditor"):
            self.auditor.audit()

    @invariant()
    def they_say_what_the_model_says(self) -> None:
        if not hasattr(self, "hand"):
            return
        hand = pantries.on_hand(self.cafe)
        assert {slug: hand[slug] for slug in ON_HAND} == dict(self.hand)
        for slip in self.slips:
            order = tills.again(self.cafe, slip.order)
            assert (order.takings.paid, order.takings.refunded) == (slip.paid, slip.refunded)
            assert (order.status is Status.CANCELLED) is slip.is_cancelled
            assert order.amount_due == slip.due
            tills.assert_agreed(self.cafe, self.terminal, order)

    @invariant()
    def both_workers_offer_what_there_is_enough_for(self) -> None:
        if hasattr(self, "hand"):
            enough = self.hand["croissant"] >= corner.MADE_OF["butter-croissant"]["croissant"]
            offered = [worker.menu().by_slug["butter-croissant"].unavailable is None for worker in self.workers]
            assert offered == [enough, enough]

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            self.stack.close()

    def picked(self, pick: int, may: Callable[[Slip], object] = lambda slip: True) -> Slip | None:
        """Give one of the orders that may be picked; None when there is none.

        Which and how many there are depends on who came first when several acted at once, so no rule draws from them.
        """
        found = [slip for slip in self.slips if may(slip)]
        return found[pick % len(found)] if found else None

    def take(self, slip: Slip, amount: int | None, card: str | None) -> None:
        """Take money for an order, as long as something is due, and no more than that."""
        wanted = slip.due if amount is None else amount

        [paid] = self.at_once([corner.paying_for(slip.order, amount, card)])

        assert isinstance(paid, NotChanged) is not (0 < wanted <= slip.due)
        slip.pay(0 if isinstance(paid, NotChanged) else wanted)

    @property
    def points(self) -> int:
        """What Ada has to spend."""
        return self.cafe.store.read_now(loyalty.account, self.ada.person_id or 0).points

    def rush_in(self, draft: Draft, count: int, who: Actor, at_most: int = 100) -> None:
        """Place the same order several times at once, and see that as many are placed as can be."""
        needed = sum(map(corner.needs, draft.lines), Counter[str]())
        possible = min(at_most, *(self.hand[slug] // needed[slug] for slug in needed if slug in ON_HAND))

        placed = self.at_once([corner.placing(draft, who)] * count)

        refused = [each for each in placed if isinstance(each, NotPlaced)]
        assert count - len(refused) == min(count, possible)
        codes = {problem.code for each in refused for problem in each.problems}
        assert codes <= REFUSALS
        for each in placed:
            if isinstance(each, Placed):
                self.note_placed(each, draft)

    def note_placed(self, placed: Placed, draft: Draft) -> None:
        self.slips.append(Slip(placed.order, draft.lines))
        self.hand.subtract({slug: n for slug, n in self.slips[-1].not_made.items() if slug in ON_HAND})
        self.codes_used += placed.order.promo_code == LAST.key

    def note_called_off(self, slip: Slip) -> None:
        slip.is_cancelled = True
        self.hand.update({slug: n for slug, n in slip.not_made.items() if slug in ON_HAND})
        self.codes_used -= slip.order.promo_code == LAST.key

    def at_once(self, acts: Sequence[Act]) -> list[object]:
        """Let everybody act in the same moment, at one worker or the other, and give what came of it or a refusal."""
        self.clock.passes(timedelta(seconds=20))
        return at_once([_tried(act, worker) for act, worker in zip(acts, cycle(self.workers), strict=False)])


def _tried(act: Act, worker: Cafe) -> Callable[[], Awaitable[object]]:
    async def tried() -> object:
        try:
            return await act(worker)
        except Rejected as refusal:
            return refusal

    return tried


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[type[CafeAtRandom]]:
    """Give cafés that begin with the same new books; their workers wait for each other on however slow a disk."""
    file = tmp_path_factory.mktemp("books") / "cafe.db"
    asyncio.run(_open_with(file))
    CafeAtRandom.new_books = file
    with pytest.MonkeyPatch.context() as patience:
        patience.setattr(database, "BUSY_SECONDS", 60.0)
        yield CafeAtRandom


async def _open_with(file: Path) -> None:
    cafe = await menu_editing.open_cafe(f"sqlite:///{file}")
    await menu_editing.load(cafe, corner.menu())
    cafe.store.close()


def test_whatever_happens_the_books_add_up(machine: type[CafeAtRandom]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=int(os.environ.get("CAFE_TEST_EXAMPLES", 16)),
            stateful_step_count=30,
            deadline=None,
            phases=(Phase.reuse, Phase.generate),  # to shrink what fails would take many times as long as to find it
            report_multiple_bugs=False,
            derandomize="CAFE_TEST_EXAMPLES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
