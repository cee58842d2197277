"""On which terms seats can be asked for."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from registrations.domain import errors
from registrations.domain.pricing import ConferenceTerms, SeatTypeTerms
from tests.registrations.domain.order_histories import (
    CONFERENCE,
    GENERAL,
    NOW,
    TERMS,
)


@pytest.mark.parametrize(
    ("wanted", "refusal", "sentence"),
    [
        ({}, errors.NoItems, "One or more items are required."),
        ({GENERAL: 0}, errors.NoItems, "One or more items are required."),
        ({GENERAL: -1}, errors.NegativeQuantity, "A quantity cannot be negative."),
        ({GENERAL: 21}, errors.TooManySeats, "At most 20 of these can be ordered"),
        ({UUID(int=99): 1}, errors.UnknownSeatType, "This conference has no such seat"),
    ],
)
def test_what_cannot_be_asked_for(wanted, refusal, sentence):
    with pytest.raises(refusal, match=sentence):
        TERMS.check(wanted, held={}, now=NOW)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"is_closed": True}, errors.SeatTypeClosed),
        ({"on_sale_from": NOW + timedelta(seconds=1)}, errors.NotOnSale),
        ({"on_sale_until": NOW}, errors.NotOnSale),
    ],
)
def test_what_is_not_on_sale_can_be_kept_but_not_taken(changes, refusal):
    terms = ConferenceTerms(
        id=CONFERENCE,
        is_published=True,
        currency="USD",
        seat_types={
            GENERAL: SeatTypeTerms(id=GENERAL, name="G", price=Decimal(1), **changes)
        },
    )
    terms.check({GENERAL: 2}, held={GENERAL: 2}, now=NOW)
    with pytest.raises(refusal):
        terms.check({GENERAL: 3}, held={GENERAL: 2}, now=NOW)


def test_an_unpublished_conference_is_closed():
    closed = ConferenceTerms(id=CONFERENCE, is_published=False, currency="USD")
    with pytest.raises(errors.ConferenceClosed):
        closed.check({GENERAL: 1}, held={}, now=NOW)


def test_a_conference_that_is_over_sells_nothing_more():
    over = ConferenceTerms(
        id=CONFERENCE,
        is_published=True,
        currency="USD",
        ends_at=NOW,
        seat_types=TERMS.seat_types,
    )
    over.check({GENERAL: 1}, held={GENERAL: 2}, now=NOW)
    with pytest.raises(errors.NotOnSale, match="This conference is over"):
        over.check({GENERAL: 1}, held={}, now=NOW)
