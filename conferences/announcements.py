"""Turns rows into the plain values that `conferences.signals` carries."""

from conferences import signals
from conferences.models import Conference, SeatType

CONFERENCE_VALUES = (
    "organization_id",
    "slug",
    "name",
    "tagline",
    "description",
    "location",
    "time_zone",
    "currency",
    "starts_on",
    "ends_on",
    "hold_minutes",
    "seat_assignment_until",
    "cancellation_until",
    "tax_name",
    "tax_rate",
    "replacement_url",
    "contact_email",
    "payment_instructions",
)
SEAT_TYPE_VALUES = (
    "conference_id",
    "name",
    "description",
    "price",
    "price_includes_tax",
    "quota",
    "max_per_order",
    "on_sale_from",
    "on_sale_until",
    "is_closed",
    "position",
)


def conference_created(conference: Conference) -> None:
    signals.conference_created.send(sender=Conference, **_of_conference(conference))


def conference_updated(conference: Conference) -> None:
    signals.conference_updated.send(sender=Conference, **_of_conference(conference))


def seat_type_created(seat_type: SeatType) -> None:
    signals.seat_type_created.send(sender=SeatType, **_of_seat_type(seat_type))


def seat_type_updated(seat_type: SeatType) -> None:
    signals.seat_type_updated.send(sender=SeatType, **_of_seat_type(seat_type))


def _of_conference(conference: Conference) -> dict[str, object]:
    values = {name: getattr(conference, name) for name in CONFERENCE_VALUES}
    return {"conference_id": conference.pk} | values


def _of_seat_type(seat_type: SeatType) -> dict[str, object]:
    values = {name: getattr(seat_type, name) for name in SEAT_TYPE_VALUES}
    return {"seat_type_id": seat_type.pk} | values
