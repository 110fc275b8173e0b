"""What the café relies on in whoever takes its cards, asked of the terminal on this machine and of Stripe."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from cafe_graphql.core.errors import Away
from cafe_graphql.core.money import Money
from cafe_graphql.gateways import terminal_record
from cafe_graphql.gateways.cards import Answer, Charge, Gateway, GivenBack, NoCards, Standing
from cafe_graphql.gateways.stripe import Stripe
from cafe_graphql.gateways.terminal import LocalTerminal
from tests.gateways.stripe_house import KEY, House, open_house

T = TypeVar("T")
LATTE = Charge("latte-1", Money(350, "USD"))
GOOD = {"terminal": "tok_visa", "stripe": "pm_card_visa"}
DECLINED = {"terminal": "tok_declined", "stripe": "pm_card_chargeDeclined"}


@dataclass
class Counter:
    """A gateway, and the cards that it takes or declines."""

    gateway: Gateway

    @property
    def card(self) -> str:
        return GOOD[self.gateway.name]

    @property
    def declined(self) -> str:
        return DECLINED[self.gateway.name]

    def ask(self, question: Callable[[Gateway], Awaitable[T]]) -> T:
        async def asked() -> T:
            return await question(self.gateway)

        return asyncio.run(asked())

    def authorised(self) -> Charge:
        """Authorise the latte, and give the charge as it is known then."""
        answer = self.ask(lambda gateway: gateway.authorise(LATTE, self.card))
        assert answer.standing is Standing.AUTHORISED
        return Charge(LATTE.id, LATTE.amount, answer.reference)

    def captured(self) -> Charge:
        charge = self.authorised()
        assert self.ask(lambda gateway: gateway.capture(charge)).standing is Standing.CAPTURED
        return charge

    def standing(self, charge: Charge = LATTE) -> Standing:
        return self.ask(lambda gateway: gateway.look_up(charge)).standing


@pytest.fixture
def house() -> Iterator[tuple[House, str]]:
    with open_house() as opened:
        yield opened


@pytest.fixture(params=["terminal", "stripe"])
def counter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counter]:
    gateway: Gateway
    if request.param == "terminal":
        gateway = LocalTerminal(tmp_path / "terminal.db", 0.02)
    else:
        gateway = Stripe(KEY, request.getfixturevalue("house")[1])
    yield Counter(gateway)
    gateway.close()


def test_a_card_is_authorised_then_captured_and_says_which_it_is(counter: Counter) -> None:
    authorised = counter.ask(lambda gateway: gateway.authorise(LATTE, counter.card))
    charge = Charge(LATTE.id, LATTE.amount, authorised.reference)
    captured = counter.ask(lambda gateway: gateway.capture(charge))

    cards = {"terminal": "Test ····4242", "stripe": "Visa ····4242"}
    assert authorised.card == captured.card == cards[counter.gateway.name]
    assert (authorised.standing, captured.standing) == (Standing.AUTHORISED, Standing.CAPTURED)
    assert authorised.reference and captured.reference == authorised.reference
    assert counter.standing() is counter.standing(charge) is Standing.CAPTURED


def test_whatever_is_asked_twice_is_done_once_and_answered_twice(counter: Counter) -> None:
    charge = counter.authorised()

    assert counter.authorised() == charge
    captures = [counter.ask(lambda gateway: gateway.capture(charge)) for _ in range(2)]
    refunds = [counter.ask(lambda gateway: gateway.refund(charge, "spilt", 200)) for _ in range(2)]
    rest = counter.ask(lambda gateway: gateway.refund(charge, "cold", 150))

    assert captures[0] == captures[1]
    assert refunds == [GivenBack(), GivenBack()]
    assert rest == GivenBack()  # so 2.00 had gone back, and not 4.00


def test_a_card_that_is_declined_is_not_charged_by_asking_again(counter: Counter) -> None:
    declined = counter.ask(lambda gateway: gateway.authorise(LATTE, counter.declined))
    again = counter.ask(lambda gateway: gateway.authorise(LATTE, counter.declined))

    assert (declined.standing, again.standing, counter.standing()) == (Standing.DECLINED,) * 3
    assert declined.reason == again.reason
    assert "declined" in (declined.reason or "")


def test_what_was_never_heard_of_is_unknown_and_can_be_given_up_before_it_comes(counter: Counter) -> None:
    assert counter.standing() is Standing.UNKNOWN

    voided = counter.ask(lambda gateway: gateway.void(LATTE))
    late = counter.ask(lambda gateway: gateway.authorise(LATTE, counter.card))

    assert (voided.standing, late.standing, counter.standing()) == (Standing.VOIDED,) * 3


def test_what_is_set_aside_can_be_given_up_and_is_not_captured_then(counter: Counter) -> None:
    charge = counter.authorised()

    voided = counter.ask(lambda gateway: gateway.void(charge))
    captured = counter.ask(lambda gateway: gateway.capture(charge))

    assert (voided.standing, captured.standing) == (Standing.VOIDED, Standing.VOIDED)


def test_what_is_captured_is_not_given_up(counter: Counter) -> None:
    charge = counter.captured()

    assert counter.ask(lambda gateway: gateway.void(charge)).standing is Standing.CAPTURED


def test_no_more_is_given_back_than_was_taken(counter: Counter) -> None:
    charge = counter.captured()
    counter.ask(lambda gateway: gateway.refund(charge, "spilt", 300))

    too_much = counter.ask(lambda gateway: gateway.refund(charge, "cold", 51))
    rest = counter.ask(lambda gateway: gateway.refund(charge, "sour", 50))

    assert too_much.failure is not None
    assert rest == GivenBack()


def test_nothing_is_given_back_that_was_not_taken(counter: Counter) -> None:
    charge = counter.authorised()

    assert counter.ask(lambda gateway: gateway.refund(charge, "spilt", 100)).failure is not None


def test_the_terminal_remembers_after_it_was_switched_off(tmp_path: Path) -> None:
    before = Counter(LocalTerminal(tmp_path / "terminal.db"))
    before.captured()
    before.gateway.close()

    after = Counter(LocalTerminal(tmp_path / "terminal.db"))

    assert after.standing() is Standing.CAPTURED
    after.gateway.close()


def test_a_terminal_whose_record_is_in_use_for_long_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal_record, "WAIT_SECONDS", 0.05)
    terminal = LocalTerminal(tmp_path / "terminal.db")

    with terminal.record.opened(), pytest.raises(Away, match="cannot write its record: database is locked"):
        asyncio.run(terminal.authorise(LATTE, "tok_visa"))

    terminal.close()


def test_a_terminal_that_cannot_write_does_not_answer(tmp_path: Path) -> None:
    terminal = LocalTerminal(tmp_path / "nowhere" / "terminal.db")

    with pytest.raises(Away, match="cannot write its record"):
        asyncio.run(terminal.authorise(LATTE, "tok_visa"))

    terminal.close()


def test_nobody_else_on_the_machine_can_read_what_the_terminal_did(tmp_path: Path) -> None:
    terminal = LocalTerminal(tmp_path / "terminal.db")

    asyncio.run(terminal.look_up(LATTE))

    assert (tmp_path / "terminal.db").stat().st_mode & 0o777 == 0o600
    terminal.close()


def test_who_takes_no_cards_says_so() -> None:
    nobody = NoCards()

    answer = asyncio.run(nobody.authorise(LATTE, "tok_visa"))

    assert answer == Answer(Standing.DECLINED, reason="Cards are not taken here: pay in cash at the counter.")


@pytest.mark.parametrize("token", [None, "", "4242424242424242", "tok_visa", "pm_", "pm_card visa", f"pm_{'x' * 201}"])
def test_stripe_is_sent_no_card_s_number(house: tuple[House, str], token: str | None) -> None:
    stripe = Stripe(KEY, house[1])

    assert (
        stripe.why_not(token) == "Send what Stripe.js gave for the card (pm_…) as the token; never the card's number."
    )
    assert stripe.why_not("pm_1MtwBwLkdIwHu7ixUEgbFdYF") is None
    stripe.close()


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("pm_card_chargeDeclinedInsufficientFunds", "Your card has insufficient funds."),
        ("pm_card_authenticationRequired", "This payment needs your bank's confirmation."),
        ("pm_unheard_of", "Stripe does not take this card."),
    ],
)
def test_stripe_says_why_a_card_is_declined_and_its_intent_is_given_up(
    house: tuple[House, str], card: str, reason: str
) -> None:
    stripe = Counter(Stripe(KEY, house[1]))

    answer = stripe.ask(lambda gateway: gateway.authorise(LATTE, card))

    assert answer == Answer(Standing.DECLINED, "pi_0001", None, reason)
    assert house[0].intents["pi_0001"]["status"] == "canceled"
    stripe.gateway.close()


@pytest.mark.parametrize(
    ("amount", "currency", "counted"),
    [(350, "USD", 350), (350, "JPY", 350), (3_500, "KWD", 3_500), (350, "ISK", 35_000), (35_000, "MGA", 350)],
)
def test_stripe_is_asked_in_its_own_minor_units(
    house: tuple[House, str], amount: int, currency: str, counted: int
) -> None:
    stripe = Counter(Stripe(KEY, house[1]))

    stripe.ask(lambda gateway: gateway.authorise(Charge("latte-1", Money(amount, currency)), "pm_card_visa"))

    [intent] = house[0].intents.values()
    assert (intent["amount"], intent["currency"]) == (counted, currency.lower())
    stripe.gateway.close()


def test_a_crumb_is_not_paid_by_card(house: tuple[House, str]) -> None:
    stripe = Counter(Stripe(KEY, house[1]))
    crumb = Charge("crumb-1", Money(20, "USD"))

    answer = stripe.ask(lambda gateway: gateway.authorise(crumb, "pm_card_visa"))

    assert answer == Answer(Standing.DECLINED, reason="So small an amount cannot be paid by card.")
    stripe.gateway.close()


def test_a_cafe_that_stripe_refuses_takes_no_cards_and_leaves_nothing_pending(
    house: tuple[House, str], caplog: pytest.LogCaptureFixture
) -> None:
    stripe = Counter(Stripe("sk_test_wrong", house[1]))

    answer = stripe.ask(lambda gateway: gateway.authorise(LATTE, "pm_card_visa"))

    assert answer == Answer(Standing.DECLINED, reason="Cards cannot be taken just now.")
    [logged] = caplog.messages
    assert logged.startswith("Stripe takes no cards: Request req_0001: ")
    assert "sk_test_wrong" not in logged
    stripe.gateway.close()


@pytest.mark.parametrize("lost", ["question", "answer", "500"])
def test_when_stripe_does_not_answer_it_is_not_known_what_it_did(house: tuple[House, str], lost: str) -> None:
    house[0].loses = lambda asked, _: lost if asked.endswith("/confirm") else None
    stripe = Counter(Stripe(KEY, house[1]))

    with pytest.raises(Away):
        stripe.ask(lambda gateway: gateway.authorise(LATTE, "pm_card_visa"))

    assert stripe.standing() is (Standing.AUTHORISED if lost == "answer" else Standing.UNKNOWN)
    stripe.gateway.close()


def test_stripe_that_is_slow_is_waited_for_no_longer_than_a_guest_would(house: tuple[House, str]) -> None:
    stripe = Counter(Stripe(KEY, house[1], patience=0.1))

    with house[0].lock, pytest.raises(Away):
        stripe.ask(lambda gateway: gateway.authorise(LATTE, "pm_card_visa"))

    stripe.gateway.close()


def test_stripe_is_asked_in_the_version_that_its_library_knows(house: tuple[House, str]) -> None:
    stripe = Counter(Stripe(KEY, house[1]))
    charge = stripe.captured()
    stripe.ask(lambda gateway: gateway.refund(charge, "spilt", 100))

    assert len(house[0].versions) == 1
    assert house[0].asked == [
        "POST /v1/payment_intents",
        "POST /v1/payment_intents/{id}/confirm",
        "GET /v1/payment_intents/{id}",
        "POST /v1/payment_intents/{id}/capture",
        "GET /v1/payment_intents/{id}",
        "GET /v1/refunds",
        "POST /v1/refunds",
    ]
    stripe.gateway.close()


def test_a_refund_is_made_once_also_when_stripe_has_forgotten_its_key(house: tuple[House, str]) -> None:
    stripe = Counter(Stripe(KEY, house[1]))
    charge = stripe.captured()
    stripe.ask(lambda gateway: gateway.refund(charge, "spilt", 100))
    house[0].keys.clear()  # as it does after a day

    again = stripe.ask(lambda gateway: gateway.refund(charge, "spilt", 100))

    assert again == GivenBack()
    assert house[0].charged() == {LATTE.id: 250}
    stripe.gateway.close()


def test_a_bank_that_takes_no_refund_is_told_of(house: tuple[House, str]) -> None:
    stripe = Counter(Stripe(KEY, house[1]))
    charge = stripe.captured()
    house[0].refuses_refunds = True

    given = stripe.ask(lambda gateway: gateway.refund(charge, "spilt", 100))

    assert given == GivenBack("The card's bank does not take it: lost_or_stolen_card.")
    stripe.gateway.close()
