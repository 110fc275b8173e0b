"""Variables are bounded before they are read: how many, how deep, how long."""

from typing import Any

import pytest

from cafe_graphql.execution.answers import Outcome
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.execution.limits import Limits, check_variables
from tests.execution.test_limits import told


@pytest.mark.parametrize(
    ("variables", "limits", "error"),
    [
        (
            {"lines": [1, 2, 3]},
            {"list_length": 2},
            told(
                "A list in the variables has 3 entries; at most 2 are read. Send them in parts.",
                "VARIABLES_LIMIT_EXCEEDED",
                2,
                3,
            ),
        ),
        (
            {"lines": [{"item": "latte"}, {"item": "tea", "quantity": 2}]},
            {"values": 5},
            told(
                "The variables have more than 5 values, with all that is in lists and objects. Send less at once.",
                "VARIABLES_LIMIT_EXCEEDED",
                5,
                6,
            ),
        ),
        (
            {"lines": [{"options": []}]},
            {"value_depth": 3},
            told(
                "The variables nest lists and objects more than 3 deep; nothing here takes that.",
                "VARIABLES_LIMIT_EXCEEDED",
                3,
                4,
            ),
        ),
        (
            {"note": "Thanks!"},
            {"text_length": 6},
            told(
                "A text in the variables has 7 characters; at most 6 are read.",
                "VARIABLES_LIMIT_EXCEEDED",
                6,
                7,
            ),
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) and "message" not in value else "",
)
def test_variables_are_bounded_too(variables: dict[str, Any], limits: dict[str, int], error: dict[str, Any]) -> None:
    check_variables(variables, Limits())

    with pytest.raises(RequestError) as refused:
        check_variables(variables, Limits(**limits))

    assert (refused.value.outcome, refused.value.errors) == (Outcome.TOO_LARGE, [error])
