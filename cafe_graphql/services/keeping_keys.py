"""Keeping keys: what an actor's idempotency key has paid or refunded, so that asking again does it no second time."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cafe_graphql.core import validation
from cafe_graphql.core.orders import Order
from cafe_graphql.core.people import Actor
from cafe_graphql.core.problems import Problem, ProblemCode
from cafe_graphql.store import payments as till
from cafe_graphql.store.database import Connection


@dataclass(frozen=True, slots=True)
class Keyed:
    """An act that came with a key, or without one; `made`: what it made before, by numbers in the store."""

    owner: str
    key: str | None
    fingerprint: str
    made: tuple[int, ...] = ()
    is_taken: bool = False

    @classmethod
    def of(cls, connection: Connection, actor: Actor, order: Order, key: str | None, act: str, said: object) -> "Keyed":
        """Look up what this key has made; guests, who are all alike, share one with those of their own order."""
        owner = f"{actor.id}:{order.public_id}" if actor.is_guest else actor.id
        fingerprint = hashlib.sha256(repr((act, order.public_id, said)).encode()).hexdigest()
        if key is None or any(validation.key_problems(key)):
            return cls(owner, key, fingerprint)
        known = till.remembered(connection, owner, key)
        if known is None or known.fingerprint != fingerprint:
            return cls(owner, key, fingerprint, is_taken=known is not None)
        return cls(owner, key, fingerprint, made=known.made)

    def problems(self) -> Iterator[Problem]:
        """Say what is wrong with the key."""
        if self.key is not None:
            yield from validation.key_problems(self.key)
        if self.is_taken:
            message = "This key has paid, or refunded, something else already: use a new key for each."
            yield Problem(ProblemCode.IDEMPOTENCY_KEY_REUSED, message, ("idempotencyKey",))

    def remember(self, connection: Connection, made: Sequence[int]) -> None:
        """Note what was made."""
        if self.key is not None:
            till.remember(connection, self.owner, self.key, self.fingerprint, made)
