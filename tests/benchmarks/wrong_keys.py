"""Whether the time that a wrong key takes tells anything: how near to a right one it is, or that it was one once.

    .venv/bin/python -m tests.benchmarks.wrong_keys          2,000 rounds
    .venv/bin/python -m tests.benchmarks.wrong_keys ROUNDS

In each round every kind of credential is tried once, in an order of chance, so that what slows the machine slows them
all. Two kinds that take the same time differ by a median of nothing and a z (Mann and Whitney) between -3 and 3. One
that was revoked may take a microsecond more, for its row is found and passed over: whoever sends it had all of it.
"""

import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import combinations
from math import sqrt
from pathlib import Path

from cafe_graphql.core.errors import Unauthenticated
from cafe_graphql.core.people import HOUSE, Scope
from cafe_graphql.services import key_cutting
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.recognising import Callers, Credential
from tests.services.books import opened

HOUSE_KEY = "the key of the house"


def main(rounds: int = 2_000) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder) / "cafe.db") as cafe:
        took = asyncio.run(_measured(cafe, rounds))
    for kind, times in took.items():
        print(f"{kind:24} median {statistics.median(times) * 1e6:7.1f} µs")
    for one, other in combinations(took, 2):
        print(f"{one:24} {other:24} z {_z(took[one], took[other]):+5.1f}")


async def _measured(cafe: Cafe, rounds: int) -> Mapping[str, list[float]]:
    made = [await key_cutting.cut(cafe, HOUSE, "till", [Scope.KITCHEN]) for _ in range(100)]
    await key_cutting.revoke(cafe, HOUSE, made[1].key.public_id)
    kinds = {
        "nothing like a key": "x" * len(made[0].secret),
        "one letter off": made[0].secret[:-1] + "_",
        "revoked": made[1].secret,
        "one off the house's key": HOUSE_KEY[:-1] + "_",
    }
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    callers = Callers(cafe, HOUSE_KEY)
    for _ in range(rounds):
        for kind in random.sample(sorted(kinds), len(kinds)):
            start = time.perf_counter()
            with suppress(Unauthenticated):
                await callers.recognise(Credential.of(kinds[kind]))
            took[kind].append(time.perf_counter() - start)
    return took


def _z(one: Sequence[float], other: Sequence[float]) -> float:
    """How many standard deviations the sum of the ranks is from that of samples of one and the same thing."""
    ranked = sorted([(value, True) for value in one] + [(value, False) for value in other])
    ranks = sum(rank for rank, (_, is_one) in enumerate(ranked, 1) if is_one)
    n, m = len(one), len(other)
    return (ranks - n * (n + m + 1) / 2) / sqrt(n * m * (n + m + 1) / 12)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
