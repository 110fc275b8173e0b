"""A card terminal on this machine that takes no real money: for developing, and for trying what can go wrong.

It does what a terminal does, and what a line to one does: by the card that it is given it declines, loses the question,
loses the answer, or hears everything twice. What it has done is in a file of its own.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from cafe_graphql.core.errors import Away
from cafe_graphql.gateways.cards import PATIENCE, Answer, Charge, GivenBack, Standing
from cafe_graphql.gateways.terminal_record import Entry, Pages, Record

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TrialCard:
    """A card and what goes wrong with it. Of what is lost, only the first of its kind is, so that asking again helps.

    `declines` and `declines_refund` are reasons fit to show; `loses_question` and `loses_answer` name what is asked.
    """

    number: str
    token: str
    declines: str | None = None
    declines_refund: str | None = None
    loses_question: str | None = None
    loses_answer: str | None = None
    is_heard_twice: bool = False


CARDS = (
    TrialCard("4242424242424242", "tok_visa"),
    TrialCard("4000000000000002", "tok_declined", declines="The card was declined."),
    TrialCard("4000000000009995", "tok_no_funds", declines="There is not enough money on the card."),
    TrialCard("4000000000000069", "tok_expired", declines="The card has expired."),
    TrialCard("4000000000000101", "tok_timeout", loses_answer="authorise"),
    TrialCard("4000000000000119", "tok_unheard", loses_question="authorise"),
    TrialCard("4000000000000127", "tok_capture_timeout", loses_answer="capture"),
    TrialCard("4000000000000135", "tok_capture_unheard", loses_question="capture"),
    TrialCard("4000000000000143", "tok_refund_timeout", loses_answer="refund"),
    TrialCard("4000000000000150", "tok_refund_unheard", loses_question="refund"),
    TrialCard("4000000000000168", "tok_refund_declined", declines_refund="The card's bank takes no refunds."),
    TrialCard("4000000000000176", "tok_twice", is_heard_twice=True),
)
"""The cards that the terminal knows, by number or by token; any other, or none, does as the first."""

_BY_NAME: Mapping[str, TrialCard] = {name: card for card in CARDS for name in (card.number, card.token)}
_BY_TOKEN: Mapping[str, TrialCard] = {card.token: card for card in CARDS}


class LocalTerminal:
    """The terminal. It is asked on threads: its file is written to the disk before it answers."""

    name = "terminal"

    def __init__(self, file: Path, patience: float = PATIENCE) -> None:
        """Keep its record in `file`; `patience` is the seconds after which a lost answer is waited for no longer."""
        self.record = Record(file)
        self._patience = patience
        self._threads = ThreadPoolExecutor(8, "cafe-terminal")

    def why_not(self, token: str | None) -> str | None:
        return None

    async def authorise(self, charge: Charge, token: str | None) -> Answer:
        card = _BY_NAME.get((token or "").replace(" ", ""), CARDS[0])
        return await self._ask("authorise", charge, card, lambda pages: _authorise(pages, charge, card))

    async def capture(self, charge: Charge) -> Answer:
        card = await self._card(charge)
        return await self._ask("capture", charge, card, lambda pages: _capture(pages, charge))

    async def void(self, charge: Charge) -> Answer:
        card = await self._card(charge)
        return await self._ask("void", charge, card, lambda pages: _void(pages, charge))

    async def look_up(self, charge: Charge) -> Answer:
        entry = await self._run(lambda pages: pages.find(charge.id))
        return entry.answer if entry else Answer(Standing.UNKNOWN)

    async def refund(self, charge: Charge, refund_id: str, amount: int) -> GivenBack:
        card = await self._card(charge)
        return await self._ask("refund", charge, card, lambda pages: _refund(pages, charge, card, refund_id, amount))

    def close(self) -> None:
        self._threads.shutdown(wait=False)

    async def _card(self, charge: Charge) -> TrialCard:
        entry = await self._run(lambda pages: pages.find(charge.id))
        return _BY_TOKEN[entry.kind] if entry else CARDS[0]

    async def _ask(self, question: str, charge: Charge, card: TrialCard, act: Callable[[Pages], T]) -> T:
        """Do what is asked, over a line that is as bad as the card says."""
        is_first = await self._run(lambda pages: pages.count(charge.id, question)) == 1
        if is_first and card.loses_question == question:
            await self._lose()
        answer = await self._run(act)
        if card.is_heard_twice:
            again = await self._run(act)
            assert again == answer, (answer, again)
        if is_first and card.loses_answer == question:
            await self._lose()
        return answer

    async def _lose(self) -> None:
        await asyncio.sleep(self._patience)
        raise Away("The card terminal does not answer.")

    async def _run(self, act: Callable[[Pages], T]) -> T:
        def run() -> T:
            with self.record.opened() as pages:
                return act(pages)

        return await asyncio.get_running_loop().run_in_executor(self._threads, run)


def _authorise(pages: Pages, charge: Charge, card: TrialCard) -> Answer:
    if known := pages.find(charge.id):
        return known.answer
    standing = Standing.DECLINED if card.declines else Standing.AUTHORISED
    answer = Answer(standing, f"T-{charge.id}", f"Test ····{card.number[-4:]}", card.declines)
    return pages.write(charge.id, charge.amount.minor, charge.amount.currency, card.token, answer)


def _capture(pages: Pages, charge: Charge) -> Answer:
    return _moved(pages, charge, pages.find(charge.id), Standing.CAPTURED)


def _void(pages: Pages, charge: Charge) -> Answer:
    known = pages.find(charge.id)
    if known is None:
        gone = Answer(Standing.VOIDED, reason="It never reached the card terminal: nothing was taken.")
        return pages.write(charge.id, charge.amount.minor, charge.amount.currency, CARDS[0].token, gone)
    return _moved(pages, charge, known, Standing.VOIDED)


def _moved(pages: Pages, charge: Charge, known: Entry | None, to: Standing) -> Answer:
    """Move a charge on from where it is authorised; anywhere else it stays."""
    if known is None:
        return Answer(Standing.UNKNOWN)
    if known.answer.standing is not Standing.AUTHORISED:
        return known.answer
    pages.move(charge.id, to)
    return replace(known.answer, standing=to)


def _refund(pages: Pages, charge: Charge, card: TrialCard, refund_id: str, amount: int) -> GivenBack:
    known = pages.find(charge.id)
    if pages.has_refund(refund_id):
        return GivenBack()
    if known is None or known.answer.standing is not Standing.CAPTURED:
        return GivenBack("The card terminal has taken nothing that it could give back.")
    if pages.refunded(charge.id) + amount > known.amount:
        return GivenBack("That is more than the card terminal has taken.")
    if card.declines_refund:
        return GivenBack(card.declines_refund)
    pages.write_refund(refund_id, charge.id, amount)
    return GivenBack()
