"""People with accounts in the store."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, insert, select, update

from cafe_graphql.core.people import Person, Role
from cafe_graphql.store.tables import PersonRow, table
from cafe_graphql.store.times import to_micros

people = table(PersonRow)

_ADD = insert(people)
_BY_ID = select(people).where(people.c.id == bindparam("id"))
_BY_IDS = select(people).where(people.c.id.in_(bindparam("ids", expanding=True)))
_BY_PUBLIC_ID = select(people).where(people.c.public_id == bindparam("public_id"))
_BY_EMAIL = select(people).where(people.c.email == bindparam("email"), people.c.password_hash.is_not(None))
_BY_IDENTITY = select(people).where(people.c.issuer == bindparam("issuer"), people.c.subject == bindparam("subject"))


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody is known by: the hash of a password, or the name that an issuer has for them."""

    password_hash: str | None = None
    issuer: str | None = None
    subject: str | None = None


def add(
    connection: Connection, public_id: str, name: str, email: str | None, role: Role, proof: Proof, at: datetime
) -> Person:
    """Open an account."""
    row = {
        "public_id": public_id,
        "name": name,
        "email": email,
        "role": role.value,
        "password_hash": proof.password_hash,
        "issuer": proof.issuer,
        "subject": proof.subject,
        "created_at": to_micros(at),
    }
    person_id: int = connection.execute(_ADD, row).lastrowid
    return Person(person_id, public_id, name, email, role)


def by_id(connection: Connection, person_id: int) -> Person | None:
    """Give the person with this number in the store."""
    return _one(connection, _BY_ID, {"id": person_id})


def by_ids(connection: Connection, person_ids: Iterable[int]) -> dict[int, Person]:
    """Give the people with these numbers in the store, by their numbers."""
    rows = connection.execute(_BY_IDS, {"ids": list(person_ids)}).mappings()
    return {row["id"]: _person(row) for row in rows}


def by_public_id(connection: Connection, public_id: str) -> Person | None:
    """Give the person that callers know by this id."""
    return _one(connection, _BY_PUBLIC_ID, {"public_id": public_id})


def by_identity(connection: Connection, issuer: str, subject: str) -> Person | None:
    """Give the person that an issuer knows by this name."""
    return _one(connection, _BY_IDENTITY, {"issuer": issuer, "subject": subject})


def with_password(connection: Connection, email: str) -> tuple[Person, str] | None:
    """Give who signs in with this address, and the hash of their password."""
    row = connection.execute(_BY_EMAIL, {"email": email}).mappings().first()
    return None if row is None else (_person(row), row["password_hash"])


def change_password_hash(connection: Connection, person: Person, password_hash: str) -> None:
    """Keep another hash of the same password."""
    connection.execute(update(people).where(people.c.id == person.id).values(password_hash=password_hash))


def with_email(connection: Connection, email: str) -> list[Person]:
    """Give everybody with this address: at most one of them has a password here, the others are known elsewhere."""
    return [_person(row) for row in connection.execute(select(people).where(people.c.email == email)).mappings()]


def change_role(connection: Connection, person: Person, role: Role) -> Person:
    """Give somebody another role."""
    connection.execute(update(people).where(people.c.id == person.id).values(role=role.value))
    return replace(person, role=role)


def _one(connection: Connection, statement: Select[Any], values: dict[str, object]) -> Person | None:
    row = connection.execute(statement, values).mappings().first()
    return None if row is None else _person(row)


def _person(row: RowMapping) -> Person:
    return Person(row["id"], row["public_id"], row["name"], row["email"], Role(row["role"]), row["points"])
