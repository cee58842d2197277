"""Carrying refunds out and recording what became of them.

The provider is asked outside of any transaction, then its answer is recorded and
announced in one. The task may run twice, late, or be killed anywhere: the refund's id
is the provider's idempotency key, so asking again is safe, and the row decides which
answer counts.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Sum

from payments import signals, transitions
from payments.gateways import registry
from payments.gateways.base import ProviderUnavailable, RefundRefused
from payments.models import Payment, Refund
from payments.transactions import assert_outside_transaction

logger = logging.getLogger(__name__)

# With doubled pauses between them the last attempt comes after about two hours.
MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(minutes=1)


def carry_out(refund_id: UUID, *, now: datetime) -> None:
    """Ask the provider for the refund and record what it answers."""
    assert_outside_transaction()
    # Counted before the call: a refund that kills its worker also comes to an end.
    claimed = Refund.objects.filter(
        pk=refund_id, status=Refund.Status.REQUESTED, attempts__lt=MAX_ATTEMPTS
    ).update(attempts=F("attempts") + 1, attempted_at=now)
    refund = Refund.objects.select_related("payment").filter(pk=refund_id).first()
    if refund is None or refund.status != Refund.Status.REQUESTED:
        logger.info("Refund %s is not open: nothing to do", refund_id)
        return
    if not claimed:
        record_failed(refund_id, error=refund.error or "No answer was recorded.")
        return
    _ask(refund, now=now)


def _ask(refund: Refund, *, now: datetime) -> None:
    try:
        reference = registry.known(refund.payment.provider).refund(refund)
    except RefundRefused as refused:
        record_failed(refund.pk, error=str(refused))
    except ProviderUnavailable as unavailable:
        logger.warning("Refund %s: no answer: %s", refund.pk, unavailable)
        Refund.objects.filter(pk=refund.pk).update(error=str(unavailable))
        if refund.attempts >= MAX_ATTEMPTS:
            record_failed(refund.pk, error=str(unavailable))
    else:
        recorded = record_done(
            refund.pk,
            # The provider's yes counts also when another attempt gave up meanwhile.
            expected=(Refund.Status.REQUESTED, Refund.Status.FAILED),
            now=now,
            provider_reference=reference,
        )
        if not recorded:
            _note_if_settled_otherwise(refund)


def _note_if_settled_otherwise(refund: Refund) -> None:
    """The provider paid after all: the order counts on money that has gone, or it has
    gone twice. Somebody has to talk to people."""
    settled = Refund.objects.filter(
        Q(status=Refund.Status.WITHDRAWN)
        | Q(status=Refund.Status.DONE) & ~Q(settled_by=""),
        pk=refund.pk,
    )
    attention = Payment.Attention.REFUNDED_AFTER_WITHDRAWAL
    if settled.exists():
        Payment.objects.filter(pk=refund.payment_id).update(attention=attention)
        logger.error("Payment %s: %s", refund.payment_id, attention)


def is_due(refund: Refund, *, now: datetime) -> bool:
    """Whether the pause after the last attempt is over; it doubles each time."""
    pause: timedelta = FIRST_PAUSE * 2 ** max(refund.attempts - 1, 0)
    return (refund.attempted_at or refund.requested_at) + pause <= now


@transaction.atomic
def record_done(
    refund_id: UUID,
    *,
    expected: Sequence[Refund.Status],
    now: datetime,
    **details: str,
) -> bool:
    """Take note that the money went back; False when the row was not as expected."""
    _announce(refund_id)
    changed = Refund.objects.filter(pk=refund_id, status__in=expected).update(
        status=Refund.Status.DONE, done_at=now, error="", **details
    )
    if not changed:
        logger.info("Refund %s: its result was recorded before", refund_id)
        return False
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    payment = refund.payment
    if payment.status == Payment.Status.REJECTED:
        # The order was never told of this money, so nor is it of its return.
        return True
    _update_status(payment.pk)
    signals.payment_refunded.send(
        sender=Refund,
        payment_id=payment.pk,
        order_id=payment.order_id,
        refund_id=refund.pk,
        amount=refund.amount,
        currency=payment.currency,
        refunded_at=now,
    )
    return True


@transaction.atomic
def record_failed(refund_id: UUID, *, error: str) -> bool:
    """Give up on a refund until somebody retries or settles it."""
    _announce(refund_id)
    changed = Refund.objects.filter(
        pk=refund_id, status=Refund.Status.REQUESTED
    ).update(status=Refund.Status.FAILED, error=error)
    if not changed:
        return False
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    logger.error("Refund %s failed: %s", refund_id, error)
    if refund.payment.status != Payment.Status.REJECTED:
        signals.refund_failed.send(
            sender=Refund,
            payment_id=refund.payment_id,
            order_id=refund.payment.order_id,
            refund_id=refund.pk,
            error=error,
        )
    return True


def _announce(refund_id: UUID) -> None:
    refund = Refund.objects.filter(pk=refund_id).first()
    if refund is not None:
        transitions.announce(refund.payment_id)


def _update_status(payment_id: UUID) -> None:
    # Locked before the sum is read: of two refunds done at once the second sees both.
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
    done = Refund.objects.filter(payment=payment, status=Refund.Status.DONE)
    given_back = done.aggregate(total=Sum("amount"))["total"]
    Payment.objects.filter(pk=payment_id).update(
        status=Payment.Status.REFUNDED
        if given_back == payment.amount
        else Payment.Status.PARTIALLY_REFUNDED
    )
