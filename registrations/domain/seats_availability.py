"""SeatsAvailability: how many seats of one conference are left, and who holds what."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from eventstore.aggregates import Aggregate
from eventstore.events import event
from registrations.domain.errors import UnknownSeatType
from registrations.domain.seat_count import Reservation, SeatCount
from registrations.domain.values import SeatQuantity, mapping, quantities


@event
class AvailableSeatsChanged:
    """The organizer offers another number of seats; may be fewer than are taken."""

    conference_id: UUID
    seat_type: UUID
    quota: int
    change: int


@event
class SeatsReserved:
    """What is now held for an order: replaces what it held. May be less than asked."""

    conference_id: UUID
    reservation_id: UUID
    seats: list[SeatQuantity]
    expires_at: datetime
    over_quota: bool = False


@event
class SeatsReservationExtended:
    """The hold ends at another time."""

    conference_id: UUID
    reservation_id: UUID
    expires_at: datetime


@event
class SeatsReservationCommitted:
    """The held seats are sold."""

    conference_id: UUID
    reservation_id: UUID
    seats: list[SeatQuantity]


@event
class SeatsReservationCancelled:
    """The held seats are free again."""

    conference_id: UUID
    reservation_id: UUID
    seats: list[SeatQuantity]


@event
class SeatsReturned:
    """Sold seats of a cancelled order are free again."""

    conference_id: UUID
    reservation_id: UUID
    seats: list[SeatQuantity]


@dataclass(frozen=True, slots=True)
class SeatsState:
    """What a snapshot keeps. On the day sales open that may be thousands of holds."""

    seats: dict[UUID, SeatCount]
    pending: dict[UUID, Reservation]


class SeatsAvailability(Aggregate):
    """The seats of one conference; its id is the conference's.

    One writer at a time per conference. Its state grows with the pending reservations
    only, and snapshots keep loading independent of the number of orders.
    """

    category = "availability"
    snapshot_every: ClassVar[int] = 50
    snapshot_schema: ClassVar[int] = 2
    snapshot_type: ClassVar[type] = SeatsState

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.seats: dict[UUID, SeatCount] = {}
        self.pending: dict[UUID, Reservation] = {}

    def set_quota(self, seat_type: UUID, quota: int) -> None:
        """Offer so many seats, up or down, also fewer than are sold (remaining < 0)."""
        before = self.seats[seat_type].quota if seat_type in self.seats else 0
        if seat_type in self.seats and quota == before:
            return
        self.record(
            AvailableSeatsChanged(
                conference_id=self.id,
                seat_type=seat_type,
                quota=quota,
                change=quota - before,
            )
        )

    def make_reservation(
        self, reservation_id: UUID, wanted: Mapping[UUID, int], *, expires_at: datetime
    ) -> None:
        """Hold what is left of the wanted seats; replaces what this order held.

        Never refused for lack of seats, only reduced (domain rules, section 4). Raises
        UnknownSeatType.
        """
        for seat_type in wanted:
            if seat_type not in self.seats:
                raise UnknownSeatType(seat_type=seat_type)
        actual = {
            seat_type: min(quantity, self.available_to(reservation_id, seat_type))
            for seat_type, quantity in wanted.items()
        }
        self._reserve(reservation_id, actual, expires_at=expires_at)

    def available_to(self, reservation_id: UUID, seat_type: UUID) -> int:
        # A holder keeps his seats even when the organizer cut the quota below zero.
        return max(self.seats[seat_type].remaining, 0) + self.held_by(
            reservation_id, seat_type
        )

    def held_by(self, reservation_id: UUID, seat_type: UUID) -> int:
        reservation = self.pending.get(reservation_id)
        return reservation.seats.get(seat_type, 0) if reservation else 0

    def can_reserve_all(self, reservation_id: UUID, wanted: Mapping[UUID, int]) -> bool:
        return all(
            seat_type in self.seats
            and quantity <= self.available_to(reservation_id, seat_type)
            for seat_type, quantity in wanted.items()
        )

    def reserve_over_quota(
        self, reservation_id: UUID, wanted: Mapping[UUID, int], *, expires_at: datetime
    ) -> None:
        """Hold all of the wanted seats although the quota is used up: an organizer's
        act."""
        self._reserve(reservation_id, wanted, expires_at=expires_at, over_quota=True)

    def _reserve(
        self,
        reservation_id: UUID,
        seats: Mapping[UUID, int],
        *,
        expires_at: datetime,
        over_quota: bool = False,
    ) -> None:
        self.record(
            SeatsReserved(
                conference_id=self.id,
                reservation_id=reservation_id,
                seats=quantities(seats),
                expires_at=expires_at,
                over_quota=over_quota,
            )
        )

    def extend_reservation(self, reservation_id: UUID, *, expires_at: datetime) -> None:
        reservation = self.pending.get(reservation_id)
        if reservation and reservation.expires_at != expires_at:
            self.record(
                SeatsReservationExtended(
                    conference_id=self.id,
                    reservation_id=reservation_id,
                    expires_at=expires_at,
                )
            )

    def commit_reservation(self, reservation_id: UUID) -> None:
        """Sell what is held. An unknown reservation is a silent no-op."""
        if reservation := self.pending.get(reservation_id):
            self.record(
                SeatsReservationCommitted(
                    conference_id=self.id,
                    reservation_id=reservation_id,
                    seats=quantities(reservation.seats),
                )
            )

    def cancel_reservation(self, reservation_id: UUID) -> None:
        """Free what is held. An unknown reservation is a silent no-op."""
        if reservation := self.pending.get(reservation_id):
            self.record(
                SeatsReservationCancelled(
                    conference_id=self.id,
                    reservation_id=reservation_id,
                    seats=quantities(reservation.seats),
                )
            )

    def return_seats(self, order_id: UUID, seats: Mapping[UUID, int]) -> None:
        """Put the sold seats of a cancelled order back on sale."""
        if any(seats.values()):
            self.record(
                SeatsReturned(
                    conference_id=self.id,
                    reservation_id=order_id,
                    seats=quantities(seats),
                )
            )

    def ended(self, now: datetime) -> list[UUID]:
        """The reservations whose hold has ended, longest ended first."""
        over = [id for id, held in self.pending.items() if held.expires_at <= now]
        return sorted(over, key=lambda id: (self.pending[id].expires_at, id))

    def ended_needed_for(
        self, reservation_id: UUID, wanted: Mapping[UUID, int], *, now: datetime
    ) -> list[UUID]:
        """Which ended holds must make way so that this request gets all it can."""
        short = {
            # Not clamped: where more is taken than offered, that must be made up first.
            seat_type: quantity
            - self.held_by(reservation_id, seat_type)
            - self.seats[seat_type].remaining
            for seat_type, quantity in wanted.items()
            if seat_type in self.seats
        }
        needed = []
        for ended in self.ended(now):
            held = self.pending[ended].seats
            if ended != reservation_id and any(
                short.get(seat_type, 0) > 0 for seat_type in held
            ):
                needed.append(ended)
                for seat_type, quantity in held.items():
                    short[seat_type] = short.get(seat_type, 0) - quantity
        return needed

    def apply(self, event: object) -> None:
        match event:
            case AvailableSeatsChanged(seat_type=seat_type, quota=quota):
                self.seats.setdefault(seat_type, SeatCount()).quota = quota
            case SeatsReserved(reservation_id=id, seats=seats, expires_at=expires_at):
                self._take_from_pending(id)
                if seats:
                    held = mapping(seats)
                    self.pending[id] = Reservation(held, expires_at)
                    self._change(held=held)
            case SeatsReservationExtended(reservation_id=id, expires_at=expires_at):
                self.pending[id].expires_at = expires_at
            case SeatsReservationCommitted(reservation_id=id, seats=seats):
                self._take_from_pending(id)
                self._change(sold=mapping(seats))
            case SeatsReservationCancelled(reservation_id=id):
                self._take_from_pending(id)
            case SeatsReturned(seats=seats):
                self._change(sold={item.seat_type: -item.quantity for item in seats})

    def _take_from_pending(self, reservation_id: UUID) -> None:
        if reservation := self.pending.pop(reservation_id, None):
            self._change(held={id: -taken for id, taken in reservation.seats.items()})

    def _change(
        self,
        *,
        held: Mapping[UUID, int] | None = None,
        sold: Mapping[UUID, int] | None = None,
    ) -> None:
        for seat_type, quantity in (held or {}).items():
            self.seats[seat_type].held += quantity
        for seat_type, quantity in (sold or {}).items():
            self.seats[seat_type].sold += quantity

    def to_snapshot(self) -> SeatsState:
        return SeatsState(self.seats, self.pending)

    def from_snapshot(self, state: SeatsState) -> None:
        self.seats, self.pending = state.seats, state.pending
