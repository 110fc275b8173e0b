"""Forged tokens and other people's things, tried on the café in production: 401, or nothing, and never as somebody."""

import base64
import hmac
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx2
import jwt
import pytest

from tests.security.production import ask, caller, in_production

SIGN_UP = """mutation ($email: String!, $name: String!) {
  signUp(email: $email, password: "correct horse", name: $name) { accessToken viewer { customer { id } } } }"""
PLACE = 'mutation { placeOrder(input: { lines: [{ item: "latte" }] }) { order { id lines { id } } trackingToken } }'
WHO = "{ viewer { role scopes customer { email } } }"


@dataclass
class Place:
    """A café with Ada and Bob in it; `ada` is her session, `secret` what sessions are signed with."""

    url: str
    ada: str
    bob: str
    kid: str
    secret: str

    def as_(self, token: str) -> httpx2.Client:
        return caller(self.url, Authorization=f"Bearer {token}")

    @property
    def claims(self) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(self.ada, options={"verify_signature": False})
        return claims

    def signed(self, header: Mapping[str, str] | None = None, **changed: object) -> str:
        """Sign what Ada's session says, with changes, as only the café could; a claim that is None is left out."""
        claims = {name: value for name, value in {**self.claims, **changed}.items() if value is not None}
        return jwt.encode(claims, self.secret, "HS256", headers=dict(header or {"kid": self.kid}))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("tokens")
    with in_production(folder, CAFE_RATE_LIMIT="100000000") as url, caller(url) as guest:
        ada, bob = (
            ask(guest, SIGN_UP, email=f"{name}@example.com", name=name)["data"]["signUp"]["accessToken"]
            for name in ("Ada", "Bob")
        )
        with closing(sqlite3.connect(folder / "cafe.db")) as books:
            [(kid, secret)] = books.execute("SELECT kid, secret FROM signing_keys").fetchall()
        yield Place(url, ada, bob, kid, secret)


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def test_the_real_one_is_believed_and_so_is_one_that_is_signed_by_hand_like_it(place: Place) -> None:
    for token in (place.ada, place.signed()):
        with place.as_(token) as ada:
            assert ask(ada, WHO)["data"]["viewer"] == {
                "role": "CUSTOMER",
                "scopes": [],
                "customer": {"email": "ada@example.com"},
            }


def unsigned(place: Place, algorithm: str) -> str:
    return f"{encoded({'alg': algorithm, 'kid': place.kid})}.{place.ada.split('.')[1]}."


def by_another_algorithm(place: Place) -> str:
    said = f"{encoded({'alg': 'HS512', 'kid': place.kid})}.{place.ada.split('.')[1]}"
    signature = hmac.digest(place.secret.encode(), said.encode(), "sha512")
    return f"{said}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def with_more_rights(place: Place) -> str:
    head, _, signature = place.ada.split(".")
    return f"{head}.{encoded({**place.claims, 'role': 'MANAGER', 'scopes': ['KEYS']})}.{signature}"


def with_key(place: Place, key: str, kid: str | None = None) -> str:
    return jwt.encode(place.claims, key, "HS256", headers={"kid": kid or place.kid})


FORGERIES: dict[str, Callable[[Place], str]] = {
    "alg none": lambda place: unsigned(place, "none"),
    "alg None": lambda place: unsigned(place, "None"),
    "alg NONE": lambda place: unsigned(place, "NONE"),
    "alg of no name": lambda place: unsigned(place, ""),
    "no signature": lambda place: place.ada.rpartition(".")[0] + ".",
    "cut off": lambda place: place.ada.rpartition(".")[0],
    "another's signature": lambda place: f"{place.ada.rpartition('.')[0]}.{place.bob.split('.')[2]}",
    "more rights": with_more_rights,
    "wrong key": lambda place: with_key(place, "x" * 43),
    "a key of its own name": lambda place: with_key(place, place.kid * 5),
    "the name of nothing": lambda place: place.signed(header={"kid": "nothing"}),
    "the name of a file": lambda place: with_key(place, "\0" * 32, "../../../../dev/null"),
    "the name of a statement": lambda place: with_key(place, "x" * 32, f"' UNION SELECT '{'x' * 32}' --"),
    "no name": lambda place: jwt.encode(place.claims, place.secret, "HS256"),
    "another algorithm": by_another_algorithm,
    "expired": lambda place: place.signed(exp=int(time.time()) - 1),
    "ended long ago": lambda place: place.signed(exp=0),
    "without end": lambda place: place.signed(exp=None),
    "for others": lambda place: place.signed(aud="another-cafe"),
    "for nobody": lambda place: place.signed(aud=None),
    "from others": lambda place: place.signed(iss="https://accounts.example"),
    "from nobody": lambda place: place.signed(iss=None),
    "of nobody": lambda place: place.signed(sub="nobody"),
    "without a subject": lambda place: place.signed(sub=None),
    "not valid yet": lambda place: place.signed(nbf=int(time.time()) + 3_600),
}


@pytest.mark.parametrize("forged", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_one_is_nobodys(place: Place, forged: Callable[[Place], str]) -> None:
    with place.as_(forged(place)) as forger:
        answers = [
            forger.post("/graphql", json={"query": WHO}),
            forger.get("/orders"),
            forger.post("/graphql", json={"query": PLACE}),
        ]

    assert [answer.status_code for answer in answers] == [401] * 3
    assert answers[0].json().keys() == {"errors"}


class TestOtherPeoplesThings:
    """Broken object level authorization: an id opens nothing, and nothing tells whether it is one."""

    @pytest.fixture
    def order(self, place: Place) -> Any:
        with place.as_(place.ada) as ada:
            return ask(ada, PLACE)["data"]["placeOrder"]["order"]

    @pytest.mark.parametrize(
        "query",
        [
            "query ($id: ID!) { node(id: $id) { id } }",
            "query ($id: ID!) { order(by: { id: $id }) { id } }",
            "mutation ($id: ID!) { cancelOrder(by: { id: $id }) { order { id } problems { code } } }",
            "mutation ($id: ID!) { advanceOrder(id: $id, to: ACCEPTED) { order { id } problems { code } } }",
        ],
    )
    @pytest.mark.parametrize("who", ["bob", "guest"])
    def test_others_cannot_tell_an_order_from_none(self, place: Place, order: Any, query: str, who: str) -> None:
        none = base64.urlsafe_b64encode(b"Order:xxxxxxxxxxxxxxxx").decode().rstrip("=")
        with caller(place.url) if who == "guest" else place.as_(place.bob) as other:
            found, missing = ask(other, query, id=order["id"]), ask(other, query, id=none)

        assert found == missing
        assert order["id"] not in json.dumps(found)

    def test_every_way_to_it_asks_the_same(self, place: Place, order: Any) -> None:
        ways = """{ orders { nodes { id } edges { node { id } } }
                    viewer { customer { orders { nodes { id } } } apiKeys { id } } }"""
        with place.as_(place.bob) as bob, place.as_(place.ada) as ada:
            others, own = ask(bob, ways)["data"], ask(ada, ways)["data"]

        assert order["id"] in json.dumps(own) and order["id"] not in json.dumps(others)
        assert own["viewer"]["apiKeys"] == []
