"""The pantry's tables: what there is, and every movement of it."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel


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
