"""Holds that have ended while no worker came by, and seats that were cut meanwhile."""

import pytest

from conferences import services as conferences
from eventstore.context import context
from eventstore.models import Event
from eventstore.store import load
from payments import transitions
from registrations.commands import order as orders
from registrations.domain import errors
from registrations.domain.order import Order
from registrations.domain.order_state import Status
from registrations.models import OrderSeat, SeatReservation
from registrations.queries import conference_view
from tests.registrations.commands.read_models import lines, seats_of
from tests.registrations.conftest import NOW, minutes, reload, start_payment

LATER = NOW + minutes(16)


@pytest.mark.parametrize("quota", [12, 9, 5, 1, 0])
def test_what_is_shown_is_what_is_reserved(make_summit, db, quota):
    summit = make_summit(quotas=(10, 100, 100))
    for _ in range(5):
        summit.place((summit.general, 2))
    conferences.update_seat_type(seat_type_id=summit.general, changes={"quota": quota})
    offers = {o.id: o for o in conference_view.seat_types(summit.id, now=LATER)}

    order = summit.place((summit.general, 4), now=LATER)

    shown = offers[summit.general].available
    assert [line.reserved for line in reload(order).lines] == [min(4, shown)]
    assert load(Order, order.pk).status is not Status.PLACED


def test_a_change_while_oversold_is_decided_before_anything_else(make_summit, db):
    summit = make_summit(quotas=(10, 1, 4), prices=("0", "0", "0"))
    for _ in range(5):
        summit.place((summit.general, 2))
    order = summit.ready((summit.party, 2), now=NOW + minutes(10))
    conferences.update_seat_type(seat_type_id=summit.general, changes={"quota": 9})

    orders.change_items(order_id=order.pk, items=[(summit.general, 4)], now=LATER)
    orders.confirm_free_order(order_id=order.pk, now=LATER)

    assert OrderSeat.objects.filter(order_id=order.pk).count() == 4


def test_the_clock_ends_holds_whoever_needs_the_seats(make_summit, db):
    summit = make_summit(quotas=(1, 1, 1))
    first = summit.place((summit.general, 1))

    with context(actor="user:7"):
        summit.place((summit.general, 1), now=LATER)

    expired = Event.objects.get(stream=f"order-{first.pk}", type="order-expired")
    assert expired.metadata["actor"] == "clock"


def test_a_late_payment_ends_only_the_holds_it_needs(make_summit, db):
    summit = make_summit(quotas=(4, 1, 1))
    order = summit.ready((summit.general, 2))
    payment = start_payment(order.pk)
    orders.expire_order(order_id=order.pk, now=NOW + minutes(30))
    others = [
        summit.place((summit.general, 1), now=NOW + minutes(31)) for _ in range(3)
    ]

    transitions.complete(payment.pk, now=NOW + minutes(60))

    assert reload(order).status == "confirmed"
    statuses = [reload(other).status for other in others]
    assert sorted(statuses) == ["expired", "reserved", "reserved"]


def test_the_hold_is_extended_once_over_two_payments(summit):
    order = summit.ready((summit.general, 1))
    start_payment(order.pk)
    orders.change_items(order_id=order.pk, items=[(summit.general, 2)], now=NOW)
    start_payment(order.pk)

    assert reload(order).hold_expires_at == NOW + minutes(29)


def test_an_ended_hold_refuses_changes_before_anybody_released_it(summit):
    order = summit.ready((summit.general, 1))

    with pytest.raises(errors.OrderAlreadyExpired):
        start_payment(order.pk, now=NOW + minutes(15))
    with pytest.raises(errors.OrderAlreadyExpired):
        orders.change_items(
            order_id=order.pk, items=[(summit.general, 2)], now=NOW + minutes(15)
        )


def test_changing_does_not_restart_the_clock(summit):
    order = summit.place((summit.general, 1))

    orders.change_items(
        order_id=order.pk, items=[(summit.general, 2)], now=NOW + minutes(10)
    )

    assert reload(order).hold_expires_at == NOW + minutes(15)
    assert SeatReservation.objects.get().expires_at == NOW + minutes(15)


def test_an_ended_hold_is_free_for_the_next_at_once(make_summit, db):
    summit = make_summit(quotas=(10, 4, 10))
    first = summit.ready((summit.workshop, 4))

    second = summit.place((summit.workshop, 3), now=NOW + minutes(15))

    assert lines(second) == [("CQRS Workshop", 3, 3, "")]
    assert reload(first).status == "expired"
    assert seats_of(summit)["CQRS"] == (1, 3, 0)
