"""What each event of an order's seats says in one sentence."""

from django.utils.translation import gettext as _

from registrations.domain import seat_assignments, seats_availability
from registrations.queries.sentences import (
    Names,
    numbers,
    person,
    says,
    with_address,
)


@says(seat_assignments.SeatAssignmentsCreated)
def _numbered(event: seat_assignments.SeatAssignmentsCreated, names: Names) -> str:
    if len(event.seats) == 1:
        return _("The seat was numbered 1.")
    return _("The seats were numbered 1 to %d.") % len(event.seats)


@says(seat_assignments.SeatAssigned)
def _assigned(event: seat_assignments.SeatAssigned, names: Names) -> str:
    return _("Seat %(number)d was assigned to %(person)s.") % {
        "number": event.position + 1,
        "person": with_address(event.attendee),
    }


@says(seat_assignments.SeatAssignmentUpdated)
def _renamed(event: seat_assignments.SeatAssignmentUpdated, names: Names) -> str:
    return _("Seat %(number)d: %(email)s is called %(name)s now.") % {
        "number": event.position + 1,
        "email": event.attendee.email or "-",
        "name": person(event.attendee),
    }


@says(seat_assignments.SeatUnassigned)
def _unassigned(event: seat_assignments.SeatUnassigned, names: Names) -> str:
    before = names.attendees.get(event.position)
    if before is None:
        return _("Seat %d was taken from its attendee.") % (event.position + 1)
    return _("Seat %(number)d was taken from %(name)s.") % {
        "number": event.position + 1,
        "name": before,
    }


@says(seat_assignments.SeatsWithdrawn)
def _withdrawn(event: seat_assignments.SeatsWithdrawn, names: Names) -> str:
    sat = [names.attendees[one] for one in event.positions if one in names.attendees]
    said = _("Seats that are no longer part of the order: %s.") % numbers(
        event.positions
    )
    return f"{said} {_('Who sat there: %s.') % ', '.join(sat)}" if sat else said


@says(seat_assignments.SeatAssignmentsClosed)
def _closed(event: seat_assignments.SeatAssignmentsClosed, names: Names) -> str:
    return _("Nobody sits on these seats any more.")


@says(seats_availability.SeatsReserved)
def _reserved(event: seats_availability.SeatsReserved, names: Names) -> str:
    seats = names.seats(event.seats)
    if event.over_quota:
        return _("Held over the quota: %s.") % seats
    return _("Held: %s.") % seats


@says(seats_availability.SeatsReservationExtended)
def _extended(event: seats_availability.SeatsReservationExtended, names: Names) -> str:
    return _("The hold now ends on %s.") % names.time(event.expires_at)


@says(seats_availability.SeatsReservationCommitted)
def _sold(event: seats_availability.SeatsReservationCommitted, names: Names) -> str:
    return _("Sold: %s.") % names.seats(event.seats)


@says(seats_availability.SeatsReservationCancelled)
def _released(event: seats_availability.SeatsReservationCancelled, names: Names) -> str:
    return _("Released: %s.") % names.seats(event.seats)


@says(seats_availability.SeatsReturned)
def _back_on_sale(event: seats_availability.SeatsReturned, names: Names) -> str:
    return _("Back on sale: %s.") % names.seats(event.seats)
