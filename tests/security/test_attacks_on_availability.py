"""Damn Vulnerable GraphQL Application's denials of service, tried on the café in production: what comes of each."""

from itertools import pairwise

import httpx2
import pytest

from tests.security.production import ask, codes

MENU = "{ menu { version } }"


def deep(times: int, last: str = "id") -> str:
    """Go from an item to its category and back, so many times."""
    return "{ menu { items { " + "category { items { " * times + last + " } }" * times + " } } }"


ATTACKS = {
    "deep recursion": (deep(8), "DEPTH_LIMIT_EXCEEDED"),
    "resource intensive": (deep(3), "COST_LIMIT_EXCEEDED"),
    "field duplication": ("{ menu { " + "version " * 101 + "} }", "DUPLICATE_FIELD_LIMIT_EXCEEDED"),
    "aliases": ("{ " + " ".join(f"a{n}: menu {{ version }}" for n in range(61)) + " }", "ALIAS_LIMIT_EXCEEDED"),
    "aliases of what is costly": (
        "{ "
        + " ".join(
            f"a{n}: menu {{ items {{ category {{ items {{ id name slug diets calories }} }} }} }}" for n in range(20)
        )
        + " }",
        "COST_LIMIT_EXCEEDED",
    ),
    "circular fragments": (
        "{ menu { ...A } } fragment A on Menu { version ...B } fragment B on Menu { ...A }",
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "circular introspection": ("{ __schema { types { fields { type { name } } } } }", "INTROSPECTION_DISABLED"),
    "directives": ("{ menu { version " + "@include(if: true) " * 6 + "} }", "DIRECTIVE_LIMIT_EXCEEDED"),
}


@pytest.mark.parametrize(("query", "code"), ATTACKS.values(), ids=ATTACKS)
def test_it_is_refused_before_anything_runs(stranger: httpx2.Client, query: str, code: str) -> None:
    answer = ask(stranger, query)

    assert codes(answer) == [code] and "data" not in answer
    assert ask(stranger, MENU)["data"]["menu"]["version"]


def test_a_batch_is_no_larger_than_it_may_be_and_each_in_it_is_paid_for(stranger: httpx2.Client) -> None:
    left = "{ viewer { rateLimit { remaining resetAt } } }"

    six = stranger.post("/graphql", json=[{"query": left}] * 6)
    rates = [
        answer["data"]["viewer"]["rateLimit"] for answer in stranger.post("/graphql", json=[{"query": left}] * 5).json()
    ]

    assert (six.status_code, codes(six.json())) == (400, ["BATCH_LIMIT_EXCEEDED"])
    for one, next_ in pairwise(rates):
        assert next_["remaining"] < one["remaining"] or next_["resetAt"] > one["resetAt"]


def test_no_page_is_longer_than_it_may_be(stranger: httpx2.Client) -> None:
    answer = ask(stranger, "{ orders(first: 99999999) { nodes { id } } }")

    assert answer["data"] == {"orders": None}
    assert [error["message"] for error in answer["errors"]] == ["`first` must be from 1 to 100, not 99999999."]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b" " * 1_048_577, 413),
        (b'{"query": "' + b"x" * 50_001 + b'"}', 200),
        (b'{"query": "{ menu { version } }", "variables": {"v": ' + b"[" * 5_000 + b"]" * 5_000 + b"}}", 400),
        (b'{"query": "{ menu { version } }", "variables": {"v": [' + b"1," * 1_000 + b"1]}}", 200),
        (b'{"query": "{ menu { version } }", "variables": {"v": ' + b"9" * 5_000 + b"}}", 400),
    ],
    ids=["a large body", "a long document", "deep variables", "a long list", "a huge number"],
)
def test_a_body_is_no_larger_than_it_may_be(stranger: httpx2.Client, body: bytes, status: int) -> None:
    answer = stranger.post("/graphql", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == status
    assert "data" not in answer.json() and len(codes(answer.json())) == 1
