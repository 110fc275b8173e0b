"""The closed sets of words: core enums under their GraphQL names, each value with its meaning.

Take the enums from here, not from the core, wherever Strawberry reads the annotation: it must find them spoken for.
"""

from collections.abc import Mapping
from enum import Enum

import strawberry

from cafe_graphql.core.drafts import AdjustmentKind
from cafe_graphql.core.loyalty import MovementKind as PointsMovementKind
from cafe_graphql.core.menu import Allergen, Diet, Unavailable
from cafe_graphql.core.orders import CancelReason, Sort, Status
from cafe_graphql.core.payments import Method as PaymentMethod
from cafe_graphql.core.payments import PaymentState, PaymentStatus
from cafe_graphql.core.people import Role, Scope
from cafe_graphql.core.problems import ProblemCode, WarningCode
from cafe_graphql.core.receipts import Kind as ReceiptKind

__all__ = [
    "AdjustmentKind",
    "Allergen",
    "CancelReason",
    "Diet",
    "PaymentMethod",
    "PaymentState",
    "PaymentStatus",
    "PointsMovementKind",
    "ProblemCode",
    "ReceiptKind",
    "Role",
    "Scope",
    "Sort",
    "Status",
    "Unavailable",
    "WarningCode",
]


def _speak(enum: type[Enum], name: str, description: str, meanings: Mapping[str, str]) -> None:
    """Register a core enum under `name`; every member must have a meaning, and nothing else may."""
    strawberry.enum(enum, name=name, description=description)
    values = enum.__strawberry_definition__.values  # type: ignore[attr-defined]
    assert {value.name for value in values} == set(meanings), f"{name}: {set(meanings) ^ set(enum.__members__)}"
    for value in values:
        value.description = meanings[value.name]


_speak(
    Allergen,
    "Allergen",
    "The fourteen allergens that EU regulation 1169/2011 asks a café to declare.",
    {
        "CELERY": "Celery and celeriac.",
        "CRUSTACEANS": "Crab, lobster, prawns and their like.",
        "EGGS": "Eggs of any bird.",
        "FISH": "Fish, and gelatine made from it.",
        "GLUTEN": "Wheat, rye, barley, oats and their like.",
        "LUPIN": "Lupin seeds and flour.",
        "MILK": "Milk of any animal, lactose included.",
        "MOLLUSCS": "Mussels, oysters, squid and their like.",
        "MUSTARD": "Mustard in any form.",
        "NUTS": "Almonds, hazelnuts, walnuts and other tree nuts.",
        "PEANUTS": "Peanuts in any form.",
        "SESAME": "Sesame seeds, paste and oil.",
        "SOY": "Soya beans, milk and tofu.",
        "SULPHITES": "Sulphur dioxide and sulphites above 10 mg/kg.",
    },
)
_speak(
    ReceiptKind,
    "ReceiptKind",
    "What a receipt is for.",
    {"SALE": "An order, wholly paid.", "REFUND": "Money that was given back."},
)
_speak(
    Diet,
    "Diet",
    "A way of eating that an item suits as it comes.",
    {
        "VEGAN": "Nothing of any animal.",
        "VEGETARIAN": "No meat and no fish.",
        "DAIRY_FREE": "No milk of any animal.",
        "GLUTEN_FREE": "No gluten.",
        "NUT_FREE": "No tree nuts and no peanuts.",
        "HALAL": "Permitted by Islamic law.",
        "KOSHER": "Permitted by Jewish law.",
    },
)
_speak(
    Unavailable,
    "UnavailableReason",
    "Why something cannot be ordered now.",
    {
        "SOLD_OUT": "There is none left for now.",
        "INGREDIENT_OUT": "Something that it is made of has run out.",
        "OUT_OF_HOURS": "It is not served at this hour.",
        "HIDDEN": "It is no longer on the menu; old orders still show it.",
    },
)
_speak(
    Status,
    "OrderStatus",
    "Where an order stands between the window and the guest's hand.",
    {
        "PLACED": "Written down; nobody has taken it on yet.",
        "ACCEPTED": "The café has taken it on.",
        "PREPARING": "Somebody is making it.",
        "READY": "It waits at the counter.",
        "COMPLETED": "It was handed over.",
        "CANCELLED": "It was called off.",
    },
)
_speak(
    PaymentStatus,
    "PaymentStatus",
    "How much of an order has been paid.",
    {
        "UNPAID": "Nothing yet.",
        "PARTIALLY_PAID": "A part of the total.",
        "PAID": "All of it.",
        "PARTIALLY_REFUNDED": "A part of what was paid was given back.",
        "REFUNDED": "All that was paid was given back.",
    },
)
_speak(
    PaymentMethod,
    "PaymentMethod",
    "How somebody pays.",
    {"CASH": "At the till; staff take it.", "CARD": "By a card, whose token comes along."},
)
_speak(
    PaymentState,
    "PaymentState",
    "How far a payment has come.",
    {
        "PENDING": "The card terminal has not answered: its amount is held back from what is due until it is known.",
        "AUTHORISED": "The card's bank has set the amount aside, and it is about to be taken.",
        "PAID": "The money is there.",
        "DECLINED": "The card was not accepted; nothing was taken.",
        "VOIDED": "It was given up before anything was taken.",
    },
)
_speak(
    CancelReason,
    "CancelReason",
    "Why an order was called off.",
    {
        "CUSTOMER_REQUEST": "The guest changed their mind.",
        "OUT_OF_STOCK": "Something for it has run out.",
        "CLOSING": "The café is closing.",
        "NO_SHOW": "Nobody came for it.",
        "STAFF_ERROR": "It was taken down wrongly.",
        "OTHER": "Something else; the note may say what.",
    },
)
_speak(
    Sort,
    "OrderSort",
    "An order in which to read the order book.",
    {
        "PLACED_AT_DESC": "The latest placed first.",
        "PLACED_AT_ASC": "The earliest placed first.",
        "UPDATED_AT_DESC": "The latest changed first.",
    },
)
_speak(
    AdjustmentKind,
    "AdjustmentKind",
    "What kind of thing stands between the subtotal and the total.",
    {
        "DISCOUNT": "Money off, by a promo code.",
        "LOYALTY": "Money off, for points.",
        "TAX": "Tax that the prices do not include.",
        "TIP": "A tip for the staff.",
        "ROUNDING": "Rounding to what can be paid in cash.",
    },
)
_speak(
    PointsMovementKind,
    "PointsMovementKind",
    "Why a customer's points came or went.",
    {
        "EARNED": "An order was paid.",
        "TAKEN_BACK": "What an order had earned, as its money was given back.",
        "REDEEMED": "They were taken off an order.",
        "GIVEN_BACK": "What was redeemed, as its order was called off, or its money given back.",
    },
)
_speak(
    WarningCode,
    "WarningCode",
    "What a warning is about.",
    {
        "DEFAULT_APPLIED": "Nothing was chosen of a group, so its default was taken.",
        "LOW_STOCK": "There is little left of an ingredient.",
        "PROMO_NOT_APPLIED": "The promo code is good, but takes nothing off this order, or not at this hour.",
        "LONG_WAIT": "It will take longer than usual.",
    },
)
_speak(
    ProblemCode,
    "ProblemCode",
    "Every reason for which the café refuses; branch on this, show the message.",
    {
        "EMPTY_ORDER": "The order has no lines.",
        "UNKNOWN_ITEM": "The menu has no such item.",
        "UNKNOWN_OPTION": "The item or menu has no such option group, or the group no such option.",
        "UNKNOWN_CATEGORY": "The menu has no such category.",
        "DUPLICATE_OPTION": "The same option is listed twice in one line, or the same option group for one item.",
        "SELECTION_COUNT": "Too few or too many options of a group are chosen.",
        "QUANTITY_OUT_OF_RANGE": "A number or a count is too small or too large.",
        "TEXT_TOO_LONG": "A text is longer than fits.",
        "INVALID_TEXT": "A text has characters that cannot be shown, is empty, or is not written as it has to be.",
        "MISSING_FIELD": "Something was left out, or is null, that cannot be.",
        "TOTAL_TOO_LARGE": "The order comes to more than can be paid at once.",
        "ITEM_UNAVAILABLE": "The item or option cannot be had now.",
        "OUT_OF_STOCK": "There is not enough left of an ingredient.",
        "CLOSED": "The café is closed at that time.",
        "SLOT_UNAVAILABLE": "Nothing can be picked up at that time.",
        "PRICE_CHANGED": "The order comes to another total than expected.",
        "PROMO_INVALID": "There is no such promo code, or it cannot be used on this day, any more, or by this guest.",
        "POINTS_INSUFFICIENT": "The guest has not so many points.",
        "NOT_FOUND": "There is no such thing, or not for the caller.",
        "INVALID_STATUS": "The order is past the point where this can be done.",
        "VERSION_CONFLICT": "The order has changed since the caller last saw it.",
        "IDEMPOTENCY_KEY_REUSED": "The key belongs to another order already.",
        "INVALID_EMAIL": "That is no email address.",
        "EMAIL_TAKEN": "There is an account with this address already.",
        "WEAK_PASSWORD": "The password is too short, too long, or among the first that anybody would try.",
        "WRONG_CREDENTIALS": "There is no account with this address and this password.",
        "EMPTY_SCOPES": "A key was to open nothing.",
        "INVALID_EXPIRY": "A key was to expire in the past.",
        "PAYMENT_DECLINED": "The payment was not accepted.",
        "AMOUNT_EXCEEDS_BALANCE": "The amount is more than is there.",
    },
)
_speak(
    Role,
    "Role",
    "What somebody with an account is to the café.",
    {
        "CUSTOMER": "Orders, and sees their own orders.",
        "BARISTA": "Takes, makes and reads orders, takes payments, and keeps the pantry.",
        "MANAGER": "May do everything.",
    },
)
_speak(
    Scope,
    "Scope",
    "One part of the café's work that a key or a member of staff is trusted with.",
    {
        "ORDERS_READ": "Read the order book and its customers.",
        "ORDERS_PLACE": "Place orders, and call them off.",
        "KITCHEN": "See the kitchen's queue, move orders on, and call them off.",
        "MENU_WRITE": "Change the menu.",
        "PANTRY_WRITE": "See and change what is in the pantry.",
        "PAYMENTS": "Take payments and give refunds.",
        "REPORTS": "Read the day's figures.",
        "KEYS": "Make and revoke keys; never one that opens more than its maker may.",
    },
)
