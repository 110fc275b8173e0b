"""Documents are prepared once, bounded, and taken apart into operations."""

import gc
from typing import Any

import pytest
from graphql import OperationType, Token

from cafe_graphql.execution.answers import Outcome
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.execution.prepared import Bounds, Documents
from tests.execution import corner

TWO_ORDERS = 'mutation Breakfast { order(item: "Latte") } mutation Lunch { order(item: "Soup") }'


def documents(**bounds: int) -> Documents:
    return Documents(corner.schema._schema, bounds=Bounds(**bounds))


def refusal(text: str, **bounds: int) -> tuple[Outcome, list[dict[str, Any]]]:
    with pytest.raises(RequestError) as refused:
        documents(**bounds).prepared(text)
    return refused.value.outcome, refused.value.errors


def codes(text: str, **bounds: int) -> list[str]:
    return [error["extensions"]["code"] for error in refusal(text, **bounds)[1]]


def test_a_document_is_prepared_once_and_then_remembered() -> None:
    shelf = documents()

    first = shelf.prepared("{ drink { name } }")

    assert shelf.prepared("{ drink { name } }") is first
    assert len(shelf) == 1


def test_the_document_used_longest_ago_goes_first() -> None:
    shelf = documents(max_kept_documents=2)
    latte = shelf.prepared("{ latte: drink { name } }")
    mocha = shelf.prepared("{ mocha: drink { name } }")

    assert shelf.prepared("{ latte: drink { name } }") is latte
    shelf.prepared("{ chai: drink { name } }")

    assert len(shelf) == 2
    assert shelf.prepared("{ latte: drink { name } }") is latte
    assert shelf.prepared("{ mocha: drink { name } }") is not mocha


def test_long_documents_push_out_as_many_others_as_they_are_long() -> None:
    shelf = documents(max_kept_characters=100)
    for name in ("latte", "mocha", "chai"):
        shelf.prepared(f"{{ {name}: drink {{ name }} }}")
    assert len(shelf) == 3

    shelf.prepared(f"{{ drink {{ name }} }} #{'.' * 70}")
    assert len(shelf) == 1

    shelf.prepared(f"{{ drink {{ name }} }} #{'.' * 100}")
    assert len(shelf) == 1, "one that is longer than the shelf is not put there"


def test_a_broken_document_takes_no_place_on_the_shelf() -> None:
    shelf = documents()

    for text in ("{", "{ soup }"):
        with pytest.raises(RequestError):
            shelf.prepared(text)

    assert len(shelf) == 0


def test_one_operation_needs_no_name() -> None:
    operation = documents().prepared("query Q { drink { ...D } } fragment D on Drink { name }").operation(None)

    assert operation.kind is OperationType.QUERY
    assert [definition.kind for definition in operation.document.definitions] == [
        "operation_definition",
        "fragment_definition",
    ]


def test_of_several_operations_the_named_one_is_meant() -> None:
    operation = documents().prepared(TWO_ORDERS).operation("Lunch")

    assert operation.node.name is not None and operation.node.name.value == "Lunch"
    assert operation.document.definitions == (operation.node,)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (None, "Which of the 2 operations is to run? Name it in operationName."),
        ("Dinner", "The document has no operation named 'Dinner'."),
        ("", "The document has no operation named ''."),
    ],
)
def test_an_operation_that_cannot_be_told_is_an_error(name: str | None, message: str) -> None:
    with pytest.raises(RequestError) as refused:
        documents().prepared(TWO_ORDERS).operation(name)

    assert refused.value.outcome is Outcome.UNRESOLVED
    assert refused.value.errors == [{"message": message, "extensions": {"code": "OPERATION_RESOLUTION_FAILURE"}}]


def test_what_is_not_graphql_is_told_with_its_place() -> None:
    assert refusal("{ drink {") == (
        Outcome.UNPARSABLE,
        [
            {
                "message": "Syntax Error: Expected Name, found <EOF>.",
                "locations": [{"line": 1, "column": 10}],
                "extensions": {"code": "GRAPHQL_PARSE_FAILED"},
            }
        ],
    )


def test_an_empty_selection_is_not_graphql() -> None:
    assert codes("{ drink { } }") == ["GRAPHQL_PARSE_FAILED"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "\ufeff",
        "{" * 50_000,
        "{a" * 5_000,
        "{drink(name:" + "[" * 2_000,
        "query($v:" + "[" * 2_000,
        '{ drink(name: "\\ud800") { name } }',
        '{ drink(name: "\ud800") { name } }',
    ],
)
def test_absurd_texts_are_refused_like_any_other_mistake(text: str) -> None:
    assert codes(text) == ["GRAPHQL_PARSE_FAILED"]


def test_at_most_five_mistakes_are_told() -> None:
    outcome, errors = refusal("{ a b c d e f g }")

    assert outcome is Outcome.INVALID
    assert [error["message"] for error in errors] == [
        f"Cannot query field '{name}' on type 'Query'." for name in "abcde"
    ]
    assert codes("{ a b c d e f g }") == ["GRAPHQL_VALIDATION_FAILED"] * 5


def test_a_message_does_not_grow_with_what_it_quotes() -> None:
    _, [error] = refusal("{ " + "x" * 49_000 + " }")

    assert len(error["message"]) == 500
    assert error["message"].startswith("Cannot query field 'xxx")


def test_a_value_refused_by_a_scalar_is_the_callers_mistake_in_the_scalars_words() -> None:
    assert refusal("{ sweetened(spoons: 9) }") == (
        Outcome.INVALID,
        [
            {
                "message": "Expected value of type 'Sugar', but encountered error "
                "'sugar comes in 0 to 5 spoons'; found: 9.",
                "locations": [{"line": 1, "column": 21}],
                "extensions": {"code": "BAD_USER_INPUT"},
            }
        ],
    )


def test_a_number_of_five_thousand_digits_is_no_int_and_python_is_not_quoted() -> None:
    _, [error] = refusal(f"{{ drinks(count: {'9' * 5_000}) {{ name }} }}")

    assert error["message"].startswith("Expected value of type 'Int'; found: 9999")
    assert len(error["message"]) == 500
    assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}


def test_a_document_that_is_dropped_leaves_nothing_to_be_looked_for() -> None:
    def tokens() -> int:
        return sum(type(thing) is Token for thing in gc.get_objects())

    shelf = documents(max_kept_documents=1)
    shelf.prepared("{" + " drink { name }" * 100 + "}")
    gc.collect()
    gc.disable()
    try:
        kept = tokens()
        shelf.prepared("{ drink { name } }")  # the first one goes
        assert tokens() < kept
    finally:
        gc.enable()
