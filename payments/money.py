"""Amounts as providers and people read them. Decimal everywhere."""

from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language, to_locale

PLACES_STORED = 3


def fits(amount: Decimal, *, places: int = PLACES_STORED) -> bool:
    """Whether an amount is a finite number without more decimal places than these."""
    return amount.is_finite() and amount == amount.quantize(Decimal(1).scaleb(-places))


def is_payable(amount: Decimal, currency: str) -> bool:
    """Whether an amount can be paid out in this currency's smallest coin."""
    return fits(amount, places=get_currency_precision(currency))


def formatted(amount: Decimal, currency: str) -> str:
    """An amount with its currency in the language of the reader."""
    try:
        locale = Locale.parse(to_locale(get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return format_currency(amount, currency, locale=locale)
