"""The café that is run at random: taxes, promo codes, points, a pantry that is soon empty, and who does what."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from hypothesis import strategies as st

from cafe_graphql.core import menu_file
from cafe_graphql.core.drafts import Choice, Draft, LineDraft, Tip
from cafe_graphql.core.menu import Sheet
from cafe_graphql.core.orders import Order
from cafe_graphql.core.payments import Method
from cafe_graphql.core.people import GUEST, HOUSE, Actor
from cafe_graphql.core.points import Scheme
from cafe_graphql.core.promo_codes import PromoCode
from cafe_graphql.core.taxes import TaxRate
from cafe_graphql.services import ordering, paying, refunding
from cafe_graphql.services.cafe import Cafe
from cafe_graphql.services.ordering import Ref
from cafe_graphql.services.paying import Asked

Act = Callable[[Cafe], Awaitable[object]]
"""What somebody does, at whichever worker they come to."""

LAST = PromoCode("LAST", percent=20, limit=3)
NOON = PromoCode("NOON", "Happy hour", percent=10)
ON_US = PromoCode("ONUS", "On us", percent=100)
POINTS = Scheme(points=3, per=100, worth=7)

ON_HAND = {"espresso-beans": 500_000, "oat-milk": 1_000_000, "croissant": 4_000}
"""Thousandths of a gram, a millilitre and a piece, when the café opens; of all else there is more than enough."""

MADE_OF = {
    "latte": {"espresso-beans": 18_000, "milk": 200_000},
    "oat latte": {"espresso-beans": 18_000, "oat-milk": 200_000},
    "espresso": {"espresso-beans": 18_000},
    "butter-croissant": {"croissant": 1_000},
}

CLEAN = ("tok_visa", "tok_twice")
BAD = ("tok_declined", "tok_unheard", "tok_timeout", "tok_capture_timeout", "tok_capture_unheard", "tok_refund_timeout")


def menu() -> Sheet:
    """Give the built-in menu of a café with a tax added and one included, codes, points, and a pantry soon empty."""
    sheet = menu_file.read(menu_file.builtin())
    rates = (
        TaxRate("prepared", "Sales tax", Decimal("8.875"), is_included=False),
        TaxRate("bakery", "Bread tax", Decimal(7), is_included=True),
    )
    return replace(
        sheet,
        cafe=replace(sheet.cafe, tax_rates=rates, tax="prepared", loyalty=POINTS),
        categories=tuple(replace(each, tax="bakery" if each.slug == "bakery" else None) for each in sheet.categories),
        promo_codes=(LAST, NOON, ON_US),
        ingredients=tuple(replace(each, on_hand=ON_HAND.get(each.slug, each.on_hand)) for each in sheet.ingredients),
    )


LATTE = LineDraft("latte")
OAT_LATTE = LineDraft("latte", choices=(Choice("size", "large"), Choice("milk", "oat")))
ESPRESSO = LineDraft("espresso")
CROISSANT = LineDraft("butter-croissant")


def needs(line: LineDraft) -> Counter[str]:
    """Tell what goes into a line."""
    made_of = MADE_OF["oat latte" if line.choices else line.item]
    return Counter({slug: amount * line.quantity for slug, amount in made_of.items()})


@dataclass
class Slip:
    """An order as somebody would keep it on a slip of paper."""

    order: Order
    lines: tuple[LineDraft, ...]
    paid: int = 0
    refunded: int = 0
    is_cancelled: bool = False
    was_paid_up: bool = False
    made: set[int] = field(default_factory=set)

    @property
    def due(self) -> int:
        return 0 if self.is_cancelled or self.was_paid_up else self.order.totals.total - self.kept

    @property
    def kept(self) -> int:
        return self.paid - self.refunded

    def pay(self, amount: int) -> None:
        """Note that so much was paid; when all is there, nothing is due any more, whatever is given back."""
        self.paid += amount
        self.was_paid_up = self.was_paid_up or self.kept == self.order.totals.total

    @property
    def not_made(self) -> Counter[str]:
        """What can go back into the pantry."""
        return sum((needs(line) for n, line in enumerate(self.lines) if n not in self.made), Counter[str]())


amounts = st.none() | st.integers(1, 2_000)
clean_cards = st.sampled_from([None, *CLEAN])
lines = st.builds(replace, st.sampled_from([LATTE, OAT_LATTE, ESPRESSO, CROISSANT]), quantity=st.integers(1, 3))
drafts = st.builds(
    Draft,
    st.lists(lines, min_size=1, max_size=3).map(tuple),
    promo_code=st.sampled_from([None, None, "noon", "onus"]),
    tip=st.none() | st.builds(Tip, percent=st.integers(0, 20)) | st.builds(Tip, minor=st.integers(0, 300)),
)


def placing(draft: Draft, who: Actor = GUEST) -> Act:
    return lambda cafe: ordering.place(cafe, who, draft)


def paying_for(order: Order, amount: int | None, card: str | None, key: str | None = None) -> Act:
    """Pay by a card, or in cash without one."""
    asked = Asked(Method.CASH if card is None else Method.CARD, amount, card)
    return lambda cafe: paying.pay(cafe, HOUSE, Ref(public_id=order.public_id), asked, key)


def giving_back(order: Order, amount: int | None, key: str | None = None) -> Act:
    return lambda cafe: refunding.refund(cafe, HOUSE, order.public_id, amount, "cold", key)


def calling_off(order: Order) -> Act:
    return lambda cafe: ordering.cancel(cafe, GUEST, Ref(token=order.tracking_token))


def anything() -> st.SearchStrategy[Callable[[Order], Act]]:
    """Give anything that somebody could do with an order, by bad cards and with keys used again."""
    keys = st.none() | st.sampled_from(["monday-1", "monday-2"])
    cards = st.sampled_from([None, *CLEAN, *BAD])
    return st.one_of(
        st.builds(lambda *asked: lambda order: paying_for(order, *asked), amounts, cards, keys),
        st.builds(lambda *asked: lambda order: giving_back(order, *asked), amounts, keys),
        st.just(calling_off),
    )
