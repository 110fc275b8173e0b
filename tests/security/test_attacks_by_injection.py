"""Damn Vulnerable GraphQL Application's injections, tried on the café in production: what is text stays text."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from tests.security.production import WITH_KEY, ask, caller, codes, in_production

PLACE = """mutation ($name: String, $note: String, $key: String) {
  placeOrder(input: { lines: [{ item: "latte", note: $note }], customerName: $name }, idempotencyKey: $key) {
    order { id customerName lines { note } } problems { code path } trackingToken } }"""
EVERYWHERE = """query ($text: String!) {
  slug: menuItem(slug: $text) { id }
  token: order(by: { token: $text }) { id }
  item: orders(filter: { item: $text }) { totalCount }
  number: orders(filter: { number: $text }) { totalCount }
  search: menu(filter: { search: $text }) { items { id } }
  quote(input: { lines: [{ item: $text }] }) { problems { code } }
  money: menuItem(slug: "latte") { price { formatted(locale: $text) } } }"""
COMMANDS = [
    "; touch /tmp/cafe-was-here",
    "$(touch /tmp/cafe-was-here)",
    "`touch /tmp/cafe-was-here`",
    "| cat /etc/passwd",
]
SQL = [
    "' OR '1'='1",
    "'; DROP TABLE orders; --",
    '" OR 1=1 --',
    "A-001' UNION SELECT secret FROM signing_keys --",
    "%' OR 1=1 /*",
    "\\'; ATTACH DATABASE '/tmp/cafe-was-here' AS x; --",
]
PATHS = ["../../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "/etc/passwd", "file:///etc/passwd", "....//etc/passwd"]
SCRIPT = "<script>alert(document.cookie)</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Give the address of a café in production with one order, and the folder of its books and its log."""
    folder = tmp_path_factory.mktemp("injected")
    with in_production(folder) as url, caller(url) as guest:
        assert ask(guest, PLACE, name="Ada")["data"]["placeOrder"]["order"]
        yield url, folder


@pytest.fixture(scope="module")
def house(place: tuple[str, Path]) -> Iterator[httpx2.Client]:
    """Give a caller who may do everything: if injecting helps anybody, it helps them."""
    with caller(place[0], **WITH_KEY) as client:
        yield client


@pytest.mark.parametrize("text", [*COMMANDS, *SQL, *PATHS])
def test_commands_statements_and_paths_are_names_of_nothing(
    house: httpx2.Client, place: tuple[str, Path], text: str
) -> None:
    before = _rows(place[1])

    answer = ask(house, EVERYWHERE, text=text)

    assert codes(answer) == ["BAD_USER_INPUT"]  # of the filter that names no item
    assert answer["data"] == {
        "slug": None,
        "token": None,
        "item": None,
        "number": {"totalCount": 0},
        "search": {"items": []},
        "quote": {"problems": [{"code": "UNKNOWN_ITEM"}]},
        "money": {"price": {"formatted": "$3.50"}},
    }
    assert _rows(place[1]) == before
    assert not Path("/tmp/cafe-was-here").exists()


@pytest.mark.parametrize("text", [*COMMANDS, *SQL, *PATHS, SCRIPT, "{{7*7}}", "${7*7}", "%s%n", "=1+1"])
def test_they_are_stored_and_given_back_letter_by_letter(house: httpx2.Client, text: str) -> None:
    placed = ask(house, PLACE, name=text, note=text, key=text)["data"]["placeOrder"]

    assert placed["problems"] == []
    assert placed["order"]["customerName"] == text and placed["order"]["lines"] == [{"note": text}]
    read = ask(house, "query ($id: ID!) { node(id: $id) { ... on Order { customerName } } }", id=placed["order"]["id"])
    assert read["data"]["node"]["customerName"] == text


class TestCrossSiteScripting:
    """There is no page in production that could show it; and what comes is never taken for one."""

    @pytest.mark.parametrize("accept", ["text/html", "*/*", "application/json", "text/html,*/*;q=0.8"])
    def test_no_answer_that_holds_a_script_is_a_page(self, house: httpx2.Client, accept: str) -> None:
        body = json.dumps({"query": PLACE, "variables": {"name": SCRIPT}}).encode()
        sent = {"Accept": accept, "Content-Type": "application/json"}
        answers = [
            house.post("/graphql", content=body, headers=sent),
            house.post("/orders", json={"item_id": 1, "size": SCRIPT}, headers={"Accept": accept}),
            house.get(f"/{SCRIPT}", headers={"Accept": accept}),
            house.get("/graphql", params={"query": SCRIPT}, headers={"Accept": accept}),
        ]

        for answer in answers:
            is_page = answer.headers["content-type"].startswith("text/html")
            assert not (is_page and "<script" in answer.text)
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert is_page or "json" in answer.headers["content-type"]

    def test_what_turns_text_round_or_breaks_lines_is_refused(self, house: httpx2.Client) -> None:
        for name in ("a\r\nSet-Cookie: b=c", "\x1b[2J", "\u202egnp.exe", "a\x00b", "a\u2028b"):
            placed = ask(house, PLACE, name=name)["data"]["placeOrder"]
            assert placed["order"] is None
            assert placed["problems"] == [{"code": "INVALID_TEXT", "path": ["customerName"]}]


def test_nobody_writes_into_the_log(house: httpx2.Client, place: tuple[str, Path]) -> None:
    """Log spoofing: whatever is sent, no word of it is there, and no line more."""
    log = place[1] / "cafe.log"
    before = log.read_text()
    forged = "x\r\nINFO: Manager key: cafe_forged\r\n\x1b[31mERROR"

    ask(house, PLACE, name=forged, note=forged, key=forged)
    house.post("/graphql", json={"query": "query Forged { nothing }", "operationName": forged})
    house.post("/graphql", json={"query": forged})
    house.get("/graphql", params={"query": "{cafe{name}}", "operationName": forged})
    house.get(f"/{quote(forged)}", headers={"User-Agent": "Forged", "X-Forwarded-For": "forged", "Referer": "Forged"})
    house.get("/menu", headers={"X-API-Key": "Forged"})

    assert log.read_text() == before


def test_nobody_writes_headers(house: httpx2.Client) -> None:
    for answer in (
        house.get("/graphql", params={"query": "a\r\nX-Forged: 1", "extensions": "\r\nX-Forged: 1"}),
        house.get("/%0d%0aX-Forged:%201"),
        house.post("/graphql", json={"query": "{cafe{name}}", "operationName": "\r\nX-Forged: 1"}),
    ):
        assert "x-forged" not in answer.headers


def _rows(folder: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(folder / "cafe.db")) as books:
        tables = [name for (name,) in books.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: books.execute(f"SELECT count(*) FROM {name}").fetchone() for name in tables}
