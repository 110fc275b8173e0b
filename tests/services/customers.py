"""Customers with accounts, who need no password to be somebody in a test."""

import asyncio
from datetime import timedelta

from cafe_graphql.core.people import Actor, Person, Role
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.store import people
from cafe_graphql.store.people import Proof
from tests.services.books import NOON


def customer(cafe: Cafe, name: str, role: Role = Role.CUSTOMER) -> Actor:
    """Open an account, and give whoever it belongs to as one who acts."""
    return person(cafe, name, role).actor(NOON + timedelta(days=365))


def person(cafe: Cafe, name: str, role: Role = Role.CUSTOMER) -> Person:
    """Open an account."""
    proof = Proof(issuer="https://accounts.example", subject=name)
    return asyncio.run(cafe.store.write(people.add, name, name, f"{name}@example.com", role, proof, NOON))
