"""The tables, as typed rows. Instants are microseconds since 1970 UTC; prices are minor units."""

from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Index, Table, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

COUNTS = "status != 'cancelled'"
"""Which orders count as sold. SQLite uses an index of those alone only where a statement says it in the same words."""


UNDER_WAY = "state IN ('pending', 'authorised')"
"""Which payments, and which refunds, are neither made nor given up; said in the same words for the same reason."""


DONE = "state = 'done'"
"""Which refunds have given money back, which they did when they last changed; said in the same words, too."""


def table(row: type[SQLModel]) -> Table:
    """Give the SQLAlchemy table behind a row type, for Core statements."""
    its_table: Table = row.__table__  # type: ignore[attr-defined]
    return its_table


def _json(default: str | None = None) -> Any:
    return Field(sa_column=Column(JSON, nullable=False, server_default=default))


def _none_yet() -> Any:
    return Field(sa_column_kwargs={"server_default": "0"})


class CafeRow(SQLModel, table=True):
    """The café itself: one row, whose `menu_version` grows with every change that a guest could see."""

    __tablename__: ClassVar[Any] = "cafe"

    id: int = Field(primary_key=True)
    name: str
    currency: str
    time_zone: str
    locale: str
    hours: Any = _json()
    stations: int = Field(sa_column_kwargs={"server_default": "2"})
    slot_minutes: int = Field(sa_column_kwargs={"server_default": "15"})
    slot_capacity: int = Field(sa_column_kwargs={"server_default": "12"})
    tax_rates: Any = _json("[]")
    tax: str | None
    promo_codes: Any = _json("[]")
    loyalty: Any = Field(sa_column=Column(JSON(none_as_null=True)))
    menu_version: int


class CategoryRow(SQLModel, table=True):
    """A heading of the menu; hidden when it vanished from the menu file."""

    __tablename__: ClassVar[Any] = "categories"

    id: int = Field(primary_key=True)
    slug: str = Field(unique=True)
    name: str
    tax: str | None
    position: int
    is_hidden: bool


class OptionGroupRow(SQLModel, table=True):
    """A shared option group; `options` holds its options in order, as the menu file has them."""

    __tablename__: ClassVar[Any] = "option_groups"

    id: int = Field(primary_key=True)
    slug: str = Field(unique=True)
    name: str
    position: int
    min: int
    max: int | None
    options: Any = _json()
    is_hidden: bool


class ItemRow(SQLModel, table=True):
    """An item; `uses` says how it asks the shared groups. Orders point here, so rows are hidden, never deleted."""

    __tablename__: ClassVar[Any] = "items"

    id: int = Field(primary_key=True)
    slug: str = Field(unique=True)
    name: str
    category_id: int = Field(foreign_key="categories.id", index=True)
    position: int
    price: int
    description: str | None
    image_url: str | None
    calories: int | None
    prep_seconds: int
    allergens: Any = _json()
    diets: Any = _json()
    uses: Any = _json()
    recipe: Any = _json()
    is_available: bool
    is_hidden: bool


class IngredientRow(SQLModel, table=True):
    """An ingredient. `on_hand` is the sum of its moves, kept here to be asked, and like all amounts in thousandths."""

    __tablename__: ClassVar[Any] = "ingredients"
    __table_args__ = (CheckConstraint("on_hand >= 0"),)

    id: int = Field(primary_key=True)
    slug: str = Field(unique=True)
    name: str
    position: int
    unit: str
    on_hand: int = Field(sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    low_stock_at: int | None = Field(sa_type=BigInteger)
    is_hidden: bool


class PantryMoveRow(SQLModel, table=True):
    """The pantry's ledger: a row for each time that there was more or less of something, and why.

    `on_hand` is what there was after it. For an order, `line_id` is the line that it was for.
    """

    __tablename__: ClassVar[Any] = "pantry_moves"
    __table_args__ = (
        Index("ix_pantry_moves_order", "order_id", sqlite_where=text("order_id IS NOT NULL")),
        {"sqlite_autoincrement": True},
    )

    id: int = Field(primary_key=True)
    ingredient_id: int = Field(foreign_key="ingredients.id")
    at: int = Field(sa_type=BigInteger)
    actor: str
    actor_name: str
    kind: str
    change: int = Field(sa_type=BigInteger)
    on_hand: int = Field(sa_type=BigInteger)
    order_id: int | None = Field(foreign_key="orders.id")
    line_id: int | None = Field(foreign_key="order_lines.id")
    note: str | None


class MenuEventRow(SQLModel, table=True):
    """What was changed on the menu, when and by whom; `slug` is the item's, null when a whole menu was loaded."""

    __tablename__: ClassVar[Any] = "menu_events"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int = Field(primary_key=True)
    at: int = Field(sa_type=BigInteger)
    actor: str
    actor_name: str
    slug: str | None = Field(index=True)
    kind: str
    data: Any = _json()


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
    adjustments: Any = _json()
    taxes: Any = _json("[]")
    discount: int = _none_yet()
    total: int
    promo_code: str | None
    points: int = _none_yet()
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
    paid: int = _none_yet()
    pending: int = _none_yet()
    refunded: int = _none_yet()
    refunding: int = _none_yet()
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
    choices: Any = _json()
    allergens: Any = _json()
    calories: int | None
    unit_price: int
    discount: int = _none_yet()
    tax: int = _none_yet()
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
    data: Any = _json()


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
    made: Any = _json()


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
    points: int = _none_yet()
    points_owed: int = _none_yet()


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
    scopes: Any = _json()
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
    content: Any = _json()
