"""An order is confirmed by its payment, or without one if it costs nothing."""

import pytest

from eventstore.models import Deadline
from payments import transitions
from registrations.commands import order as orders
from registrations.domain import errors
from registrations.models import OrderSeat, SeatReservation
from tests.registrations.commands.read_models import seats_of
from tests.registrations.conftest import (
    NOW,
    minutes,
    pay,
    reload,
    start_payment,
)


def test_paid_order_is_confirmed_and_its_seats_are_numbered(summit):
    order = summit.confirmed((summit.general, 2), (summit.party, 1))

    assert (order.status, order.hold_expires_at) == ("confirmed", None)
    assert seats_of(summit)["General"] == (98, 0, 2)
    assert list(
        OrderSeat.objects.order_by("position").values_list("position", "seat_type_name")
    ) == [
        (0, "General admission"),
        (1, "General admission"),
        (2, "Additional cocktail party"),
    ]
    assert not SeatReservation.objects.exists()
    assert not Deadline.objects.exists()


def test_free_order_is_confirmed_without_a_payment(make_summit, db):
    summit = make_summit(prices=("0", "500", "50"))
    order = summit.ready((summit.general, 1))

    assert order.is_free
    with pytest.raises(errors.PaymentNotNeeded):
        start_payment(order.pk)
    orders.confirm_free_order(order_id=order.pk, now=NOW)
    orders.confirm_free_order(order_id=order.pk, now=NOW)

    assert reload(order).status == "confirmed"
    assert OrderSeat.objects.count() == 1


def test_mixed_order_is_paid_normally(make_summit, db):
    summit = make_summit(prices=("0", "500", "50"))
    order = summit.ready((summit.general, 1), (summit.party, 1))

    with pytest.raises(errors.PaymentNeeded):
        orders.confirm_free_order(order_id=order.pk, now=NOW)
    pay(order.pk)
    assert reload(order).status == "confirmed"


def test_registrant_is_required_before_payment(summit):
    order = summit.place((summit.general, 1))

    with pytest.raises(errors.RegistrantMissing):
        start_payment(order.pk)


def test_rejected_payment_leaves_order_and_hold_as_they_were(summit):
    order = summit.ready((summit.general, 1))
    started = start_payment(order.pk)
    assert reload(order).hold_expires_at == NOW + minutes(29)

    transitions.reject(started.pk, now=NOW)

    assert reload(order).status == "reserved"
    assert reload(order).hold_expires_at == NOW + minutes(15)
    assert pay(order.pk).status == "completed"
    assert reload(order).status == "confirmed"
