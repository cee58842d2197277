"""What each stored example of a conference means today."""

from datetime import UTC, date, datetime
from decimal import Decimal

from registrations.domain import conference, organization
from registrations.domain.cancellation import CancellationTier
from tests.registrations.golden.examples import CONFERENCE, GENERAL, ORGANIZATION

EVENTS: dict[str, list[object]] = {
    "conference-described.v1": [
        conference.ConferenceDescribed(
            conference_id=CONFERENCE,
            organization_id=ORGANIZATION,
            slug="cqrs-summit",
            name="CQRS summit",
            tagline="Three days of events",
            description="What was, was.",
            location="Redmond",
            time_zone="America/Los_Angeles",
            currency="USD",
            starts_on=date(2026, 5, 31),
            ends_on=date(2026, 6, 2),
            hold_minutes=15,
            seat_assignment_until=datetime(2026, 5, 30, 7, 0, tzinfo=UTC),
            cancellation_until=None,
            tax_name="VAT",
            tax_rate=Decimal("19.0000"),
            replacement_url="https://example.org/next",
            contact_email="organizer@example.org",
            payment_instructions="To our account.",
            cancellation_tiers=[
                CancellationTier(days_before=30, percent_kept=Decimal(10)),
                CancellationTier(days_before=7, fee_per_seat=Decimal("25.00")),
            ],
        )
    ],
    # Stored before conferences said whom to write to.
    "conference-described.v1.without-contact": [
        conference.ConferenceDescribed(
            conference_id=CONFERENCE,
            organization_id=ORGANIZATION,
            slug="cqrs-summit",
            name="CQRS summit",
            tagline="",
            description="",
            location="Redmond",
            time_zone="America/Los_Angeles",
            currency="USD",
            starts_on=date(2026, 5, 31),
            ends_on=date(2026, 6, 2),
            hold_minutes=15,
            seat_assignment_until=None,
            cancellation_until=None,
            tax_name="",
            tax_rate=None,
            replacement_url="",
            contact_email="",
            payment_instructions="",
        )
    ],
    "conference-described.v1.with-account": [
        conference.ConferenceDescribed(
            conference_id=CONFERENCE,
            organization_id=ORGANIZATION,
            slug="cqrs-summit",
            name="CQRS summit",
            tagline="",
            description="",
            location="Berlin",
            time_zone="Europe/Berlin",
            currency="EUR",
            starts_on=date(2026, 5, 31),
            ends_on=date(2026, 6, 2),
            hold_minutes=15,
            seat_assignment_until=None,
            cancellation_until=None,
            tax_name="",
            tax_rate=None,
            replacement_url="",
            contact_email="",
            payment_instructions="",
            account_holder="Contoso GmbH",
            iban="DE89370400440532013000",
            bic="COBADEFFXXX",
        )
    ],
    "organization-described.v1": [
        organization.OrganizationDescribed(
            organization_id=ORGANIZATION,
            name="Contoso",
            legal_name="Contoso Ltd",
            street="1 Main Street",
            postcode="98052",
            city="Redmond",
            country="US",
            tax_id="US 12-3456789",
            invoice_note="Thank you.",
        )
    ],
    "conference-published.v1": [
        conference.ConferencePublished(conference_id=CONFERENCE)
    ],
    "conference-unpublished.v1": [
        conference.ConferenceUnpublished(conference_id=CONFERENCE)
    ],
    "conference-deleted.v1": [conference.ConferenceDeleted(conference_id=CONFERENCE)],
    "seat-type-described.v1": [
        conference.SeatTypeDescribed(
            conference_id=CONFERENCE,
            seat_type_id=GENERAL,
            name="General admission",
            description="All talks",
            price=Decimal("199.000"),
            price_includes_tax=True,
            quota=100,
            max_per_order=20,
            on_sale_from=datetime(2026, 1, 1, 8, 0, tzinfo=UTC),
            on_sale_until=None,
            is_closed=False,
            position=1,
        )
    ],
}
