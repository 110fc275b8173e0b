"""The café's points, as it writes them: what earns them, and what they are worth."""

from dataclasses import dataclass

from cafe_graphql.core.money import MAX_TOTAL


@dataclass(frozen=True, slots=True)
class Scheme:
    """`points` are earned for every whole `per`, and one is worth `worth` when it is redeemed; both in minor units."""

    points: int
    per: int
    worth: int

    def offered(self, minor: int) -> int:
        """Give the points for what an order's lines come to after money off."""
        return min(minor // self.per * self.points, MAX_TOTAL)
