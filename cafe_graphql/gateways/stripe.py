"""Stripe: cards are charged by a PaymentIntent each, by the official library, on threads.

An intent is made before its card is known, under our own idempotency key, and confirmed with the card after. So it can
be found again, or given up before its card comes, by making it once more; and none is confirmed once it is given up.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import stripe
from requests import Session
from stripe import PaymentIntent

from cafe_graphql.core.errors import Away
from cafe_graphql.core.money import EXPONENTS, Money
from cafe_graphql.gateways.cards import PATIENCE, Answer, Charge, GivenBack, Standing

T = TypeVar("T")

_CARD = re.compile(r"pm_\w{1,200}")
_COUNTED_OTHERWISE = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Currencies of which Stripe takes another number of decimal places to be the minor unit than ISO 4217 does."""

_STANDING = {
    "requires_payment_method": Standing.UNKNOWN,
    "requires_confirmation": Standing.UNKNOWN,
    "requires_capture": Standing.AUTHORISED,
    "succeeded": Standing.CAPTURED,
    "canceled": Standing.VOIDED,
}
_REFUSALS = (stripe.InvalidRequestError, stripe.AuthenticationError, stripe.PermissionError)
"""What Stripe says to a request of which it has done nothing, and will not."""

_NOT_BY_CARD = {
    "amount_too_small": "So small an amount cannot be paid by card.",
    "amount_too_large": "So large an amount cannot be paid by card at once.",
}

_log = logging.getLogger("cafe_graphql")


class Stripe:
    """The café's Stripe account."""

    name = "stripe"

    def __init__(self, key: str, url: str, patience: float = PATIENCE) -> None:
        """Take the account's secret key, and where Stripe answers; `patience`: seconds that an answer is waited for."""
        self._patience = patience
        self._session = Session()
        http = stripe.RequestsClient(timeout=patience, session=self._session)
        client = stripe.StripeClient(key, http_client=http, base_addresses={"api": url}, max_network_retries=0)
        self._intents, self._refunds = client.v1.payment_intents, client.v1.refunds
        self._threads = ThreadPoolExecutor(10, "cafe-stripe")  # the session keeps as many connections

    def why_not(self, token: str | None) -> str | None:
        if token is not None and _CARD.fullmatch(token):
            return None
        return "Send what Stripe.js gave for the card (pm_…) as the token; never the card's number."

    async def authorise(self, charge: Charge, token: str | None) -> Answer:
        return await self._ask(lambda: self._authorise(charge, token or ""))

    async def capture(self, charge: Charge) -> Answer:
        return await self._ask(lambda: self._move(charge, self._capture))

    async def void(self, charge: Charge) -> Answer:
        return await self._ask(lambda: self._move(charge, self._cancel))

    async def look_up(self, charge: Charge) -> Answer:
        return await self._ask(lambda: _answer(self._intent(charge)))

    async def refund(self, charge: Charge, refund_id: str, amount: int) -> GivenBack:
        return await self._ask(lambda: self._refund(charge, refund_id, amount))

    def close(self) -> None:
        self._threads.shutdown(wait=False)
        self._session.close()

    async def _ask(self, act: Callable[[], T]) -> T:
        asked = asyncio.get_running_loop().run_in_executor(self._threads, act)
        try:
            return await asyncio.wait_for(asked, self._patience)
        except (TimeoutError, stripe.StripeError) as error:
            if not isinstance(error, (TimeoutError, stripe.APIConnectionError)):
                _log.error("Stripe did not do what it was asked: %s", error)
            raise Away("Stripe does not answer.") from error

    def _authorise(self, charge: Charge, token: str) -> Answer:
        try:
            intent = self._intent(charge)
        except _REFUSALS as error:
            if (reason := _NOT_BY_CARD.get(error.code or "")) is None:
                _log.error("Stripe takes no cards: %s", error)
            return Answer(Standing.DECLINED, reason=reason or "Cards cannot be taken just now.")
        if intent.status != "requires_payment_method":
            return _answer(intent)
        try:
            return _answer(
                self._intents.confirm(
                    intent.id,
                    {"payment_method": token, "error_on_requires_action": True, "expand": ["latest_charge"]},
                    {"idempotency_key": f"{charge.id}-confirm"},
                )
            )
        except (stripe.CardError, stripe.InvalidRequestError) as error:
            return self._declined(intent, error)

    def _declined(self, intent: PaymentIntent, error: stripe.StripeError) -> Answer:
        """Give an intent up whose card was declined, so that no other is charged by it."""
        answer = self._cancel(intent)
        if answer.standing is not Standing.VOIDED:
            return answer
        said = error.user_message if isinstance(error, stripe.CardError) else None
        return Answer(Standing.DECLINED, intent.id, reason=said or "Stripe does not take this card.")

    def _intent(self, charge: Charge) -> PaymentIntent:
        """Give the intent of a charge as it is now, made if there is none."""
        reference = charge.reference
        if reference is None:
            made = self._intents.create(
                {
                    "amount": _amount(charge.amount),
                    "currency": charge.amount.currency.lower(),
                    "capture_method": "manual",
                    "allowed_payment_method_types": ["card"],
                    "metadata": {"payment": charge.id},
                },
                {"idempotency_key": charge.id},
            )
            if not _is_replayed(made):
                return made
            reference = made.id  # what is replayed is the intent as it was when it was made
        return self._intents.retrieve(reference, {"expand": ["latest_charge"]})

    def _move(self, charge: Charge, act: Callable[[PaymentIntent], Answer]) -> Answer:
        return act(self._intent(charge))

    def _capture(self, intent: PaymentIntent) -> Answer:
        return self._moved(intent, lambda: self._intents.capture(intent.id, {"expand": ["latest_charge"]}))

    def _cancel(self, intent: PaymentIntent) -> Answer:
        return self._moved(intent, lambda: self._intents.cancel(intent.id))

    def _moved(self, intent: PaymentIntent, act: Callable[[], PaymentIntent]) -> Answer:
        """Move an intent on; where it cannot be, because it was before, it stands as it does."""
        try:
            return _answer(act())
        except stripe.InvalidRequestError:
            return _answer(self._intents.retrieve(intent.id, {"expand": ["latest_charge"]}))

    def _refund(self, charge: Charge, refund_id: str, amount: int) -> GivenBack:
        """Refund once: Stripe forgets idempotency keys after a day, but not its refunds."""
        intent = self._intent(charge)
        made = self._refunds.list({"payment_intent": intent.id, "limit": 100})
        for refund in made.auto_paging_iter():
            if refund.metadata and "refund" in refund.metadata and refund.metadata["refund"] == refund_id:
                return _given_back(refund)
        try:
            return _given_back(
                self._refunds.create(
                    {
                        "payment_intent": intent.id,
                        "amount": _amount(Money(amount, charge.amount.currency)),
                        "metadata": {"refund": refund_id},
                    },
                    {"idempotency_key": refund_id},
                )
            )
        except stripe.InvalidRequestError as error:
            return GivenBack(error.user_message or "Stripe does not give it back.")


def _is_replayed(made: PaymentIntent) -> bool:
    return made.last_response is not None and made.last_response.headers.get("idempotent-replayed") == "true"


def _amount(money: Money) -> int:
    """Give an amount in what Stripe takes to be the currency's minor unit."""
    return int(money.amount.scaleb(_COUNTED_OTHERWISE.get(money.currency, EXPONENTS[money.currency])))


def _answer(intent: PaymentIntent) -> Answer:
    standing = _STANDING.get(intent.status)
    if standing is None:
        raise Away(f"Stripe is still at it: the intent is {intent.status}.")
    if standing is Standing.VOIDED and intent.last_payment_error is not None:
        return Answer(Standing.DECLINED, intent.id, reason=intent.last_payment_error.message)
    return Answer(standing, intent.id, _card(intent))


def _card(intent: PaymentIntent) -> str | None:
    charge = intent.latest_charge
    if charge is None or isinstance(charge, str) or charge.payment_method_details is None:
        return None
    card = charge.payment_method_details.card
    return None if card is None else f"{(card.brand or 'card').title()} ····{card.last4}"


def _given_back(refund: stripe.Refund) -> GivenBack:
    if refund.status in ("failed", "canceled"):
        return GivenBack(f"The card's bank does not take it: {refund.failure_reason or refund.status}.")
    return GivenBack()
