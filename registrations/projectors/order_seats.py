"""Fills the seats of confirmed orders and who sits on them."""

from collections.abc import Sequence
from typing import Any

from uuid_utils.compat import uuid5

from eventstore.events import RecordedEvent
from eventstore.projections import on
from eventstore.rows import Rows, SetProjector
from registrations.domain.seat_assignments import (
    SeatAssigned,
    SeatAssignmentsClosed,
    SeatAssignmentsCreated,
    SeatAssignmentUpdated,
    SeatsWithdrawn,
    SeatUnassigned,
)
from registrations.models.order_seats import OrderSeat


class OrderSeatsProjector(SetProjector):
    models = [OrderSeat]
    seats: Rows
    withdrawn: Rows

    def begin(self, events: Sequence[RecordedEvent]) -> None:
        self.seats = Rows(OrderSeat, group="order_id")
        self.withdrawn = Rows(OrderSeat)

    def finish(self) -> None:
        self.seats.write()
        # After them: a seat withdrawn never comes back.
        self.withdrawn.write()

    @on(SeatAssignmentsCreated)
    def when_created(
        self, event: SeatAssignmentsCreated, recorded: RecordedEvent
    ) -> None:
        for seat in event.seats:
            self.seats.insert(
                uuid5(event.order_id, str(seat.position)),
                order_id=event.order_id,
                order_code=event.order_code,
                conference_id=event.conference_id,
                organization_id=event.organization_id,
                position=seat.position,
                seat_type_id=seat.seat_type,
                seat_type_name=seat.seat_type_name,
                version=recorded.version,
            )

    @on(SeatAssigned, SeatAssignmentUpdated)
    def when_assigned(
        self, event: SeatAssigned | SeatAssignmentUpdated, recorded: RecordedEvent
    ) -> None:
        self._update(
            event,
            recorded,
            first_name=event.attendee.first_name,
            last_name=event.attendee.last_name,
            email=event.attendee.email,
        )

    @on(SeatUnassigned)
    def when_unassigned(self, event: SeatUnassigned, recorded: RecordedEvent) -> None:
        self._update(event, recorded, first_name="", last_name="", email="")

    @on(SeatsWithdrawn)
    def when_withdrawn(self, event: SeatsWithdrawn, _: RecordedEvent) -> None:
        for position in event.positions:
            self.withdrawn.clear(uuid5(event.order_id, str(position)))

    @on(SeatAssignmentsClosed)
    def when_closed(self, event: SeatAssignmentsClosed, _: RecordedEvent) -> None:
        self.seats.clear(event.order_id)

    def _update(self, event: Any, recorded: RecordedEvent, **values: Any) -> None:
        self.seats.update(
            uuid5(event.order_id, str(event.position)),
            version=recorded.version,
            **values,
        )
