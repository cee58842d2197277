"""What one cancellation took away: which seats, and who sat on them until then."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from eventstore import store
from registrations.domain.order import Order
from registrations.domain.order_events import OrderSeatsCancelled
from registrations.domain.seat_assignments import (
    SeatAssignments,
    SeatAssignmentsClosed,
    SeatAssignmentsCreated,
    SeatsWithdrawn,
)
from registrations.domain.values import PersonalInfo


@dataclass(frozen=True, slots=True)
class VacatedSeat:
    position: int
    seat_type_name: str
    attendee: PersonalInfo


def cancelled_seats(order_id: UUID, event_id: UUID) -> OrderSeatsCancelled | None:
    """The event with this id, if it gave back some seats of this order."""
    for recorded in store.read(Order.stream(order_id)):
        if recorded.id == event_id and isinstance(recorded.event, OrderSeatsCancelled):
            return recorded.event
    return None


def vacated_seats(order_id: UUID, event_id: UUID) -> list[VacatedSeat]:
    """The seats somebody had to leave at this event; without those who were erased
    since."""
    seats, names = SeatAssignments(order_id), dict[int, str]()
    for recorded in store.read(SeatAssignments.stream(order_id)):
        if recorded.id == event_id:
            return list(_vacated(recorded.event, seats, names))
        if isinstance(recorded.event, SeatAssignmentsCreated):
            names = {one.position: one.seat_type_name for one in recorded.event.seats}
        seats.apply(recorded.event)
    return []


def _vacated(
    event: object, seats: SeatAssignments, names: dict[int, str]
) -> Iterator[VacatedSeat]:
    match event:
        case SeatsWithdrawn(positions=positions):
            left = positions
        case SeatAssignmentsClosed():
            left = sorted(seats.attendees)
        case _:
            return
    for position in left:
        attendee = seats.attendees[position]
        if attendee and attendee.email:
            yield VacatedSeat(position, names[position], attendee)
