"""However many orders a page has, whose they are is looked up once for all of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.security.inside import opened, statements
from tests.security.production import KEY

SIGN_UP = 'mutation { signUp(email: "NAME@example.com", password: "correct horse", name: "NAME") { accessToken } }'
PLACE = 'mutation { placeOrder(input: { lines: [{ item: "latte" }] }) { order { id } } }'
BOOK = "{ orders(first: FIRST) { nodes { customer { name } lines { item { name } } } } }"


@pytest.mark.parametrize("first", [2, 6])
def test_the_customers_of_a_page(tmp_path: Path, first: int) -> None:
    with opened(tmp_path) as cafe:

        def ask(query: str, credential: str = "") -> Any:
            named = [(b"authorization", f"Bearer {credential}".encode())] if credential else []
            headers = [(b"content-type", b"application/json"), *named]
            return cafe.ask("POST", "/graphql", headers, json.dumps({"query": query}).encode()).json["data"]

        people = [ask(SIGN_UP.replace("NAME", name))["signUp"]["accessToken"] for name in ("Ada", "Bob", "Cleo")]
        for person in people * 2:
            ask(PLACE, person)
        with statements() as told:
            nodes = ask(BOOK.replace("FIRST", str(first)), KEY)["orders"]["nodes"]

    assert [node["customer"]["name"] for node in nodes] == ["Cleo", "Bob", "Ada", "Cleo", "Bob", "Ada"][:first]
    assert len([statement for statement, _ in told if "FROM people" in statement]) == 1
    assert len(told) <= 8
