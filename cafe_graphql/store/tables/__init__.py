"""The tables, as typed rows. Instants are microseconds since 1970 UTC; prices are minor units."""

from cafe_graphql.store.tables.columns import table
from cafe_graphql.store.tables.menu import CafeRow, CategoryRow, ItemRow, MenuEventRow, OptionGroupRow
from cafe_graphql.store.tables.money import DONE, UNDER_WAY, MoneyKeyRow, PaymentRow, ReceiptRow, RefundRow
from cafe_graphql.store.tables.orders import (
    COUNTS,
    IdempotencyKeyRow,
    OrderEventRow,
    OrderLineRow,
    OrderRow,
    PromoUseRow,
)
from cafe_graphql.store.tables.pantry import IngredientRow, PantryMoveRow
from cafe_graphql.store.tables.people import ApiKeyRow, PersonRow, PointsRow, SigningKeyRow

__all__ = [
    "COUNTS",
    "DONE",
    "UNDER_WAY",
    "ApiKeyRow",
    "CafeRow",
    "CategoryRow",
    "IdempotencyKeyRow",
    "IngredientRow",
    "ItemRow",
    "MenuEventRow",
    "MoneyKeyRow",
    "OptionGroupRow",
    "OrderEventRow",
    "OrderLineRow",
    "OrderRow",
    "PantryMoveRow",
    "PaymentRow",
    "PersonRow",
    "PointsRow",
    "PromoUseRow",
    "ReceiptRow",
    "RefundRow",
    "SigningKeyRow",
    "table",
]
