"""People and keys through GraphQL: who they are, whose orders are whose, and who is told what."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest
from argon2 import PasswordHasher

from cafe_graphql.core.people import GUEST, HOUSE, Actor, ApiKey, Person, Role, Scope
from cafe_graphql.execution.engine import Request
from cafe_graphql.execution.subscriptions import SourceFailed
from cafe_graphql.schema import ids
from cafe_graphql.schema.context import Context
from cafe_graphql.services import key_cutting, passwords, recognising, signing_in
from cafe_graphql.services.following import Watcher
from cafe_graphql.store.database import Connection
from tests.schema.conftest import MONDAY_MORNING, Window
from tests.schema.test_menu import TEA_HOUSE
from tests.schema.test_orders import PLACE
from tests.schema.test_quotes import LATTE_MEDIUM_OAT

PASSWORD = "an oat latte, please"

SIGN_UP = """
mutation ($email: String! = "ada@example.com", $password: String! = "an oat latte, please", $name: String! = "Ada") {
  signUp(email: $email, password: $password, name: $name) {
    accessToken expiresAt
    viewer { role scopes customer { name email loyaltyPoints } apiKeys { name } }
    problems { code path message ... on OutOfRangeProblem { min max value } } } }"""
SIGN_IN = SIGN_UP.replace("signUp", "signIn").replace(", name: $name", "")
SIGN_IN = SIGN_IN.replace(', $name: String! = "Ada"', "")
CREATE = """mutation ($name: String! = "till", $scopes: [Scope!]! = [ORDERS_PLACE, KITCHEN], $until: DateTime) {
  createApiKey(name: $name, scopes: $scopes, expiresAt: $until) {
    apiKey { id name prefix scopes createdAt lastUsedAt expiresAt } secret problems { code path message } } }"""
REVOKE = (
    """mutation ($id: ID!) { revokeApiKey(id: $id) { apiKey { id name } secret problems { code path message } } }"""
)
VIEWER = "{ viewer { role scopes customer { id name email } apiKeys { name } rateLimit { limit remaining resetAt } } }"
ORDER = "query ($by: OrderRef!) { order(by: $by) { number customer { name email } } }"
MINE = "{ orders { nodes { number } totalCount } }"
CANCEL = "mutation ($by: OrderRef!) { cancelOrder(by: $by) { order { number } problems { code path message } } }"

NO_KEYS = "To make and revoke keys, one needs the scope KEYS"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let passwords be hashed in no time, and forget the wrong tries of other tests."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    signing_in._tries.storage.reset()


def person(window: Window, name: str, role: Role = Role.CUSTOMER) -> Actor:
    """Have somebody sign up, and give them as they act for an hour."""
    session = window.loop.run_until_complete(
        signing_in.sign_up(window.cafe, f"{name}@example.com".lower(), PASSWORD, name)
    )
    changed = window.loop.run_until_complete(signing_in.change_role(window.cafe, session.person, role))
    return changed.actor(session.expires_at)


def key(window: Window, *scopes: Scope, until: timedelta | None = None) -> ApiKey:
    ends = None if until is None else window.cafe.clock() + until
    return window.loop.run_until_complete(key_cutting.cut(window.cafe, HOUSE, "till", scopes, ends)).key


def asked_by(window: Window, caller: Actor, query: str, **variables: Any) -> dict[str, Any]:
    window.caller = caller
    return window.ask(query, **variables)


def placed_by(window: Window, caller: Actor, key: str | None = None, **draft: Any) -> dict[str, Any]:
    """Place an order and give it, with its token."""
    answer = asked_by(window, caller, PLACE, input={"lines": [LATTE_MEDIUM_OAT], **draft}, key=key)
    payload: dict[str, Any] = answer["data"]["placeOrder"]
    return {**payload["order"], "token": payload["trackingToken"], "replayed": payload["replayed"]}


def code(answer: dict[str, Any]) -> str:
    [error] = answer["errors"]
    return str(error["extensions"]["code"])


class TestAccounts:
    def test_signing_up_is_signing_in(self, window: Window) -> None:
        up = asked_by(window, GUEST, SIGN_UP)["data"]["signUp"]
        signed_in = asked_by(window, GUEST, SIGN_IN, email="ADA@example.com")["data"]["signIn"]

        assert up.pop("accessToken").count(".") == 2 == signed_in.pop("accessToken").count(".")
        assert up == signed_in
        assert up == {
            "expiresAt": "2026-05-04T14:30:00Z",
            "viewer": {
                "role": "CUSTOMER",
                "scopes": [],
                "customer": {"name": "Ada", "email": "ada@example.com", "loyaltyPoints": 0},
                "apiKeys": [],
            },
            "problems": [],
        }

    def test_what_is_refused_is_told_whole(self, window: Window) -> None:
        answer = asked_by(window, GUEST, SIGN_UP, email="ada", password="short", name=" ")

        assert answer == {
            "data": {
                "signUp": {
                    "accessToken": None,
                    "expiresAt": None,
                    "viewer": None,
                    "problems": [
                        {"code": "INVALID_TEXT", "path": ["name"], "message": "The name is empty."},
                        {
                            "code": "INVALID_EMAIL",
                            "path": ["email"],
                            "message": "This is no email address: write it like ada@example.com.",
                        },
                        {
                            "code": "WEAK_PASSWORD",
                            "path": ["password"],
                            "message": "A password has from 8 to 256 characters, not 5.",
                            "min": 8,
                            "max": 256,
                            "value": 5,
                        },
                    ],
                }
            }
        }

    def test_a_wrong_password_and_an_unknown_address_are_one_answer(self, window: Window) -> None:
        person(window, "Ada")

        wrong = asked_by(window, GUEST, SIGN_IN, password="a flat white, please")
        unknown = asked_by(window, GUEST, SIGN_IN, email="eve@example.com")

        message = "There is no account with this address and this password."
        problems = [{"code": "WRONG_CREDENTIALS", "path": [], "message": message}]
        refused = {"accessToken": None, "expiresAt": None, "viewer": None, "problems": problems}
        assert wrong == unknown == {"data": {"signIn": refused}}

    def test_after_ten_wrong_ones_it_is_told_when_to_come_again(self, window: Window) -> None:
        for _ in range(10):
            asked_by(window, GUEST, SIGN_IN)

        answer = asked_by(window, GUEST, SIGN_IN)

        [error] = answer["errors"]
        assert answer["data"] == {"signIn": None} and error["path"] == ["signIn"]
        assert error["extensions"]["code"] == "RATE_LIMITED" and 200 <= error["extensions"]["retryAfter"] <= 300
        assert error["message"].startswith("Too many wrong passwords for this account: try again in ")

    @pytest.mark.parametrize("name", ["Ada\\u0000", "Ada\\u202e", "Ada\\n"])
    def test_a_name_can_be_read_as_it_was_written(self, window: Window, name: str) -> None:
        window.caller = GUEST
        refused = window.data(
            f'mutation {{ signUp(email: "ada@example.com", password: "{PASSWORD}", name: "{name}")'
            " { viewer { role } problems { code path } } }"
        )
        assert refused["signUp"] == {"viewer": None, "problems": [{"code": "INVALID_TEXT", "path": ["name"]}]}

    @pytest.mark.parametrize("field", ["signUp", "signIn"])
    def test_half_a_surrogate_pair_is_no_letter(self, window: Window, field: str) -> None:
        name = ', name: "\\uD83D"' if field == "signUp" else ""
        written = f'mutation {{ {field}(email: "\\uD83D@x", password: "\\uD83D"{name}) {{ expiresAt }} }}'

        [error] = asked_by(window, GUEST, written)["errors"]
        assert error["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"
        half = asked_by(window, GUEST, SIGN_UP, email="\ud83d@x", password="\ud83d" * 9, name="\ud83d")
        assert "errors" not in half and half["data"]["signUp"]["viewer"] is None


class TestTheViewer:
    def test_a_guest_is_nobody(self, window: Window) -> None:
        key(window, Scope.KITCHEN)

        assert asked_by(window, GUEST, VIEWER)["data"] == {
            "viewer": {"role": None, "scopes": [], "customer": None, "apiKeys": [], "rateLimit": UNLIMITED}
        }

    def test_a_key_is_its_scopes(self, window: Window) -> None:
        actor = key(window, Scope.KITCHEN, Scope.ORDERS_READ).actor

        assert asked_by(window, actor, VIEWER)["data"] == {
            "viewer": {
                "role": None,
                "scopes": ["ORDERS_READ", "KITCHEN"],
                "customer": None,
                "apiKeys": [],
                "rateLimit": UNLIMITED,
            }
        }

    def test_a_manager_sees_their_account_and_the_keys(self, window: Window) -> None:
        manager = person(window, "Grace", Role.MANAGER)
        key(window, Scope.KITCHEN)

        viewer = asked_by(window, manager, VIEWER)["data"]["viewer"]

        assert viewer["customer"].pop("id")
        assert viewer == {
            "role": "MANAGER",
            "scopes": [scope.name for scope in Scope],
            "customer": {"name": "Grace", "email": "grace@example.com"},
            "apiKeys": [{"name": "till"}],
            "rateLimit": UNLIMITED,
        }


UNLIMITED = {"limit": 2**31 - 1, "remaining": 2**31 - 1, "resetAt": "2026-05-04T13:31:00Z"}


class TestKeys:
    def test_a_key_is_made_shown_once_listed_found_and_revoked(self, window: Window) -> None:
        made = window.data(CREATE, until="2026-05-05T00:00:00+02:00")["createApiKey"]

        id, secret = made["apiKey"].pop("id"), made.pop("secret")
        assert made == {
            "apiKey": {
                "name": "till",
                "prefix": secret[:11],
                "scopes": ["ORDERS_PLACE", "KITCHEN"],
                "createdAt": "2026-05-04T13:30:00Z",
                "lastUsedAt": None,
                "expiresAt": "2026-05-04T22:00:00Z",
            },
            "problems": [],
        }
        node = "query ($id: ID!) { node(id: $id) { id ... on ApiKey { name } } }"
        assert window.data(node, id=id) == {"node": {"id": id, "name": "till"}}
        assert window.data("{ viewer { apiKeys { id } } }") == {"viewer": {"apiKeys": [{"id": id}]}}
        revoked: dict[str, Any] = {"apiKey": {"id": id, "name": "till"}, "secret": None, "problems": []}
        assert window.data(REVOKE, id=id) == {"revokeApiKey": revoked}
        assert window.data(node, id=id) == {"node": None}
        missing = [{"code": "NOT_FOUND", "path": ["id"], "message": "There is no such key."}]
        assert window.data(REVOKE, id=id) == {"revokeApiKey": {"apiKey": None, "secret": None, "problems": missing}}

    def test_what_is_refused_is_told_whole(self, window: Window) -> None:
        refused = window.data(CREATE, name="", scopes=[], until="2026-05-04T13:30:00Z")["createApiKey"]

        assert (refused["apiKey"], refused["secret"]) == (None, None)
        assert [(p["code"], p["path"]) for p in refused["problems"]] == [
            ("INVALID_TEXT", ["name"]),
            ("EMPTY_SCOPES", ["scopes"]),
            ("INVALID_EXPIRY", ["expiresAt"]),
        ]
        assert window.data("{ viewer { apiKeys { name } } }") == {"viewer": {"apiKeys": []}}

    def test_nobody_gives_more_than_they_have(self, window: Window) -> None:
        clerk = key(window, Scope.KEYS, Scope.KITCHEN).actor

        answer = asked_by(window, clerk, CREATE, scopes=["KITCHEN", "MENU_WRITE", "REPORTS"])

        assert answer["data"] == {"createApiKey": None} and code(answer) == "FORBIDDEN"
        assert answer["errors"][0]["message"] == "You cannot give MENU_WRITE, REPORTS: you do not have it."

    def test_whether_there_is_a_key_is_told_to_nobody_who_may_not_cut_them(self, window: Window) -> None:
        there, nowhere = (ids.encode("ApiKey", each) for each in (key(window, Scope.KITCHEN).public_id, "nobody"))
        node = "query ($id: ID!) { node(id: $id) { id } }"

        for caller, said in ((GUEST, "UNAUTHENTICATED"), (person(window, "Ada", Role.BARISTA), "FORBIDDEN")):
            for query in (node, REVOKE):
                answers = [asked_by(window, caller, query, id=id) for id in (there, nowhere)]
                assert answers[0] == answers[1] and code(answers[0]) == said
                assert answers[0]["errors"][0]["message"].startswith(NO_KEYS)
        assert window.loop.run_until_complete(key_cutting.every(window.cafe, HOUSE))


class TestWhoseOrdersAreWhose:
    @pytest.fixture(autouse=True)
    def everybody(self, window: Window) -> None:
        self.ada, self.bob = person(window, "Ada"), person(window, "Bob")
        self.barista = person(window, "Grace", Role.BARISTA)
        self.adas, self.bobs = placed_by(window, self.ada), placed_by(window, self.bob)
        self.guests = placed_by(window, GUEST)

    def test_a_customer_reads_their_own_and_staff_all(self, window: Window) -> None:
        def read(caller: Actor) -> Any:
            return [node["number"] for node in asked_by(window, caller, MINE)["data"]["orders"]["nodes"]]

        assert (read(self.ada), read(self.bob)) == (["A-001"], ["A-002"])
        assert read(self.barista) == read(HOUSE) == ["A-003", "A-002", "A-001"]
        assert asked_by(window, self.ada, MINE)["data"]["orders"]["totalCount"] == 1

    @pytest.mark.parametrize(
        "filter",
        [{}, {"status": ["PLACED"]}, {"item": "latte"}, {"number": "A-002"}, {"placedAfter": "2020-01-01T00:00:00Z"}],
    )
    @pytest.mark.parametrize("sort", ["PLACED_AT_DESC", "PLACED_AT_ASC", "UPDATED_AT_DESC"])
    def test_no_filter_sort_or_cursor_leads_to_those_of_others(
        self, window: Window, filter: dict[str, Any], sort: str
    ) -> None:
        pages = """query ($f: OrderFilter, $s: OrderSort!, $a: String) {
          orders(filter: $f, sort: $s, after: $a, first: 1) {
            nodes { number } totalCount pageInfo { hasNextPage endCursor } } }"""
        start = asked_by(window, HOUSE, pages, s=sort)["data"]["orders"]["pageInfo"]["endCursor"]

        for after in (None, start):
            page = asked_by(window, self.ada, pages, f=filter, s=sort, a=after)["data"]["orders"]
            assert {node["number"] for node in page["nodes"]} <= {"A-001"}
            assert page["totalCount"] <= 1 and page["pageInfo"]["hasNextPage"] is False

    @pytest.mark.parametrize("kind", ["Order", "OrderLine", "Customer"])
    def test_what_is_somebody_else_s_is_not_there(self, window: Window, kind: str) -> None:
        mine, theirs, nobodys = self.ids(window, kind)
        node = "query ($id: ID!) { node(id: $id) { __typename id } }"

        assert asked_by(window, self.ada, node, id=mine) == {"data": {"node": {"__typename": kind, "id": mine}}}
        for id in (theirs, nobodys):
            assert asked_by(window, self.ada, node, id=id) == {"data": {"node": None}}
            told = asked_by(window, GUEST, node, id=id)
            assert told["data"] == {"node": None} and code(told) == "UNAUTHENTICATED"
        assert asked_by(window, self.barista, node, id=theirs)["data"]["node"] == {"__typename": kind, "id": theirs}
        guests = [asked_by(window, GUEST, node, id=id) for id in (mine, theirs, nobodys)]
        assert guests[0] == guests[1] == guests[2]

    def ids(self, window: Window, kind: str) -> list[str]:
        """Give the ids of Ada's, of Bob's and of nobody's."""
        if kind == "Customer":
            viewer = "{ viewer { customer { id } } }"
            found = [asked_by(window, who, viewer)["data"]["viewer"]["customer"]["id"] for who in (self.ada, self.bob)]
            return [*found, ids.encode(kind, "nobody")]
        suffix = "/0" if kind == "OrderLine" else ""
        keys = [ids.key_of("Order", order["id"]) for order in (self.adas, self.bobs)]
        return [ids.encode(kind, key + suffix) for key in (*keys, "nobody")]

    def test_an_order_by_its_id_is_its_customer_s_and_by_its_token_anybody_s(self, window: Window) -> None:
        ada = {"name": "Ada", "email": "ada@example.com"}

        def seen(caller: Actor, **by: str) -> Any:
            return asked_by(window, caller, ORDER, by=by)["data"]["order"]

        for caller in (self.ada, self.barista, HOUSE):
            assert seen(caller, id=self.adas["id"]) == {"number": "A-001", "customer": ada}
            assert seen(caller, token=self.adas["token"]) == {"number": "A-001", "customer": ada}
        for caller in (GUEST, self.bob, key(window, Scope.KITCHEN, Scope.KEYS).actor):
            assert seen(caller, id=self.adas["id"]) is None
            assert seen(caller, token=self.adas["token"]) == {"number": "A-001", "customer": None}
        assert seen(self.barista, id=self.guests["id"]) == {"number": "A-003", "customer": None}

    def test_nobody_cancels_what_is_somebody_else_s(self, window: Window) -> None:
        def cancelled(caller: Actor, id: str) -> dict[str, Any]:
            return asked_by(window, caller, CANCEL, by={"id": id})

        missing = {
            "order": None,
            "problems": [{"code": "NOT_FOUND", "path": ["by"], "message": "There is no such order."}],
        }
        for id in (self.adas["id"], self.guests["id"], ids.encode("Order", "nobody")):
            assert cancelled(self.bob, id) == {"data": {"cancelOrder": missing}}
            assert code(cancelled(GUEST, id)) == "UNAUTHENTICATED"
            assert code(cancelled(key(window, Scope.ORDERS_READ).actor, id)) == "FORBIDDEN"
        assert asked_by(window, HOUSE, "{ orders(filter: { status: [CANCELLED] }) { totalCount } }")["data"] == {
            "orders": {"totalCount": 0}
        }
        assert cancelled(self.ada, self.adas["id"]) == {
            "data": {"cancelOrder": {"order": {"number": "A-001"}, "problems": []}}
        }

    def test_customers_have_their_orders(self, window: Window) -> None:
        placed_by(window, self.ada)
        query = """query ($id: ID!) { node(id: $id) { ... on Customer { name email
          orders(first: 1) { nodes { number customer { name } } totalCount pageInfo { hasNextPage } } } } }"""
        ada = self.ids(window, "Customer")[0]

        for caller in (self.ada, self.barista):
            assert asked_by(window, caller, query, id=ada) == {
                "data": {
                    "node": {
                        "name": "Ada",
                        "email": "ada@example.com",
                        "orders": {
                            "nodes": [{"number": "A-004", "customer": {"name": "Ada"}}],
                            "totalCount": 2,
                            "pageInfo": {"hasNextPage": True},
                        },
                    }
                }
            }

    def test_who_signs_in_as_another_is_not_shown_their_own_orders_as_the_other_s(self, window: Window) -> None:
        query = """mutation { signIn(email: "bob@example.com", password: "an oat latte, please") {
          viewer { customer { name orders { nodes { number } totalCount } } } } }"""

        told = asked_by(window, self.ada, query)["data"]["signIn"]["viewer"]["customer"]

        assert told == {"name": "Bob", "orders": {"nodes": [], "totalCount": 0}}

    def test_the_idempotency_keys_of_two_never_meet(self, window: Window) -> None:
        till, other = (key(window, Scope.ORDERS_PLACE).actor for _ in range(2))
        callers = (self.ada, self.bob, till, other, GUEST, HOUSE)

        first = [placed_by(window, caller, "breakfast-1") for caller in callers]
        again = [placed_by(window, caller, "breakfast-1") for caller in callers]

        assert len({order["token"] for order in first}) == len(callers)
        assert [order["token"] for order in again] == [order["token"] for order in first]
        assert not any(order["replayed"] for order in first) and all(order["replayed"] for order in again)

    def test_what_may_be_done_depends_on_who_looks(self, window: Window) -> None:
        query = (
            """query ($by: OrderRef!) { order(by: $by) { viewerCanCancel viewerCannotCancelReason nextStatuses } }"""
        )

        def seen(caller: Actor, **by: str) -> list[Any]:
            return list(asked_by(window, caller, query, by=by)["data"]["order"].values())

        id, token = {"id": self.adas["id"]}, {"token": self.adas["token"]}
        assert seen(self.ada, **id) == [True, None, []]
        assert seen(self.barista, **id) == [True, None, ["ACCEPTED", "CANCELLED"]]
        assert seen(key(window, Scope.ORDERS_READ).actor, **id) == [False, "You may not call it off.", []]
        assert seen(key(window, Scope.ORDERS_READ, Scope.ORDERS_PLACE).actor, **id) == [True, None, []]
        assert seen(GUEST, **token) == seen(self.bob, **token) == [True, None, []]


class TestListening:
    """Several who follow one order at once, each told what is theirs."""

    FOLLOW = """subscription ($by: OrderRef!) { orderUpdated(by: $by) {
      order { status viewerCanCancel nextStatuses customer { email } } } }"""
    KITCHEN = "subscription { kitchenQueueUpdated { order { number status customer { email } } } }"

    @pytest.fixture(autouse=True)
    def watching(self, window: Window) -> Iterator[None]:
        window.cafe.store.on_commit = Watcher(window.cafe).look
        self.window = window
        self.open: list[Any] = []
        yield
        for each in self.open:
            window.loop.run_until_complete(each.aclose())
        assert not window.cafe.board.has_listeners

    def follow(self, caller: Actor, query: str = FOLLOW, **by: str) -> Any:
        context = Context(self.window.cafe, caller)
        request = Request(query, variables={"by": by} if by else {})
        opened = self.window.loop.run_until_complete(self.window.engine.open(request, context, context.renewed))
        self.open.append(opened)
        return opened

    def hear(self, listener: Any) -> Any:
        """Give the next answer; of one that is refused, the error."""

        async def next_one() -> Any:
            async with asyncio.timeout(10):
                try:
                    return orjson.loads(await anext(listener))["data"]
                except SourceFailed as failed:
                    [error] = failed.errors
                    return error["extensions"]["code"], error["message"]

        return self.window.loop.run_until_complete(next_one())

    def advance(self, order: dict[str, Any], to: str) -> None:
        advance = "mutation ($id: ID!, $to: OrderStatus!) { advanceOrder(id: $id, to: $to) { problems { code } } }"
        answer = asked_by(self.window, HOUSE, advance, id=order["id"], to=to)
        assert answer == {"data": {"advanceOrder": {"problems": []}}}

    def test_each_hears_what_they_may_know(self, window: Window) -> None:
        ada, bob, staff = person(window, "Ada"), person(window, "Bob"), person(window, "Grace", Role.BARISTA)
        order = placed_by(window, ada)
        by_token, by_id = {"token": order["token"]}, {"id": order["id"]}
        reader = key(window, Scope.ORDERS_READ).actor
        email = {"email": "ada@example.com"}
        listeners = {
            "guest": (self.follow(GUEST, **by_token), True, [], None),
            "bob": (self.follow(bob, **by_token), True, [], None),
            "ada": (self.follow(ada, **by_id), True, [], email),
            "ada by token": (self.follow(ada, **by_token), True, [], email),
            "reader": (self.follow(reader, **by_id), False, [], email),
            "staff": (self.follow(staff, **by_id), True, ["ACCEPTED", "CANCELLED"], email),
            "house": (self.follow(HOUSE, **by_id), True, ["ACCEPTED", "CANCELLED"], email),
            "another guest": (self.follow(GUEST, **by_token), True, [], None),
        }

        def heard(status: str, moves: list[str]) -> None:
            for name, (listener, can_cancel, next_statuses, customer) in listeners.items():
                told = self.hear(listener)["orderUpdated"]["order"]
                assert told == {
                    "status": status,
                    "viewerCanCancel": can_cancel,
                    "nextStatuses": moves if next_statuses else [],
                    "customer": customer,
                }, name

        heard("PLACED", ["ACCEPTED", "CANCELLED"])
        self.advance(order, "ACCEPTED")
        heard("ACCEPTED", ["PREPARING", "CANCELLED"])

    def test_somebody_else_s_order_is_as_silent_as_one_that_is_not_there(self, window: Window) -> None:
        order = placed_by(window, person(window, "Ada"))
        bob = person(window, "Bob")

        for id in (order["id"], ids.encode("Order", "nobody")):
            with pytest.raises(StopAsyncIteration):
                window.loop.run_until_complete(anext(self.follow(bob, id=id)))

    def test_a_revoked_key_hears_why_and_others_go_on(self, window: Window) -> None:
        order = placed_by(window, GUEST)
        lost, kept = key(window, Scope.ORDERS_READ), key(window, Scope.ORDERS_READ)
        listeners = [self.follow(each.actor, id=order["id"]) for each in (lost, kept)]
        by_token = self.follow(lost.actor, token=order["token"])
        guest = self.follow(GUEST, token=order["token"])
        for listener in (*listeners, by_token, guest):
            self.hear(listener)

        window.loop.run_until_complete(key_cutting.revoke(window.cafe, HOUSE, lost.public_id))
        self.advance(order, "ACCEPTED")

        gone = ("UNAUTHENTICATED", "Your key was revoked, or your account is no longer there.")
        assert [self.hear(listeners[0]), self.hear(by_token)] == [gone, gone]
        assert self.hear(listeners[1])["orderUpdated"]["order"]["status"] == "ACCEPTED"
        assert self.hear(guest)["orderUpdated"]["order"]["status"] == "ACCEPTED"

    def test_so_does_somebody_whose_session_has_ended(self, window: Window) -> None:
        ada = person(window, "Ada")
        order = placed_by(window, ada)
        mine, guest = self.follow(ada, id=order["id"]), self.follow(GUEST, token=order["token"])
        for listener in (mine, guest):
            self.hear(listener)

        window.set_clock(MONDAY_MORNING + timedelta(hours=1))
        self.advance(order, "ACCEPTED")

        assert self.hear(mine) == (
            "UNAUTHENTICATED",
            "Your session has ended, or your key has expired: say anew who you are.",
        )
        assert self.hear(guest)["orderUpdated"]["order"]["status"] == "ACCEPTED"

    def test_an_expired_key_does_not_even_hear_of_the_menu(self, window: Window) -> None:
        lasting = key(window, Scope.MENU_WRITE, until=timedelta(minutes=1)).actor
        listener = self.follow(lasting, "subscription { menuChanged { version } }")
        self.hear(listener)

        window.set_clock(MONDAY_MORNING + timedelta(minutes=1))
        window.load(TEA_HOUSE)

        assert self.hear(listener)[0] == "UNAUTHENTICATED"

    def test_whoever_works_here_no_longer_hears_no_more_of_the_orders_of_others(self, window: Window) -> None:
        grace = person(window, "Grace", Role.BARISTA)
        theirs, own = placed_by(window, person(window, "Ada")), placed_by(window, grace)
        kitchen = self.follow(grace, self.KITCHEN)
        of_theirs, of_own = self.follow(grace, id=theirs["id"]), self.follow(grace, id=own["id"])
        for listener in (kitchen, kitchen, of_theirs, of_own):
            self.hear(listener)

        who = window.loop.run_until_complete(signing_in.who_is(window.cafe, grace))
        assert isinstance(who, Person)
        window.loop.run_until_complete(signing_in.change_role(window.cafe, who, Role.CUSTOMER))
        self.advance(theirs, "ACCEPTED")
        self.advance(own, "ACCEPTED")

        assert self.hear(of_theirs) == ("FORBIDDEN", "You may no longer read orders of others.")
        assert self.hear(kitchen)[0] == "FORBIDDEN"
        assert self.hear(of_own)["orderUpdated"]["order"]["nextStatuses"] == []

    def test_one_event_costs_one_look_at_the_books_for_all_of_one_key(
        self, window: Window, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        looks: list[Actor] = []
        look = recognising._now

        def noted(connection: Connection, actor: Actor) -> Actor:
            looks.append(actor)
            return look(connection, actor)

        monkeypatch.setattr(recognising, "_now", noted)
        order, actor = placed_by(window, GUEST), key(window, Scope.ORDERS_READ).actor
        listeners = [self.follow(actor, id=order["id"]) for _ in range(50)]
        for listener in listeners:
            self.hear(listener)
        looks.clear()

        self.advance(order, "ACCEPTED")
        for listener in listeners:
            self.hear(listener)

        assert looks == [actor]
