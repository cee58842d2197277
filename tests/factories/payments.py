"""Payments as an order would start them, through the public door."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from payments import services
from payments.gateways.base import CallbackFact, Outcome
from payments.models import Payment

NOW = datetime(2030, 5, 1, 9, 0, tzinfo=UTC)
ORGANIZATION = UUID("01990000-0000-7000-8000-000000000001")
OTHER_ORGANIZATION = UUID("01990000-0000-7000-8000-000000000002")


def payment_request(**changes: Any) -> services.PaymentRequest:
    """Three seats of general admission and a workshop, paid in the sandbox."""
    wish: dict[str, Any] = {
        "payment_id": uuid7(),
        "order_id": uuid7(),
        "conference_id": uuid7(),
        "organization_id": ORGANIZATION,
        "provider": "sandbox",
        "amount": Decimal("1097.00"),
        "currency": "USD",
        "description": "3 x General admission, 1 x CQRS Workshop",
        "reference": "ABC234",
    }
    return services.PaymentRequest(**wish | changes)


def started(**changes: Any) -> Payment:
    """An open payment."""
    return services.start_payment(payment_request(**changes), now=NOW)


def paid(**changes: Any) -> Payment:
    """A completed payment; the sandbox has the money and said so."""
    payment = started(**changes)
    if payment.provider == "invoice":
        return services.mark_paid(payment.pk, by="organizer", now=NOW)
    return services.decide_in_sandbox(payment.pk, outcome="accepted", now=NOW)


def fact(payment: Payment, outcome: Outcome, **said: Any) -> CallbackFact:
    """What a provider tells of it; of the whole amount unless it says otherwise."""
    values: dict[str, Any] = {
        "event_id": f"evt-{outcome}",
        "payment_id": payment.pk,
        "order_id": payment.order_id,
        "outcome": outcome,
        "amount": payment.amount,
        "currency": payment.currency,
    }
    return CallbackFact(**values | said)
