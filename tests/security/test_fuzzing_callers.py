"""Whatever is sent as a key, token, cookie, header or body: no accident, and no answer as somebody else."""

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from tests.clients.raw import Reply
from tests.clients.streaming import Address, knocking
from tests.security import pretending
from tests.security.inside import Headers, Inside, opened
from tests.security.pretending import CUT, GUEST, SIGN_UP, WHO, People
from tests.security.production import KEY, address, ask, caller, in_production
from tests.web.test_headers_bear_anything import bodies, told

JSON = (b"content-type", b"application/json")
QUERIES = [
    WHO,
    "{ viewer { scopes customer { email } } orders { totalCount } kitchenQueue { id } }",
    "query ($a: String) { viewer { scopes customer { email } } orders(after: $a) { totalCount } }",
    'mutation { cancelOrder(by: { token: "x" }) { problems { code } } }',
]
ELSEWHERE = (f"10.0.{number >> 8}.{number & 255}" for number in count())
"""Where requests come from, as a proxy tells it: nobody is held back for what others sent."""

thoroughly = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
a_little = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def introduced(ask: Any) -> People:
    """Let two people and a till be known beside the house, by asking with or without its key."""
    ada, bob = (ask(SIGN_UP.replace("EMAIL", f"{name}@x.yz"), None)["signUp"]["accessToken"] for name in "ab")
    till = ask(CUT, KEY)["createApiKey"]["secret"]
    known = {credential: ask(WHO, credential)["viewer"] for credential in (ada, bob, till, KEY)}
    assert len({json.dumps(who) for who in known.values()}) == 4 and GUEST not in known.values()
    return People(known)


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    with opened(tmp_path_factory.mktemp("inside")) as cafe:
        yield cafe


@pytest.fixture(scope="module")
def people(inside: Inside) -> People:
    def ask(query: str, credential: str | None) -> Any:
        named = [(b"authorization", f"Bearer {credential}".encode())] if credential else []
        return inside.ask("POST", "/graphql", [JSON, *named], json.dumps({"query": query}).encode()).json["data"]

    return introduced(ask)


def check(reply: Reply, sent: Headers, people: People, accidents: list[str]) -> None:
    """See that nothing broke, and that it is nobody else who was answered."""
    assert reply.status is not None and reply.status < 500, reply
    assert accidents == [] and b"Traceback" not in reply.body and b"INTERNAL_SERVER_ERROR" not in reply.body
    if reply.body.startswith(b"{"):
        viewer = (reply.json.get("data") or {}).get("viewer")
        assert viewer is None or people.may_be(viewer, sent)


@thoroughly
@given(data=st.data(), query=st.sampled_from(QUERIES))
def test_a_question_is_answered_as_nobody_else(inside: Inside, people: People, data: st.DataObject, query: str) -> None:
    sent = data.draw(pretending.headers(list(people.known)))

    reply = inside.ask("POST", "/graphql", [JSON, *sent], json.dumps({"query": query}).encode())

    check(reply, sent, people, inside.accidents)
    if any(name in (b"authorization", b"x-api-key") for name, _ in sent):  # never as a guest instead
        assert reply.status == 401 or reply.json["data"].get("viewer") != GUEST


@thoroughly
@given(
    data=st.data(),
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE"]),
    path=st.sampled_from(["/graphql", "/orders", "/private/orders", "/menu", "/", "/docs", "/nowhere"]),
    body=bodies,
    is_json=st.booleans(),
)
def test_any_request_is_no_accident(
    inside: Inside, people: People, data: st.DataObject, method: str, path: str, body: bytes, is_json: bool
) -> None:
    sent = [*([JSON] if is_json else []), *data.draw(pretending.headers(list(people.known)))]
    parameters = data.draw(st.binary(max_size=40) | st.just(b"query={viewer{scopes%20customer{email}}}"))

    check(inside.ask(method, path, sent, body, parameters), sent, people, inside.accidents)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Address, Path, People]]:
    folder = tmp_path_factory.mktemp("wire")
    with (
        in_production(folder, CAFE_TRUSTED_PROXIES="127.0.0.1", CAFE_RATE_LIMIT="100000000") as url,
        caller(url) as client,
    ):

        def asked(query: str, credential: str | None) -> Any:
            client.headers = {"Authorization": f"Bearer {credential}"} if credential else {}
            return ask(client, query)["data"]

        yield address(url), folder / "cafe.log", introduced(asked)


class TestOnTheWire:
    @a_little
    @given(data=st.data(), query=st.sampled_from(QUERIES))
    def test_a_question_is_answered_as_nobody_else(
        self, place: tuple[Address, Path, People], data: st.DataObject, query: str
    ) -> None:
        where, log, people = place
        sent = data.draw(pretending.headers(list(people.known)))
        body = json.dumps({"query": query}).encode()
        usual = [(b"Host", b"cafe"), (b"Connection", b"close"), JSON, (b"Content-Length", b"%d" % len(body))]
        usual.append((b"X-Forwarded-For", next(ELSEWHERE).encode()))
        head = b"".join(b"%b: %b\r\n" % pair for pair in [*usual, *sent])

        status, _, answer = told(where, b"POST /graphql HTTP/1.1\r\n%b\r\n%b" % (head, body)).partition(b"\r\n")

        self.check(status, answer, sent, people, log)

    @a_little
    @given(data=st.data())
    def test_nor_is_one_on_a_socket(self, place: tuple[Address, Path, People], data: st.DataObject) -> None:
        where, log, people = place
        credential = data.draw(pretending.credentials(list(people.known))).decode("latin-1")
        name = data.draw(st.sampled_from(["X-API-Key", "Authorization", "authorization", "apiKey", "headers", "token"]))
        value: Any = data.draw(st.sampled_from([credential, f"Bearer {credential}", [credential], {"a": credential}]))
        sent = [(b"authorization", credential.encode("latin-1"))]

        with knocking(where, additional_headers={"X-Forwarded-For": next(ELSEWHERE)}) as guest:
            guest.say("connection_init", payload={name: value})
            with suppress(ConnectionClosed):
                guest.hear()
            if (code := guest.connection.close_code) is None:
                viewer = guest.ask(WHO)["data"]["viewer"]
                assert viewer == GUEST or people.may_be(viewer, sent)
                assert viewer != GUEST or name in ("headers", "token")
        assert code in (None, 4400, 4401)
        assert "Traceback" not in log.read_text()

    @staticmethod
    def check(status: bytes, answer: bytes, sent: Headers, people: People, log: Path) -> None:
        assert not status.startswith(b"HTTP/1.1 5")
        written = log.read_text()
        assert "Traceback" not in written and "ERROR" not in written, written[-3_000:]
        body = answer.partition(b"\r\n\r\n")[2]
        if body.startswith(b"{"):
            viewer = (json.loads(body).get("data") or {}).get("viewer")
            assert viewer is None or people.may_be(viewer, sent)
