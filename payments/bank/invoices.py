"""The payments by bank transfer as matching wants them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from payments.bank.entries import StatementEntry
from payments.bank.matching import Book, Invoice, Names, State, nobody
from payments.gateways import registry
from payments.models import BankTransfer, Payment

_STATES = {
    Payment.Status.INITIATED: State.OPEN,
    Payment.Status.REJECTED: State.GIVEN_UP,
}


def book_of(organization_id: UUID, names: Names = nobody) -> Book:
    rows = payable_by_transfer().filter(organization_id=organization_id)
    return Book(_invoices(rows), names)


def invoice(payment_id: UUID) -> Invoice | None:
    """As it is now."""
    return next(_invoices(payable_by_transfer().filter(pk=payment_id)), None)


def payable_by_transfer() -> QuerySet[Payment]:
    return Payment.objects.filter(
        provider__in=[
            code
            for code, gateway in registry.GATEWAYS.items()
            if gateway.capabilities.paid_by_hand
        ]
    )


def entry_of(transfer: BankTransfer) -> StatementEntry:
    return StatementEntry(
        account=transfer.account,
        booked_on=transfer.booked_on,
        amount=transfer.amount,
        currency=transfer.currency,
        purpose=transfer.purpose,
        payer_name=transfer.payer_name,
        payer_iban=transfer.payer_iban,
        end_to_end=transfer.end_to_end,
        bank_reference=transfer.bank_reference,
        is_reversal=transfer.is_reversal,
    )


def _invoices(rows: QuerySet[Payment]) -> Iterator[Invoice]:
    transfers = BankTransfer.objects.filter(payment=OuterRef("pk"))
    wanted = (
        "pk", "order_id", "reference", "requested_amount", "currency", "status",
    )  # fmt: skip
    found = rows.annotate(has_transfer=Exists(transfers)).order_by("started_at", "pk")
    for row in found.values(*wanted, "has_transfer").iterator():
        yield Invoice(
            payment_id=row["pk"],
            order_id=row["order_id"],
            code=row["reference"],
            amount=row["requested_amount"],
            currency=row["currency"],
            state=_state(row),
        )


def _state(row: dict[str, Any]) -> State:
    taken = State.PAID_BY_TRANSFER if row["has_transfer"] else State.MARKED_PAID
    return _STATES.get(row["status"], taken)
