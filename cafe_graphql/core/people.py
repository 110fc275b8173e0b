"""The people who act: every act in the café is somebody's."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. `name` is what history remembers; idempotency keys are each actor's own."""

    name: str


GUEST = Actor("guest")
"""Somebody who has not said who they are."""
