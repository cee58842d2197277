"""An order's own history: its events in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from eventstore import store
from eventstore.events import RecordedEvent, type_of
from eventstore.models import Event
from payments import services as payments
from registrations.domain.order_events import OrderRegistrantAssigned
from registrations.domain.seat_assignments import (
    SeatAssigned,
    SeatAssignmentUpdated,
    SeatsWithdrawn,
    SeatUnassigned,
)
from registrations.models.conference_view import ConferenceView, SeatTypeView
from registrations.models.order_view import OrderView
from registrations.queries.event_sentences import Names, person, sentence

ACTORS = {
    "anonymous": _("Somebody"),
    "api": _("API client"),
    "clock": _("The clock"),
    "registrant": _("Registrant"),
    "system": _("The site"),
}
STREAMS = {
    "order": _("Order"),
    "seat-assignments": _("Seat assignments"),
    "availability": _("Seats of the conference"),
    "payment-account": _("Payment"),
}
# What the order itself does not tell of its money
MONEY = (
    "payment-allotted",
    "payment-fee-charged",
    "payment-disputed",
    "payment-dispute-won",
    "payment-dispute-lost",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One event that concerns an order.

    `actor` is as it was recorded, `who` for people to read. `version` counts within
    the event's stream, which `stream` names: the order, its seat assignments or the
    seats of the conference.
    """

    position: int
    stream: str
    version: int
    at: datetime
    actor: str
    who: str
    type: str
    summary: str
    event: Any


def order_history(order: OrderView) -> list[HistoryEntry]:
    """What happened to the order, in the order in which it was recorded."""
    recorded = list(store.recorded_events(_events_of(order)))
    attendees: dict[int, str] = {}
    names, people = _names(order, attendees), _people(recorded)
    history = []
    for one in recorded:
        history.append(_entry(one, names, people))
        _seat(attendees, one.event)
    return history


@dataclass(frozen=True, slots=True)
class Erased:
    """Whose names were erased from the whole history: nobody else is without any."""

    registrant: bool
    seats: frozenset[int]


def erased(history: Iterable[HistoryEntry]) -> Erased:
    """Who was there by the end of these entries, but is not known any more."""
    registrant, seats = False, set()
    for entry in history:
        match entry.event:
            case OrderRegistrantAssigned(registrant=known):
                registrant = not known.email
            case SeatAssigned() | SeatAssignmentUpdated() as assigned:
                seats.discard(assigned.position)
                if not assigned.attendee.email:
                    seats.add(assigned.position)
            case SeatUnassigned(position=position):
                seats.discard(position)
            case SeatsWithdrawn(positions=positions):
                seats.difference_update(positions)
    return Erased(registrant, frozenset(seats))


def event(event_id: UUID) -> Any:
    """The event with this id; None if there is none."""
    found = next(store.recorded_events(Event.objects.filter(pk=event_id)), None)
    return found.event if found else None


def _events_of(order: OrderView) -> QuerySet[Event]:
    own = Q(stream__in=[f"order-{order.pk}", f"seat-assignments-{order.pk}"])
    # Found by an index of this context (its migration 0002): the stream is long.
    seats = Q(
        stream=f"availability-{order.conference_id}",
        data__reservation_id=str(order.pk),
    )
    accounts = [f"payment-account-{one.pk}" for one in payments.payments_of(order.pk)]
    money = Q(stream__in=accounts, type__in=MONEY)
    return Event.objects.filter(own | seats | money).order_by("position")


def _entry(
    recorded: RecordedEvent, names: Names, people: dict[str, str]
) -> HistoryEntry:
    actor = str(recorded.metadata.get("actor", ""))
    category = recorded.stream[: -len(str(UUID(int=0))) - 1]
    return HistoryEntry(
        position=recorded.position,
        stream=str(STREAMS.get(category, category)),
        version=recorded.version,
        at=recorded.recorded_at,
        actor=actor,
        who=people.get(actor) or str(ACTORS.get(actor, actor)),
        type=type_of(type(recorded.event)).name,
        summary=sentence(recorded.event, names),
        event=recorded.event,
    )


def _seat(attendees: dict[int, str], event: Any) -> None:
    """Who sits where after this event, for the sentences of those to come."""
    match event:
        case SeatAssigned() | SeatAssignmentUpdated():
            attendees[event.position] = person(event.attendee)
        case SeatUnassigned():
            attendees.pop(event.position, None)
        case SeatsWithdrawn(positions=positions):
            for position in positions:
                attendees.pop(position, None)


def _names(order: OrderView, attendees: dict[int, str]) -> Names:
    conference = ConferenceView.objects.filter(pk=order.conference_id).first()
    seat_types = SeatTypeView.objects.filter(conference_id=order.conference_id)
    return Names(
        seat_types=dict(seat_types.values_list("pk", "name")),
        zone=conference.zone if conference else None,
        attendees=attendees,
        providers={one.code: one.label for one in payments.providers()},
    )


def _people(events: Iterable[RecordedEvent]) -> dict[str, str]:
    """The names behind "user:5", as they are now; who is gone stays a number."""
    actors = {str(one.metadata.get("actor", "")) for one in events}
    keys = {actor.removeprefix("user:") for actor in actors if "user:" in actor}
    users = get_user_model()._default_manager.in_bulk(
        [int(key) for key in keys if key.isdecimal()]
    )
    return {f"user:{key}": user.get_username() for key, user in users.items()}
