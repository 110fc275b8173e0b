"""Clairvoyance, run for real, guesses nothing of the schema in production, though it is handed every name in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from cafe_graphql.schema.root import core_schema
from tests.clients.serving import serve
from tests.security import gullible
from tests.security.clairvoyant import recovered


def _names() -> Iterator[str]:
    for type_ in core_schema().type_map.values():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not type_.name.startswith("__"):
            for name, field in type_.fields.items():
                yield from (name, *field.args)
        elif isinstance(type_, GraphQLInputObjectType):
            yield from type_.fields


EVERY_NAME = sorted(set(_names()))
QUERY = core_schema().query_type
assert QUERY is not None
ROOTS = list(QUERY.fields)


@pytest.mark.parametrize(
    ("words", "at_once"),
    [(EVERY_NAME, 64), (EVERY_NAME, 4), (ROOTS, 1)],
    ids=["as it comes", "patiently", "one at a time"],
)
def test_in_production_it_recovers_nothing(production: str, tmp_path: Path, words: list[str], at_once: int) -> None:
    assert recovered(f"{production}/graphql", words, tmp_path, at_once=at_once) == {}
    assert "It is very likely that Field Suggestion is not fully enabled" in (tmp_path / "clairvoyance.log").read_text()


def test_in_development_it_recovers_what_it_asks_for_patiently(cafe_server: str, tmp_path: Path) -> None:
    assert recovered(f"{cafe_server}/graphql", ROOTS, tmp_path, at_once=4)["Query"] == set(ROOTS)


def test_of_a_server_that_believes_everybody_it_recovers_whatever_it_has_words_for(tmp_path: Path) -> None:
    with serve(gullible.server()) as (host, port):
        found = recovered(f"http://{host}:{port}/graphql", [*ROOTS, "name", "price", "items", "formatted"], tmp_path)

    assert found["Query"] == set(ROOTS)
    assert found["MenuItem"] >= {"name", "price"} and found["Money"] == {"formatted"}
