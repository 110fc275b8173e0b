"""Who may ask for what: every root field, asked by every kind of caller, on a real café."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from graphql import GraphQLObjectType

from cafe_graphql.core import permissions
from cafe_graphql.core.people import GUEST, HOUSE, SCOPES, Actor, Role, Scope
from cafe_graphql.core.permissions import Act, Reach
from cafe_graphql.execution.engine import Request
from cafe_graphql.execution.subscriptions import SourceFailed, Subscription
from cafe_graphql.schema.context import Context
from cafe_graphql.schema.root import core_schema
from cafe_graphql.store.database import Connection
from tests.schema.conftest import Window, opened

ORDER = "order { id number }"
LATTE = 'input: { lines: [{ item: "latte" }] }'


@dataclass(frozen=True)
class Ask:
    """How a root field is asked, and what it takes; None: nothing. `own`: it is about what is the customer's own."""

    text: str
    act: Act | None
    own: bool = False


FIELDS: dict[str, list[Ask]] = {
    "Query.cafe": [Ask("{ cafe { name } }", None)],
    "Query.menu": [Ask("{ menu { version } }", None)],
    "Query.menuItem": [Ask('{ menuItem(slug: "latte") { name } }', None)],
    "Query.quote": [Ask(f"{{ quote({LATTE}) {{ lines {{ index }} }} }}", None)],
    "Query.order": [
        Ask('{ order(by: { token: "$token" }) { number } }', None),
        Ask('{ order(by: { id: "$order" }) { number } }', Act.READ_ORDERS),
        Ask('{ order(by: { id: "$own" }) { number } }', Act.READ_ORDERS, own=True),
    ],
    "Query.orders": [Ask("{ orders { nodes { number } } }", Act.READ_ORDERS, own=True)],
    "Query.viewer": [Ask("{ viewer { role scopes } }", None)],
    "Query.kitchenQueue": [Ask("{ kitchenQueue { number } }", Act.WORK_IN_KITCHEN)],
    "Query.pantry": [Ask("{ pantry { slug } }", Act.KEEP_PANTRY)],
    "Query.salesReport": [Ask('{ salesReport(from: "2026-05-04", to: "2026-05-04") { orders } }', Act.READ_REPORTS)],
    "Query.node": [
        Ask('{ node(id: "$order") { id } }', Act.READ_ORDERS),
        Ask('{ node(id: "$own") { id } }', Act.READ_ORDERS, own=True),
        Ask('{ node(id: "$key") { id } }', Act.CUT_KEYS),
        Ask('{ node(id: "$milk") { id } }', Act.KEEP_PANTRY),
        Ask('{ node(id: "$item") { id } }', None),
    ],
    "Mutation.placeOrder": [Ask(f"mutation {{ placeOrder({LATTE}) {{ {ORDER} }} }}", Act.PLACE_ORDERS, own=True)],
    "Mutation.cancelOrder": [
        Ask('mutation { cancelOrder(by: { token: "$token" }) { order { number } } }', None),
        Ask('mutation { cancelOrder(by: { id: "$order" }) { order { number } } }', Act.CANCEL_ORDERS),
        Ask('mutation { cancelOrder(by: { id: "$own" }) { order { number } } }', Act.CANCEL_ORDERS, own=True),
    ],
    "Mutation.payOrder": [
        Ask('mutation { payOrder(by: { token: "$token" }, input: { method: CARD }) { order { number } } }', None),
        Ask(
            'mutation { payOrder(by: { id: "$order" }, input: { method: CARD }) { order { number } } }', Act.PAY_ORDERS
        ),
        Ask(
            'mutation { payOrder(by: { id: "$own" }, input: { method: CARD }) { order { number } } }',
            *(Act.PAY_ORDERS, True),
        ),
        Ask(
            'mutation { payOrder(by: { token: "$token" }, input: { method: CASH }) { order { number } } }',
            Act.TAKE_PAYMENTS,
        ),
        Ask(
            'mutation { payOrder(by: { id: "$own" }, input: { method: CASH }) { order { number } } }', Act.TAKE_PAYMENTS
        ),
    ],
    "Mutation.refundOrder": [
        Ask('mutation { refundOrder(id: "$order") { order { number } } }', Act.TAKE_PAYMENTS),
        Ask('mutation { refundOrder(id: "$own") { order { number } } }', Act.TAKE_PAYMENTS),
    ],
    "Mutation.advanceOrder": [
        Ask('mutation { advanceOrder(id: "$order", to: ACCEPTED) { order { number } } }', Act.WORK_IN_KITCHEN)
    ],
    "Mutation.markLineDone": [
        Ask('mutation { markLineDone(lineId: "$line") { order { number } } }', Act.WORK_IN_KITCHEN)
    ],
    "Mutation.upsertMenuItem": [
        Ask('mutation { upsertMenuItem(slug: "latte", input: { calories: 10 }) { item { slug } } }', Act.WRITE_MENU)
    ],
    "Mutation.setItemAvailability": [
        Ask('mutation { setItemAvailability(slug: "latte", available: true) { item { slug } } }', Act.WRITE_MENU)
    ],
    "Mutation.adjustPantry": [
        Ask(
            'mutation { adjustPantry(ingredient: "milk", change: { add: "1" }) { problems { code } } }', Act.KEEP_PANTRY
        )
    ],
    "Mutation.signUp": [
        Ask('mutation { signUp(email: "new@example.com", password: "correct horse", name: "N") { accessToken } }', None)
    ],
    "Mutation.signIn": [
        Ask('mutation { signIn(email: "ada@example.com", password: "correct horse") { accessToken } }', None)
    ],
    "Mutation.createApiKey": [
        Ask('mutation { createApiKey(name: "till", scopes: [KEYS]) { apiKey { name } } }', Act.CUT_KEYS)
    ],
    "Mutation.revokeApiKey": [Ask('mutation { revokeApiKey(id: "$key") { apiKey { name } } }', Act.CUT_KEYS)],
    "Subscription.orderUpdated": [
        Ask('subscription { orderUpdated(by: { token: "$token" }) { order { number } } }', None),
        Ask('subscription { orderUpdated(by: { id: "$order" }) { order { number } } }', Act.READ_ORDERS),
        Ask('subscription { orderUpdated(by: { id: "$own" }) { order { number } } }', Act.READ_ORDERS, own=True),
    ],
    "Subscription.kitchenQueueUpdated": [
        Ask("subscription { kitchenQueueUpdated { order { number } } }", Act.WORK_IN_KITCHEN)
    ],
    "Subscription.menuChanged": [Ask("subscription { menuChanged { version } }", None)],
}
ASKED = [(field, ask) for field, asks in FIELDS.items() for ask in asks]

KINDS = ["guest", "customer", "barista", "manager", "house", "no-scope", *(scope.name for scope in Scope)]


def caller(kind: str, person_id: int) -> Actor:
    """Give a caller of this kind; people are the same person in whatever role."""
    if kind in ("guest", "house"):
        return GUEST if kind == "guest" else HOUSE
    if kind in ("customer", "barista", "manager"):
        return Actor(f"person:{person_id}", kind, SCOPES[Role(kind)], Role(kind), person_id)
    return Actor("key:999", kind, frozenset(scope for scope in Scope if scope.name == kind))


@dataclass
class Books:
    """What there is to ask for: a guest's order, one of Ada's own, a key and an item; and who asks."""

    window: Window
    names: dict[str, str]
    ada: int

    def ask(self, text: str, actor: Actor) -> dict[str, Any]:
        """Ask, and give the answer; of a subscription, the first."""
        for name, value in self.names.items():
            text = text.replace(f"${name}", value)
        return self.window.loop.run_until_complete(self._ask(text, actor))

    async def _ask(self, text: str, actor: Actor) -> dict[str, Any]:
        # Permissions are asked of the actor alone; whether it is still who it was, others test.
        context = Context(self.window.cafe, actor)
        answer = await self.window.engine.open(Request(text), context, lambda: Context(self.window.cafe, actor))
        if not isinstance(answer, Subscription):
            return answer.payload
        try:
            return await asyncio.wait_for(_first(answer), 5)
        except SourceFailed as failed:
            return {"errors": failed.errors, "data": None}
        except StopAsyncIteration:
            return {"data": None}
        finally:
            await answer.aclose()


async def _first(answers: Subscription) -> dict[str, Any]:
    payload: dict[str, Any] = orjson.loads(await anext(answers))
    return payload


@pytest.fixture(scope="module")
def open_window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    with opened(tmp_path_factory.mktemp("access")) as window:
        window.data(
            'mutation { signUp(email: "ada@example.com", password: "correct horse", name: "Ada") { accessToken } }'
        )
        yield window


@pytest.fixture
def books(open_window: Window, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    monkeypatch.setattr("cafe_graphql.schema.live.recognising.still", lambda _, actor: actor)
    window = open_window
    [ada] = window.loop.run_until_complete(_people(window))
    placing = f"mutation {{ placeOrder({LATTE}) {{ order {{ id lines {{ id }} }} trackingToken }} }}"
    guests = window.data(placing)["placeOrder"]
    window.caller = caller("customer", ada)
    own = window.data(placing)["placeOrder"]
    window.caller = HOUSE
    key = window.data('mutation { createApiKey(name: "x", scopes: [KITCHEN]) { apiKey { id } } }')["createApiKey"]
    names = {
        "token": guests["trackingToken"],
        "order": guests["order"]["id"],
        "line": guests["order"]["lines"][0]["id"],
        "own": own["order"]["id"],
        "key": key["apiKey"]["id"],
        "milk": window.data("{ pantry { id } }")["pantry"][2]["id"],
        "item": window.data('{ menuItem(slug: "latte") { id } }')["menuItem"]["id"],
    }
    yield Books(window, names, ada)
    window.loop.run_until_complete(window.cafe.store.write(_forget_the_new))


def _forget_the_new(connection: Connection) -> None:
    connection.exec_driver_sql("DELETE FROM people WHERE email = 'new@example.com'")


async def _people(window: Window) -> list[int]:
    return await window.cafe.store.read(_ids)


def _ids(connection: Connection) -> list[int]:
    return [row.id for row in connection.exec_driver_sql("SELECT id FROM people")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("field", "ask"), ASKED, ids=[f"{field}-{ask.text[:40]}" for field, ask in ASKED])
def test_a_field_answers_exactly_those_whom_the_table_allows(books: Books, field: str, ask: Ask, kind: str) -> None:
    actor, name = caller(kind, books.ada), field.partition(".")[2]

    answer = books.ask(ask.text, actor)

    allowed = Reach.ALL if ask.act is None else permissions.reach(actor, ask.act)
    value = (answer.get("data") or {}).get(name)
    if allowed is None:
        code = "UNAUTHENTICATED" if kind == "guest" else "FORBIDDEN"
        assert value is None
        assert [error["extensions"]["code"] for error in answer["errors"]] == [code]
        assert answer["errors"][0]["path"] == [name]
    else:
        assert "errors" not in answer
        is_shown = (
            value is not None and value.get("order", True) is not None if isinstance(value, dict) else bool(value)
        )
        assert is_shown is (allowed is Reach.ALL or ask.own)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ask", [ask for _, ask in ASKED if "$order" in ask.text or "$key" in ask.text], ids=str)
def test_nothing_tells_whether_what_you_may_not_see_exists(books: Books, ask: Ask, kind: str) -> None:
    actor = caller(kind, books.ada)
    if ask.act is None or permissions.reach(actor, ask.act) is Reach.ALL:
        return
    none_such = {"order": "T3JkZXI6bm9zdWNo", "key": "QXBpS2V5Om5vc3VjaA"}

    existing = books.ask(ask.text, actor)
    books.names |= none_such
    missing = books.ask(ask.text, actor)

    assert existing == missing


def test_every_root_field_is_asked_and_says_who_may_ask() -> None:
    schema = core_schema()
    roots = [schema.query_type, schema.mutation_type, schema.subscription_type]
    described = {
        f"{root.name}.{name}": field.description or ""
        for root in roots
        if isinstance(root, GraphQLObjectType)
        for name, field in root.fields.items()
    }

    assert described.keys() == FIELDS.keys()
    for name, description in described.items():
        acts = {ask.act for ask in FIELDS[name] if ask.act is not None}
        said = {scope for scope in re.findall(r"`([A-Z_]+)`", description) if scope in Scope.__members__}
        assert said == {scope.name for act in acts for scope in permissions.RULES[act].scopes}
        assert bool(acts) or description.endswith("Open to everybody.")
