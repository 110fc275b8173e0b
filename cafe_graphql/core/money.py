"""Money: whole minor units of one currency, and the one place where it is rounded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MAX_TOTAL = 2**31 - 1
"""The largest amount an order may come to, in minor units: what a GraphQL `Int` can say."""

_TWO_DIGITS = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP
    CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
    KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK
    NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
    TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"

EXPONENTS = {
    code: digits for codes, digits in ((_TWO_DIGITS, 2), (_NO_DIGITS, 0), (_THREE_DIGITS, 3)) for code in codes.split()
}
"""ISO 4217: how many decimal places each currency's minor unit stands for (USD 2, JPY 0, KWD 3)."""


_AMOUNT = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units (cents) of an ISO 4217 currency."""

    minor: int
    currency: str

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with all the currency's digits: 450 USD is `4.50`."""
        return Decimal(self.minor).scaleb(-EXPONENTS[self.currency])

    @property
    def in_words(self) -> str:
        """The amount as messages say it: `4.50 USD`."""
        return f"{self.amount} {self.currency}"


def parse(text: str, currency: str) -> int:
    """Give the minor units that `text` ("4.50") means in `currency`; ValueError says what is wrong with it."""
    digits = EXPONENTS[currency]
    if not _AMOUNT.fullmatch(text):
        raise ValueError(f'"{text}" is not an amount; write it as "{Decimal(350).scaleb(-digits)}"')
    scaled = Decimal(text).scaleb(digits)
    if scaled != scaled.to_integral_value():
        raise ValueError(f'"{text}" has more decimal places than the {digits} of {currency}')
    return int(scaled)


def percent(minor: int, percentage: Decimal) -> int:
    """Take `percentage` (15 = 15 %) of an amount in minor units, halves rounded away from zero."""
    return int((minor * percentage / 100).quantize(Decimal(1), ROUND_HALF_UP))


def included(minor: int, percentage: Decimal) -> int:
    """Tell how much of an amount is the `percentage` (19 = 19 %) that the rest of it was raised by, rounded alike."""
    return int((minor * percentage / (100 + percentage)).quantize(Decimal(1), ROUND_HALF_UP))


def spread(minor: int, over: Sequence[int]) -> list[int]:
    """Share an amount out in proportion to weights, none of them negative, to the last unit.

    By largest remainder: each gets its share rounded down, and what is left goes a unit at a time to those who lost
    most by that, of equal ones to the earlier. So nobody gets more than their share rounded up. Without weights it is
    nobody's.
    """
    whole = sum(over)
    if not whole:
        return [0] * len(over)
    parts = [minor * each // whole for each in over]
    lost = sorted(range(len(over)), key=lambda n: parts[n] * whole - minor * over[n])
    for n in lost[: minor - sum(parts)]:
        parts[n] += 1
    return parts


def share(minor: int, of: int) -> int:
    """Divide an amount in minor units, none or more, into `of` equal ones, halves rounded up."""
    return (2 * minor + of) // (2 * of)
