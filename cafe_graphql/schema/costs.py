"""What the fields of the schema cost beyond 1, and how long their lists are taken to be: plain data for the engine.

Sizes are those of a café somewhat larger than the built-in one, so that an estimate is seldom below what comes.
"""

from collections.abc import Mapping

from cafe_graphql.core.validation import MAX_LINES
from cafe_graphql.schema.loyalty import MAX_MOVEMENTS
from cafe_graphql.schema.paging import MAX_PAGE

SIZES: Mapping[str, int] = {
    "Cafe.hours": 7,
    "Cafe.pickupSlots": 50,
    "ApiKeyPayload.problems": 2,
    "Ingredient.usedBy": 20,
    "IngredientPayload.nowUnavailable": 20,
    "IngredientPayload.problems": 2,
    "Menu.categories": 10,
    "Menu.items": 50,
    "MenuCategory.items": 10,
    "MenuItem.optionGroups": 3,
    "MenuItemPayload.problems": 4,
    "OptionGroup.options": 5,
    "Order.events": 10,
    "Order.lines": 4,
    "Order.payments": 2,
    "Order.receipts": 2,
    "OrderLine.choices": 4,
    "OrderPayload.problems": 2,
    "PlaceOrderPayload.problems": 4,
    "PlaceOrderPayload.warnings": 4,
    "Query.kitchenQueue": 50,
    "Query.pantry": 50,
    "Quote.lines": 4,
    "Quote.problems": 4,
    "Quote.warnings": 4,
    "QuoteLine.choices": 4,
    "SalesReport.byDay": 366,
    "SalesReport.byHour": 24,
    "SalesReport.byItem": 50,
    "SessionPayload.problems": 2,
    "Totals.adjustments": 3,
    "Totals.taxes": 2,
    "Viewer.apiKeys": 10,
}
"""How many entries a list is taken to have, by its coordinate."""

SLICING: Mapping[str, tuple[str, int, tuple[str, ...]]] = {
    "Customer.orders": ("first", MAX_PAGE, ("nodes", "edges")),
    "Customer.pointsMovements": ("first", MAX_MOVEMENTS, ()),
    "Mutation.placeOrder": ("input.lines", MAX_LINES, ("problems", "warnings")),
    "Query.orders": ("first", MAX_PAGE, ("nodes", "edges")),
    "Query.quote": ("input.lines", MAX_LINES, ("lines", "problems", "warnings")),
}
"""The argument that says how long lists are, the most that it may say, and which lists one level down it is about."""

INPUTS: Mapping[str, int] = {
    "Mutation.placeOrder": 5,  # whoever reads the order pays for its lines, too, again and again
    "Query.quote": 5,
}
"""What each single value of an order weighs that is to be looked through, looked up and priced."""

WEIGHTS: Mapping[str, int] = {
    "Customer.orders": 20,
    "Customer.pointsMovements": 20,
    "Mutation.createApiKey": 50,
    "Mutation.placeOrder": 50,
    "Mutation.payOrder": 200,  # and strangers may try cards by it
    "Mutation.refundOrder": 100,
    "Mutation.revokeApiKey": 20,
    "Mutation.signIn": 3_000,  # a hash that is meant to take 50 ms, and the limit on guesses from one address
    "Mutation.signUp": 10_000,  # and whoever is new has a budget of their own
    "Mutation.cancelOrder": 20,
    "Mutation.advanceOrder": 20,
    "Mutation.markLineDone": 20,
    "Mutation.upsertMenuItem": 50,  # and everybody reads the menu again
    "Mutation.setItemAvailability": 50,
    "Mutation.adjustPantry": 50,
    "Ingredient.usedBy": 20,  # the whole menu is looked through
    "Order.customer": 10,
    "Order.events": 10,
    "Order.payments": 10,
    "Order.queuePosition": 10,
    "Order.receipt": 10,
    "Order.receipts": 10,
    "Order.reorderQuote": 20,
    "OrderConnection.totalCount": 100,
    "PaymentFailed.payment": 5,
    "PaymentRecorded.payment": 5,
    "PaymentStarted.payment": 5,
    "Query.kitchenQueue": 20,
    "Query.node": 10,
    "Query.order": 10,
    "Query.pantry": 20,
    "Query.orders": 20,
    "Query.quote": 20,
    "Query.salesReport": 500,  # of a year of a million orders: a second on a thread
    "RefundFailed.payment": 5,
    "RefundRecorded.payment": 5,
    "RefundStarted.payment": 5,
    "Receipt.text": 10,
    "Viewer.apiKeys": 20,
    "Viewer.customer": 10,
}
"""What counts more than a value that is at hand: what reads or writes the books, or is worked out anew."""
