"""Cancelling seats: they return, and by the terms the money does."""

from datetime import timedelta
from decimal import Decimal

import pytest

from conferences import services
from registrations.commands import order as orders
from registrations.commands import seat_assignments
from registrations.commands.cancellation import (
    cancel_as_organizer,
    cancel_as_registrant,
)
from registrations.domain import errors
from registrations.domain.values import Money
from registrations.models import OrderSeat
from registrations.queries.cancellation import preview
from registrations.queries.invariants import problems
from tests.registrations.commands.cancelling import (
    TEN_PERCENT,
    positions,
    refunds,
    sold,
    wish,
)
from tests.registrations.commands.read_models import seats_of
from tests.registrations.conftest import ATTENDEE, NOW, minutes, reload


def test_some_seats_return_and_the_others_keep_their_numbers(summit, order):
    cancel_as_registrant(wish(order, 0, 2))

    assert (sold(summit.general), sold(summit.party)) == (1, 0)
    assert positions(order) == [1]
    assert refunds(order) == [("224.10", "seats-cancelled", "requested")]
    left = reload(order)
    assert (left.status, left.total.amount, left.kept.amount) == (
        "confirmed",
        Decimal("199.00"),
        Decimal("24.90"),
    )
    assert [(one.requested, one.reserved) for one in left.lines] == [(1, 1), (0, 0)]
    assert list(problems()) == []


def test_seats_are_cancelled_at_several_times_and_at_last_the_order(summit, order):
    cancel_as_registrant(wish(order, 0))
    cancel_as_registrant(wish(order, 2))
    cancel_as_registrant(wish(order, 1))

    assert refunds(order) == [
        ("179.10", "seats-cancelled", "requested"),
        ("45.00", "seats-cancelled", "requested"),
        ("179.10", "order-cancelled", "requested"),
    ]
    assert reload(order).status == "cancelled"
    assert reload(order).kept.amount == Decimal("44.80")
    assert positions(order) == []
    assert (sold(summit.general), sold(summit.party)) == (0, 0)
    assert list(problems()) == []


def test_attendees_of_the_other_seats_stay(order):
    assign = seat_assignments.assign_seat
    assign(order_id=order.pk, position=1, attendee=ATTENDEE, now=NOW)

    cancel_as_registrant(wish(order, 0))

    assert OrderSeat.objects.get(order_id=order.pk, position=1).email == ATTENDEE.email
    assign(order_id=order.pk, position=2, attendee=ATTENDEE, now=NOW)
    with pytest.raises(errors.SeatPositionUnknown):
        assign(order_id=order.pk, position=0, attendee=ATTENDEE, now=NOW)


def test_the_same_seats_again_change_nothing(order):
    version = {reload(order).version}
    for _ in range(2):
        cancel_as_registrant(wish(order, 1))
        version.add(reload(order).version)

    assert len(version) == 2
    assert refunds(order) == [("179.10", "seats-cancelled", "requested")]


def test_seats_of_which_one_is_gone_are_refused(order):
    cancel_as_registrant(wish(order, 1))

    for others in ((0, 1), (9,)):
        with pytest.raises(errors.SeatsNotHeld):
            cancel_as_registrant(wish(order, *others))
    assert positions(order) == [0, 2]


def test_preview_is_what_happens(order):
    for seats in ((0,), (1, 2)):
        quote = preview(order.pk, seats, now=NOW)
        expected = Money(quote.refund, "USD")
        cancel_as_registrant(wish(order, *seats), expected_refund=expected)
        assert refunds(order)[-1][0] == str(quote.refund)


def test_another_amount_than_expected_changes_nothing(summit, order):
    expected = Money(preview(order.pk, None, now=NOW).refund, "USD")
    services.set_cancellation_tiers(conference_id=summit.id, tiers=[])

    for wrong in (expected, Money(Decimal("448.00"), "EUR")):
        with pytest.raises(errors.QuoteChanged):
            cancel_as_registrant(wish(order), expected_refund=wrong)
    assert (refunds(order), positions(order)) == ([], [0, 1, 2])
    cancel_as_registrant(wish(order), expected_refund=Money(Decimal(448), "USD"))
    assert refunds(order) == [("448.00", "order-cancelled", "requested")]


def test_registrants_are_bound_by_the_deadline_and_organizers_are_not(order):
    late = NOW + minutes(60 * 24 * 91)
    for seats in ((), (0,)):
        with pytest.raises(errors.CancellationClosed):
            cancel_as_registrant(wish(order, *seats, now=late))
    cancel_as_organizer(wish(order, 0, by="olga", now=late))
    assert positions(order) == [1, 2]


def test_too_late_for_the_terms_seats_return_and_the_money_stays(summit, order):
    services.set_cancellation_tiers(
        conference_id=summit.id,
        tiers=[{"days_before": 365, "percent_kept": Decimal(0)}],
    )
    cancel_as_registrant(wish(order, 0))

    assert (sold(summit.general), refunds(order)) == (1, [])
    assert reload(order).kept.amount == Decimal("199.00")
    assert list(problems()) == []


def test_free_seats_are_given_back_without_money(make_summit, db):
    summit = make_summit(prices=("0", "5", "5"))
    services.set_cancellation_tiers(conference_id=summit.id, tiers=TEN_PERCENT)
    order = summit.ready((summit.general, 2))
    orders.confirm_free_order(order_id=order.pk, now=NOW)

    cancel_as_registrant(wish(order, 0))
    assert (sold(summit.general), refunds(order)) == (1, [])
    assert list(problems()) == []
    cancel_as_registrant(wish(order, 1))
    assert reload(order).status == "cancelled"
    assert list(problems()) == []


def test_cancelling_returns_seats_and_refunds(summit):
    order = summit.confirmed((summit.general, 2))

    orders.cancel_order(order_id=order.pk, by="registrant", now=NOW)
    orders.cancel_order(order_id=order.pk, by="registrant", now=NOW)

    assert reload(order).status == "cancelled"
    assert seats_of(summit)["General"] == (100, 0, 0)
    assert not OrderSeat.objects.exists()
    assert refunds(order) == [("398.00", "order-cancelled", "requested")]


def test_registrants_cancel_until_the_conference_starts(summit):
    order = summit.confirmed((summit.general, 1))
    started = NOW + timedelta(days=91)

    with pytest.raises(errors.CancellationClosed):
        orders.cancel_order(order_id=order.pk, by="registrant", now=started)
    orders.cancel_order(
        order_id=order.pk, by="organizer", now=started, as_organizer=True
    )
    assert reload(order).status == "cancelled"


def test_only_confirmed_orders_can_be_cancelled(summit):
    order = summit.place((summit.general, 1))

    with pytest.raises(errors.OrderNotConfirmed):
        orders.cancel_order(order_id=order.pk, by="registrant", now=NOW)
