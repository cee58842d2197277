"""What conference management announces, as facts this context keeps for itself."""

from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from eventstore.events import event
from registrations.domain.cancellation import CancellationTier


@event
class ConferenceDescribed:
    """The conference was created or updated; always its whole description."""

    conference_id: UUID
    organization_id: UUID
    slug: str
    name: str
    tagline: str
    description: str
    location: str
    time_zone: str
    currency: str
    starts_on: date
    ends_on: date
    hold_minutes: int
    seat_assignment_until: datetime | None
    cancellation_until: datetime | None
    tax_name: str
    tax_rate: Decimal | None
    replacement_url: str
    contact_email: str = ""
    payment_instructions: str = ""
    account_holder: str = ""
    iban: str = ""
    bic: str = ""
    cancellation_tiers: list[CancellationTier] = field(default_factory=list)


@event
class ConferencePublished:
    conference_id: UUID


@event
class ConferenceUnpublished:
    conference_id: UUID


@event
class SeatTypeDescribed:
    """The seat type was created or updated; always its whole description."""

    conference_id: UUID
    seat_type_id: UUID
    name: str
    description: str
    price: Decimal
    price_includes_tax: bool
    quota: int
    max_per_order: int
    on_sale_from: datetime | None
    on_sale_until: datetime | None
    is_closed: bool
    position: int


@event
class ConferenceDeleted:
    """Only one that was never published can be."""

    conference_id: UUID
