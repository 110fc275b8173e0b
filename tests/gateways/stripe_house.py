"""Stripe's house: a stand-in for its HTTP API, as far as cards are charged by PaymentIntents that are captured by hand.

It speaks as https://docs.stripe.com/api says: forms in, JSON out, `Idempotency-Key` and `Idempotent-Replayed`, errors
with their types and codes. What it can do besides is to lose a request, or its answer, on the way.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dc"

Form = dict[str, str]
Object = dict[str, Any]

_DECLINES = {
    "pm_card_chargeDeclined": ("card_declined", "generic_decline", "Your card was declined."),
    "pm_card_chargeDeclinedInsufficientFunds": (
        *("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    ),
    "pm_card_chargeDeclinedExpiredCard": ("expired_card", "expired_card", "Your card has expired."),
    "pm_card_authenticationRequired": (
        *("authentication_required", "authentication_required", "This payment needs your bank's confirmation."),
    ),
}
_CARDS = {"pm_card_visa": ("visa", "4242"), "pm_card_mastercard": ("mastercard", "4444")}


class Refused(Exception):
    """What Stripe says when it does not do it."""

    def __init__(self, status: int, type: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.body = status, {"error": {"type": type, "message": message, **more}}


@dataclass(frozen=True)
class _Kept:
    """What was answered under an idempotency key, and to what."""

    asked: str
    status: int
    body: Object


@dataclass
class House:
    """Stripe's side of the counter: its intents, its refunds, and what it was asked, in order.

    `loses` is asked of each request (like `POST /v1/refunds`) with its number, from 1, and says whether `question` or
    `answer` of it is lost, or that Stripe fails (`500`).
    """

    intents: dict[str, Object] = field(default_factory=dict)
    refunds: dict[str, Object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    versions: set[str] = field(default_factory=set)
    loses: Callable[[str, int], str | None] = lambda _, __: None
    keys: dict[str, _Kept] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    refuses_refunds: bool = False

    def charged(self) -> dict[str, int]:
        """Add up what was taken from each card, less what was given back, by the payment that it was for."""
        taken = {
            intent["id"]: intent["amount_received"] for intent in self.intents.values() if intent["amount_received"]
        }
        for refund in self.refunds.values():
            if refund["status"] == "succeeded":
                taken[refund["payment_intent"]] -= refund["amount"]
        return {self.intents[id]["metadata"]["payment"]: amount for id, amount in taken.items()}

    def answer(self, method: str, path: str, form: Form, key: str | None) -> tuple[int, Object, bool]:
        """Do what is asked, once for each key; gives the status, the body and whether it was answered before."""
        asked = sha256(f"{method} {path} {sorted(form.items())}".encode()).hexdigest()
        with self.lock:
            if key is not None and (kept := self.keys.get(key)) is not None:
                if kept.asked != asked:
                    message = "Keys for idempotent requests can only be used with the same parameters."
                    raise Refused(400, "idempotency_error", message)
                return kept.status, kept.body, True
            try:
                status, body = 200, json.loads(json.dumps(self._do(method, path, form)))
            except Refused as refused:
                if refused.status == 404:
                    raise
                status, body = refused.status, refused.body
            if key is not None:
                self.keys[key] = _Kept(asked, status, body)
            return status, body, False

    def _do(self, method: str, path: str, form: Form) -> Object:
        match method, path.removeprefix("/v1/").split("/"):
            case "POST", ["payment_intents"]:
                return self._create(form)
            case "GET", ["payment_intents", id]:
                return self._shown(self._intent(id), form)
            case "POST", ["payment_intents", id, "confirm"]:
                return self._shown(self._confirm(self._intent(id), form), form)
            case "POST", ["payment_intents", id, "capture"]:
                return self._shown(self._capture(self._intent(id)), form)
            case "POST", ["payment_intents", id, "cancel"]:
                return self._shown(self._cancel(self._intent(id)), form)
            case "GET", ["refunds"]:
                of_intent = [r for r in self.refunds.values() if r["payment_intent"] == form["payment_intent"]]
                return {"object": "list", "url": "/v1/refunds", "has_more": False, "data": of_intent[::-1]}
            case "POST", ["refunds"]:
                return self._refund(form)
        raise Refused(404, "invalid_request_error", f"Unrecognized request URL ({method}: {path}).")

    def _create(self, form: Form) -> Object:
        known = {"amount", "currency", "capture_method", "allowed_payment_method_types[0]", "metadata[payment]"}
        if unknown := set(form) - known:
            raise Refused(400, "invalid_request_error", f"Received unknown parameters: {sorted(unknown)}")
        if int(form["amount"]) < 50:
            message = "The amount must be greater than or equal to the minimum charge amount allowed for your account."
            raise Refused(400, "invalid_request_error", message, code="amount_too_small", param="amount")
        id = f"pi_{len(self.intents) + 1:04d}"
        self.intents[id] = {
            "id": id,
            "object": "payment_intent",
            "amount": int(form["amount"]),
            "amount_capturable": 0,
            "amount_received": 0,
            "currency": form["currency"],
            "capture_method": form["capture_method"],
            "payment_method_types": ["card"],
            "metadata": {"payment": form["metadata[payment]"]},
            "status": "requires_payment_method",
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
        }
        return self.intents[id]

    def _intent(self, id: str) -> Object:
        if id not in self.intents:
            raise Refused(
                *(404, "invalid_request_error", f"No such payment_intent: '{id}'"),
                code="resource_missing",
                param="intent",
            )
        return self.intents[id]

    def _confirm(self, intent: Object, form: Form) -> Object:
        self._expect(intent, "confirm", "requires_payment_method", "requires_confirmation")
        card = form["payment_method"]
        if (declined := _DECLINES.get(card)) is not None:
            code, decline_code, message = declined
            error = {"type": "card_error", "code": code, "decline_code": decline_code, "message": message}
            intent["last_payment_error"] = error
            more = {"code": code, "decline_code": decline_code, "payment_intent": dict(intent)}
            raise Refused(402, "card_error", message, **more)
        if card not in _CARDS:
            message = f"No such PaymentMethod: '{card}'"
            raise Refused(400, "invalid_request_error", message, code="resource_missing", param="payment_method")
        brand, last4 = _CARDS[card]
        details = {"type": "card", "card": {"brand": brand, "last4": last4}}
        charge = {"id": f"ch_{intent['id']}", "object": "charge", "payment_method_details": details}
        intent.update(status="requires_capture", amount_capturable=intent["amount"], latest_charge=charge)
        return intent

    def _capture(self, intent: Object) -> Object:
        self._expect(intent, "captured", "requires_capture")
        intent.update(status="succeeded", amount_capturable=0, amount_received=intent["amount"])
        return intent

    def _cancel(self, intent: Object) -> Object:
        self._expect(
            *(intent, "canceled", "requires_payment_method", "requires_capture", "requires_confirmation"),
        )
        intent.update(status="canceled", amount_capturable=0)
        return intent

    def _refund(self, form: Form) -> Object:
        intent, amount = self._intent(form["payment_intent"]), int(form["amount"])
        left = self.charged().get(intent["metadata"]["payment"], 0)
        if amount > left:
            message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
            raise Refused(400, "invalid_request_error", message, param="amount")
        id = f"re_{len(self.refunds) + 1:04d}"
        self.refunds[id] = {
            "id": id,
            "object": "refund",
            "amount": amount,
            "payment_intent": intent["id"],
            "metadata": {"refund": form["metadata[refund]"]},
            "status": "failed" if self.refuses_refunds else "succeeded",
            "failure_reason": "lost_or_stolen_card" if self.refuses_refunds else None,
        }
        return self.refunds[id]

    @staticmethod
    def _expect(intent: Object, act: str, *statuses: str) -> None:
        if intent["status"] not in statuses:
            message = f"This PaymentIntent could not be {act} because it has a status of {intent['status']}."
            code = "payment_intent_unexpected_state"
            raise Refused(400, "invalid_request_error", message, code=code, payment_intent=dict(intent))

    @staticmethod
    def _shown(intent: Object, form: Form) -> Object:
        charge = intent["latest_charge"]
        is_expanded = form.get("expand[0]") == "latest_charge"
        return {**intent, "latest_charge": charge if is_expanded or charge is None else charge["id"]}


@contextmanager
def open_house() -> Iterator[tuple[House, str]]:
    """Open Stripe's house, and give it with its address."""
    house = House()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _door(house))
    server.daemon_threads = True
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    serving.start()
    try:
        yield house, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


def _door(house: House) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._serve(dict(parse_qsl(urlsplit(self.path).query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            self._serve(dict(parse_qsl(body.decode())))

        def _serve(self, form: Form) -> None:
            path = urlsplit(self.path).path
            asked = f"{self.command} {re.sub(r'pi_[0-9]+', '{id}', path)}"
            house.asked.append(asked)
            house.versions.add(self.headers["Stripe-Version"])
            lost = house.loses(asked, len(house.asked))
            if lost == "question":
                return self._hang_up()
            if lost == "500":
                return self._say(500, {"error": {"type": "api_error", "message": "Something went wrong."}})
            if self.headers["Authorization"] != f"Bearer {KEY}":
                message = "Invalid API Key provided: sk_test_****"
                return self._say(401, {"error": {"type": "invalid_request_error", "message": message}})
            try:
                status, body, is_replay = house.answer(self.command, path, form, self.headers["Idempotency-Key"])
            except Refused as refused:
                status, body, is_replay = refused.status, refused.body, False
            if lost == "answer":
                return self._hang_up()
            return self._say(status, body, is_replay)

        def _say(self, status: int, body: Object, is_replay: bool = False) -> None:
            said = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.send_header("Request-Id", f"req_{len(house.asked):04d}")
            if is_replay:
                self.send_header("Idempotent-Replayed", "true")
            self.end_headers()
            self.wfile.write(said)

        def _hang_up(self) -> None:
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Door
