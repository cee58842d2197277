"""What each stored example means today, by the name of its file."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from registrations.domain import conference, order_events, organization
from registrations.domain import seat_assignments as assignments
from registrations.domain import seats_availability as availability
from registrations.domain.billing_address import BillingAddress
from registrations.domain.cancellation import CancellationTier
from registrations.domain.pricing import OrderLine
from registrations.domain.values import PersonalInfo, SeatQuantity
from tests.registrations.golden import payment_account

ORGANIZATION = UUID("01900000-0000-7000-8000-000000000001")
CONFERENCE = UUID("01900000-0000-7000-8000-000000000002")
GENERAL = UUID("01900000-0000-7000-8000-000000000003")
WORKSHOP = UUID("01900000-0000-7000-8000-000000000004")
ORDER = UUID("01900000-0000-7000-8000-000000000005")
PAYMENT = UUID("01900000-0000-7000-8000-000000000006")

PLACED = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HELD_UNTIL = datetime(2026, 3, 2, 10, 15, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 10, 7, 30, 250000, tzinfo=UTC)
SEATS = [SeatQuantity(GENERAL, 2), SeatQuantity(WORKSHOP, 1)]
REGISTRANT = PersonalInfo("Registrant", "Größe", "registrant@example.org")
ATTENDEE = PersonalInfo("Attendee", "O'One", "attendee@example.org")
AMOUNT = Decimal("1068.62")

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
    "available-seats-changed.v1": [
        availability.AvailableSeatsChanged(
            conference_id=CONFERENCE, seat_type=GENERAL, quota=80, change=-20
        )
    ],
    "seats-reserved.v1": [
        availability.SeatsReserved(
            conference_id=CONFERENCE,
            reservation_id=ORDER,
            seats=SEATS,
            expires_at=HELD_UNTIL,
            over_quota=True,
        )
    ],
    "seats-reservation-extended.v1": [
        availability.SeatsReservationExtended(
            conference_id=CONFERENCE, reservation_id=ORDER, expires_at=HELD_UNTIL
        )
    ],
    "seats-reservation-committed.v1": [
        availability.SeatsReservationCommitted(
            conference_id=CONFERENCE, reservation_id=ORDER, seats=SEATS
        )
    ],
    "seats-reservation-cancelled.v1": [
        availability.SeatsReservationCancelled(
            conference_id=CONFERENCE, reservation_id=ORDER, seats=SEATS
        )
    ],
    "seats-returned.v1": [
        availability.SeatsReturned(
            conference_id=CONFERENCE, reservation_id=ORDER, seats=SEATS
        )
    ],
    "order-placed.v1": [
        order_events.OrderPlaced(
            order_id=ORDER,
            conference_id=CONFERENCE,
            organization_id=ORGANIZATION,
            code="ABC123",
            seats=SEATS,
            placed_at=PLACED,
            hold_expires_at=HELD_UNTIL,
        )
    ],
    "order-updated.v1": [
        order_events.OrderUpdated(
            order_id=ORDER, seats=SEATS, updated_at=LATER, hold_expires_at=HELD_UNTIL
        )
    ],
    "order-reservation-completed.v1": [
        order_events.OrderReservationCompleted(order_id=ORDER, seats=SEATS)
    ],
    "order-partially-reserved.v1": [
        order_events.OrderPartiallyReserved(order_id=ORDER, seats=[])
    ],
    "order-totals-calculated.v1": [
        order_events.OrderTotalsCalculated(
            order_id=ORDER,
            lines=[
                OrderLine(
                    seat_type=GENERAL,
                    name="General admission",
                    unit_price=Decimal("199.000"),
                    quantity=2,
                    net=Decimal("334.45"),
                    tax=Decimal("63.55"),
                    line_total=Decimal("398.00"),
                )
            ],
            total=Decimal("398.00"),
            net_total=Decimal("334.45"),
            tax_total=Decimal("63.55"),
            currency="USD",
            tax_name="VAT",
            tax_rate=Decimal("19.0000"),
            is_free_of_charge=False,
        )
    ],
    "order-registrant-assigned.v1": [
        order_events.OrderRegistrantAssigned(order_id=ORDER, registrant=REGISTRANT)
    ],
    "order-billing-address-given.v1": [
        order_events.OrderBillingAddressGiven(
            order_id=ORDER,
            billing_address=BillingAddress(
                company="Fabrikam GmbH",
                street="Hauptstraße 1",
                postcode="10115",
                city="Berlin",
                country="DE",
                tax_id="DE123456789",
            ),
        )
    ],
    "order-payment-started.v1": [
        order_events.OrderPaymentStarted(
            order_id=ORDER,
            payment_id=PAYMENT,
            provider="sandbox",
            amount=AMOUNT,
            currency="USD",
            hold_expires_at=HELD_UNTIL,
        )
    ],
    "order-payment-rejected.v1": [
        order_events.OrderPaymentRejected(
            order_id=ORDER, payment_id=PAYMENT, hold_expires_at=HELD_UNTIL
        )
    ],
    "order-paid.v1": [
        order_events.OrderPaid(
            order_id=ORDER, payment_id=PAYMENT, amount=AMOUNT, currency="USD"
        )
    ],
    "order-confirmed.v1": [
        order_events.OrderConfirmed(
            order_id=ORDER, conference_id=CONFERENCE, seats=SEATS, confirmed_at=LATER
        )
    ],
    "order-expired.v1": [
        order_events.OrderExpired(order_id=ORDER, expired_at=HELD_UNTIL)
    ],
    "order-revived.v1": [order_events.OrderRevived(order_id=ORDER, payment_id=PAYMENT)],
    "order-cancelled.v1": [
        order_events.OrderCancelled(
            order_id=ORDER,
            conference_id=CONFERENCE,
            seats=SEATS,
            cancelled_by="registrant",
            cancelled_at=LATER,
            refund_amount=Decimal("1000.00"),
            kept_amount=Decimal("68.62"),
            kept_total=Decimal("88.62"),
            currency="USD",
            note="Ill.",
        )
    ],
    # Stored before there were terms of cancellation: all that was paid went back.
    "order-cancelled.v1.without-amounts": [
        order_events.OrderCancelled(
            order_id=ORDER,
            conference_id=CONFERENCE,
            seats=SEATS,
            cancelled_by="registrant",
            cancelled_at=LATER,
            refund_amount=None,
            kept_amount=Decimal(0),
            kept_total=Decimal(0),
            currency="",
            note=None,
        )
    ],
    "order-seats-cancelled.v1": [
        order_events.OrderSeatsCancelled(
            order_id=ORDER,
            conference_id=CONFERENCE,
            seats=[SeatQuantity(GENERAL, 1)],
            positions=[1],
            value=Decimal("199.00"),
            kept_amount=Decimal("19.90"),
            kept_total=Decimal("29.90"),
            refund_amount=Decimal("179.10"),
            currency="USD",
            cancelled_by="registrant",
            cancelled_at=LATER,
            lines=[
                OrderLine(
                    seat_type=GENERAL,
                    name="General admission",
                    unit_price=Decimal("199.000"),
                    quantity=1,
                    net=Decimal("167.23"),
                    tax=Decimal("31.77"),
                    line_total=Decimal("199.00"),
                )
            ],
            total=Decimal("199.00"),
            net_total=Decimal("167.23"),
            tax_total=Decimal("31.77"),
            note="One of us is ill.",
        )
    ],
    "order-payment-returned.v1": [
        order_events.OrderPaymentReturned(
            order_id=ORDER,
            payment_id=PAYMENT,
            amount=AMOUNT,
            currency="USD",
            reason="already-paid",
        )
    ],
    "order-payment-refunded.v1": [
        order_events.OrderPaymentRefunded(
            order_id=ORDER, payment_id=PAYMENT, amount=AMOUNT, currency="USD"
        )
    ],
    "order-needs-attention.v1": [
        order_events.OrderNeedsAttention(
            order_id=ORDER,
            reason="refund-failed",
            note="The account is closed.",
            payment_id=PAYMENT,
        )
    ],
    # Stored before an open case named its payment.
    "order-needs-attention.v1.without-payment": [
        order_events.OrderNeedsAttention(
            order_id=ORDER,
            reason="refund-failed",
            note="The account is closed.",
            payment_id=None,
        )
    ],
    "order-attention-settled.v1": [
        order_events.OrderAttentionSettled(
            order_id=ORDER, payment_id=None, settled_by="organizer", note="Paid back."
        )
    ],
    "seat-assignments-created.v1": [
        assignments.SeatAssignmentsCreated(
            order_id=ORDER,
            conference_id=CONFERENCE,
            organization_id=ORGANIZATION,
            order_code="ABC123",
            seats=[
                assignments.SeatPosition(0, GENERAL, "General admission"),
                assignments.SeatPosition(1, WORKSHOP, "CQRS Workshop"),
            ],
        )
    ],
    "seat-assigned.v1": [
        assignments.SeatAssigned(order_id=ORDER, position=0, attendee=ATTENDEE)
    ],
    "seat-unassigned.v1": [assignments.SeatUnassigned(order_id=ORDER, position=0)],
    "seat-assignment-updated.v1": [
        assignments.SeatAssignmentUpdated(order_id=ORDER, position=1, attendee=ATTENDEE)
    ],
    "seats-withdrawn.v1": [
        assignments.SeatsWithdrawn(order_id=ORDER, positions=[0, 2])
    ],
    "seat-assignments-closed.v1": [assignments.SeatAssignmentsClosed(order_id=ORDER)],
    **payment_account.EVENTS,
}
