from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.domain.errors import UnknownSeatType
from registrations.domain.pricing import ConferenceTerms, SeatTypeTerms, price
from registrations.domain.values import InvalidPersonalInfo, Money, PersonalInfo

A, B = UUID(int=1), UUID(int=2)


def terms(
    *prices: str, currency: str = "USD", rate: str | None = None, gross: bool = True
):
    return ConferenceTerms(
        id=UUID(int=9),
        is_published=True,
        currency=currency,
        tax_rate=Decimal(rate) if rate else None,
        seat_types={
            UUID(int=n): SeatTypeTerms(
                id=UUID(int=n),
                name=f"Type {n}",
                price=Decimal(amount),
                price_includes_tax=gross,
            )
            for n, amount in enumerate(prices, start=1)
        },
    )


@pytest.mark.parametrize(
    ("amount", "quantity", "currency", "total"),
    [
        ("15.10", 3, "USD", "45.30"),
        ("9.987", 1, "USD", "9.99"),
        ("0.125", 1, "USD", "0.12"),
        ("0.135", 1, "USD", "0.14"),
        ("100.5", 1, "JPY", "100"),
        ("101.5", 1, "JPY", "102"),
        ("1.2345", 1, "KWD", "1.234"),
        ("1.2355", 1, "KWD", "1.236"),
    ],
)
def test_a_line_is_rounded_half_even_to_the_minor_unit(
    amount, quantity, currency, total
):
    assert str(price({A: quantity}, terms(amount, currency=currency)).total) == total


def test_tax_inside_the_price():
    totals = price({A: 1}, terms("121.00", rate="21"))

    assert (totals.net_total, totals.tax_total, totals.total) == (
        Decimal("100.00"),
        Decimal("21.00"),
        Decimal("121.00"),
    )


def test_tax_on_top_of_the_price():
    totals = price({A: 2}, terms("400.00", rate="21", gross=False))

    assert (totals.net_total, totals.tax_total, totals.total) == (
        Decimal("800.00"),
        Decimal("168.00"),
        Decimal("968.00"),
    )


def test_free_of_charge_needs_a_seat():
    assert price({A: 1}, terms("0")).is_free_of_charge
    assert not price({A: 0}, terms("0")).is_free_of_charge
    assert not price({A: 1, B: 1}, terms("0", "5")).is_free_of_charge


def test_an_unknown_seat_type_has_no_price():
    with pytest.raises(UnknownSeatType):
        price({B: 1}, terms("5"))


@given(
    prices=st.lists(
        st.decimals(0, 50_000, places=3, allow_nan=False), min_size=1, max_size=6
    ),
    quantities=st.lists(st.integers(0, 20), min_size=6, max_size=6),
    currency=st.sampled_from(["JPY", "USD", "KWD"]),
    rate=st.sampled_from([None, "7", "19", "21", "8.1"]),
    gross=st.booleans(),
)
def test_lines_tax_and_total_always_add_up(prices, quantities, currency, rate, gross):
    asked = {
        UUID(int=n): q
        for n, (_, q) in enumerate(zip(prices, quantities, strict=False), 1)
    }
    totals = price(
        asked, terms(*map(str, prices), currency=currency, rate=rate, gross=gross)
    )

    assert sum(line.line_total for line in totals.lines) == totals.total
    assert totals.net_total + totals.tax_total == totals.total
    assert all(line.net + line.tax == line.line_total for line in totals.lines)
    assert totals.total == Money.of(totals.total, currency).amount


def test_money_of_two_currencies_does_not_add_up():
    with pytest.raises(ValueError, match="do not add up"):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")


@pytest.mark.parametrize(
    ("field", "person"),
    [
        ("first_name", {"first_name": " "}),
        ("last_name", {"last_name": ""}),
        ("email", {"email": "nobody"}),
        ("email", {"email": "a@b"}),
        ("email", {"email": "a b@example.org"}),
        ("email", {"email": "a@example.org\nBcc: b@example.org"}),
        ("first_name", {"first_name": "x" * 101}),
    ],
)
def test_personal_info_names_the_field_that_is_wrong(field, person):
    right = {"first_name": "First", "last_name": "Last", "email": "a@example.org"}

    with pytest.raises(InvalidPersonalInfo) as refusal:
        PersonalInfo.of(**{**right, **person})

    assert refusal.value.field == field
