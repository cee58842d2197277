"""Runs the RegistrationProcess of each order: takes messages in, gives commands out.

State, handled messages and everything the commands write commit together; a crash
between two steps leaves nothing of any of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from eventstore.context import context
from eventstore.events import RecordedEvent
from eventstore.processes import clear_deadline, handled_before, set_deadline
from registrations.commands import payment, seat_assignments, seats_availability
from registrations.commands.order import expire_order, mark_seats_as_reserved
from registrations.commands.seats_availability import lock_seats
from registrations.domain import registration_process as steps
from registrations.domain.order_events import (
    OrderCancelled,
    OrderConfirmed,
    OrderExpired,
    OrderPaymentRejected,
    OrderPaymentStarted,
    OrderPlaced,
    OrderSeatsCancelled,
    OrderUpdated,
)
from registrations.domain.registration_process import Command, HoldEnded, State
from registrations.domain.seats_availability import SeatsAvailability, SeatsReserved
from registrations.models.registration_process import RegistrationProcess

PROCESS = "registration"

ORDER_EVENTS = (
    OrderPlaced,
    OrderUpdated,
    OrderPaymentStarted,
    OrderPaymentRejected,
    OrderConfirmed,
    OrderExpired,
    OrderCancelled,
    OrderSeatsCancelled,
)


@dataclass(frozen=True, slots=True)
class Case:
    """One order's process while it handles one message."""

    order_id: UUID
    conference_id: UUID
    now: datetime


def take_event(recorded: RecordedEvent) -> None:
    """Route one event of the store to the process it concerns, if it concerns any."""
    event, now = recorded.event, _moment_of(recorded)
    if isinstance(event, OrderPlaced):
        started = RegistrationProcess(
            order_id=event.order_id,
            conference_id=event.conference_id,
            state=State.NOT_STARTED.value,
        )
        RegistrationProcess.objects.bulk_create([started], ignore_conflicts=True)
    if isinstance(event, ORDER_EVENTS):
        take(event.order_id, event, message_id=str(recorded.id), now=now)
    elif isinstance(event, SeatsReserved):
        take(event.reservation_id, event, message_id=str(recorded.id), now=now)


def _moment_of(recorded: RecordedEvent) -> datetime:
    """When it happened: the clock was read at the border and is not read again."""
    match recorded.event:
        case OrderPlaced(placed_at=now) | OrderUpdated(updated_at=now):
            return now
        case OrderConfirmed(confirmed_at=now) | OrderExpired(expired_at=now):
            return now
        case OrderCancelled(cancelled_at=now) | OrderSeatsCancelled(cancelled_at=now):
            return now
    return recorded.recorded_at


@transaction.atomic(savepoint=False)
def take(order_id: UUID, message: object, *, message_id: str, now: datetime) -> None:
    """Handle a message once; the same message again has no effect.

    With an empty `message_id` the message may come any number of times (a deadline).
    """
    case = _case(order_id, message, now)
    if case is None:
        return
    row = RegistrationProcess.objects.filter(pk=order_id).first()
    if row is None:
        return
    if message_id and handled_before(PROCESS, str(order_id), message_id):
        return
    state, commands = steps.steps(State(row.state), message)
    if state.value != row.state:
        # Before the commands: what they cause comes back as messages to the new state.
        row.state = state.value
        row.save(update_fields=["state"])
    for command in commands:
        GIVE[type(command)](case, command)


def _case(order_id: UUID, message: object, now: datetime) -> Case | None:
    """The one a message is for, with its conference's seats locked."""
    if isinstance(message, OrderPlaced | SeatsReserved):
        # These say themselves which conference it is: one query less while everybody
        # else who wants its seats waits.
        lock_seats(message.conference_id)
        return Case(order_id, message.conference_id, now)
    return lock_case(order_id, now=now)


def lock_case(order_id: UUID, *, now: datetime) -> Case | None:
    """The order's process, with its conference's seats locked; None if there is
    none."""
    conference_id = (
        RegistrationProcess.objects.filter(pk=order_id)
        .values_list("conference_id", flat=True)
        .first()
    )
    if conference_id is None:
        return None
    lock_seats(conference_id)
    return Case(order_id, conference_id, now)


def release_ended_holds(stream: str, keys: list[str], now: datetime) -> None:
    """The deadline of these orders' holds is due; the order itself looks at the
    time."""
    for key in keys:
        take(UUID(key), HoldEnded(), message_id="", now=now)


# Giving commands


def _reserve(case: Case, command: steps.MakeSeatReservation) -> None:
    # An ended hold counts as free, whether or not a worker came by.
    while in_the_way := _try_to_reserve(case, command):
        _release(case, in_the_way)


def _release(case: Case, ended: list[UUID]) -> None:
    """End other orders' holds: the clock does that, not who needs their seats."""
    with context(actor="clock"):
        for order_id in ended:
            take(order_id, HoldEnded(), message_id="", now=case.now)


def _try_to_reserve(case: Case, command: steps.MakeSeatReservation) -> list[UUID]:
    return seats_availability.make_seat_reservation(
        conference_id=case.conference_id,
        reservation_id=case.order_id,
        seats=command.seats,
        expires_at=command.expires_at,
        now=case.now,
    )


def _mark(case: Case, command: steps.MarkSeatsAsReserved) -> None:
    mark_seats_as_reserved(order_id=case.order_id, seats=command.seats)


def _set_deadline(case: Case, command: steps.SetHoldDeadline) -> None:
    set_deadline(
        PROCESS,
        SeatsAvailability.stream(case.conference_id),
        str(case.order_id),
        command.expires_at,
    )


def _clear_deadline(case: Case) -> None:
    clear_deadline(
        PROCESS, SeatsAvailability.stream(case.conference_id), str(case.order_id)
    )


def _extend(case: Case, command: steps.ExtendHold) -> None:
    seats_availability.extend_seat_reservation(
        conference_id=case.conference_id,
        reservation_id=case.order_id,
        expires_at=command.expires_at,
    )


def _expire(case: Case, _: steps.ExpireOrder) -> None:
    expire_order(order_id=case.order_id, now=case.now)


def _cancel(case: Case, _: steps.CancelSeatReservation) -> None:
    _clear_deadline(case)
    seats_availability.cancel_seat_reservation(
        conference_id=case.conference_id, reservation_id=case.order_id
    )


def _commit(case: Case, _: steps.CommitSeatReservation) -> None:
    _clear_deadline(case)
    seats_availability.commit_seat_reservation(
        conference_id=case.conference_id, reservation_id=case.order_id
    )


def _number_seats(case: Case, _: steps.CreateSeatAssignments) -> None:
    seat_assignments.create_seat_assignments(order_id=case.order_id)


def _confirm(case: Case, command: steps.ConfirmPaidOrder) -> None:
    payment.confirm_paid_order(
        order_id=case.order_id, now=case.now, **_money(command.payment)
    )


def _revive(case: Case, command: steps.ReviveExpiredOrder) -> None:
    _release(case, payment.holds_in_the_way_of(case.order_id, now=case.now))
    payment.revive_expired_order(
        order_id=case.order_id, now=case.now, **_money(command.payment)
    )


def _money(completed: steps.PaymentCompleted) -> dict[str, Any]:
    return {
        "payment_id": completed.payment_id,
        "amount": completed.amount,
        "currency": completed.currency,
    }


def _return_payment(case: Case, command: steps.ReturnPayment) -> None:
    payment.return_payment(
        order_id=case.order_id,
        payment_id=command.payment.payment_id,
        reason=command.reason,
        now=case.now,
    )


def _release_payment(case: Case, command: steps.ReleasePayment) -> None:
    payment.release_payment(order_id=case.order_id, payment_id=command.payment_id)


def _return_seats(case: Case, command: steps.ReturnSeats) -> None:
    seats_availability.return_seats(
        conference_id=case.conference_id, order_id=case.order_id, seats=command.seats
    )


def _close_seats(case: Case, _: steps.CloseSeatAssignments) -> None:
    seat_assignments.close_seat_assignments(order_id=case.order_id)


def _withdraw_seats(case: Case, command: steps.WithdrawSeats) -> None:
    seat_assignments.withdraw_seats(order_id=case.order_id, positions=command.positions)


def _refund(case: Case, command: steps.RefundOrder) -> None:
    reason = "order-cancelled" if command.is_whole else "seats-cancelled"
    payment.refund_order(
        order_id=case.order_id, amount=command.amount, reason=reason, now=case.now
    )


GIVE: dict[type[Command], Callable[[Case, Any], None]] = {
    steps.MakeSeatReservation: _reserve,
    steps.MarkSeatsAsReserved: _mark,
    steps.SetHoldDeadline: _set_deadline,
    steps.ExtendHold: _extend,
    steps.ExpireOrder: _expire,
    steps.CancelSeatReservation: _cancel,
    steps.CommitSeatReservation: _commit,
    steps.CreateSeatAssignments: _number_seats,
    steps.ConfirmPaidOrder: _confirm,
    steps.ReviveExpiredOrder: _revive,
    steps.ReturnPayment: _return_payment,
    steps.ReleasePayment: _release_payment,
    steps.ReturnSeats: _return_seats,
    steps.CloseSeatAssignments: _close_seats,
    steps.WithdrawSeats: _withdraw_seats,
    steps.RefundOrder: _refund,
}
