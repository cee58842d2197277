"""What each stored example of an order means today."""

from decimal import Decimal

from registrations.domain import order_events
from registrations.domain.billing_address import BillingAddress
from registrations.domain.pricing import OrderLine
from registrations.domain.values import SeatQuantity
from tests.registrations.golden.examples import (
    AMOUNT,
    CONFERENCE,
    GENERAL,
    HELD_UNTIL,
    LATER,
    ORDER,
    ORGANIZATION,
    PAYMENT,
    PLACED,
    REGISTRANT,
    SEATS,
)

EVENTS: dict[str, list[object]] = {
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
}
