"""What seats given back are worth, what of it is kept and what goes back."""

from decimal import Decimal
from uuid import UUID

import pytest

from registrations.domain import errors
from registrations.domain.cancellation import CancellationTier, Period, quote
from tests.registrations.domain.cancelling import (
    DAY,
    FEE,
    GENERAL,
    PERCENT,
    SECOND,
    START,
    WORKSHOP,
    order,
    policy,
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
