"""Amounts as Stripe counts them: whole numbers of a currency's smallest unit.

What is smallest is Stripe's decision and not ISO's: docs.stripe.com/currencies.
"""

from decimal import Decimal

from payments import money

# fmt: off
_WITHOUT_DECIMALS = frozenset({
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA",
    "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF",
})
# fmt: on
_WITH_THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
# The last digit of three must be 0, and of ISK both decimals: the networks behind
# Stripe do not take finer amounts.
_TENS = _WITH_THREE_DECIMALS
_HUNDREDS = frozenset({"ISK"})
# Stripe's page lists it without decimals and, further down, with two: by a hundredth or
# a hundredfold is not how wrong an amount may be.
_NOT_CLEAR = frozenset({"UGX"})


class AmountNotPayable(ValueError):
    """Stripe cannot take or give back exactly this amount."""


def to_minor(amount: Decimal, currency: str) -> int:
    """An amount for Stripe, to the last unit; raises AmountNotPayable."""
    minor = amount.scaleb(_places(currency))
    whole = int(minor)
    if whole != minor or whole <= 0 or whole % _step(currency):
        raise AmountNotPayable(f"Stripe cannot take exactly {amount} {currency}.")
    return whole


def from_minor(minor: int, currency: str) -> Decimal:
    """An amount that Stripe tells; raises AmountNotPayable where it cannot be kept."""
    amount = Decimal(minor).scaleb(-_places(currency))
    if not money.is_storable(amount):
        raise AmountNotPayable(f"{minor} {currency} cannot be kept.")
    return amount


def _places(currency: str) -> int:
    if currency in _NOT_CLEAR:
        raise AmountNotPayable(f"What Stripe counts in {currency} is not clear.")
    if currency in _WITHOUT_DECIMALS:
        return 0
    return 3 if currency in _WITH_THREE_DECIMALS else 2


def _step(currency: str) -> int:
    if currency in _HUNDREDS:
        return 100
    return 10 if currency in _TENS else 1
