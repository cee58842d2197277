"""The transitions of a payment: each decided by one UPDATE, announced by one signal."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from payments import cases, money, signals
from payments.models import Case, Payment

Status = Payment.Status


def announce(payment_id: UUID) -> None:
    """Let receivers take their locks before a row of this payment is locked.

    Whoever holds an order's lock may ask for a refund and then waits for the payment;
    a payment that changes must not wait for the order the other way round.
    """
    order_id = (
        Payment.objects.filter(pk=payment_id).values_list("order_id", flat=True).first()
    )
    if order_id:
        signals.payment_changes.send(
            sender=Payment, payment_id=payment_id, order_id=order_id
        )


@transaction.atomic
def complete(
    payment_id: UUID,
    *,
    now: datetime,
    received: Decimal | None = None,
    occurred_at: datetime | None = None,
    provider_reference: str = "",
    marked_by: str = "",
) -> bool:
    """Take note that the money came; False when that is known already.

    Also after a rejection: an attempt failed, and then the payer tried again. Where
    `received` is not what was asked for, it is what the payment is worth from here on,
    and a case shows the difference; whoever asked decides what becomes of it.
    """
    announce(payment_id)
    values: dict[str, object] = {
        "status": Status.COMPLETED,
        "completed_at": now,
        "occurred_at": occurred_at,
        "rejected_at": None,
        "paid_marked_by": marked_by,
    }
    if received is not None:
        values["amount"] = received
    if provider_reference:
        values["provider_reference"] = provider_reference
    not_paid = Payment.objects.filter(
        pk=payment_id, status__in=[Status.INITIATED, Status.REJECTED]
    )
    if not not_paid.update(**values):
        return False
    payment = Payment.objects.get(pk=payment_id)
    _show_difference(payment, now=now)
    signals.payment_completed.send(
        sender=Payment,
        payment_id=payment.pk,
        order_id=payment.order_id,
        conference_id=payment.conference_id,
        organization_id=payment.organization_id,
        provider=payment.provider,
        amount=payment.amount,
        currency=payment.currency,
        completed_at=now,
    )
    return True


def _show_difference(payment: Payment, *, now: datetime) -> None:
    if payment.amount != payment.requested_amount:
        asked = money.formatted(payment.requested_amount, payment.currency)
        came = money.formatted(payment.amount, payment.currency)
        note = f"{asked} → {came}"
        cases.about_payment(Case.Kind.AMOUNT_MISMATCH, payment, now=now, note=note)


@transaction.atomic
def reject(payment_id: UUID, *, now: datetime, provider_reference: str = "") -> bool:
    """Take note that no money will come; False when the payment is no longer open."""
    announce(payment_id)
    values: dict[str, object] = {"status": Status.REJECTED, "rejected_at": now}
    if provider_reference:
        values["provider_reference"] = provider_reference
    if not _open(payment_id).update(**values):
        return False
    payment = Payment.objects.get(pk=payment_id)
    signals.payment_rejected.send(
        sender=Payment,
        payment_id=payment.pk,
        order_id=payment.order_id,
        rejected_at=now,
    )
    return True


def _open(payment_id: UUID) -> QuerySet[Payment]:
    return Payment.objects.filter(pk=payment_id, status=Status.INITIATED)
