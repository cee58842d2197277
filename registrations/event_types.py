"""The index of the history: every stored event, its name, version and personal fields.

Names and versions are for ever. A changed event gets a new version and an upcaster.
"""

from eventstore.events import Personal, register
from registrations.domain import (
    conference,
    order_events,
    organization,
    payment_account,
    seat_assignments,
    seats_availability,
)

PERSON = Personal(
    subject=lambda person: person["email"],
    erased={"first_name": "", "last_name": "", "email": ""},
)
# What organizers and providers say about an order may name its registrant.
NOTE = Personal(subject=None, erased="")
# It goes with the registrant: it is sealed under the key of their order.
ADDRESS = Personal(subject=None, erased=None)

register("organization-described", 1, organization.OrganizationDescribed)
register("conference-described", 1, conference.ConferenceDescribed)
register("conference-published", 1, conference.ConferencePublished)
register("conference-unpublished", 1, conference.ConferenceUnpublished)
register("conference-deleted", 1, conference.ConferenceDeleted)
register("seat-type-described", 1, conference.SeatTypeDescribed)

register("available-seats-changed", 1, seats_availability.AvailableSeatsChanged)
register("seats-reserved", 1, seats_availability.SeatsReserved)
register("seats-reservation-extended", 1, seats_availability.SeatsReservationExtended)
register("seats-reservation-committed", 1, seats_availability.SeatsReservationCommitted)
register("seats-reservation-cancelled", 1, seats_availability.SeatsReservationCancelled)
register("seats-returned", 1, seats_availability.SeatsReturned)

register("order-placed", 1, order_events.OrderPlaced)
register("order-updated", 1, order_events.OrderUpdated)
register("order-reservation-completed", 1, order_events.OrderReservationCompleted)
register("order-partially-reserved", 1, order_events.OrderPartiallyReserved)
register("order-totals-calculated", 1, order_events.OrderTotalsCalculated)
register(
    "order-registrant-assigned",
    1,
    order_events.OrderRegistrantAssigned,
    personal={"registrant": PERSON},
)
register(
    "order-billing-address-given",
    1,
    order_events.OrderBillingAddressGiven,
    personal={"billing_address": ADDRESS},
)
register("order-payment-started", 1, order_events.OrderPaymentStarted)
register("order-payment-rejected", 1, order_events.OrderPaymentRejected)
register("order-paid", 1, order_events.OrderPaid)
register("order-confirmed", 1, order_events.OrderConfirmed)
register("order-expired", 1, order_events.OrderExpired)
register("order-revived", 1, order_events.OrderRevived)
register("order-cancelled", 1, order_events.OrderCancelled, personal={"note": NOTE})
register(
    "order-seats-cancelled",
    1,
    order_events.OrderSeatsCancelled,
    personal={"note": NOTE},
)
register("order-payment-returned", 1, order_events.OrderPaymentReturned)
register("order-payment-refunded", 1, order_events.OrderPaymentRefunded)
register(
    "order-needs-attention",
    1,
    order_events.OrderNeedsAttention,
    personal={"note": NOTE},
)
register(
    "order-attention-settled",
    1,
    order_events.OrderAttentionSettled,
    personal={"note": NOTE},
)

register("payment-charged", 1, payment_account.PaymentCharged)
register("payment-allotted", 1, payment_account.PaymentAllotted)
register("payment-given-back", 1, payment_account.PaymentGivenBack)
register("payment-fee-charged", 1, payment_account.PaymentFeeCharged)
register("payment-disputed", 1, payment_account.PaymentDisputed)
register("payment-dispute-won", 1, payment_account.PaymentDisputeWon)
register("payment-dispute-lost", 1, payment_account.PaymentDisputeLost)

register("seat-assignments-created", 1, seat_assignments.SeatAssignmentsCreated)
register(
    "seat-assigned", 1, seat_assignments.SeatAssigned, personal={"attendee": PERSON}
)
register("seat-unassigned", 1, seat_assignments.SeatUnassigned)
register(
    "seat-assignment-updated",
    1,
    seat_assignments.SeatAssignmentUpdated,
    personal={"attendee": PERSON},
)
register("seats-withdrawn", 1, seat_assignments.SeatsWithdrawn)
register("seat-assignments-closed", 1, seat_assignments.SeatAssignmentsClosed)
