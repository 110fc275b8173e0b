"""The tutorial's REST walk-through, on the real server."""

import json
import re
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.running import WITH_KEY, running_cafe
from tests.running import cafe as run_cafe


@pytest.fixture(scope="module")
def cafe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a café of its own, whose private orders ask for a key."""
    with running_cafe(tmp_path_factory.mktemp("rest") / "cafe.db") as url:
        yield url


def ask(url: str, body: object = None, **headers: str) -> tuple[int, Any]:
    """Send one request, a POST if it has a body, and give the status and the JSON that came back."""
    return send(url, None if body is None else json.dumps(body).encode(), **headers)


def send(url: str, sent: bytes | None, **headers: str) -> tuple[int, Any]:
    """The same, of a body that may be no JSON."""
    request = urllib.request.Request(url, sent, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)


def test_the_tutorial_s_walk_works_as_it_is_written(cafe: str) -> None:
    assert ask(f"{cafe}/") == (
        200,
        {"message": "Welcome to Corner Café!", "menu": "/menu", "graphql": "/graphql", "docs": "/docs"},
    )

    status, menu = ask(f"{cafe}/menu")
    assert status == 200
    assert menu[:3] == [
        {"id": 1, "name": "Latte", "price": 3.5},
        {"id": 2, "name": "Cappuccino", "price": 3.0},
        {"id": 3, "name": "Espresso", "price": 2.2},
    ]

    latte = {"item_id": 1, "size": "medium", "milk": "oat"}
    assert ask(f"{cafe}/orders", latte) == (201, {"order_id": 1, "status": "placed", "total": 4.0})
    espresso = {"item_id": 3, "size": "large"}
    assert ask(f"{cafe}/orders", espresso) == (201, {"order_id": 2, "status": "placed", "total": 3.2})

    orders = {
        "2": {"order_id": 2, "status": "placed", "total": 3.2},
        "1": {"order_id": 1, "status": "placed", "total": 4.0},
    }
    assert ask(f"{cafe}/orders", **WITH_KEY) == (200, orders)
    assert ask(f"{cafe}/private/orders", **WITH_KEY) == (200, orders)


@pytest.mark.parametrize("path", ["/orders", "/private/orders"])
@pytest.mark.parametrize("key", [{}, {"X-API-Key": ""}, {"X-API-Key": "beans"}], ids=["none", "empty", "wrong"])
def test_without_a_key_nobody_reads_orders(cafe: str, path: str, key: dict[str, str]) -> None:
    status, said = ask(cafe + path, **key)

    assert status == 401
    assert "key" in said["detail"] or "guest" in said["detail"]


def test_a_key_that_may_only_place_orders_does_not_read_them(tmp_path: Path) -> None:
    with running_cafe(tmp_path / "cafe.db") as url:
        made = run_cafe("key", "create", "--name", "till", "--scope", "ORDERS_PLACE", database=tmp_path / "cafe.db")
        till = {"X-API-Key": made.stdout.strip()}

        assert ask(f"{url}/orders", {"item_id": 1, "size": "small"}, **till)[0] == 201
        status, said = ask(f"{url}/orders", **till)

    need = "To read orders, one needs the scope ORDERS_READ or an account"
    assert (status, said["detail"]) == (403, f"{need}; what you sent has ORDERS_PLACE.")


@pytest.mark.parametrize(
    ("order", "problems"),
    [
        (
            {"item_id": 1, "size": "venti", "milk": "goat"},
            [
                ("unknown_option", ["body", "size"], "Size of Latte has no option “venti”."),
                ("unknown_option", ["body", "milk"], "Milk of Latte has no option “goat”. Did you mean “oat”?"),
            ],
        ),
        (
            {"item_id": 999, "size": "small"},
            [("unknown_item", ["body", "item_id"], "There is no item “999” on the menu.")],
        ),
        ({"item_id": 0, "size": "small"}, [("greater_than_equal", ["body", "item_id"], None)]),
        (
            {"item_id": "latte", "size": 3},
            [("int_type", ["body", "item_id"], None), ("string_type", ["body", "size"], None)],
        ),
        ({}, [("missing", ["body", "item_id"], None), ("missing", ["body", "size"], None)]),
    ],
)
def test_a_weird_order_is_a_422_that_says_what_is_wrong(cafe: str, order: object, problems: list[Any]) -> None:
    before = ask(f"{cafe}/orders", **WITH_KEY)

    status, refusal = ask(f"{cafe}/orders", order)

    assert status == 422
    assert [(p["type"], p["loc"]) for p in refusal["detail"]] == [problem[:2] for problem in problems]
    assert [p["msg"] for p, said in zip(refusal["detail"], problems, strict=True) if said[2]] == [
        problem[2] for problem in problems if problem[2]
    ]
    assert ask(f"{cafe}/orders", **WITH_KEY) == before


def test_an_order_of_rest_is_an_order_of_graphql(cafe: str) -> None:
    _, placed = ask(f"{cafe}/orders", {"item_id": 2, "size": "small", "milk": "almond"})

    query = "{ orders(first: 1) { nodes { totals { total { amount } } lines { name choices { optionSlug } } } } }"
    _, answer = ask(f"{cafe}/graphql", {"query": query}, **WITH_KEY)

    assert placed["total"] == 3.0
    assert answer["data"]["orders"]["nodes"] == [
        {
            "totals": {"total": {"amount": "3.00"}},
            "lines": [{"name": "Cappuccino", "choices": [{"optionSlug": "small"}, {"optionSlug": "almond"}]}],
        }
    ]


def test_the_health_checks_tell_life_from_readiness(cafe: str) -> None:
    assert ask(f"{cafe}/health/live") == (200, {"status": "ok"})
    assert ask(f"{cafe}/health/ready") == (200, {"status": "ok", "menuVersion": "1"})


def test_the_docs_come_from_the_cafe_itself_and_run_under_its_policy(cafe: str) -> None:
    with urllib.request.urlopen(f"{cafe}/docs", timeout=10) as response:
        page, policy = response.read().decode(), response.headers["Content-Security-Policy"]
    _, description = ask(f"{cafe}/openapi.json")

    assert re.findall(r'(?:src|href)="([^"]+)"', page) == re.findall(r'"(/graphql/assets/[^"]+)"', page)
    assert "script-src 'self'" in policy
    assert {"/", "/menu", "/orders", "/private/orders"} <= set(description["paths"])


@pytest.mark.parametrize("number", [b"NaN", b"1e400", b"true", b"1.5"])
def test_a_number_that_is_none_is_a_422(cafe: str, number: bytes) -> None:
    assert send(f"{cafe}/orders", b'{"item_id": ' + number + b', "size": "small"}')[0] == 422


def test_broken_letters_are_a_422_that_can_be_read(cafe: str) -> None:
    status, refusal = send(f"{cafe}/orders", b'{"item_id": 1, "size": "\\ud800"}')

    assert (status, refusal["detail"][0]["msg"]) == (422, "Size of Latte has no option “\ufffd”.")


def test_a_body_beyond_a_mebibyte_is_not_read(cafe: str) -> None:
    assert send(f"{cafe}/orders", b" " * 1024 * 1025)[0] == 413


def test_a_cafe_whose_database_is_locked_says_so_and_is_not_ready(tmp_path: Path) -> None:
    with running_cafe(tmp_path / "cafe.db") as url, closing(sqlite3.connect(tmp_path / "cafe.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        refused = ask(f"{url}/orders", {"item_id": 1, "size": "small"})
        unready = ask(f"{url}/health/ready")
        other.rollback()
        placed = ask(f"{url}/orders", {"item_id": 1, "size": "small"})

    said = "The order book cannot be written just now; nothing was stored. Try again in a moment."
    assert refused == (503, {"detail": said})
    assert unready == (503, {"status": "The database does not answer."})
    assert placed[0] == 201


def test_a_cafe_whose_database_was_deleted_takes_no_order(tmp_path: Path) -> None:
    with running_cafe(tmp_path / "cafe.db") as url:
        for file in tmp_path.glob("cafe.db*"):
            file.unlink()
        refused = ask(f"{url}/orders", {"item_id": 1, "size": "small"})
        unready = ask(f"{url}/health/ready")

    said = "The database file was deleted or replaced; nothing was stored. The café must be started again."
    assert (refused, unready) == ((503, {"detail": said}), (503, {"status": said}))
