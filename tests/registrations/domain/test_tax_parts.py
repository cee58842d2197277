"""Money divides among taxes without a rest, in whatever pieces it goes back."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.domain.order_events import OrderTotalsCalculated
from registrations.domain.tax_parts import (
    TaxPart,
    added,
    gross,
    less,
    parts_of,
    share,
    untaxed,
)
from registrations.domain.values import Money, minor_unit

CURRENCIES = ["JPY", "EUR", "KWD"]
RATES = [Decimal(rate) for rate in ("0", "5.5", "7", "19", "25", "33.3333")]
ORDER = UUID("01900000-0000-7000-8000-000000000005")


def part(rate: str, net: str, tax: str, name: str = "VAT") -> TaxPart:
    return TaxPart(
        tax_name=name, rate=Decimal(rate), net=Decimal(net), tax=Decimal(tax)
    )


def none_is_negative(parts: list[TaxPart]) -> bool:
    return all(part.net >= 0 and part.tax >= 0 for part in parts)


def given_back(charged: list[TaxPart], amounts: list[Decimal], currency: str):
    before, shares = Decimal(0), []
    for amount in amounts:
        shares.append(share(charged, before, amount, currency))
        before += amount
    return shares


# Examples


def test_half_of_it_is_half_of_each():
    charged = [part("19", "100.00", "19.00"), part("7", "100.00", "7.00")]

    assert share(charged, Decimal(0), Decimal("113.00"), "EUR") == [
        part("19", "50.00", "9.50"),
        part("7", "50.00", "3.50"),
    ]


def test_the_last_cent_makes_it_whole():
    charged = [part("19", "8.40", "1.60")]

    assert given_back(charged, [Decimal("3.33"), Decimal("3.33")], "EUR") == [
        [part("19", "2.80", "0.53")],
        [part("19", "2.79", "0.54")],
    ]
    assert share(charged, Decimal("6.66"), Decimal("3.34"), "EUR") == [
        part("19", "2.81", "0.53")
    ]


def test_money_without_tax_is_one_part_whatever_its_places():
    charged = [untaxed(Decimal("10.005"))]

    assert given_back(charged, [Decimal("3.333"), Decimal("6.672")], "EUR") == [
        [untaxed(Decimal("3.333"))],
        [untaxed(Decimal("6.672"))],
    ]


def test_what_goes_beyond_the_charge_is_not_taxed():
    charged = [part("25", "8.00", "2.00")]

    assert share(charged, Decimal("5.00"), Decimal("12.50"), "EUR") == [
        part("25", "4.00", "1.00"),
        untaxed(Decimal("7.50")),
    ]
    assert share([], Decimal(0), Decimal("7.50"), "EUR") == [untaxed(Decimal("7.50"))]


def test_parts_of_no_money_are_none():
    charged = [part("25", "8.00", "2.00")]

    assert share(charged, Decimal("5.00"), Decimal("0.00"), "EUR") == []
    assert added([untaxed(Decimal(0))]) == []


def test_nobody_loses_by_one_unit_more():
    """With largest remainders the third part has 1 of 10 units and 0 of 11."""
    charged = [part("19", "6", "0"), part("7", "6", "0"), part("5", "2", "0")]

    shares = given_back(charged, [Decimal(1)] * 14, "JPY")

    assert all(len(one) == 1 and one[0].gross == 1 for one in shares)
    assert added(part for one in shares for part in one) == [
        charged[0],
        charged[1],
        charged[2],
    ]


def test_parts_of_an_order():
    def totals(rate: Decimal | None) -> OrderTotalsCalculated:
        tax = Decimal("1.60") if rate else Decimal(0)
        return OrderTotalsCalculated(
            order_id=ORDER,
            lines=[],
            total=Decimal("10.00"),
            net_total=Decimal("10.00") - tax,
            tax_total=tax,
            currency="EUR",
            tax_name="VAT" if rate else "",
            tax_rate=rate,
            is_free_of_charge=False,
        )

    assert parts_of(totals(Decimal(19))) == [part("19", "8.40", "1.60")]
    assert parts_of(totals(None)) == [untaxed(Decimal("10.00"))]


# Whatever the parts and pieces


@st.composite
def charges(draw):
    """Some parts as an order's lines make them, in minor units."""
    currency = draw(st.sampled_from(CURRENCIES))
    rates = draw(st.lists(st.sampled_from(RATES), min_size=1, max_size=4, unique=True))
    charged = []
    for rate in rates:
        units = draw(st.integers(1, 10 ** draw(st.integers(1, 8))))
        total = units * minor_unit(currency)
        tax = Money.of(total - total / (1 + rate / 100), currency).amount
        charged.append(TaxPart(tax_name="VAT", rate=rate, net=total - tax, tax=tax))
    return charged, currency


@given(charge=charges(), cuts=st.lists(st.floats(0, 1), max_size=300))
def test_all_that_is_given_back_is_all_that_was_charged(charge, cuts):
    charged, currency = charge
    total, unit = gross(charged), minor_unit(currency)
    points = sorted(Decimal(int(total / unit * Decimal(cut))) * unit for cut in cuts)
    ends = [*points, total]
    starts = [Decimal(0), *points]
    amounts = [end - start for start, end in zip(starts, ends, strict=True)]

    shares = given_back(charged, amounts, currency)

    assert [gross(one) for one in shares] == amounts
    assert all(none_is_negative(one) for one in shares)
    assert less(charged, [part for one in shares for part in one]) == []


@given(charge=charges(), amount=st.floats(0, 1), before=st.floats(0, 1))
def test_each_share_is_in_proportion(charge, amount, before):
    """But for what rounding moves, which is never made worse by the next piece."""
    charged, currency = charge
    total, unit = gross(charged), minor_unit(currency)
    given_before = Decimal(int(total / unit * Decimal(before))) * unit
    left = total - given_before
    now = Decimal(int(left / unit * Decimal(amount))) * unit

    shares = {one.key: one for one in share(charged, given_before, now, currency)}

    for whole in charged:
        got = shares.get(whole.key)
        exact = whole.gross * now / total
        # Rounded at either end, and Webster's method may be off by a unit more.
        assert abs((got.gross if got else 0) - exact) <= 3 * unit
        tax = whole.tax * now / total
        assert abs((got.tax if got else 0) - tax) <= 3 * unit


@given(
    charge=charges(),
    amounts=st.lists(st.decimals(0, 10**4, places=3), min_size=1, max_size=20),
)
def test_odd_amounts_keep_their_sum(charge, amounts):
    """More than was charged, or finer than can be paid: nothing of it is lost."""
    charged, currency = charge

    shares = given_back(charged, amounts, currency)

    assert [gross(one) for one in shares] == amounts


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_thousand_times_the_smallest_amount(currency):
    unit = minor_unit(currency)
    charged = [
        TaxPart(tax_name="VAT", rate=Decimal(19), net=700 * unit, tax=133 * unit),
        TaxPart(tax_name="VAT", rate=Decimal(7), net=156 * unit, tax=11 * unit),
    ]

    shares = given_back(charged, [unit] * 1000, currency)

    assert all(len(one) == 1 and none_is_negative(one) for one in shares)
    assert added(part for one in shares for part in one) == charged
