"""The order book's tables."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from cafe_graphql.store.tables.columns import json_column, none_yet

COUNTS = "status != 'cancelled'"
"""Which orders count as sold. SQLite uses an index of those alone only where a statement says it in the same words."""


class OrderRow(SQLModel, table=True):
    """An order. `id` grows in the order of commit, and `placed_at` with it, so a page is a range of ids.

    `discount` is the money off that is among the adjustments, and `promo_code` the key of the code that has been used;
    `points` are earned by paying for it.
    `queue_promise` is `estimated_ready_at` while the kitchen has the order before it; null from then on, and while an
    order that was placed waits to be paid. `paid`, `pending`, `refunded` and `refunding` are what its payments and
    refunds add up to, `was_paid_up` whether all of it was there at one time.
    """

    __tablename__: ClassVar[Any] = "orders"
    __table_args__ = (
        UniqueConstraint("business_date", "sequence"),
        Index("ix_orders_status", "status", "id"),
        Index("ix_orders_queue", "queue_promise", "id", sqlite_where=text("queue_promise IS NOT NULL")),
        Index("ix_orders_pickup", "pickup_at", sqlite_where=text("pickup_at IS NOT NULL")),
        Index("ix_orders_status_updated", "status", "updated_at"),
        Index(
            "ix_orders_sales",
            "currency",
            "business_date",
            "placed_at",
            "subtotal",
            "discount",
            sqlite_where=text(COUNTS),
        ),
        Index("ix_orders_customer", "customer_id", "id", sqlite_where=text("customer_id IS NOT NULL")),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(primary_key=True)
    public_id: str = Field(unique=True)
    tracking_token: str = Field(unique=True)
    business_date: str
    sequence: int
    number: str = Field(index=True)
    status: str
    version: int
    currency: str
    subtotal: int
    adjustments: Any = json_column()
    taxes: Any = json_column("[]")
    discount: int = none_yet()
    total: int
    promo_code: str | None
    points: int = none_yet()
    customer_name: str | None
    note: str | None
    placed_at: int = Field(sa_type=BigInteger, index=True)
    updated_at: int = Field(sa_type=BigInteger, index=True)
    pickup_at: int | None = Field(sa_type=BigInteger)
    estimated_ready_at: int | None = Field(sa_type=BigInteger)
    queue_promise: int | None = Field(sa_type=BigInteger)
    work_seconds: int = Field(sa_column_kwargs={"server_default": "0"})
    placed_by: str
    customer_id: int | None = Field(foreign_key="people.id")
    paid: int = none_yet()
    pending: int = none_yet()
    refunded: int = none_yet()
    refunding: int = none_yet()
    was_paid_up: bool = Field(default=False, sa_column_kwargs={"server_default": "0"})


class OrderLineRow(SQLModel, table=True):
    """A line as sold; `discount` and `tax` are its parts of the order's."""

    __tablename__: ClassVar[Any] = "order_lines"
    __table_args__ = (Index("ix_order_lines_item", "item_id", "order_id", "quantity", "unit_price", "discount"),)

    id: int = Field(primary_key=True)
    order_id: int = Field(foreign_key="orders.id", index=True)
    item_id: int = Field(foreign_key="items.id")
    name: str
    quantity: int
    choices: Any = json_column()
    allergens: Any = json_column()
    calories: int | None
    unit_price: int
    discount: int = none_yet()
    tax: int = none_yet()
    note: str | None
    is_done: bool = Field(sa_column_kwargs={"server_default": false()})


class OrderEventRow(SQLModel, table=True):
    """History: one row for each change to an order, in the order of commit, in the change's own transaction."""

    __tablename__: ClassVar[Any] = "order_events"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(primary_key=True)
    order_id: int = Field(foreign_key="orders.id", index=True)
    kind: str
    at: int = Field(sa_type=BigInteger)
    actor: str
    data: Any = json_column()


class IdempotencyKeyRow(SQLModel, table=True):
    """Which order an actor's key has placed; `fingerprint` tells the same input from another."""

    __tablename__: ClassVar[Any] = "idempotency_keys"

    actor: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    order_id: int = Field(foreign_key="orders.id")


class PromoUseRow(SQLModel, table=True):
    """How many orders have used a promo code, by its key: those of an account, and under the number 0 those of all."""

    __tablename__: ClassVar[Any] = "promo_uses"

    code: str = Field(primary_key=True)
    customer_id: int = Field(primary_key=True)
    uses: int
