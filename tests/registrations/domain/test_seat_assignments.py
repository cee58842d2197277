from datetime import UTC, datetime, timedelta
from uuid import UUID

from eventstore.testing import SOME_ID, given
from registrations.domain.errors import (
    AssignmentClosed,
    OrderNotConfirmed,
    SeatPositionUnknown,
)
from registrations.domain.seat_assignments import (
    SeatAssigned,
    SeatAssignments,
    SeatAssignmentsClosed,
    SeatAssignmentsCreated,
    SeatAssignmentUpdated,
    SeatPosition,
    SeatUnassigned,
)
from registrations.domain.values import PersonalInfo

GENERAL, PARTY = UUID(int=11), UUID(int=12)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
START = NOW + timedelta(days=30)
FIRST = PersonalInfo("First", "Attendee", "first@example.org")
RENAMED = PersonalInfo("Renamed", "Attendee", "FIRST@example.org")
SECOND = PersonalInfo("Second", "Attendee", "second@example.org")

CREATED = SeatAssignmentsCreated(
    order_id=SOME_ID,
    conference_id=UUID(int=5),
    organization_id=UUID(int=6),
    order_code="ABC234",
    seats=[
        SeatPosition(0, GENERAL, "General"),
        SeatPosition(1, GENERAL, "General"),
        SeatPosition(2, PARTY, "Party"),
    ],
)


def assigned(position: int, attendee: PersonalInfo) -> SeatAssigned:
    return SeatAssigned(order_id=SOME_ID, position=position, attendee=attendee)


def assign(*history, attendee: PersonalInfo, position: int = 0, now: datetime = NOW):
    return given(SeatAssignments, *history).when(
        SeatAssignments.assign, position, attendee, until=START, now=now
    )


def create(*history):
    return given(SeatAssignments, *history).when(
        SeatAssignments.create,
        conference_id=UUID(int=5),
        organization_id=UUID(int=6),
        order_code="ABC234",
        seats=[(GENERAL, "General", 2), (PARTY, "Party", 1)],
    )


def test_one_position_per_seat_in_line_order():
    create().then(CREATED)


def test_created_exactly_once():
    create(CREATED).then()


def test_assigning_a_free_seat():
    assign(CREATED, attendee=FIRST).then(assigned(0, FIRST))


def test_another_address_is_two_facts():
    assign(CREATED, assigned(0, FIRST), attendee=SECOND).then(
        SeatUnassigned(order_id=SOME_ID, position=0), assigned(0, SECOND)
    )


def test_same_address_with_another_name_is_an_update():
    assign(CREATED, assigned(0, FIRST), attendee=RENAMED).then(
        SeatAssignmentUpdated(order_id=SOME_ID, position=0, attendee=RENAMED)
    )


def test_no_difference_is_nothing():
    assign(CREATED, assigned(0, FIRST), attendee=FIRST).then()


def test_one_person_may_hold_several_seats():
    assign(CREATED, assigned(0, FIRST), position=1, attendee=FIRST).then(
        assigned(1, FIRST)
    )


def test_unassigning():
    taken = given(SeatAssignments, CREATED, assigned(0, FIRST))
    taken.when(SeatAssignments.unassign, 0, until=START, now=NOW)
    taken.then(SeatUnassigned(order_id=SOME_ID, position=0))
    free = given(SeatAssignments, CREATED)
    free.when(SeatAssignments.unassign, 0, until=START, now=NOW)
    free.then()


def test_refusals():
    assign(CREATED, attendee=FIRST, position=3).raises(SeatPositionUnknown)
    assign(CREATED, attendee=FIRST, now=START).raises(AssignmentClosed)
    assign(attendee=FIRST).raises(OrderNotConfirmed)
    closed = SeatAssignmentsClosed(order_id=SOME_ID)
    assign(CREATED, closed, attendee=FIRST).raises(AssignmentClosed)
    given(SeatAssignments, CREATED, closed).when(SeatAssignments.close).then()
