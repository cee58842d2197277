"""Fills conferences, seat types and what is held of them."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest

from eventstore.events import RecordedEvent
from eventstore.projections import Projector, on
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


class ConferenceViewProjector(Projector):
    models = [ConferenceView, SeatTypeView, SeatReservation]

    @on(ConferenceDescribed)
    def when_described(self, event: ConferenceDescribed, _: RecordedEvent) -> None:
        ConferenceView.objects.update_or_create(
            id=event.conference_id, defaults=_described(event, leave="conference_id")
        )

    @on(ConferencePublished)
    def when_published(self, event: ConferencePublished, _: RecordedEvent) -> None:
        _conference(event.conference_id).update(is_published=True, was_published=True)

    @on(ConferenceUnpublished)
    def when_unpublished(self, event: ConferenceUnpublished, _: RecordedEvent) -> None:
        _conference(event.conference_id).update(is_published=False)

    @on(ConferenceDeleted)
    def when_deleted(self, event: ConferenceDeleted, _: RecordedEvent) -> None:
        _conference(event.conference_id).delete()

    @on(SeatTypeDescribed)
    def when_seat_type_described(
        self, event: SeatTypeDescribed, _: RecordedEvent
    ) -> None:
        described = _described(event, leave="seat_type_id")
        # The quota in force is what SeatsAvailability says.
        described.pop("quota")
        SeatTypeView.objects.update_or_create(id=event.seat_type_id, defaults=described)

    @on(AvailableSeatsChanged)
    def when_quota_changed(
        self, event: AvailableSeatsChanged, _: RecordedEvent
    ) -> None:
        SeatTypeView.objects.filter(pk=event.seat_type).update(
            quota=event.quota,
            ceiling=Greatest(Value(event.quota), F("held") + F("sold")),
        )

    @on(SeatsReserved)
    def when_reserved(self, event: SeatsReserved, _: RecordedEvent) -> None:
        held = mapping(event.seats)
        change = dict(held)
        for seat_type, quantity in _taken_away(event.reservation_id).items():
            change[seat_type] = change.get(seat_type, 0) - quantity
        SeatReservation.objects.bulk_create(
            SeatReservation(
                id=uuid5(event.reservation_id, str(seat_type)),
                order_id=event.reservation_id,
                conference_id=event.conference_id,
                seat_type_id=seat_type,
                quantity=quantity,
                expires_at=event.expires_at,
            )
            for seat_type, quantity in held.items()
        )
        _count(held=change, over_quota=event.over_quota)

    @on(SeatsReservationExtended)
    def when_extended(self, event: SeatsReservationExtended, _: RecordedEvent) -> None:
        _extend(event.reservation_id, event.expires_at)

    @on(SeatsReservationCommitted)
    def when_committed(
        self, event: SeatsReservationCommitted, _: RecordedEvent
    ) -> None:
        sold = _taken_away(event.reservation_id)
        _count(held={id: -taken for id, taken in sold.items()}, sold=sold)

    @on(SeatsReservationCancelled)
    def when_cancelled(
        self, event: SeatsReservationCancelled, _: RecordedEvent
    ) -> None:
        free = _taken_away(event.reservation_id)
        _count(held={id: -taken for id, taken in free.items()})

    @on(SeatsReturned)
    def when_returned(self, event: SeatsReturned, _: RecordedEvent) -> None:
        _count(sold={item.seat_type: -item.quantity for item in event.seats})


def _conference(id: UUID) -> Any:
    return ConferenceView.objects.filter(pk=id)


def _described(
    event: ConferenceDescribed | SeatTypeDescribed, *, leave: str
) -> dict[str, Any]:
    return {
        field.name: getattr(event, field.name)
        for field in fields(event)
        if field.name != leave
    }


def _extend(reservation_id: UUID, expires_at: datetime) -> None:
    SeatReservation.objects.filter(order_id=reservation_id).update(
        expires_at=expires_at
    )


def _taken_away(reservation_id: UUID) -> dict[UUID, int]:
    """Forget what is held for this order, and say what it was."""
    rows = SeatReservation.objects.filter(order_id=reservation_id)
    held = dict(rows.values_list("seat_type_id", "quantity"))
    rows.delete()
    return held


def _count(
    *,
    held: Mapping[UUID, int] | None = None,
    sold: Mapping[UUID, int] | None = None,
    over_quota: bool = False,
) -> None:
    held, sold = held or {}, sold or {}
    for seat_type in sorted({*held, *sold}):
        more_held, more_sold = held.get(seat_type, 0), sold.get(seat_type, 0)
        if not more_held and not more_sold:
            continue
        taken = F("held") + F("sold") + (more_held + more_sold)
        ceiling: Combinable = F("ceiling")
        if over_quota:
            ceiling = Greatest(F("ceiling"), taken)
        elif more_held + more_sold < 0:
            # What was oversold and is given back is not offered again.
            ceiling = Greatest(F("quota"), taken)
        SeatTypeView.objects.filter(pk=seat_type).update(
            held=F("held") + more_held, sold=F("sold") + more_sold, ceiling=ceiling
        )
