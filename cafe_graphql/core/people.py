"""The people and programs who act: every act in the café is somebody's."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What somebody with an account is to the café."""

    CUSTOMER = "customer"
    BARISTA = "barista"
    MANAGER = "manager"


class Scope(StrEnum):
    """One part of the café's work that a key or a member of staff is trusted with."""

    ORDERS_READ = "orders_read"
    ORDERS_PLACE = "orders_place"
    KITCHEN = "kitchen"
    MENU_WRITE = "menu_write"
    PANTRY_WRITE = "pantry_write"
    PAYMENTS = "payments"
    REPORTS = "reports"
    KEYS = "keys"


SCOPES: Mapping[Role, frozenset[Scope]] = {
    Role.CUSTOMER: frozenset(),
    Role.BARISTA: frozenset((Scope.ORDERS_READ, Scope.ORDERS_PLACE, Scope.KITCHEN, Scope.PANTRY_WRITE, Scope.PAYMENTS)),
    Role.MANAGER: frozenset(Scope),
}
"""What each role is trusted with."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. `id` tells actors apart, `name` is what an order's history shows to its guest.

    `person_id` is the store's number of somebody with an account, whose `role` says what they are; `key_id` that of a
    program's key. After the instant `until` they have to say anew who they are.
    """

    id: str
    name: str
    scopes: frozenset[Scope] = frozenset()
    role: Role | None = None
    person_id: int | None = None
    key_id: int | None = None
    until: datetime | None = None

    @property
    def is_guest(self) -> bool:
        """Whether nothing is known of who this is."""
        return self.id == GUEST.id

    @property
    def standing(self) -> Hashable:
        """What decides what they see of anything: actors of one standing see the same."""
        return self.scopes, self.person_id


GUEST = Actor("guest", "guest")
"""Somebody who has not said who they are."""

HOUSE = Actor("house", "house", frozenset(Scope))
"""Whoever has the café's own key, which is kept in its settings and not in its books."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. `id` is the store's number, `public_id` what callers see.

    `email` is None when an outside identity came without; `points` are those that they can spend.
    """

    id: int
    public_id: str
    name: str
    email: str | None
    role: Role
    points: int = 0

    def actor(self, until: datetime) -> Actor:
        """Give the person as one who acts until then; history names staff, and no customers."""
        name = "customer" if self.role is Role.CUSTOMER else self.name
        return Actor(f"person:{self.id}", name, SCOPES[self.role], self.role, person_id=self.id, until=until)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A program's key, without its secret. `prefix` is how its secret begins, for people to tell keys apart."""

    id: int
    public_id: str
    name: str
    prefix: str
    scopes: frozenset[Scope]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None

    @property
    def actor(self) -> Actor:
        """The key as one who acts."""
        return Actor(f"key:{self.id}", self.name, self.scopes, key_id=self.id, until=self.expires_at)
