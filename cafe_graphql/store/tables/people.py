"""The tables of those with accounts, and of keys."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from cafe_graphql.store.tables.columns import json_column, none_yet


class PersonRow(SQLModel, table=True):
    """Somebody with an account: known by a password here, or by an issuer's word for a subject of its own.

    The address of an outside identity may be that of another account, for whoever signed up with it first need not own
    it; so it never opens that other account. `points` can be spent; `points_owed` were taken back when they were spent.
    """

    __tablename__: ClassVar[Any] = "people"
    __table_args__ = (
        CheckConstraint("points >= 0"),
        CheckConstraint("points_owed >= 0"),
        Index("ix_people_email", "email", unique=True, sqlite_where=text("password_hash IS NOT NULL")),
        UniqueConstraint("issuer", "subject"),
    )

    id: int = Field(primary_key=True)
    public_id: str = Field(unique=True)
    name: str
    email: str | None
    password_hash: str | None
    issuer: str | None
    subject: str | None
    role: str
    created_at: int = Field(sa_type=BigInteger)
    points: int = none_yet()
    points_owed: int = none_yet()


class PointsRow(SQLModel, table=True):
    """The ledger of points: by how much an order has changed a customer's `points` and `points_owed`, and why."""

    __tablename__: ClassVar[Any] = "points"

    id: int = Field(primary_key=True)
    customer_id: int = Field(foreign_key="people.id", index=True)
    order_id: int = Field(foreign_key="orders.id", index=True)
    kind: str
    points: int
    owed: int
    at: int = Field(sa_type=BigInteger)


class ApiKeyRow(SQLModel, table=True):
    """A key: `digest` is the SHA-256 of its secret, which is kept nowhere; `prefix` is how the secret begins."""

    __tablename__: ClassVar[Any] = "api_keys"

    id: int = Field(primary_key=True)
    public_id: str = Field(unique=True)
    name: str
    prefix: str
    digest: str = Field(unique=True)
    scopes: Any = json_column()
    created_at: int = Field(sa_type=BigInteger)
    created_by: str
    last_used_at: int | None = Field(sa_type=BigInteger)
    expires_at: int | None = Field(sa_type=BigInteger)
    revoked_at: int | None = Field(sa_type=BigInteger)
    revoked_by: str | None


class SigningKeyRow(SQLModel, table=True):
    """A secret that sessions are signed with, under the `kid` that they carry; the newest signs, all are believed."""

    __tablename__: ClassVar[Any] = "signing_keys"

    kid: str = Field(primary_key=True)
    secret: str
    created_at: int = Field(sa_type=BigInteger)
