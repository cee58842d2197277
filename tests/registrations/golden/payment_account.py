"""What each stored example of a payment's money means today."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from registrations.domain import payment_account as account
from registrations.domain.tax_parts import TaxPart

PAYMENT: dict[str, Any] = {
    "payment_id": UUID("01900000-0000-7000-8000-000000000006"),
    "order_id": UUID("01900000-0000-7000-8000-000000000005"),
    "order_code": "ABC234",
    "conference_id": UUID("01900000-0000-7000-8000-000000000002"),
    "organization_id": UUID("01900000-0000-7000-8000-000000000001"),
    "method": "stripe",
    "currency": "EUR",
}
REFERENCE = UUID("01900000-0000-7000-8000-000000000007")
AT = datetime(2026, 3, 2, 10, 7, 30, 250000, tzinfo=UTC)
WHOLE, HALF = Decimal("1068.62"), Decimal("534.31")
TAXED = [
    TaxPart(
        tax_name="VAT",
        rate=Decimal("19.0000"),
        net=Decimal("898.00"),
        tax=Decimal("170.62"),
    )
]
HALF_OF_IT = [
    TaxPart(
        tax_name="VAT",
        rate=Decimal("19.0000"),
        net=Decimal("449.00"),
        tax=Decimal("85.31"),
    )
]
UNTAXED = [TaxPart(tax_name="", rate=None, net=WHOLE, tax=Decimal(0))]

EVENTS: dict[str, list[object]] = {
    "payment-charged.v1": [
        account.PaymentCharged(**PAYMENT, amount=WHOLE, parts=TAXED, charged_at=AT)
    ],
    "payment-allotted.v1": [
        account.PaymentAllotted(
            **PAYMENT, taken_from=UNTAXED, parts=TAXED, pays_for=TAXED, allotted_at=AT
        )
    ],
    "payment-given-back.v1": [
        account.PaymentGivenBack(
            **PAYMENT,
            refund_id=REFERENCE,
            amount=HALF,
            reason="organizer",
            parts=HALF_OF_IT,
            given_back_at=AT,
        )
    ],
    "payment-fee-charged.v1": [
        account.PaymentFeeCharged(
            **PAYMENT, fee_id=REFERENCE, amount=Decimal("15.73"), charged_at=AT
        )
    ],
    "payment-disputed.v1": [
        account.PaymentDisputed(
            **PAYMENT,
            dispute_id=REFERENCE,
            amount=HALF,
            parts=HALF_OF_IT,
            opened_at=AT,
        )
    ],
    "payment-dispute-won.v1": [
        account.PaymentDisputeWon(
            **PAYMENT, dispute_id=REFERENCE, amount=HALF, parts=HALF_OF_IT, won_at=AT
        )
    ],
    "payment-dispute-lost.v1": [
        account.PaymentDisputeLost(
            **PAYMENT, dispute_id=REFERENCE, amount=HALF, lost_at=AT
        )
    ],
}
