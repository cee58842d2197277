"""What each stored example of seats, free or assigned, means today."""

from registrations.domain import seat_assignments as assignments
from registrations.domain import seats_availability as availability
from tests.registrations.golden.examples import (
    ATTENDEE,
    CONFERENCE,
    GENERAL,
    HELD_UNTIL,
    ORDER,
    ORGANIZATION,
    SEATS,
    WORKSHOP,
)

EVENTS: dict[str, list[object]] = {
    "available-seats-changed.v1": [
        availability.AvailableSeatsChanged(
            conference_id=CONFERENCE, seat_type=GENERAL, quota=80, change=-20
        )
    ],
    "seats-reserved.v1": [
        availability.SeatsReserved(
            conference_id=CONFERENCE,
            reservation_id=ORDER,
            seats=SEATS,
            expires_at=HELD_UNTIL,
            over_quota=True,
        )
    ],
    "seats-reservation-extended.v1": [
        availability.SeatsReservationExtended(
            conference_id=CONFERENCE, reservation_id=ORDER, expires_at=HELD_UNTIL
        )
    ],
    "seats-reservation-committed.v1": [
        availability.SeatsReservationCommitted(
            conference_id=CONFERENCE, reservation_id=ORDER, seats=SEATS
        )
    ],
    "seats-reservation-cancelled.v1": [
        availability.SeatsReservationCancelled(
            conference_id=CONFERENCE, reservation_id=ORDER, seats=SEATS
        )
    ],
    "seats-returned.v1": [
        availability.SeatsReturned(
            conference_id=CONFERENCE, reservation_id=ORDER, seats=SEATS
        )
    ],
    "seat-assignments-created.v1": [
        assignments.SeatAssignmentsCreated(
            order_id=ORDER,
            conference_id=CONFERENCE,
            organization_id=ORGANIZATION,
            order_code="ABC123",
            seats=[
                assignments.SeatPosition(0, GENERAL, "General admission"),
                assignments.SeatPosition(1, WORKSHOP, "CQRS Workshop"),
            ],
        )
    ],
    "seat-assigned.v1": [
        assignments.SeatAssigned(order_id=ORDER, position=0, attendee=ATTENDEE)
    ],
    "seat-unassigned.v1": [assignments.SeatUnassigned(order_id=ORDER, position=0)],
    "seat-assignment-updated.v1": [
        assignments.SeatAssignmentUpdated(order_id=ORDER, position=1, attendee=ATTENDEE)
    ],
    "seats-withdrawn.v1": [
        assignments.SeatsWithdrawn(order_id=ORDER, positions=[0, 2])
    ],
    "seat-assignments-closed.v1": [assignments.SeatAssignmentsClosed(order_id=ORDER)],
}
