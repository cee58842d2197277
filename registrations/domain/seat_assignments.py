"""SeatAssignments: who sits on which bought seat of a confirmed order."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eventstore.aggregates import Aggregate
from eventstore.events import event
from registrations.domain.errors import (
    AssignmentClosed,
    OrderNotConfirmed,
    SeatPositionUnknown,
    SeatsNotHeld,
)
from registrations.domain.values import PersonalInfo


@dataclass(frozen=True, slots=True)
class SeatPosition:
    """One bought seat; keeps the name its seat type had when it was bought."""

    position: int
    seat_type: UUID
    seat_type_name: str


@event
class SeatAssignmentsCreated:
    order_id: UUID
    conference_id: UUID
    organization_id: UUID
    order_code: str
    seats: list[SeatPosition]


@event
class SeatAssigned:
    order_id: UUID
    position: int
    attendee: PersonalInfo


@event
class SeatUnassigned:
    order_id: UUID
    position: int


@event
class SeatAssignmentUpdated:
    """The same attendee under another name."""

    order_id: UUID
    position: int
    attendee: PersonalInfo


@event
class SeatsWithdrawn:
    """Some seats were cancelled: nobody sits there any more. The others keep their
    numbers."""

    order_id: UUID
    positions: list[int]


@event
class SeatAssignmentsClosed:
    """The order was cancelled: nobody sits here any more."""

    order_id: UUID


class SeatAssignments(Aggregate):
    """One position per seat unit of a confirmed order; its id is the order's."""

    category = "seat-assignments"

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.attendees: dict[int, PersonalInfo | None] = {}
        self.seat_types: dict[int, UUID] = {}
        self.is_closed = False

    def create(
        self,
        *,
        conference_id: UUID,
        organization_id: UUID,
        order_code: str,
        seats: Sequence[tuple[UUID, str, int]],
    ) -> None:
        """Number the seats 0...n-1 in line order; exactly once per order."""
        if self.exists:
            return
        units = [
            (type_, name) for type_, name, quantity in seats for _ in range(quantity)
        ]
        self.record(
            SeatAssignmentsCreated(
                order_id=self.id,
                conference_id=conference_id,
                organization_id=organization_id,
                order_code=order_code,
                seats=[SeatPosition(n, *unit) for n, unit in enumerate(units)],
            )
        )

    def assign(
        self, position: int, attendee: PersonalInfo, *, until: datetime, now: datetime
    ) -> None:
        """Another address is two facts, another name an update, no difference nothing.

        Raises SeatPositionUnknown, and AssignmentClosed from `until` on.
        """
        present = self._attendee_at(position, until=until, now=now)
        if present == attendee:
            return
        if present and present.same_address == attendee.same_address:
            self.record(
                SeatAssignmentUpdated(
                    order_id=self.id, position=position, attendee=attendee
                )
            )
            return
        if present:
            self.record(SeatUnassigned(order_id=self.id, position=position))
        self.record(
            SeatAssigned(order_id=self.id, position=position, attendee=attendee)
        )

    def unassign(self, position: int, *, until: datetime, now: datetime) -> None:
        if self._attendee_at(position, until=until, now=now):
            self.record(SeatUnassigned(order_id=self.id, position=position))

    def chosen_positions(self, positions: Collection[int] | None) -> list[int]:
        """These seats, or all that are left. Raises SeatsNotHeld for one that is
        not."""
        wanted = self.attendees.keys() if positions is None else set(positions)
        if wanted - self.attendees.keys():
            raise SeatsNotHeld
        return sorted(wanted)

    def chosen(self, positions: Collection[int] | None) -> dict[UUID, int]:
        """How many seats of which type that is. Raises SeatsNotHeld."""
        wanted = self.chosen_positions(positions)
        return dict(Counter(self.seat_types[position] for position in wanted))

    def are_withdrawn(self, positions: Collection[int]) -> bool:
        """Whether all of them were there once and none is any more."""
        gone = self.seat_types.keys() - self.attendees.keys()
        return bool(positions) and set(positions) <= gone

    def withdraw(self, positions: Collection[int]) -> None:
        """Take cancelled seats away; the second time nothing."""
        if left := sorted(self.attendees.keys() & set(positions)):
            self.record(SeatsWithdrawn(order_id=self.id, positions=left))

    def close(self) -> None:
        if self.exists and not self.is_closed:
            self.record(SeatAssignmentsClosed(order_id=self.id))

    def _attendee_at(
        self, position: int, *, until: datetime, now: datetime
    ) -> PersonalInfo | None:
        if not self.exists:
            raise OrderNotConfirmed
        if position not in self.attendees:
            raise SeatPositionUnknown
        if self.is_closed or now >= until:
            raise AssignmentClosed
        return self.attendees[position]

    def apply(self, event: object) -> None:
        match event:
            case SeatAssignmentsCreated(seats=seats):
                self.attendees = {seat.position: None for seat in seats}
                self.seat_types = {seat.position: seat.seat_type for seat in seats}
            case SeatAssigned(position=position, attendee=attendee):
                self.attendees[position] = attendee
            case SeatAssignmentUpdated(position=position, attendee=attendee):
                self.attendees[position] = attendee
            case SeatUnassigned(position=position):
                self.attendees[position] = None
            case SeatsWithdrawn(positions=positions):
                for position in positions:
                    del self.attendees[position]
            case SeatAssignmentsClosed():
                self.is_closed = True
