"""The menu's tables, and the record of its changes."""

from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Column
from sqlmodel import Field, SQLModel

from cafe_graphql.store.tables.columns import json_column


class CafeRow(SQLModel, table=True):
    """The café itself: one row, whose `menu_version` grows with every change that a guest could see."""

    __tablename__: ClassVar[Any] = "cafe"

    id: int = Field(primary_key=True)
    name: str
    currency: str
    time_zone: str
    locale: str
    hours: Any = json_column()
    stations: int = Field(sa_column_kwargs={"server_default": "2"})
    slot_minutes: int = Field(sa_column_kwargs={"server_default": "15"})
    slot_capacity: int = Field(sa_column_kwargs={"server_default": "12"})
    tax_rates: Any = json_column("[]")
    tax: str | None
    promo_codes: Any = json_column("[]")
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
    options: Any = json_column()
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
    allergens: Any = json_column()
    diets: Any = json_column()
    uses: Any = json_column()
    recipe: Any = json_column()
    is_available: bool
    is_hidden: bool


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
    data: Any = json_column()
