"""Who calls, over real HTTP and real sockets: every way to say it, every way to say it wrong, and no secret told."""

import asyncio
import http.client
import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

import pytest

from cafe_graphql.core.errors import Busy
from cafe_graphql.core.people import Actor
from cafe_graphql.services.recognising import Callers, Credential
from cafe_graphql.web.reception import Reception
from cafe_graphql.web.refusals import Refused
from tests.clients.streaming import Address, knocking, seated
from tests.running import KEY, WITH_KEY, cafe, running_cafe, serving
from tests.web.test_rest import ask

EMAIL, PASSWORD = "ada@example.com", "an oat latte, please"
GUEST: dict[str, Any] = {"role": None, "scopes": []}
CUSTOMER: dict[str, Any] = {"role": "CUSTOMER", "scopes": []}
TILL = {"role": None, "scopes": ["ORDERS_READ", "ORDERS_PLACE"]}

VIEWER = "{ viewer { role scopes } }"
SIGN = "mutation {{ {act}(email: {email}, password: {password}{name}) {{ accessToken problems {{ code }} }} }}"

BOTH = "Send either X-API-Key or Authorization, not both: it must be clear who calls."
SCHEME = "Send a key or token as “Authorization: Bearer …”; no other scheme is known here."
EMPTY = "The header that says who calls is empty: leave it out to come as a guest."
WRONG = "This key opens nothing: it is wrong, has expired, or was revoked."
NONE_OF_OURS = "This token is none of ours: sign in again, without sending it."
TOO_LONG = "What you sent to say who you are is too long to be a key or a token."

Headers = list[tuple[str, bytes]]


class Place(NamedTuple):
    """A café with a till's key and a customer's session."""

    url: str
    address: Address
    database: Path
    till: str
    token: str

    @property
    def log(self) -> str:
        return self.database.with_suffix(".log").read_text()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    database = tmp_path_factory.mktemp("callers") / "cafe.db"
    with running_cafe(database) as url:
        made = cafe("key", "create", "--name", "till", "--scope", "ORDERS_READ,ORDERS_PLACE", database=database)
        words = {name: json.dumps(word) for name, word in {"email": EMAIL, "password": PASSWORD}.items()}
        _, up = ask(f"{url}/graphql", {"query": SIGN.format(act="signUp", name=', name: "Ada"', **words)})
        where = Place(url, address_of(url), database, made.stdout.strip(), up["data"]["signUp"]["accessToken"])
        yield where
    for secret in (where.till, where.token, where.token.rpartition(".")[2], PASSWORD, KEY):
        assert secret not in where.log
    assert "Traceback" not in where.log and "Accident" not in where.log


def address_of(url: str) -> Address:
    parts = urlsplit(url)
    assert parts.hostname and parts.port
    return parts.hostname, parts.port


def exchange(
    place: Place, headers: Headers, query: str = VIEWER, path: str = "/graphql", accept: str = "application/json"
) -> tuple[int, http.client.HTTPMessage, Any]:
    """Send a query with headers to the letter, even twice the same; give status, headers and JSON."""
    with closing(http.client.HTTPConnection(*place.address, timeout=20)) as connection:
        body = json.dumps({"query": query}).encode()
        connection.putrequest("POST" if path == "/graphql" else "GET", path)
        sent = [("Content-Type", b"application/json"), ("Accept", accept.encode()), *headers]
        if path == "/graphql":
            sent.append(("Content-Length", b"%d" % len(body)))
        for name, value in sent:
            connection.putheader(name, value)
        connection.endheaders(body if path == "/graphql" else None)
        response = connection.getresponse()
        return response.status, response.headers, json.loads(response.read())


def viewer(place: Place, *headers: tuple[str, str]) -> Any:
    status, _, answer = exchange(place, [(name, value.encode("latin-1")) for name, value in headers])
    assert (status, "errors" in answer) == (200, False)
    return answer["data"]["viewer"]


class TestHeaders:
    def test_a_key_goes_in_either_header_and_a_session_in_both_too(self, place: Place) -> None:
        for name, before in (
            ("X-API-Key", ""),
            ("x-api-key", " "),
            ("Authorization", "Bearer "),
            ("AUTHORIZATION", "bearer  "),
        ):
            assert viewer(place, (name, before + place.till)) == TILL
            assert viewer(place, (name, before + place.token)) == CUSTOMER
            assert len(viewer(place, (name, before + KEY + " "))["scopes"]) == 8

    def test_without_either_one_is_a_guest_whatever_else_is_sent(self, place: Place) -> None:
        cookies = ("Cookie", f"session={place.token}; X-API-Key={place.till}; access_token={place.token}")

        assert viewer(place) == viewer(place, cookies, ("X-Forwarded-User", "manager"), ("Api-Key", KEY)) == GUEST
        assert exchange(place, [], path=f"/orders?api_key={KEY}&access_token={place.token}")[0] == 401

    @pytest.mark.parametrize(
        ("headers", "message"),
        [
            ([("X-API-Key", b"{till}"), ("Authorization", b"Bearer {till}")], BOTH),
            ([("X-API-Key", b"{till}"), ("Authorization", b"")], BOTH),
            ([("X-API-Key", b""), ("Authorization", b"Bearer {token}")], BOTH),
            ([("Authorization", b"Basic {till}")], SCHEME),
            ([("Authorization", b"{till}")], SCHEME),
            ([("Authorization", b"")], SCHEME),
            ([("Authorization", b"Bearer\t{till}")], SCHEME),
            ([("Authorization", b"Bearer")], EMPTY),
            ([("Authorization", b"Bearer   ")], EMPTY),
            ([("X-API-Key", b"")], EMPTY),
            ([("X-API-Key", b"  ")], EMPTY),
            ([("X-API-Key", b"guessed")], WRONG),
            ([("X-API-Key", b"Bearer {till}")], WRONG),
            ([("X-API-Key", b"{till}"), ("X-API-Key", b"{till}")], WRONG),
            ([("X-API-Key", b"guessed"), ("X-API-Key", b"{till}")], WRONG),
            ([("Authorization", b"Bearer {till}"), ("Authorization", b"Bearer {till}")], WRONG),
            ([("Authorization", b"Bearer {till}"), ("Authorization", b"Basic x")], WRONG),
            ([("X-API-Key", "ключ".encode())], WRONG),
            ([("X-API-Key", b"\xff\xfe\x80")], WRONG),
            ([("X-API-Key", b"{till}\xa0")], WRONG),
            ([("X-API-Key", b"x" * 16_384)], WRONG),
            ([("X-API-Key", b"x" * 16_385)], TOO_LONG),
            ([("Authorization", b"Bearer {token}x")], NONE_OF_OURS),
            ([("Authorization", b"Bearer {unsigned}")], NONE_OF_OURS),
        ],
        ids=lambda value: repr(value)[:60],
    )
    def test_what_cannot_be_trusted_is_401_and_never_a_guest(
        self, place: Place, headers: Headers, message: str
    ) -> None:
        words = {"till": place.till, "token": place.token, "unsigned": f"{place.token.rpartition('.')[0]}."}
        sent = [(name, filled(value, words)) for name, value in headers]

        status, answered, answer = exchange(place, sent)

        assert status == 401
        assert answer == {"errors": [{"message": message, "extensions": {"code": "UNAUTHENTICATED"}}]}
        assert answered["WWW-Authenticate"] == 'Bearer realm="cafe"'
        assert answered["Cache-Control"] == "no-store"
        status, answered, answer = exchange(place, sent, path="/orders")
        assert (status, answer, answered["WWW-Authenticate"]) == (401, {"detail": message}, 'Bearer realm="cafe"')

    def test_not_even_what_is_open_to_guests_is_done_for_a_wrong_key(self, place: Place) -> None:
        order = 'mutation { placeOrder(input: { lines: [{ item: "latte" }] }) { order { number } } }'

        before = ask(f"{place.url}/orders", **WITH_KEY)
        assert exchange(place, [("X-API-Key", b"guessed")], "{ __typename }")[0] == 401
        assert exchange(place, [("X-API-Key", b"guessed")], order)[0] == 401
        assert ask(f"{place.url}/orders", {"item_id": 1, "size": "small"}, **{"X-API-Key": "guessed"})[0] == 401
        assert ask(f"{place.url}/orders", **WITH_KEY) == before

    @pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json", "text/event-stream"])
    def test_a_wrong_key_is_401_whatever_is_accepted(self, place: Place, accept: str) -> None:
        with_key = [("X-API-Key", b"guessed")]
        for query in (VIEWER, "subscription { menuChanged { version } }"):
            status, headers, answer = exchange(place, with_key, query, accept=accept)
            assert (status, answer["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
            assert headers["Content-Type"].split(";")[0] in (
                accept,
                "application/json",
                "application/graphql-response+json",
            )

    def test_a_revoked_key_is_401_on_the_very_next_request(self, place: Place) -> None:
        made = cafe("key", "create", "--name", "lost", "--scope", "KITCHEN", database=place.database).stdout.strip()
        assert viewer(place, ("X-API-Key", made)) == {"role": None, "scopes": ["KITCHEN"]}

        cafe("key", "revoke", made[:11], database=place.database)

        assert exchange(place, [("X-API-Key", made.encode())])[0] == 401

    def test_a_role_given_by_the_command_line_counts_on_the_very_next_request(self, place: Place) -> None:
        bearer = ("Authorization", f"Bearer {place.token}")
        roles = []
        for role in ("barista", "customer"):
            cafe("role", EMAIL, role, database=place.database)
            roles.append(viewer(place, bearer)["role"])

        assert roles == ["BARISTA", "CUSTOMER"]


def filled(value: bytes, words: dict[str, str]) -> bytes:
    for name, word in words.items():
        value = value.replace(f"{{{name}}}".encode(), word.encode())
    return value


FOLLOW = "subscription { kitchenQueueUpdated { order { number } } }"


class TestSockets:
    @pytest.mark.parametrize(
        "payload",
        [
            {"X-API-Key": "{till}"},
            {"x-api-key": "{till}"},
            {"apiKey": "{till}"},
            {"Authorization": "Bearer {till}"},
            {"authorization": "bearer {till}"},
            {"headers": {"X-API-Key": "{till}"}},
            {"headers": {"authorization": "Bearer {till}"}, "other": 1},
            {"X-API-Key": "{till}", "Authorization": None},
        ],
        ids=str,
    )
    def test_a_key_goes_into_the_first_message(self, place: Place, payload: dict[str, Any]) -> None:
        with seated(place.address, **written(payload, place)) as guest:
            assert guest.ask(VIEWER) == {"data": {"viewer": TILL}}

    def test_or_into_the_handshake(self, place: Place) -> None:
        with knocking(place.address, additional_headers={"Authorization": f"Bearer {place.token}"}) as guest:
            guest.say("connection_init")
            assert guest.hear() == {"type": "connection_ack"}
            assert guest.ask(VIEWER) == {"data": {"viewer": CUSTOMER}}

    def test_the_message_goes_before_the_handshake(self, place: Place) -> None:
        with knocking(place.address, additional_headers={"X-API-Key": "guessed"}) as guest:
            guest.say("connection_init", payload={"Authorization": f"Bearer {place.token}"})
            assert guest.hear() == {"type": "connection_ack"}
            assert guest.ask(VIEWER) == {"data": {"viewer": CUSTOMER}}

    @pytest.mark.parametrize("payload", [None, {}, {"other": "x"}, {"headers": {}}, {"X-API-Key": None}], ids=str)
    def test_whoever_says_nothing_is_a_guest(self, place: Place, payload: dict[str, Any] | None) -> None:
        with knocking(place.address, additional_headers={"Cookie": f"session={place.token}"}) as guest:
            guest.say("connection_init", payload=payload)
            assert guest.hear() == {"type": "connection_ack"}
            assert guest.ask(VIEWER) == {"data": {"viewer": GUEST}}

    @pytest.mark.parametrize(
        ("payload", "message"),
        [
            ({"X-API-Key": "guessed"}, WRONG),
            ({"X-API-Key": ""}, EMPTY),
            ({"X-API-Key": 5}, "A key or token is a text."),
            ({"X-API-Key": ["{till}"]}, "A key or token is a text."),
            ({"X-API-Key": False}, "A key or token is a text."),
            ({"headers": {"X-API-Key": {"a": 1}}}, "A key or token is a text."),
            ({"Authorization": "Basic {till}"}, SCHEME),
            ({"Authorization": "Bearer "}, EMPTY),
            ({"X-API-Key": "{till}", "Authorization": "Bearer {till}"}, BOTH),
            ({"headers": {"X-API-Key": "{till}"}, "authorization": "Bearer {till}"}, BOTH),
            ({"X-API-Key": "ключ"}, WRONG),
            ({"X-API-Key": "x" * 16_385}, TOO_LONG),
        ],
        ids=lambda value: str(value)[:60],
    )
    def test_what_cannot_be_trusted_closes_the_socket(
        self, place: Place, payload: dict[str, Any], message: str
    ) -> None:
        with knocking(place.address) as guest:
            guest.say("connection_init", payload=written(payload, place))
            assert guest.farewell() == (4401, message)

    def test_so_does_a_wrong_key_in_the_handshake_when_the_message_says_nothing(self, place: Place) -> None:
        with knocking(place.address, additional_headers={"X-API-Key": "guessed"}) as guest:
            guest.say("connection_init", payload={})
            assert guest.farewell() == (4401, WRONG)

    def test_a_key_that_is_revoked_ends_its_subscription_and_no_other(self, place: Place) -> None:
        made = cafe("key", "create", "--name", "lost", "--scope", "KITCHEN", database=place.database).stdout.strip()
        with seated(place.address, **{"X-API-Key": made}) as lost, seated(place.address, **WITH_KEY) as kept:
            for guest in (lost, kept):
                guest.subscribe("kitchen", FOLLOW)
            assert lost.ask(VIEWER) == {"data": {"viewer": {"role": None, "scopes": ["KITCHEN"]}}}

            cafe("key", "revoke", made[:11], database=place.database)
            status, _ = ask(f"{place.url}/orders", {"item_id": 1, "size": "small"})

            gone = {"message": "Your key was revoked, or your account is no longer there."}
            told = lost.hear()
            assert (status, told["id"], told["type"]) == (201, "kitchen", "error")
            assert told["payload"][0] | gone == told["payload"][0]
            assert told["payload"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
            assert kept.hear()["payload"]["data"]["kitchenQueueUpdated"]["order"]["number"]
            lost.subscribe("again", VIEWER)
            assert lost.hear()["payload"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


def written(payload: Any, place: Place) -> Any:
    return json.loads(json.dumps(payload).replace("{till}", place.till))


class TestEvents:
    def test_a_stream_of_events_is_for_who_may_listen(self, place: Place) -> None:
        accept = {"Accept": "text/event-stream", "Content-Type": "application/json"}
        body = json.dumps({"query": "subscription { menuChanged { version } }"})
        with closing(http.client.HTTPConnection(*place.address, timeout=20)) as connection:
            connection.request("POST", "/graphql", body, {**accept, "Authorization": f"Bearer {place.token}"})
            response = connection.getresponse()
            assert (response.status, response.headers["Content-Type"]) == (200, "text/event-stream; charset=utf-8")
            assert b"menuChanged" in b"".join(response.readline() for _ in range(5))

    def test_whoever_may_not_is_told_so_at_once(self, place: Place) -> None:
        _, _, guest = exchange(place, [], FOLLOW, accept="application/json, text/event-stream;q=0.5")
        _, _, till = exchange(
            place, [("X-API-Key", place.till.encode())], FOLLOW, accept="application/json, text/event-stream;q=0.5"
        )

        assert [told["errors"][0]["extensions"]["code"] for told in (guest, till)] == ["UNAUTHENTICATED", "FORBIDDEN"]


class TestBooksThatCannotBeWritten:
    def test_somebody_who_cannot_be_welcomed_now_is_to_come_again(self) -> None:
        class Locked:
            def known(self, _: Credential) -> None:
                pass

            async def recognise(self, _: Credential) -> Actor:
                raise Busy("The order book cannot be written just now; nothing was stored. Try again in a moment.")

        with pytest.raises(Refused) as refused:
            asyncio.run(Reception(lambda: cast(Callers, Locked())).caller({"headers": [(b"x-api-key", b"a token")]}))

        assert (refused.value.status, refused.value.code) == (503, "SERVICE_UNAVAILABLE")
        assert refused.value.headers == ((b"retry-after", b"5"),)


class TestSecrets:
    def test_the_first_key_is_shown_once_and_never_again(self, tmp_path: Path) -> None:
        database = tmp_path / "cafe.db"
        for _ in range(2):
            with serving(database, CAFE_API_KEY="") as (_, url):
                [shown] = re.findall(r"cafe_[\w-]{43}", database.with_suffix(".log").read_text())
                assert ask(f"{url}/orders", **{"X-API-Key": shown}) == (200, {})
                assert ask(f"{url}/orders", **{"X-API-Key": shown[:-1]})[0] == 401

        log = database.with_suffix(".log").read_text()
        assert log.count(f"Manager key, shown this once: {shown}\n") == log.count(shown) == 1

    def test_with_a_key_of_one_s_own_none_is_made(self, place: Place) -> None:
        assert "Manager key" not in place.log and KEY not in place.log
        assert not re.search(r"cafe_[\w-]{43}", place.log)
