"""Receipts as cafés in several countries have issued them."""

from datetime import UTC, datetime
from decimal import Decimal

from cafe_graphql.core.drafts import Adjustment, AdjustmentKind, Chosen
from cafe_graphql.core.payments import Method
from cafe_graphql.core.receipts import Issuer, Line, Moved, Receipt, Refund, Sale
from cafe_graphql.core.taxes import Tax

FRIDAY_NOON = datetime(2026, 5, 1, 16, 0, tzinfo=UTC)

CORNER = Issuer("Corner Café", "en-US", "America/New_York")
VIENNA = Issuer("Kaffeehaus zur großen Freundlichkeit am Donaukanal", "de-AT", "Europe/Vienna")
SAKURA = Issuer("喫茶店さくら", "ja-JP", "Asia/Tokyo")
CAIRO = Issuer("مقهى الزاوية", "ar-EG", "Africa/Cairo")


def option(name: str, price: int = 0, quantity: int = 1) -> Chosen:
    """Give an option as sold; which group it is of, no receipt says."""
    return Chosen("group", "Group", name.lower(), name, quantity, price)


LATTES = Line("Latte", 2, 560, (option("Medium", 50), option("Oat milk"), option("Extra shot", 160, 2)))
CROISSANT = Line("Almond croissant, baked this morning by Wendela", 1, 420, ())

LUNCH = Receipt(
    sequence=42,
    token="Wm3uQz0fJd8s1kYv5tRb7nLc",
    issued_at=FRIDAY_NOON,
    issuer=CORNER,
    order="A-017",
    currency="USD",
    contents=Sale(
        lines=(LATTES, CROISSANT),
        subtotal=1540,
        adjustments=(
            Adjustment(AdjustmentKind.DISCOUNT, "Happy hour", -308),
            Adjustment(AdjustmentKind.LOYALTY, "Points", -100),
            Adjustment(AdjustmentKind.TAX, "Sales tax 8.875 %", 100),
            Adjustment(AdjustmentKind.TIP, "Tip 10 %", 154),
        ),
        taxes=(Tax("Sales tax", Decimal("8.875"), False, 1132, 100),),
        payments=(Moved(Method.CASH, 500), Moved(Method.CARD, 886, "Visa ····4242")),
    ),
)
"""Of a busy lunch: everything that an American receipt can say."""

COLD_LATTE = Receipt(
    sequence=43,
    token="x7Kp2mN9qRs4tUv6wXy8zAb1",
    issued_at=FRIDAY_NOON,
    issuer=CORNER,
    order="A-017",
    currency="USD",
    contents=Refund(
        Moved(Method.CARD, 560, "Visa ····4242"),
        "The second latte was cold, and nobody had noticed in time",
        (Tax("Sales tax", Decimal("8.875"), False, 457, 40),),
        "R-000042",
    ),
)
"""For one of the lattes of that lunch."""

VIENNESE = Receipt(
    sequence=7,
    token="Qe4rTy6uIo8pAs0dFg2hJk4l",
    issued_at=FRIDAY_NOON,
    issuer=VIENNA,
    order="A-003",
    currency="EUR",
    contents=Sale(
        lines=(Line("Großer Brauner", 2, 480, (option("Hafermilch", 50),)), Line("Sachertorte", 1, 590, ())),
        subtotal=1550,
        adjustments=(),
        taxes=(Tax("USt.", Decimal(20), True, 800, 160), Tax("USt.", Decimal(10), True, 536, 54)),
        payments=(Moved(Method.CASH, 1550),),
    ),
)
"""With two rates of tax in its prices."""

JAPANESE = Receipt(
    sequence=1,
    token="Zx9cVb7nMa5sDf3gHj1kLq2w",
    issued_at=FRIDAY_NOON,
    issuer=SAKURA,
    order="A-001",
    currency="JPY",
    contents=Sale(
        lines=(
            Line("抹茶ラテ", 2, 650, (option("オーツミルク", 50), option("大"))),
            Line("ほうじ茶とわらび餅のセット", 1, 1200, ()),
        ),
        subtotal=2500,
        adjustments=(),
        taxes=(Tax("消費税", Decimal(8), True, 2315, 185),),
        payments=(Moved(Method.CASH, 2500),),
    ),
)
"""In letters twice as wide, and whole yen."""

EGYPTIAN = Receipt(
    sequence=5,
    token="Po9iUy7tRe5wQa3sDf1gHj2k",
    issued_at=FRIDAY_NOON,
    issuer=CAIRO,
    order="A-002",
    currency="EGP",
    contents=Sale(
        lines=(Line("قهوة عربية", 2, 4500, (option("كبير", 500), option("هيل"))), Line("Latte", 1, 6000, ())),
        subtotal=15000,
        adjustments=(Adjustment(AdjustmentKind.TIP, "Tip", 1500),),
        taxes=(),
        payments=(Moved(Method.CARD, 16500, "Visa ····4242"),),
    ),
)
"""From right to left."""

ALL = (LUNCH, COLD_LATTE, VIENNESE, JAPANESE, EGYPTIAN)
