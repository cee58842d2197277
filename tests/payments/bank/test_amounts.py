"""1.234,56 and 1,234.56 are the same; what can be read in two ways is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.bank.amounts import NoAmount, amount, contradicting, written

PLACES = {"JPY": 0, "EUR": 2, "KWD": 3}


@pytest.mark.parametrize(
    ("text", "currency", "value"),
    [
        ("1.234,56", "EUR", "1234.56"),
        ("1,234.56", "EUR", "1234.56"),
        ("1234,56", "EUR", "1234.56"),
        ("1 234,56", "EUR", "1234.56"),
        ("1'234.56", "CHF", "1234.56"),
        ("1.234", "EUR", "1234"),
        ("1,234", "JPY", "1234"),
        ("1.234", "KWD", "1.234"),
        ("1,234.567", "KWD", "1234.567"),
        ("1.234.567", "EUR", "1234567"),
        ("12,5", "EUR", "12.5"),
        ("-12,50", "EUR", "-12.50"),
        ("- 12,50", "EUR", "-12.50"),
        ("12,50-", "EUR", "-12.50"),
        ("\u221212,50", "EUR", "-12.50"),
        ("+12,50", "EUR", "12.50"),
        ("12,50 EUR", "EUR", "12.50"),
        ("€ 12", "EUR", "12"),
        ("0,00", "EUR", "0"),
    ],
)
def test_amount_is_read_as_its_bank_meant_it(text, currency, value):
    assert amount(text, currency) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "12,", ",50", "1.23.4", "12.345.67", "1,2,3", "0.500", "1 2", "--1",
     "-1-", "1e5", "NaN", "\uff11\uff12", "1.234,567.8", "9" * 16],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(NoAmount):
        amount(text, "EUR")


@given(
    units=st.integers(min_value=0, max_value=10**14 - 1),
    currency=st.sampled_from(sorted(PLACES)),
    style=st.sampled_from([(",", "."), (".", ","), (",", ""), (".", ""), (",", " ")]),
    is_negative=st.booleans(),
)
def test_whatever_a_bank_prints_comes_back(units, currency, style, is_negative):
    places = PLACES[currency]
    value = Decimal(units).scaleb(-places)
    if is_negative:
        value = -value
    decimal, grouping = style
    text = f"{value:,.{places}f}"
    text = text.replace(",", "g").replace(".", decimal).replace("g", grouping)
    assert amount(text, currency) == value


@given(st.text(max_size=30))
def test_no_text_breaks_it(text):
    try:
        value = amount(text, "EUR")
    except NoAmount:
        return
    assert value == round(value, 3)


def test_signs_may_not_change_their_meaning_within_a_file():
    """1.234 and 12.50 in one file of euros: one of them is not what it seems."""
    found = [written(text, "EUR") for text in ("1.234", "7,00", "12.50")]
    assert contradicting(list(enumerate(found))) == 2
    assert contradicting(list(enumerate(found[:2]))) is None
