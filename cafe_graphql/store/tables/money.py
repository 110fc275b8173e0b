"""The till's tables: payments, what was given back, and receipts."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from cafe_graphql.store.tables.columns import json_column

UNDER_WAY = "state IN ('pending', 'authorised')"
"""Which payments, and which refunds, are neither made nor given up; said in the same words for the same reason."""


DONE = "state = 'done'"
"""Which refunds have given money back, which they did when they last changed; said in the same words, too."""


class PaymentRow(SQLModel, table=True):
    """A payment, from when it is first asked for; `gateway` is who took the card, null for cash."""

    __tablename__: ClassVar[Any] = "payments"
    __table_args__ = (Index("ix_payments_under_way", "id", sqlite_where=text(UNDER_WAY)),)

    id: int = Field(primary_key=True)
    public_id: str = Field(unique=True)
    order_id: int = Field(foreign_key="orders.id", index=True)
    method: str
    state: str
    amount: int
    refunded: int
    gateway: str | None
    reference: str | None
    card: str | None
    reason: str | None
    actor: str
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int = Field(sa_type=BigInteger)


class RefundRow(SQLModel, table=True):
    """Money given back of one payment, from when it is first asked for."""

    __tablename__: ClassVar[Any] = "refunds"
    __table_args__ = (
        Index("ix_refunds_under_way", "id", sqlite_where=text(UNDER_WAY)),
        Index("ix_refunds_done", "updated_at", "order_id", "amount", sqlite_where=text(DONE)),
    )

    id: int = Field(primary_key=True)
    public_id: str = Field(unique=True)
    order_id: int = Field(foreign_key="orders.id", index=True)
    payment_id: int = Field(foreign_key="payments.id", index=True)
    state: str
    amount: int
    reason: str | None
    failure: str | None
    actor: str
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int = Field(sa_type=BigInteger)


class MoneyKeyRow(SQLModel, table=True):
    """Which payment, or which refunds, an actor's key has made; `fingerprint` tells the same input from another."""

    __tablename__: ClassVar[Any] = "money_keys"

    actor: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    made: Any = json_column()


class ReceiptRow(SQLModel, table=True):
    """A receipt as issued, never changed or deleted; `sequence` counts on by one, and an order has one for its sale."""

    __tablename__: ClassVar[Any] = "receipts"
    __table_args__ = (
        Index("ix_receipts_order", "order_id", "sequence"),
        Index("ix_receipts_sale", "order_id", unique=True, sqlite_where=text("kind = 'sale'")),
    )

    sequence: int = Field(primary_key=True)
    token: str = Field(unique=True)
    order_id: int = Field(foreign_key="orders.id")
    kind: str
    issued_at: int = Field(sa_type=BigInteger)
    content: Any = json_column()
