"""A conference with tax, whose seller has an address, and orders on their way."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from conferences import services as conferences
from payments import refund_results
from payments import services as payments
from registrations.models import Document
from tests.registrations.conftest import NOW, Summit, new_summit

SELLER = {
    "legal_name": "Contoso Ltd",
    "street": "1 Main Street",
    "postcode": "98052",
    "city": "Redmond",
    "country": "US",
    "tax_id": "US 12-3456789",
    "invoice_note": "Thank you.",
}


@pytest.fixture
def taxed(db: None) -> Summit:
    return taxed_summit()


def taxed_summit(slug: str = "cqrs-summit", **changes: Any) -> Summit:
    terms: dict[str, Any] = {
        "tax_name": "VAT",
        "tax_rate": Decimal(19),
        "currency": "EUR",
    }
    summit = new_summit(slug, **(terms | changes))
    conferences.update_organization(
        organization_id=summit.organization_id, changes=SELLER
    )
    return summit


def due_of(payment: payments.Payment) -> datetime:
    assert payment.due_at is not None
    return payment.due_at


def documents(order: Any) -> list[Document]:
    return list(Document.objects.filter(order_id=order.pk).order_by("issued_at", "pk"))


def labels(order: Any) -> list[tuple[str, Decimal]]:
    return [(one.label, one.total) for one in documents(order)]


def refund(payment: Any, amount: str | Decimal, *, reason: str = "organizer") -> Any:
    """Ask for it and have it done."""
    asked = payments.request_refund(
        payment_id=payment.pk, amount=Decimal(amount), reason=reason, now=NOW
    )
    waiting = [asked.Status.REQUESTED, asked.Status.BY_HAND]
    assert refund_results.record_done(asked.pk, expected=waiting, now=NOW)
    return asked


def past_the_guards(statement: str) -> int:
    """Without triggers; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        touched = int(cursor.rowcount)
        cursor.execute("SET LOCAL session_replication_role = origin")
    return touched
