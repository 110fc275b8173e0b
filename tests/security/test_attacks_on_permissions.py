"""Damn Vulnerable GraphQL Application's bypasses, weak passwords and stray files, tried on the café in production."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.security.production import (
    KEY,
    WITH_KEY,
    address,
    ask,
    caller,
    codes,
    in_production,
    wait_for_room_in_the_minute,
)
from tests.web.test_headers_bear_anything import told

SIGN_UP = """mutation ($email: String!, $password: String! = "correct horse") {
  signUp(email: $email, password: $password, name: "Ada") { accessToken problems { code } } }"""
SIGN_IN = 'aN: signIn(email: "EMAIL", password: "guess N") { accessToken problems { code } }'
ORDERS = "{ orders(first: 1) { nodes { id } } }"


class TestInterfaceProtection:
    @pytest.mark.parametrize(
        "sent",
        [
            {"Cookie": "env=graphiql:enable"},
            {"Cookie": "session=admin; role=MANAGER"},
            {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"},
            {"X-Forwarded-Host": "localhost", "Host": "localhost"},
            {"X-Original-URL": "/docs", "X-Rewrite-URL": "/docs"},
            {"Referer": "http://localhost/graphql", "X-Requested-With": "GraphiQL"},
            {"X-HTTP-Method-Override": "GET"},
            WITH_KEY,
        ],
        ids=lambda sent: next(iter(sent)),
    )
    def test_no_header_opens_what_is_closed(self, stranger: httpx2.Client, sent: dict[str, str]) -> None:
        page = stranger.get("/graphql", headers={**sent, "Accept": "text/html"})
        schema = stranger.post("/graphql", json={"query": "{ __schema { queryType { name } } }"}, headers=sent)

        assert page.status_code == 404 and "<script" not in page.text
        assert codes(schema.json()) == ["INTROSPECTION_DISABLED"]


class TestDenyLists:
    """There are none: what is not allowed is decided where it is done, whatever it is called on the way."""

    @pytest.mark.parametrize(
        "query",
        [
            ORDERS,
            "query menu { orders(first: 1) { nodes { id } } }",
            "{ menu: orders(first: 1) { nodes { id } } }",
            "{ ...M } fragment M on Query { orders(first: 1) { nodes { id } } }",
            "{ ... @include(if: true) { orders(first: 1) { nodes { id } } } }",
            "{\n  orders # menu\n(first:1),{,nodes{id}}}",
            "\ufeff{ orders(first: 1) { nodes { id } } }",
            "query a { menu { version } } query b { orders(first: 1) { nodes { id } } }",
        ],
    )
    def test_no_way_of_writing_it_opens_the_order_book(self, stranger: httpx2.Client, query: str) -> None:
        name = {"operationName": "b"} if "query b" in query else {}
        answer = stranger.post("/graphql", json={"query": query, **name}).json()
        batch = stranger.post("/graphql", json=[{"query": query, **name}]).json()
        by_get = stranger.get("/graphql", params={"query": query, **name}, headers={"Accept": "application/json"})

        for told_ in (answer, *batch, by_get.json()):
            assert codes(told_) == ["UNAUTHENTICATED"]
            assert not any((told_.get("data") or {}).values())

    def test_what_is_trusted_is_run_and_nothing_that_looks_like_it(self, tmp_path: Path) -> None:
        trusted = "query Menu { menu { version } }"
        listed = tmp_path / "trusted.json"
        listed.write_text(json.dumps({"menu": trusted}))
        near = [
            {"query": "query Menu { menu { version items { id } } }"},
            {"query": trusted + " "},
            {"query": ORDERS, "documentId": "menu"},
            {"query": ORDERS, "operationName": "Menu"},
            {"documentId": "Menu"},
            {"documentId": "../menu"},
            {"query": ORDERS, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}},
        ]
        with in_production(tmp_path, CAFE_TRUSTED_DOCUMENTS=str(listed)) as url, caller(url, **WITH_KEY) as client:
            assert client.post("/graphql", json={"documentId": "menu"}).json() == {"data": {"menu": {"version": "1"}}}
            for request in near:
                answer = client.post("/graphql", json=request).json()
                assert len(codes(answer)) == 1 and "data" not in answer


class TestPasswords:
    @pytest.fixture
    def guest(self, tmp_path: Path) -> Iterator[httpx2.Client]:
        with in_production(tmp_path) as url, caller(url) as client:
            yield client

    def test_guessing_by_aliases_or_batches_is_guessing_one_by_one(self, guest: httpx2.Client) -> None:
        ask(guest, SIGN_UP, email="ada@example.com")
        guesses = [SIGN_IN.replace("N", str(n)).replace("EMAIL", "ada@example.com") for n in range(12)]
        batch = [{"query": "mutation { " + SIGN_IN.replace("EMAIL", "Ada@Example.com") + " }"}] * 5

        by_aliases = ask(guest, "mutation { " + " ".join(guesses) + " }")
        by_batch = guest.post("/graphql", json=batch).json()
        right = ask(guest, 'mutation { signIn(email: "ada@example.com", password: "correct horse") { accessToken } }')

        wrong = [tried["problems"][0]["code"] for tried in by_aliases["data"].values() if tried]
        assert wrong == ["WRONG_CREDENTIALS"] * 10
        assert codes(by_aliases) == ["RATE_LIMITED"] * 2
        assert [codes(answer) for answer in by_batch] == [["RATE_LIMITED"]] * 5
        assert codes(right) == ["RATE_LIMITED"]  # for five minutes: who guesses right last learns nothing

    def test_going_through_many_accounts_uses_up_the_budget(self, tmp_path: Path) -> None:
        guesses = " ".join(SIGN_IN.replace("N", str(n)).replace("EMAIL", f"{n}@example.com") for n in range(5))
        twice = [{"query": f"mutation {{ {guesses} }}"}] * 2
        with in_production(tmp_path, CAFE_RATE_LIMIT="20000") as url, caller(url) as guest:
            wait_for_room_in_the_minute()
            first, second = guest.post("/graphql", json=twice).json()

        assert len(first["data"]) == 5 and codes(second) == ["RATE_LIMITED"]

    @pytest.mark.parametrize("password", ["", "short", "password", "aaaaaaaaaaaa", "ada@example.com", "x" * 257])
    def test_a_weak_one_is_refused(self, stranger: httpx2.Client, password: str) -> None:
        answer = ask(stranger, SIGN_UP, email="ada@example.com", password=password)["data"]["signUp"]

        assert answer == {"accessToken": None, "problems": [{"code": "WEAK_PASSWORD"}]}


TRAVERSALS = [
    *("/graphql/assets/../../config.py", "/graphql/assets/..%2f..%2fconfig.py", "/graphql/assets/%2e%2e/%2e%2e/app.py"),
    *("/../../../../etc/passwd", "//etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%5c..%5cetc%5cpasswd", "/cafe.db"),
    *("/graphql/assets/%00", "/graphql/assets/index.js%00.css", "/menu/../../cafe.db", "/%c0%ae%c0%ae/cafe.db"),
]


class TestFiles:
    """Nothing that is sent names a file: none is written, and of those that are read each is known by its name."""

    @pytest.mark.parametrize("path", TRAVERSALS)
    def test_no_path_leads_out_of_the_pages(self, cafe_server: str, production: str, path: str) -> None:
        for url in (production, cafe_server):  # where the pages are closed, and where they are not
            answer = told(address(url), f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            assert answer.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 400 "))
            assert b"root:" not in answer and b"SQLite" not in answer and b"import " not in answer

    def test_no_upload_is_read(self, stranger: httpx2.Client) -> None:
        operations = json.dumps({"query": "mutation ($f: Upload!) { uploadPaste(file: $f) }", "variables": {"f": None}})
        answer = stranger.post(
            "/graphql",
            data={"operations": operations, "map": '{"0": ["variables.f"]}'},
            files={"0": ("../../../../tmp/cafe-was-here", b"text")},
            headers={"GraphQL-Require-Preflight": "1"},
        )

        assert answer.status_code == 415
        assert not Path("/tmp/cafe-was-here").exists()


class TestTheTransport:
    """Request smuggling: what is read in two ways is not read at all, and never as a second request."""

    @pytest.mark.parametrize(
        "head",
        [
            b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
            b"Content-Length: 5\r\nContent-Length: 50\r\n",
            b"Transfer-Encoding: xchunked\r\n",
            b"Content-Length: 5\r\nTransfer-Encoding : chunked\r\n",
            b"Content-Length: +5\r\n",
            b"X-Folded: a\r\n Content-Length: 5\r\n",
        ],
    )
    def test_it_is_answered_once_and_refused(self, production: str, head: bytes) -> None:
        smuggled = b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-API-Key: " + KEY.encode() + b"\r\n\r\n"
        request = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + head + b"\r\n0\r\n\r\n"

        answer = told(address(production), request + smuggled)

        assert answer.startswith(b"HTTP/1.1 400 ") and answer.count(b"HTTP/1.1 ") == 1
