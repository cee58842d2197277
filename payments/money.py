"""Amounts as providers and people read them. Decimal everywhere."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language, to_locale

TOO_MUCH = Decimal(1_000_000_000)  # a column has nine digits before the point
PLACES_STORED = 3


def is_storable(amount: Decimal) -> bool:
    """Whether an amount is a finite number that a column keeps as it is."""
    return _has_places(amount, PLACES_STORED)


def is_payable(amount: Decimal, currency: str) -> bool:
    """Whether an amount can be paid out in this currency's smallest coin."""
    return _has_places(amount, get_currency_precision(currency))


def _has_places(amount: Decimal, places: int) -> bool:
    if not amount.is_finite() or abs(amount) >= TOO_MUCH:
        return False
    return amount == amount.quantize(Decimal(1).scaleb(-places))


def formatted(amount: Decimal, currency: str) -> str:
    """An amount with its currency in the language of the reader."""
    locale = to_locale(get_language() or "en")
    return format_currency(amount, currency, locale=locale)
