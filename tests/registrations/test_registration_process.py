"""The process against repeated, reordered and simultaneous messages, on the
database."""

import threading

import pytest
from django.db import connection

from eventstore.models import Deadline, Event, HandledMessage
from eventstore.processes import fire
from eventstore.store import recorded_events
from payments import services, transitions
from registrations import registration_process
from registrations.commands import order as orders
from registrations.commands.cancellation import Wish, cancel_as_registrant
from registrations.domain import registration_process as steps
from registrations.domain.registration_process import (
    HoldEnded,
    PaymentCompleted,
    PaymentRejected,
)
from registrations.models import (
    OrderSeat,
    OrderView,
    RegistrationProcess,
    SeatReservation,
    SeatTypeView,
)
from tests.registrations.conftest import NOW, minutes, reload, start_payment


def everything() -> list[object]:
    return [
        sorted(model.objects.values_list())
        for model in (Event, OrderView, OrderSeat, SeatReservation, SeatTypeView)
    ]


def test_every_message_repeated_changes_nothing(summit):
    order = summit.confirmed((summit.general, 2), (summit.party, 1))
    expired = summit.ready((summit.workshop, 1))
    orders.expire_order(order_id=expired.pk, now=NOW + minutes(20))
    cancelled = summit.confirmed((summit.general, 1))
    orders.cancel_order(order_id=cancelled.pk, by="registrant", now=NOW)
    before = everything()

    for recorded in list(recorded_events(Event.objects.order_by("position"))):
        registration_process.take_event(recorded)

    assert everything() == before
    assert reload(order).status == "confirmed"


def test_without_the_note_of_handled_messages_a_repetition_would_act(summit):
    """The control: the same test finds the difference once the guard is off."""
    order = summit.confirmed((summit.general, 2))
    payment = PaymentCompleted(
        payment_id=services.payments_of(order.pk)[0].pk,
        amount=order.total.amount,
        currency="USD",
    )
    registration_process.take(
        order.pk,
        payment,
        message_id=f"payment-completed/{payment.payment_id}",
        now=NOW,
    )
    assert reload(order).payment_returned == ""

    HandledMessage.objects.all().delete()
    registration_process.take(
        order.pk,
        payment,
        message_id=f"payment-completed/{payment.payment_id}",
        now=NOW,
    )
    assert reload(order).payment_returned == "already-paid"


def test_expiry_arriving_after_confirmation_is_nothing(summit):
    order = summit.confirmed((summit.general, 1))

    registration_process.take(
        order.pk, HoldEnded(), message_id="", now=NOW + minutes(60)
    )

    assert reload(order).status == "confirmed"
    assert SeatTypeView.objects.get(pk=summit.general).sold == 1


def test_expiry_arriving_too_early_is_nothing(summit):
    order = summit.place((summit.general, 1))

    registration_process.take(
        order.pk, HoldEnded(), message_id="", now=NOW + minutes(14)
    )

    assert reload(order).status == "reserved"


def test_rejection_before_completion_of_another_payment(summit):
    order = summit.ready((summit.general, 1))
    first = start_payment(order.pk)
    registration_process.take(
        order.pk, PaymentRejected(payment_id=first.pk), message_id="r", now=NOW
    )
    transitions.complete(first.pk, now=NOW)

    assert reload(order).status == "confirmed"


def test_a_message_for_an_order_nobody_knows_is_nothing(summit):
    registration_process.take(
        summit.id, PaymentRejected(payment_id=summit.id), message_id="x", now=NOW
    )
    assert not RegistrationProcess.objects.exists()


def test_deadline_releases_seats_without_anybody_asking(summit):
    order = summit.ready((summit.general, 3))
    assert Deadline.objects.get().due_at == NOW + minutes(15)

    assert fire() == 1

    assert reload(order).status == "expired"
    assert not SeatReservation.objects.exists()
    assert not Deadline.objects.exists()
    assert SeatTypeView.objects.get(pk=summit.general).remaining == 100


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_release_once(make_summit):
    summit = make_summit()
    for _ in range(6):
        summit.place((summit.general, 1))
    met: list[int] = []

    def work() -> None:
        met.append(fire())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(met) == 6
    assert Event.objects.filter(type="order-expired").count() == 6
    assert Event.objects.filter(type="seats-reservation-cancelled").count() == 6
    assert not Deadline.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_two_steps_leaves_nothing_of_any(make_summit):
    summit = make_summit()
    order = summit.ready((summit.general, 2))
    payment = start_payment(order.pk)
    before = everything()

    class PowerCut(BaseException):
        pass

    def cut(*args: object) -> None:
        raise PowerCut

    for command in (
        "CommitSeatReservation",
        "CreateSeatAssignments",
    ):
        kind = getattr(steps, command)
        right = registration_process.GIVE[kind]
        registration_process.GIVE[kind] = cut
        try:
            with pytest.raises(PowerCut):
                transitions.complete(payment.pk, now=NOW)
        finally:
            registration_process.GIVE[kind] = right
        assert everything() == before

    transitions.complete(payment.pk, now=NOW)
    assert reload(order).status == "confirmed"
    assert OrderSeat.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("positions", "commands"),
    [
        (frozenset({1}), ("ReturnSeats", "WithdrawSeats", "RefundOrder")),
        (None, ("ReturnSeats", "CloseSeatAssignments", "RefundOrder")),
    ],
)
def test_a_crash_while_seats_are_cancelled_leaves_nothing(
    make_summit, positions, commands
):
    """Seats, positions and refund commit together; the next try does all of it once."""
    summit = make_summit()
    order = summit.confirmed((summit.general, 2))
    (payment,) = services.payments_of(order.pk)
    wish = Wish(order_id=order.pk, by="registrant", now=NOW, positions=positions)
    before = everything()

    class PowerCut(BaseException):
        pass

    def cut(*args: object) -> None:
        raise PowerCut

    for command in commands:
        kind = getattr(steps, command)
        right = registration_process.GIVE[kind]
        registration_process.GIVE[kind] = cut
        try:
            with pytest.raises(PowerCut):
                cancel_as_registrant(wish)
        finally:
            registration_process.GIVE[kind] = right
        assert everything() == before
        assert services.refunds_of(payment.pk) == []

    for _ in range(2):
        cancel_as_registrant(wish)
    assert len(services.refunds_of(payment.pk)) == 1
    assert OrderSeat.objects.count() == (1 if positions else 0)
