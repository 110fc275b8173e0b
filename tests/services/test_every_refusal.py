"""Every code of the closed set: raised by some act, or known to be kept for a later chapter."""

import asyncio
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from cafe_graphql import core
from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Choice, Draft, LineDraft, Tip
from cafe_graphql.core.errors import Rejected
from cafe_graphql.core.hours import Hours, Period
from cafe_graphql.core.item_edits import ItemEdit
from cafe_graphql.core.money import MAX_TOTAL
from cafe_graphql.core.orders import Status
from cafe_graphql.core.payments import Method
from cafe_graphql.core.people import GUEST, HOUSE, Scope
from cafe_graphql.core.problems import ProblemCode
from cafe_graphql.core.stocktaking import Change
from cafe_graphql.services import (
    cooking,
    item_editing,
    key_cutting,
    menu_editing,
    ordering,
    paying,
    signing_in,
    stocking,
)
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import Ref
from cafe_graphql.services.paying import Asked
from tests.services.books import NOON, counted

Code = ProblemCode

NOT_RAISED_YET: set[ProblemCode] = set()
"""What a later chapter will refuse; take a code from here when it is first raised."""

LATTE = LineDraft("latte")


@dataclass(frozen=True)
class Attempt:
    """A placing that is refused; `key` and `expected` go with it."""

    draft: Draft
    key: str | None = None
    expected: int | None = None


def of(*choices: Choice) -> Attempt:
    return Attempt(Draft((LineDraft("latte", choices=choices),)))


REFUSED_WHEN_PLACED = {
    Code.EMPTY_ORDER: Attempt(Draft(())),
    Code.UNKNOWN_ITEM: Attempt(Draft((LineDraft("saucer"),))),
    Code.UNKNOWN_OPTION: of(Choice("milk", "yak")),
    Code.DUPLICATE_OPTION: of(Choice("extras", "extra-shot"), Choice("extras", "extra-shot")),
    Code.SELECTION_COUNT: of(Choice("milk", "oat"), Choice("milk", "soy")),
    Code.QUANTITY_OUT_OF_RANGE: Attempt(Draft((LineDraft("latte", 0),))),
    Code.TEXT_TOO_LONG: Attempt(Draft((LATTE,), note="x" * 501)),
    Code.INVALID_TEXT: Attempt(Draft((LATTE,), note="\x07")),
    Code.TOTAL_TOO_LARGE: Attempt(Draft((LATTE,), tip=Tip(minor=MAX_TOTAL))),
    Code.ITEM_UNAVAILABLE: Attempt(Draft((LineDraft("cinnamon-roll"),))),
    Code.SLOT_UNAVAILABLE: Attempt(Draft((LATTE,), pickup_at=NOON - timedelta(days=1))),
    Code.PRICE_CHANGED: Attempt(Draft((LATTE,)), expected=1),
    Code.PROMO_INVALID: Attempt(Draft((LATTE,), promo_code="FREE")),
    Code.POINTS_INSUFFICIENT: Attempt(Draft((LATTE,), redeem_points=1)),
    Code.IDEMPOTENCY_KEY_REUSED: Attempt(Draft((LineDraft("espresso"),)), key="monday-1"),
}


def closed(cafe: Cafe) -> None:
    sheet = menu_file.read(menu_file.builtin())
    mondays = Hours((Period(0, time(7), time(18)),))
    asyncio.run(menu_editing.load(cafe, replace(sheet, cafe=replace(sheet.cafe, hours=mondays))))
    asyncio.run(ordering.place(cafe, GUEST, Draft((LATTE,))))


def out_of_stock(cafe: Cafe) -> None:
    asyncio.run(stocking.adjust(cafe, HOUSE, "milk", Change(set_to=Decimal("0.199"))))
    asyncio.run(ordering.place(cafe, GUEST, Draft((LATTE,))))


def not_found(cafe: Cafe) -> None:
    asyncio.run(ordering.cancel(cafe, HOUSE, Ref(public_id="nobody")))


def invalid_status(cafe: Cafe) -> None:
    ref = Ref(token=asyncio.run(ordering.place(cafe, GUEST, Draft((LATTE,)))).order.tracking_token)
    for _ in range(2):
        asyncio.run(ordering.cancel(cafe, GUEST, ref))


def version_conflict(cafe: Cafe) -> None:
    order = asyncio.run(ordering.place(cafe, GUEST, Draft((LATTE,)))).order
    for status in (Status.ACCEPTED, Status.PREPARING):
        asyncio.run(cooking.advance(cafe, HOUSE, order.public_id, status, expected_version=1))


def sign_up(cafe: Cafe, email: str = "ada@example.com", password: str = "correct horse") -> None:
    asyncio.run(signing_in.sign_up(cafe, email, password, "Ada"))


def email_taken(cafe: Cafe) -> None:
    for email in ("ada@example.com", "Ada@Example.com "):
        sign_up(cafe, email)


def wrong_credentials(cafe: Cafe) -> None:
    sign_up(cafe)
    asyncio.run(signing_in.sign_in(cafe, "ada@example.com", "wrong horse"))


def cut_key(cafe: Cafe, scopes: Collection[Scope], expires_at: datetime | None = None) -> None:
    asyncio.run(key_cutting.cut(cafe, HOUSE, "till", scopes, expires_at))


def upsert(cafe: Cafe, slug: str, edit: ItemEdit) -> None:
    asyncio.run(item_editing.upsert(cafe, HOUSE, slug, edit))


def pay(cafe: Cafe, asked: Asked) -> None:
    ref = Ref(token=asyncio.run(ordering.place(cafe, GUEST, Draft((LATTE,)))).order.tracking_token)
    asyncio.run(paying.pay(cafe, HOUSE, ref, asked))


REFUSED_OTHERWISE: dict[ProblemCode, Callable[[Cafe], None]] = {
    Code.CLOSED: closed,
    Code.OUT_OF_STOCK: out_of_stock,
    Code.NOT_FOUND: not_found,
    Code.INVALID_STATUS: invalid_status,
    Code.VERSION_CONFLICT: version_conflict,
    Code.INVALID_EMAIL: lambda cafe: sign_up(cafe, email="ada"),
    Code.EMAIL_TAKEN: email_taken,
    Code.WEAK_PASSWORD: lambda cafe: sign_up(cafe, password="Password"),
    Code.WRONG_CREDENTIALS: wrong_credentials,
    Code.EMPTY_SCOPES: lambda cafe: cut_key(cafe, ()),
    Code.UNKNOWN_CATEGORY: lambda cafe: upsert(cafe, "latte", ItemEdit(category="espreso")),
    Code.MISSING_FIELD: lambda cafe: upsert(cafe, "latte", ItemEdit(name=None)),
    Code.PAYMENT_DECLINED: lambda cafe: pay(cafe, Asked(Method.CARD)),
    Code.AMOUNT_EXCEEDS_BALANCE: lambda cafe: pay(cafe, Asked(Method.CASH, 1_000)),
    Code.INVALID_EXPIRY: lambda cafe: cut_key(cafe, (Scope.KITCHEN,), NOON),
}


@pytest.mark.parametrize("code", REFUSED_WHEN_PLACED)
def test_placing_is_refused_with_this_code_alone_and_nothing_is_stored(
    cafe: Cafe, file: Path, code: ProblemCode
) -> None:
    asyncio.run(ordering.place(cafe, GUEST, Draft((LATTE,)), "monday-1"))
    before, attempt = counted(file), REFUSED_WHEN_PLACED[code]

    with pytest.raises(Rejected) as refusal:
        asyncio.run(ordering.place(cafe, GUEST, attempt.draft, attempt.key, attempt.expected))

    assert [problem.code for problem in refusal.value.problems] == [code]
    assert counted(file) == before


@pytest.mark.parametrize("code", REFUSED_OTHERWISE)
def test_other_acts_are_refused_with_this_code_alone(cafe: Cafe, code: ProblemCode) -> None:
    with pytest.raises(Rejected) as refusal:
        REFUSED_OTHERWISE[code](cafe)

    assert [problem.code for problem in refusal.value.problems] == [code]


def test_every_code_is_raised_or_kept_for_later() -> None:
    raised = {*REFUSED_WHEN_PLACED, *REFUSED_OTHERWISE}

    assert raised | NOT_RAISED_YET == set(ProblemCode)
    assert raised & NOT_RAISED_YET == set()


def test_no_code_that_is_kept_for_later_stands_in_the_rooms() -> None:
    (rooms,) = {Path(folder).parent for folder in core.__path__}
    said = {
        ProblemCode[name]
        for file in rooms.rglob("*.py")
        for name in re.findall(r"\bProblemCode\.([A-Z_]+)\b", file.read_text("utf-8"))
    }

    assert said == set(ProblemCode) - NOT_RAISED_YET
