"""Fills conferences, seat types and what is held of them."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from uuid_utils.compat import uuid5

from eventstore.events import RecordedEvent
from eventstore.projections import on
from eventstore.rows import Rows, SetProjector
from registrations.domain.conference import (
    ConferenceDeleted,
    ConferenceDescribed,
    ConferencePublished,
    ConferenceUnpublished,
    SeatTypeDescribed,
)
from registrations.domain.seats_availability import (
    AvailableSeatsChanged,
    SeatsReservationCancelled,
    SeatsReservationCommitted,
    SeatsReservationExtended,
    SeatsReserved,
    SeatsReturned,
)
from registrations.domain.values import mapping
from registrations.models.conference_view import (
    ConferenceView,
    SeatReservation,
    SeatTypeView,
)
from registrations.projectors.seat_counts import SeatCounts
from registrations.projectors.seat_holds import SeatHolds

# What may free seats that are held: it must be known which.
TAKES_AWAY = (SeatsReserved, SeatsReservationCommitted, SeatsReservationCancelled)


class ConferenceViewProjector(SetProjector):
    models = [ConferenceView, SeatTypeView, SeatReservation]
    conferences: Rows
    seat_types: Rows
    counts: SeatCounts
    holds: SeatHolds

    def begin(self, events: Sequence[RecordedEvent]) -> None:
        self.conferences = Rows(ConferenceView)
        self.seat_types = Rows(SeatTypeView)
        self.counts = SeatCounts()
        self.holds = SeatHolds(
            recorded.event.reservation_id
            for recorded in events
            if isinstance(recorded.event, TAKES_AWAY)
        )

    def finish(self) -> None:
        self.conferences.write()
        self.holds.write()
        self._write_seat_types()

    def _write_seat_types(self) -> None:
        self.seat_types.write()
        self.counts.write()

    @on(ConferenceDescribed)
    def when_described(self, event: ConferenceDescribed, _: RecordedEvent) -> None:
        described = _described(event)
        self.conferences.save(described.pop("conference_id"), **described)

    @on(ConferencePublished)
    def when_published(self, event: ConferencePublished, _: RecordedEvent) -> None:
        self.conferences.update(
            event.conference_id, is_published=True, was_published=True
        )

    @on(ConferenceUnpublished)
    def when_unpublished(self, event: ConferenceUnpublished, _: RecordedEvent) -> None:
        self.conferences.update(event.conference_id, is_published=False)

    @on(ConferenceDeleted)
    def when_deleted(self, event: ConferenceDeleted, _: RecordedEvent) -> None:
        self.conferences.clear(event.conference_id)

    @on(SeatTypeDescribed)
    def when_seat_type_described(
        self, event: SeatTypeDescribed, _: RecordedEvent
    ) -> None:
        described = _described(event)
        # The quota in force is what SeatsAvailability says.
        described.pop("quota")
        if event.seat_type_id in self.counts.changes:
            # They mean nothing to a seat type that is only now added.
            self._write_seat_types()
        self.seat_types.save(described.pop("seat_type_id"), **described)

    @on(AvailableSeatsChanged)
    def when_quota_changed(
        self, event: AvailableSeatsChanged, _: RecordedEvent
    ) -> None:
        self.counts.offer(event.seat_type, event.quota)

    @on(SeatsReserved)
    def when_reserved(self, event: SeatsReserved, _: RecordedEvent) -> None:
        held = mapping(event.seats)
        change = dict(held)
        for seat_type, quantity in self.holds.take_away(event.reservation_id).items():
            change[seat_type] = change.get(seat_type, 0) - quantity
        for seat_type, quantity in held.items():
            self.holds.add(
                event.reservation_id,
                id=uuid5(event.reservation_id, str(seat_type)),
                conference_id=event.conference_id,
                seat_type_id=seat_type,
                quantity=quantity,
                expires_at=event.expires_at,
            )
        self.counts.count(held=change, over_quota=event.over_quota)

    @on(SeatsReservationExtended)
    def when_extended(self, event: SeatsReservationExtended, _: RecordedEvent) -> None:
        self.holds.extend(event.reservation_id, event.expires_at)

    @on(SeatsReservationCommitted)
    def when_committed(
        self, event: SeatsReservationCommitted, _: RecordedEvent
    ) -> None:
        sold = self.holds.take_away(event.reservation_id)
        self.counts.count(held={id: -taken for id, taken in sold.items()}, sold=sold)

    @on(SeatsReservationCancelled)
    def when_cancelled(
        self, event: SeatsReservationCancelled, _: RecordedEvent
    ) -> None:
        free = self.holds.take_away(event.reservation_id)
        self.counts.count(held={id: -taken for id, taken in free.items()})

    @on(SeatsReturned)
    def when_returned(self, event: SeatsReturned, _: RecordedEvent) -> None:
        self.counts.count(sold={item.seat_type: -item.quantity for item in event.seats})


def _described(event: ConferenceDescribed | SeatTypeDescribed) -> dict[str, Any]:
    return {field.name: getattr(event, field.name) for field in fields(event)}
