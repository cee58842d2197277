"""Terms on which seats are given back, and what to look for on the pages."""

from decimal import Decimal
from typing import Any

from payments import services as payments

# The conference starts on May 31 in Redmond.
START = "May 31, 2026, 12:00 AM PDT"
TIERS = [
    {"days_before": 30, "percent_kept": Decimal(10)},
    {"days_before": 7, "fee_per_seat": Decimal(25)},
]


def asked_back(order_id: Any) -> list[Decimal]:
    return [
        refund.amount
        for payment in payments.payments_of(order_id)
        for refund in payments.refunds_of(payment.pk)
    ]


def boxes(page: Any) -> list[str]:
    return [
        field.attributes["value"]
        for field in page.all("input")
        if field.attributes.get("type") == "checkbox"
    ]
