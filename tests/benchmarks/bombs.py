"""How long a request that is made to keep a server busy does so, until it is refused or may be run.

    make bench            every bomb, the worst last
    .venv/bin/python -m tests.benchmarks.bombs

Counted is all that happens before anything runs: parsing, limits, validation, and reading variables.
"""

import time

from cafe_graphql.app import pricing
from cafe_graphql.execution.engine import Engine, Request
from cafe_graphql.execution.errors import RequestError
from cafe_graphql.schema.root import core_schema
from tests.execution.explosive_values import BOMBS
from tests.execution.explosives import Bomb

TIMES = 5
TARGET_MS = 50.0


def prepare(engine: Engine, bomb: Bomb) -> str | None:
    """Do all that comes before running, and give the code of the refusal, if it is one."""
    request = Request(bomb.query, variables=bomb.variables)
    try:
        operation, ready = engine._ready(request, allow_mutation=False)
        engine._cost(operation, ready)
        engine._executor(operation, request.variables, None)
    except RequestError as refused:
        return str(refused.errors[0]["extensions"]["code"])
    return None


def milliseconds(bomb: Bomb) -> tuple[float, str | None]:
    """Give the shortest of a few times, each with an engine that has seen nothing."""
    best, code = float("inf"), None
    for _ in range(TIMES):
        engine = Engine(core_schema(), costs=pricing())
        prepare(engine, Bomb("", "{ menu { version } }", None))
        started = time.perf_counter()
        code = prepare(engine, bomb)
        best = min(best, (time.perf_counter() - started) * 1_000)
    return best, code


def main() -> None:
    measured = [(*milliseconds(bomb), bomb.name) for bomb in BOMBS]
    for spent, code, name in sorted(measured, key=lambda row: row[0]):
        print(f"{spent:8.1f} ms  {code or 'may run':34} {name}")
    over = sum(spent > TARGET_MS for spent, _, _ in measured)
    print(f"{len(measured)} bombs, {over} take longer than {TARGET_MS:.0f} ms")


if __name__ == "__main__":
    main()
