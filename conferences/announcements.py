"""Turns rows into the plain values that `conferences.signals` carries."""

from conferences import signals
from conferences.models import Conference, Organization, SeatType

ORGANIZATION_VALUES = (
    "name",
    "legal_name",
    "street",
    "postcode",
    "city",
    "country",
    "tax_id",
    "invoice_note",
)
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
    "account_holder",
    "iban",
    "bic",
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


def organization_updated(organization: Organization) -> None:
    values = {name: getattr(organization, name) for name in ORGANIZATION_VALUES}
    signals.organization_updated.send(
        sender=Organization, organization_id=organization.pk, **values
    )


def conference_created(conference: Conference) -> None:
    # Who has no conference sells nothing: until then nobody needs to know.
    organization_updated(conference.organization)
    signals.conference_created.send(sender=Conference, **_of_conference(conference))


def conference_updated(conference: Conference) -> None:
    signals.conference_updated.send(sender=Conference, **_of_conference(conference))


def seat_type_created(seat_type: SeatType) -> None:
    signals.seat_type_created.send(sender=SeatType, **_of_seat_type(seat_type))


def seat_type_updated(seat_type: SeatType) -> None:
    signals.seat_type_updated.send(sender=SeatType, **_of_seat_type(seat_type))


def _of_conference(conference: Conference) -> dict[str, object]:
    values = {name: getattr(conference, name) for name in CONFERENCE_VALUES}
    tiers = conference.cancellation_tiers.order_by("-days_before")
    return {
        "conference_id": conference.pk,
        "cancellation_tiers": [tier.terms for tier in tiers],
    } | values


def _of_seat_type(seat_type: SeatType) -> dict[str, object]:
    values = {name: getattr(seat_type, name) for name in SEAT_TYPE_VALUES}
    return {"seat_type_id": seat_type.pk} | values
