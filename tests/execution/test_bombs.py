"""Requests that are made to keep a server busy are refused, each in words of its own, before they do."""

import time

import pytest

from cafe_graphql.app import pricing
from cafe_graphql.execution.engine import Engine
from cafe_graphql.schema.root import core_schema
from tests.benchmarks.bombs import prepare
from tests.execution.explosive_values import BOMBS
from tests.execution.explosives import Bomb


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.name)
def test_a_bomb_is_told_what_it_is_and_takes_no_time(bomb: Bomb) -> None:
    started = time.process_time()

    assert prepare(Engine(core_schema(), costs=pricing()), bomb) == bomb.code

    # It takes less than 50 ms on a quiet machine (`make bench` measures it); most of these took minutes.
    assert time.process_time() - started < 2
