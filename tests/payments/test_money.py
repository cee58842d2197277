"""Amounts as people and providers read them."""

from decimal import Decimal

import pytest
from django.utils import translation

from payments import money


@pytest.mark.parametrize(
    ("amount", "currency", "language", "shown"),
    [
        ("1097.000", "USD", "en", "$1,097.00"),
        ("1097.000", "EUR", "de", "1.097,00\xa0€"),
        ("1200", "JPY", "en", "¥1,200"),
        ("12.345", "KWD", "en", "KWD12.345"),
        ("5", "USD", "zh-hans", "US$5.00"),
        ("5", "USD", None, "$5.00"),
    ],
)
def test_amount_is_shown_with_the_places_of_its_currency(
    amount: str, currency: str, language: str | None, shown: str
):
    with translation.override(language):
        assert money.formatted(Decimal(amount), currency) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "is_payable"),
    [
        ("0.01", "USD", True),
        ("0.010", "USD", True),
        ("0.001", "USD", False),
        ("1", "JPY", True),
        ("0.5", "JPY", False),
        ("0.001", "KWD", True),
        ("sNaN", "USD", False),
        ("1e9", "USD", False),
        ("1.00000000000000000000000000000000001", "USD", False),
    ],
)
def test_amount_fits_the_smallest_coin(amount: str, currency: str, is_payable: bool):
    assert money.is_payable(Decimal(amount), currency) is is_payable
