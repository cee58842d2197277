"""What seats given back are worth, what of it is kept and what goes back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registrations.domain import errors
from registrations.domain.cancellation import (
    CancellationPolicy,
    CancellationTier,
    Period,
    PricedOrder,
    Quote,
    quote,
)
from registrations.domain.pricing import ConferenceTerms, SeatTypeTerms, price

GENERAL, WORKSHOP = UUID(int=1), UUID(int=2)
START = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)

PERCENT = CancellationTier(days_before=30, percent_kept=Decimal(10))
FEE = CancellationTier(days_before=7, fee_per_seat=Decimal("25.00"))


def policy(*tiers: CancellationTier, ends_at: datetime = START) -> CancellationPolicy:
    return CancellationPolicy(starts_at=START, ends_at=ends_at, tiers=tiers)


def order(
    *seats: tuple[UUID, int, str],
    currency: str = "EUR",
    rate: str | None = None,
    included: bool = True,
    refundable: str | None = None,
) -> PricedOrder:
    """Seats at their price, paid in full unless it is said what can go back."""
    terms = ConferenceTerms(
        id=UUID(int=9),
        is_published=True,
        currency=currency,
        tax_rate=Decimal(rate) if rate else None,
        seat_types={
            id: SeatTypeTerms(
                id=id, name=str(id), price=Decimal(each), price_includes_tax=included
            )
            for id, _quantity, each in seats
        },
    )
    totals = price({id: quantity for id, quantity, _each in seats}, terms)
    return PricedOrder(
        lines=totals.lines,
        currency=currency,
        tax_rate=totals.tax_rate,
        refundable=totals.total if refundable is None else Decimal(refundable),
    )


# Which tier counts


@pytest.mark.parametrize(
    ("now", "tier"),
    [
        (START - 100 * DAY, PERCENT),
        (START - 30 * DAY, PERCENT),
        (START - 30 * DAY + SECOND, FEE),
        (START - 7 * DAY, FEE),
        (START - 7 * DAY + SECOND, None),
        (START + DAY, None),
    ],
)
def test_tier_with_the_most_days_of_those_still_left(now, tier):
    for tiers in ([PERCENT, FEE], [FEE, PERCENT]):
        assert policy(*tiers).tier_at(now) is tier


def test_without_tiers_everything_goes_back():
    two = order((GENERAL, 2, "199.00"))
    offered = quote(two, {GENERAL: 1}, policy(), now=START - SECOND)
    paid, nothing = Decimal(199), Decimal(0)
    assert (offered.value, offered.kept, offered.refund) == (paid, nothing, paid)
    assert not offered.keeps_everything


def test_too_late_for_every_tier_everything_is_kept():
    two = order((GENERAL, 2, "199.00"))
    offered = quote(two, {GENERAL: 1}, policy(PERCENT, FEE), now=START - DAY)
    paid, nothing = Decimal(199), Decimal(0)
    assert (offered.value, offered.kept, offered.refund) == (paid, paid, nothing)
    assert offered.keeps_everything


def test_tier_of_the_first_day_holds_until_the_start():
    last = CancellationTier(days_before=0, percent_kept=Decimal(80))
    assert policy(last).tier_at(START) is last
    assert policy(last).keeps_everything_at(START + SECOND)


def test_periods_follow_each_other_until_it_is_too_late():
    assert list(policy(FEE, PERCENT).periods()) == [
        Period(until=START - 30 * DAY, tier=PERCENT),
        Period(until=START - 7 * DAY, tier=FEE),
        Period(until=START, tier=None, keeps_everything=True),
    ]
    assert list(policy().periods()) == [Period(until=START, tier=None)]


def test_periods_end_with_the_deadline():
    early = START - 20 * DAY
    assert list(policy(FEE, PERCENT, ends_at=early).periods()) == [
        Period(until=START - 30 * DAY, tier=PERCENT),
        Period(until=early, tier=FEE),
    ]


# What it comes to


@pytest.mark.parametrize(
    ("tier", "seats", "kept"),
    [
        # 10 % of 249 is 24.90
        (PERCENT, {GENERAL: 1, WORKSHOP: 1}, "24.90"),
        # A fee of 25 for each of two
        (FEE, {GENERAL: 2}, "50.00"),
        # Never more than the seat: 25 and 20
        (CancellationTier(days_before=0, fee_per_seat=Decimal(25)), {}, "95.00"),
        (CancellationTier(days_before=0, percent_kept=Decimal(100)), {}, "468.00"),
        (CancellationTier(days_before=0, percent_kept=Decimal(0)), {}, "0.00"),
        (CancellationTier(days_before=0, fee_per_seat=Decimal(0)), {}, "0.00"),
    ],
)
def test_what_is_kept(tier, seats, kept):
    cheap = UUID(int=3)
    three = order((GENERAL, 2, "199.00"), (WORKSHOP, 1, "50.00"), (cheap, 1, "20.00"))
    seats = seats or {GENERAL: 2, WORKSHOP: 1, cheap: 1}
    offered = quote(three, seats, policy(tier), now=START - tier.days_before * DAY)
    assert offered.kept == Decimal(kept)
    assert offered.refund == offered.value - Decimal(kept)


def test_percentage_is_rounded_once_and_shared_by_the_lines():
    """15 % of 3 x 0.33: each alone would be 0.05, all together are 0.15."""
    third = CancellationTier(days_before=0, percent_kept=Decimal(15))
    ids = [UUID(int=number) for number in (1, 2, 3)]
    three = order(*((id, 1, "0.33") for id in ids))
    offered = quote(three, dict.fromkeys(ids, 1), policy(third), now=START)
    assert offered.kept == Decimal("0.15")
    assert [line.kept for line in offered.cancelled] == [
        Decimal("0.05"),
        Decimal("0.05"),
        Decimal("0.05"),
    ]


@pytest.mark.parametrize(
    ("each", "kept"), [("0.10", "0.00"), ("0.30", "0.02"), ("0.50", "0.02")]
)
def test_half_a_cent_goes_to_the_even_one(each, kept):
    five = CancellationTier(days_before=0, percent_kept=Decimal(5))
    one = order((GENERAL, 1, each))
    offered = quote(one, {GENERAL: 1}, policy(five), now=START)
    assert offered.kept == Decimal(kept)


def test_no_more_goes_back_than_is_there():
    two = order((GENERAL, 2, "199.00"), refundable="150.00")
    offered = quote(two, {GENERAL: 2}, policy(PERCENT), now=START - 40 * DAY)
    assert (offered.kept, offered.due, offered.refund) == (
        Decimal("39.80"),
        Decimal("358.20"),
        Decimal("150.00"),
    )


def test_organizer_chooses_up_to_what_is_there():
    two = order((GENERAL, 2, "199.00"), refundable="300.00")
    offered = quote(two, {GENERAL: 1}, policy(PERCENT), now=START)
    assert (offered.giving(Decimal(0)).kept, offered.giving(Decimal(0)).refund) == (
        Decimal(199),
        Decimal(0),
    )
    # More than the price of the seat: then nothing of it is kept.
    more = offered.giving(Decimal(300))
    assert (more.kept, more.refund) == (Decimal(0), Decimal(300))
    for wrong in ("300.01", "-0.01", "0.001"):
        with pytest.raises(errors.RefundNotPossible):
            offered.giving(Decimal(wrong))


def test_seats_that_are_not_there_cannot_be_given_back():
    two = order((GENERAL, 2, "199.00"))
    for seats in ({GENERAL: 3}, {WORKSHOP: 1}, {GENERAL: -1, WORKSHOP: 1}):
        with pytest.raises(errors.SeatsNotHeld):
            quote(two, seats, policy(), now=START)
    for seats in ({}, {GENERAL: 0}):
        with pytest.raises(errors.NoSeatsChosen):
            quote(two, seats, policy(), now=START)


# For any order

PLACES = {"JPY": 0, "EUR": 2, "KWD": 3}
ORDERS = st.builds(
    lambda currency, prices, rate, included: order(
        *(
            (UUID(int=number), quantity, str(Decimal(each).scaleb(-PLACES[currency])))
            for number, (quantity, each) in enumerate(prices, start=1)
        ),
        currency=currency,
        rate=rate,
        included=included,
    ),
    st.sampled_from(sorted(PLACES)),
    st.lists(
        st.tuples(st.integers(1, 6), st.integers(0, 99_999)), min_size=1, max_size=4
    ),
    st.sampled_from([None, "7", "19", "8.1", "0.333"]),
    st.booleans(),
)
TIERS = st.one_of(
    st.builds(
        CancellationTier,
        days_before=st.just(0),
        percent_kept=st.decimals(0, 100, places=2),
    ),
    st.builds(
        CancellationTier,
        days_before=st.just(0),
        fee_per_seat=st.integers(0, 50_000).map(Decimal),
    ),
)


def left(priced: PricedOrder, offered: Quote) -> PricedOrder:
    return PricedOrder(
        lines=offered.remaining,
        currency=priced.currency,
        tax_rate=priced.tax_rate,
        refundable=priced.refundable - offered.refund,
    )


@given(priced=ORDERS, tier=TIERS, choices=st.lists(st.integers(0, 3), max_size=40))
def test_no_cent_is_lost_or_made_however_seats_are_given_back(priced, tier, choices):
    """One by one in any order comes to exactly what was paid, in value, and what is
    kept and what goes back are all of it."""
    paid = sum(line.line_total for line in priced.lines)
    units = [line.seat_type for line in priced.lines for _ in range(line.quantity)]
    for choice in choices:
        if units:
            units.append(units.pop(choice % len(units)))
    value = kept = refund = Decimal(0)
    now = priced
    for seat_type in units:
        offered = quote(now, {seat_type: 1}, policy(tier), now=START)
        assert 0 <= offered.kept <= offered.value
        assert offered.net_total + offered.tax_total == offered.total
        value += offered.value
        kept += offered.kept
        refund += offered.refund
        now = left(now, offered)
    assert value == paid == kept + refund
    assert [line.line_total for line in now.lines] == [0] * len(now.lines)
    assert [line.tax for line in now.lines] == [0] * len(now.lines)


@given(priced=ORDERS, tier=TIERS, data=st.data())
def test_all_at_once_takes_away_what_one_by_one_does(priced, tier, data):
    seats = {
        line.seat_type: data.draw(st.integers(0, line.quantity))
        for line in priced.lines
    }
    if not any(seats.values()):
        seats[priced.lines[0].seat_type] = 1
    at_once = quote(priced, seats, policy(tier), now=START)

    now, value, fees = priced, Decimal(0), Decimal(0)
    for seat_type, quantity in seats.items():
        for _ in range(quantity):
            one = quote(now, {seat_type: 1}, policy(tier), now=START)
            value, fees = value + one.value, fees + one.kept
            now = left(now, one)

    assert at_once.value == value
    assert list(at_once.remaining) == list(now.lines)
    if tier.fee_per_seat is not None:
        assert at_once.kept == fees
    parts = at_once.cancelled
    assert sum(line.kept for line in parts) == at_once.kept
    assert all(0 <= line.kept <= line.value for line in parts)


@given(priced=ORDERS, quantity=st.integers(0, 6))
def test_fewer_seats_cost_what_they_would_have_cost(priced, quantity):
    """Taking seats away ends at the price of an order that never had them."""
    line = priced.lines[0]
    gone = min(quantity, line.quantity)
    fewer = priced.fewer(line, gone)
    # The same by the price list: it is the first to know whether tax is included.
    again = priced.fewer(priced.fewer(line, 0), gone)
    assert fewer == again
    assert priced.fewer(line, 0) == line
