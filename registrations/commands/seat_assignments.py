"""Use cases around the seats of a confirmed order."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from eventstore import store
from registrations.domain import errors
from registrations.domain.seat_assignments import SeatAssignments
from registrations.domain.values import PersonalInfo
from registrations.queries import conference_view, order_seats, order_view


def create_seat_assignments(*, order_id: UUID) -> None:
    """Number the seats of a confirmed order, once, in line order."""
    order = order_view.order(order_id)
    if order is None:
        raise errors.OrderNotFound
    with store.change(SeatAssignments, order_id) as assignments:
        assignments.create(
            conference_id=order.conference_id,
            organization_id=order.organization_id,
            order_code=order.code,
            seats=[
                (line.seat_type_id, line.name, line.reserved) for line in order.lines
            ],
        )


def close_seat_assignments(*, order_id: UUID) -> None:
    with store.change(SeatAssignments, order_id) as assignments:
        assignments.close()


def withdraw_seats(*, order_id: UUID, positions: Collection[int]) -> None:
    """Take cancelled seats away; a step of the process."""
    with store.change(SeatAssignments, order_id) as assignments:
        assignments.withdraw(positions)


@transaction.atomic
def assign_seat(
    *,
    order_id: UUID,
    position: int,
    attendee: PersonalInfo,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Say who sits there.

    Raises OrderNotFound, OrderNotConfirmed, OrderAlreadyCancelled, SeatPositionUnknown,
    AssignmentClosed, and StaleVersion if the seat changed since `expected_version`.
    """
    until = _assignments_until(order_id)
    with store.change(SeatAssignments, order_id) as assignments:
        _must_be_at(order_id, position, expected_version)
        assignments.assign(position, attendee, until=until, now=now)


@transaction.atomic
def unassign_seat(
    *,
    order_id: UUID,
    position: int,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Make the seat free for somebody else. Raises the same as `assign_seat`."""
    until = _assignments_until(order_id)
    with store.change(SeatAssignments, order_id) as assignments:
        _must_be_at(order_id, position, expected_version)
        assignments.unassign(position, until=until, now=now)


def _assignments_until(order_id: UUID) -> datetime:
    order = order_view.order(order_id)
    if order is None:
        raise errors.OrderNotFound
    if order.status == order.Status.CANCELLED:
        raise errors.OrderAlreadyCancelled
    conference = conference_view.conference_by_id(order.conference_id)
    if order.status != order.Status.CONFIRMED or conference is None:
        raise errors.OrderNotConfirmed
    return conference.assignment_ends_at


def _must_be_at(order_id: UUID, position: int, expected_version: int | None) -> None:
    if expected_version is None:
        return
    seat = order_seats.seat(order_id, position)
    if seat and seat.version != expected_version:
        raise errors.StaleVersion
