"""The menu file's words for what orders cost besides their lines: taxes and promo codes."""

import tomllib
from datetime import date, time
from decimal import Decimal

import pytest

from cafe_graphql.core import menu_file
from cafe_graphql.core.hours import Hours, Period
from cafe_graphql.core.menu_file import MenuFileError
from cafe_graphql.core.points import Scheme
from cafe_graphql.core.promo_codes import PromoCode
from cafe_graphql.core.taxes import TaxRate
from cafe_graphql.services import menu_writing

CORNER = """\
[cafe]
name = "Corner Café"
currency = "USD"
time_zone = "America/New_York"
tax = "prepared"
tax_rates = [
  { slug = "prepared", name = "Sales tax", percent = "8.875", included = false },
  { slug = "groceries", name = "Sales tax", percent = "0", included = false },
]
loyalty = { points = 2, per = "1.00", worth = "0.05" }

[[categories]]
slug = "espresso"
name = "Espresso"

[[categories]]
slug = "beans"
name = "Beans to take home"
tax = "groceries"

[[items]]
slug = "latte"
name = "Latte"
category = "espresso"
price = "3.50"

[[promo_codes]]
code = "WELCOME-10"
name = "10 % off your first order"
percent = 10
limit_per_customer = 1

[[promo_codes]]
code = "Happy"
percent = 25
from = 2026-05-01
until = 2026-08-31
hours = { friday = "15:00-17:00" }
categories = ["espresso"]

[[promo_codes]]
code = "TWO-OFF"
amount = "2.00"
minimum = "10.00"
limit = 500

[[promo_codes]]
code = "THIRD-FREE"
buy = 4
get = 2
items = ["latte"]
"""

RATE = 'cafe.tax_rates[0] "prepared"'
WELCOME = 'line 27: promo_codes[0] "WELCOME-10"'
HAPPY = 'line 33: promo_codes[1] "Happy"'
TWO_OFF = 'line 41: promo_codes[2] "TWO-OFF"'
THIRD_FREE = 'line 47: promo_codes[3] "THIRD-FREE"'


def test_a_cafe_s_file_says_what_is_taxed_and_what_codes_there_are() -> None:
    sheet = menu_file.read(CORNER)

    assert sheet.cafe.tax_rates == (
        TaxRate("prepared", "Sales tax", Decimal("8.875"), is_included=False),
        TaxRate("groceries", "Sales tax", Decimal(0), is_included=False),
    )
    assert (sheet.cafe.tax, [category.tax for category in sheet.categories]) == ("prepared", [None, "groceries"])
    assert sheet.cafe.loyalty == Scheme(points=2, per=100, worth=5)
    assert sheet.promo_codes == (
        PromoCode("WELCOME-10", "10 % off your first order", percent=10, customer_limit=1),
        PromoCode(
            "Happy",
            percent=25,
            first_day=date(2026, 5, 1),
            last_day=date(2026, 8, 31),
            hours=Hours((Period(4, time(15), time(17)),)),
            categories=("espresso",),
        ),
        PromoCode("TWO-OFF", amount=200, minimum=1000, limit=500),
        PromoCode("THIRD-FREE", buy=4, get=2, items=("latte",)),
    )


def test_it_is_written_as_it_was_read() -> None:
    sheet = menu_file.read(CORNER)

    assert menu_file.document(sheet) == tomllib.loads(CORNER)
    assert menu_file.read(menu_writing.text(sheet)) == sheet


@pytest.mark.parametrize(
    ("was", "became", "told"),
    [
        ('tax = "prepared"', 'tax = "preparde"', 'cafe.tax: there is no tax rate "preparde"; did you mean "prepared"?'),
        ('worth = "0.05"', 'worth = "0.00"', "cafe.loyalty.worth: must be from 0.01 to 214748.36"),
        (
            'points = 2, per = "1.00"',
            "points = 2, per = 1",
            'cafe.loyalty.per: is a number; write it as text in quotes: "1.00"',
        ),
        ("points = 2", "points = 1001", "cafe.loyalty.points: must be from 1 to 1000"),
        (', worth = "0.05"', "", "cafe.loyalty: worth is missing"),
        (
            'tax = "groceries"',
            'tax = "books"',
            'line 16: categories[1] "beans" › tax: there is no tax rate "books"; there is prepared, groceries',
        ),
        ('"8.875"', "8.875", f'{RATE} › percent: is a number; write it as text in quotes: "8.875"'),
        ('"8.875"', "1e400", f'{RATE} › percent: is a number; write it as text in quotes: "8.875"'),
        (
            '"8.875"',
            '"8,875"',
            f'{RATE} › percent: "8,875" is no tax rate: write the percent, from "0" to "100", like "8.875"',
        ),
        (
            '"8.875"',
            '"100.1"',
            f'{RATE} › percent: "100.1" is no tax rate: write the percent, from "0" to "100", like "8.875"',
        ),
        (', included = false },\n  { slug = "g', ' },\n  { slug = "g', f"{RATE}: included is missing"),
        (
            "tax_rates = [",
            'tax_rates = [\n  { slug = "groceries", name = "Twice", percent = "1", included = true },',
            'cafe.tax_rates[2] "groceries": "groceries" is already at cafe.tax_rates[0] "groceries"',
        ),
        (
            'code = "WELCOME-10"',
            'code = "10 % OFF"',
            'line 27: promo_codes[0] "10 % OFF" › code: "10 % OFF" is no code: write it like "SPRING-10"',
        ),
        (
            'code = "Happy"',
            'code = "Welcome-10"',
            f'line 33: promo_codes[1] "Welcome-10": "welcome-10" is already at {WELCOME[9:]}',
        ),
        ("percent = 10\n", "percent = 101\n", f"{WELCOME} › percent: must be from 1 to 100"),
        ("percent = 10\n", "", f"{WELCOME}: takes nothing off; give it one of percent, amount, buy"),
        (
            "percent = 25\n",
            'percent = 25\namount = "1.00"\n',
            f"{HAPPY}: takes off by percent and by amount; give it one of percent, amount, buy",
        ),
        ('amount = "2.00"', 'amount = "0.00"', f"{TWO_OFF} › amount: must be from 0.01 to 214748.36"),
        ('amount = "2.00"', "amount = 2", f'{TWO_OFF} › amount: is a number; write it as text in quotes: "2.00"'),
        ("limit = 500", "limit = 0", f"{TWO_OFF} › limit: must be from 1 to 1000000000"),
        (
            "from = 2026-05-01",
            'from = "2026-05-01"',
            f"{HAPPY} › from: must be a day without quotes and without a time, like 2026-05-31, not text",
        ),
        (
            "from = 2026-05-01",
            "from = 2026-05-01T08:00:00",
            f"{HAPPY} › from: must be a day without quotes and without a time, like 2026-05-31, not a date or time",
        ),
        ("from = 2026-05-01", "from = 2026-09-01", f"{HAPPY}: is over on 2026-08-31, before it begins on 2026-09-01"),
        (
            '"15:00-17:00"',
            '"3pm"',
            f'{HAPPY} › hours.friday: "3pm" is no opening period: write it like "07:00-18:00"',
        ),
        (
            'categories = ["espresso"]',
            'categories = ["expresso"]',
            f'{HAPPY} › categories[0]: there is no category "expresso"; did you mean "espresso"?',
        ),
        (
            'items = ["latte"]',
            'items = ["late"]',
            f'{THIRD_FREE} › items[0]: there is no item "late"; did you mean "latte"?',
        ),
        ('items = ["latte"]', "items = []", f"{THIRD_FREE} › items: has 0 entries; it may have 1 to 100"),
        (
            "percent = 10\n",
            "percent = 10\nget = 1\n",
            f"{WELCOME}: has get without buy: buy = 2, get = 1 makes the cheapest of every three free",
        ),
        (
            "percent = 10\n",
            "percent = 10\nlimit_per_costumer = 2\n",
            f'{WELCOME} › limit_per_costumer: is no key that is known here; did you mean "limit_per_customer"?',
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_fix(was: str, became: str, told: str) -> None:
    assert was in CORNER

    with pytest.raises(MenuFileError) as refused:
        menu_file.read(CORNER.replace(was, became, 1))

    assert [str(mistake) for mistake in refused.value.mistakes] == [told]
