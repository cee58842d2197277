"""Whatever was ordered and in which steps it is given back, the figures agree."""

from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from registrations.domain.cancellation import (
    CancellationTier,
    PricedOrder,
    Quote,
    quote,
)
from tests.registrations.domain.cancelling import START, order, policy

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
