"""Follows a problem's path into the draft that it was found in, the way a guest's program would."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass

from cafe_graphql.core.problems import Path

_IN_CORE = {
    "pickupAt": "pickup_at",
    "customerName": "customer_name",
    "promoCode": "promo_code",
    "redeemPoints": "redeem_points",
    "minorUnits": "minor",
    "options": "choices",
}
"""What the input's words are called in the core."""


def walk(value: object, path: Path) -> object:
    """Give what lies at `path`; fails when there is no such place."""
    for step in path:
        if isinstance(value, Sequence):
            value = value[int(step)]
        else:
            name = _IN_CORE.get(step, step)
            assert is_dataclass(value) and name in {field.name for field in fields(value)}, path
            value = getattr(value, name)
    return value
