"""The transitions of a payment: each decided by one UPDATE, announced by one signal."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from payments import signals
from payments.models import Payment


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
    provider_reference: str = "",
    marked_by: str = "",
) -> bool:
    """Take note that the money came; False when the payment is no longer open."""
    announce(payment_id)
    changed = _open(payment_id).update(
        status=Payment.Status.COMPLETED,
        completed_at=now,
        provider_reference=provider_reference,
        paid_marked_by=marked_by,
    )
    if not changed:
        return False
    payment = Payment.objects.get(pk=payment_id)
    signals.payment_completed.send(
        sender=Payment,
        payment_id=payment.pk,
        order_id=payment.order_id,
        amount=payment.amount,
        currency=payment.currency,
        completed_at=now,
    )
    return True


@transaction.atomic
def reject(payment_id: UUID, *, now: datetime, provider_reference: str = "") -> bool:
    """Take note that no money will come; False when the payment is no longer open."""
    announce(payment_id)
    changed = _open(payment_id).update(
        status=Payment.Status.REJECTED,
        rejected_at=now,
        provider_reference=provider_reference,
    )
    if not changed:
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
    return Payment.objects.filter(pk=payment_id, status=Payment.Status.INITIATED)
