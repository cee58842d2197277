"""Use cases around the seats of one conference."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from eventstore import store
from registrations.domain.seats_availability import SeatsAvailability


def lock_seats(conference_id: UUID) -> None:
    """Become the only one who touches this conference's seats and open orders.

    Whoever needs both locks seats before orders: the streams sort that way.
    """
    store.lock(SeatsAvailability.stream(conference_id))


def offer_seats(*, conference_id: UUID, seat_type: UUID, quota: int) -> None:
    with store.change(SeatsAvailability, conference_id) as seats:
        seats.set_quota(seat_type, quota)


def make_seat_reservation(
    *,
    conference_id: UUID,
    reservation_id: UUID,
    seats: Mapping[UUID, int],
    expires_at: datetime,
    now: datetime,
) -> list[UUID]:
    """Hold what is left of these seats for an order.

    Where ended holds stand in the way nothing is reserved yet and their ids are
    returned: release them and ask again.
    """
    with store.change(SeatsAvailability, conference_id) as availability:
        in_the_way = availability.ended_needed_for(reservation_id, seats, now=now)
        if not in_the_way:
            availability.make_reservation(reservation_id, seats, expires_at=expires_at)
    return in_the_way


def holds_in_the_way(
    conference_id: UUID,
    *,
    reservation_id: UUID,
    seats: Mapping[UUID, int],
    now: datetime,
) -> list[UUID]:
    """The ended holds that must make way so that these seats can be had."""
    availability = store.load(SeatsAvailability, conference_id)
    return availability.ended_needed_for(reservation_id, seats, now=now)


def extend_seat_reservation(
    *, conference_id: UUID, reservation_id: UUID, expires_at: datetime
) -> None:
    with store.change(SeatsAvailability, conference_id) as seats:
        seats.extend_reservation(reservation_id, expires_at=expires_at)


def commit_seat_reservation(*, conference_id: UUID, reservation_id: UUID) -> None:
    with store.change(SeatsAvailability, conference_id) as seats:
        seats.commit_reservation(reservation_id)


def cancel_seat_reservation(*, conference_id: UUID, reservation_id: UUID) -> None:
    with store.change(SeatsAvailability, conference_id) as seats:
        seats.cancel_reservation(reservation_id)


def return_seats(
    *, conference_id: UUID, order_id: UUID, seats: Mapping[UUID, int]
) -> None:
    with store.change(SeatsAvailability, conference_id) as availability:
        availability.return_seats(order_id, seats)


def reserve_again(
    *,
    conference_id: UUID,
    reservation_id: UUID,
    seats: Mapping[UUID, int],
    expires_at: datetime,
    over_quota: bool = False,
) -> bool:
    """Hold exactly these seats once more, all of them or none; whether it was
    possible."""
    with store.change(SeatsAvailability, conference_id) as availability:
        if over_quota:
            availability.reserve_over_quota(
                reservation_id, seats, expires_at=expires_at
            )
        elif availability.can_reserve_all(reservation_id, seats):
            availability.make_reservation(reservation_id, seats, expires_at=expires_at)
        else:
            return False
    return True
