"""The README tells the truth: its queries give the answers that it shows, and its menu loads."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.gateways import terminal
from tests.running import WITH_KEY, running_cafe
from tests.web.test_rest import ask

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```graphql\n([^`]+)```\n```json\n([^`]+)```", README)

NEW_EACH_TIME = {"id", "trackingToken", "endCursor", "url"}
"""Fields whose value nobody can foresee; later queries of the README use those that it shows."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_cafe(tmp_path_factory.mktemp("readme") / "cafe.db") as url:
        yield url


def test_every_query_of_the_readme_gives_the_answer_that_it_shows(url: str) -> None:
    assert len(EXAMPLES) == 15
    given: dict[str, str] = {}
    for query, shown in EXAMPLES:
        for as_shown, as_given in given.items():
            query = query.replace(as_shown, as_given)
        is_the_staff_s = "orders(" in query or "adjustPantry(" in query
        headers = WITH_KEY if is_the_staff_s else {}
        _, answer = ask(f"{url}/graphql", {"query": query}, **headers)
        expected = json.loads(shown)
        given |= dict(_unforeseeable(expected, answer))
        assert _with(answer, {value: key for key, value in given.items()}) == expected, query


def test_the_script_of_the_readme_places_its_order(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    [script] = re.findall(r"```python\n(.+?)```", README, re.DOTALL)

    exec(script.replace("http://127.0.0.1:8000", url), {})

    assert "'total': {'formatted': '$4.00'}" in capsys.readouterr().out


def test_the_readme_names_every_card_that_the_terminal_knows() -> None:
    named = re.findall(r"^\| (4[0-9 ]{18}) \| `(tok_\w+)` \|", README, re.MULTILINE)

    assert [(number.replace(" ", ""), token) for number, token in named] == [
        (card.number, card.token) for card in terminal.CARDS[1:]
    ]


def test_the_menu_of_the_readme_loads() -> None:
    [menu] = re.findall(r"```toml\n(.+?)```", README, re.DOTALL)

    assert [item.slug for item in menu_file.read(menu).items] == ["latte"]


def _unforeseeable(shown: Any, given: Any) -> Iterator[tuple[str, str]]:
    """Pair the values that are new each time, as the README shows them, with those of this run."""
    if isinstance(shown, dict) and isinstance(given, dict):
        for key in shown.keys() & given.keys():
            if key in NEW_EACH_TIME and isinstance(shown[key], str) and isinstance(given[key], str):
                yield shown[key], given[key]
            yield from _unforeseeable(shown[key], given[key])
    elif isinstance(shown, list) and isinstance(given, list):
        for one, other in zip(shown, given, strict=False):
            yield from _unforeseeable(one, other)


def _with(answer: Any, values: dict[str, str]) -> Any:
    """The answer with some of its strings exchanged."""
    if isinstance(answer, dict):
        return {key: _with(value, values) for key, value in answer.items()}
    if isinstance(answer, list):
        return [_with(value, values) for value in answer]
    return values.get(answer, answer) if isinstance(answer, str) else answer
