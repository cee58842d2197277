"""Asking providers about what we may have missed: lost callbacks, lost tasks."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from payments import callbacks, refund_results, refunds
from payments.gateways import registry
from payments.gateways.base import CallbackRefused, ProviderUnavailable
from payments.models import Payment, Refund
from payments.transactions import assert_outside_transaction

logger = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=1)
# An abandoned payment is asked about for so long, then nobody will finish it.
ASKED_FOR = timedelta(days=30)
BATCH = 200


def reconcile_payment(payment_id: UUID, *, now: datetime) -> Payment | None:
    """Ask the provider about one open payment and apply its answer.

    Returns the payment as it is then; None when there is no such payment.
    """
    assert_outside_transaction()
    payment = Payment.objects.filter(pk=payment_id).first()
    if payment is None or payment.status != Payment.Status.INITIATED:
        return payment
    _look_up(payment, now=now)
    return Payment.objects.get(pk=payment_id)


def reconcile(*, now: datetime) -> None:
    """Look after every open payment and refund, the longest neglected first."""
    assert_outside_transaction()
    open_payments = Payment.objects.filter(
        status=Payment.Status.INITIATED,
        started_at__lte=now - PATIENCE,
        started_at__gt=now - ASKED_FOR,
    ).order_by(F("looked_up_at").asc(nulls_first=True))[:BATCH]
    for payment in open_payments:
        Payment.objects.filter(pk=payment.pk).update(looked_up_at=now)
        try:
            _look_up(payment, now=now)
        except Exception:
            # One payment that cannot be applied must not keep the others waiting.
            logger.exception("Payment %s could not be reconciled", payment.pk)
    for refund in Refund.objects.filter(status=Refund.Status.REQUESTED):
        if refund_results.is_due(refund, now=now):
            refunds.queue(refund.pk)


def _look_up(payment: Payment, *, now: datetime) -> None:
    try:
        fact = registry.known(payment.provider).look_up(payment)
        if fact is not None:
            callbacks.apply_fact(payment.provider, fact, body="(looked up)", now=now)
    except ProviderUnavailable as unavailable:
        logger.warning("Payment %s: no answer: %s", payment.pk, unavailable)
    except CallbackRefused as refused:
        # Stored by apply_fact, with the reason.
        logger.warning("Payment %s: %s", payment.pk, refused.code)
