"""Fills the seats of confirmed orders and who sits on them."""

from typing import Any
from uuid import uuid5

from eventstore.events import RecordedEvent
from eventstore.projections import Projector, on
from registrations.domain.seat_assignments import (
    SeatAssigned,
    SeatAssignmentsClosed,
    SeatAssignmentsCreated,
    SeatAssignmentUpdated,
    SeatUnassigned,
)
from registrations.models.order_seats import OrderSeat


class OrderSeatsProjector(Projector):
    models = [OrderSeat]

    @on(SeatAssignmentsCreated)
    def when_created(
        self, event: SeatAssignmentsCreated, recorded: RecordedEvent
    ) -> None:
        OrderSeat.objects.bulk_create(
            OrderSeat(
                id=uuid5(event.order_id, str(seat.position)),
                order_id=event.order_id,
                order_code=event.order_code,
                conference_id=event.conference_id,
                organization_id=event.organization_id,
                position=seat.position,
                seat_type_id=seat.seat_type,
                seat_type_name=seat.seat_type_name,
                version=recorded.version,
            )
            for seat in event.seats
        )

    @on(SeatAssigned, SeatAssignmentUpdated)
    def when_assigned(
        self, event: SeatAssigned | SeatAssignmentUpdated, recorded: RecordedEvent
    ) -> None:
        _update(
            event,
            recorded,
            first_name=event.attendee.first_name,
            last_name=event.attendee.last_name,
            email=event.attendee.email,
        )

    @on(SeatUnassigned)
    def when_unassigned(self, event: SeatUnassigned, recorded: RecordedEvent) -> None:
        _update(event, recorded, first_name="", last_name="", email="")

    @on(SeatAssignmentsClosed)
    def when_closed(self, event: SeatAssignmentsClosed, _: RecordedEvent) -> None:
        OrderSeat.objects.filter(order_id=event.order_id).delete()


def _update(event: Any, recorded: RecordedEvent, **values: Any) -> None:
    OrderSeat.objects.filter(order_id=event.order_id, position=event.position).update(
        version=recorded.version, **values
    )
