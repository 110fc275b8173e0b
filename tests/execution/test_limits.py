"""Documents are bounded in every way, and whoever is beyond is told by how much and what to do."""

from typing import Any

import pytest
from graphql import parse

from cafe_graphql.execution.answers import Outcome
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.execution.limits import Limits, check_document
from cafe_graphql.execution.prepared import Documents
from tests.execution import corner

DRINK_BY_FRAGMENTS = "{ drink { ...A ...B } } fragment A on Drink { name ...B } fragment B on Drink { name }"


def refusal(text: str, **limits: int) -> list[dict[str, Any]]:
    """Give what is told of a document that is refused for its size."""
    with pytest.raises(RequestError) as refused:
        Documents(corner.schema._schema, limits=Limits(**limits)).prepared(text)
    assert refused.value.outcome is Outcome.TOO_LARGE
    return refused.value.errors


def told(message: str, code: str, limit: int, found: int | None, column: int | None = None) -> dict[str, Any]:
    numbers = {"limit": limit} if found is None else {"limit": limit, "found": found}
    place = {} if column is None else {"locations": [{"line": 1, "column": column}]}
    return {"message": message, **place, "extensions": {"code": code, **numbers}}


@pytest.mark.parametrize(
    ("text", "limits", "error"),
    [
        (
            "{ guest }",
            {"characters": 8},
            told("The document has 9 characters; at most 8 are read.", "DOCUMENT_LENGTH_LIMIT_EXCEEDED", 8, 9),
        ),
        (
            "{ guest }\n\n",
            {"lines": 1},
            told("The document has 2 lines; at most 1 are read.", "DOCUMENT_LENGTH_LIMIT_EXCEEDED", 1, 2),
        ),
        (
            "{ guest }",
            {"tokens": 2},
            told(
                "The document has more than 2 tokens, and is read no further. Ask in several requests.",
                "TOKEN_LIMIT_EXCEEDED",
                2,
                None,
            ),
        ),
        (
            "{ guest } # one\n # two",
            {"comments": 1},
            told(
                "The document has more than 1 comments, and is read no further. Ask in several requests.",
                "COMMENT_LIMIT_EXCEEDED",
                1,
                None,
            ),
        ),
        (
            "query A { guest } query B { guest }",
            {"operations": 1},
            told(
                "The document has 2 operations; at most 1 are allowed. Send those to run.",
                "OPERATION_LIMIT_EXCEEDED",
                1,
                2,
                19,
            ),
        ),
        (
            "{ drink { name } }",
            {"selections": 1},
            told(
                "The document has 2 selections; at most 1 are allowed. Ask for less, or in several requests.",
                "SELECTION_LIMIT_EXCEEDED",
                1,
                2,
                11,
            ),
        ),
        (
            "{ a: guest b: guest }",
            {"aliases": 1},
            told(
                "The document has 2 aliases; at most 1 are allowed. Ask for lists instead, or in several requests.",
                "ALIAS_LIMIT_EXCEEDED",
                1,
                2,
                12,
            ),
        ),
        (
            "{ guest @skip(if: false) tables @skip(if: false) }",
            {"directives": 1},
            told(
                "The document has 2 directives; at most 1 are allowed. Leave out what is always the same.",
                "DIRECTIVE_LIMIT_EXCEEDED",
                1,
                2,
                33,
            ),
        ),
        (
            "query ($a: Int @aa@aa@aa) { guest }",
            {"directives_at_one_place": 2},
            told(
                "There are 3 directives at one place; at most 2 are allowed. Drop some.",
                "DIRECTIVE_LIMIT_EXCEEDED",
                2,
                3,
                8,
            ),
        ),
        (
            DRINK_BY_FRAGMENTS,
            {"fragments": 1},
            told(
                "The document has 2 fragments; at most 1 are allowed. Join some of them.",
                "FRAGMENT_LIMIT_EXCEEDED",
                1,
                2,
                59,
            ),
        ),
        (
            DRINK_BY_FRAGMENTS,
            {"spreads": 2},
            told(
                "The document has 3 fragment spreads; at most 2 are allowed. Spread larger fragments.",
                "FRAGMENT_LIMIT_EXCEEDED",
                2,
                3,
                52,
            ),
        ),
        (
            DRINK_BY_FRAGMENTS,
            {"written_out": 6},
            told(
                "With its fragments written out, this operation has more than 6 selections. "
                "Spread fewer fragments within fragments.",
                "FRAGMENT_LIMIT_EXCEEDED",
                6,
                7,
                1,
            ),
        ),
        (
            DRINK_BY_FRAGMENTS,
            {"depth": 1},
            told(
                "Fields are nested 2 deep here; at most 1 are allowed. Ask for the inner ones apart.",
                "DEPTH_LIMIT_EXCEEDED",
                1,
                2,
                1,
            ),
        ),
        (
            "{ guest ...Rest } fragment Rest on Query { till ... { safe } }",
            {"root_fields": 2},
            told(
                "This operation has 3 root fields; at most 2 are allowed. Send several requests.",
                "ROOT_FIELD_LIMIT_EXCEEDED",
                2,
                3,
                1,
            ),
        ),
        (
            DRINK_BY_FRAGMENTS,
            {"duplicates": 1},
            told(
                "“name” is asked for 2 times at one place, fragments included; at most 1 are allowed. Once is enough.",
                "DUPLICATE_FIELD_LIMIT_EXCEEDED",
                1,
                2,
                3,
            ),
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) and "message" not in value else "",
)
def test_whoever_is_beyond_a_limit_is_told_which(text: str, limits: dict[str, int], error: dict[str, Any]) -> None:
    assert error in refusal(text, **limits)


def test_all_limits_that_a_document_is_beyond_are_told_at_once() -> None:
    errors = refusal("{ a: guest @aa@aa b: guest }", aliases=1, directives_at_one_place=1, selections=1)

    assert [error["extensions"]["code"] for error in errors] == [
        "SELECTION_LIMIT_EXCEEDED",
        "ALIAS_LIMIT_EXCEEDED",
        "DIRECTIVE_LIMIT_EXCEEDED",
    ]


def test_what_is_counted_with_fragments_in_place_stops_before_it_is_astronomical() -> None:
    links = " ".join(f"fragment F{n} on Drink {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))

    [error] = refusal(f"{{ drink {{ ...F0 }} }} {links} fragment F60 on Drink {{ name }}")

    assert error["extensions"] == {"code": "FRAGMENT_LIMIT_EXCEEDED", "limit": 5_000, "found": 10**9}


def test_a_fragment_within_itself_is_a_mistake_and_no_matter_of_size() -> None:
    check_document(
        parse("{ drink { ...A } } fragment A on Drink { ...B } fragment B on Drink { ...A ...Gone }"), Limits()
    )
