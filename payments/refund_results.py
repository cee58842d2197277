"""Carrying refunds out and recording what became of them.

The provider is asked outside of any transaction, then its answer is recorded and
announced in one. The task may run twice, late, or be killed anywhere: the refund's id
is the provider's idempotency key, so asking again is safe, and the row decides which
answer counts.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Sum

from payments import cases, signals, transitions
from payments.gateways import registry
from payments.gateways.base import (
    Outcome,
    ProviderUnavailable,
    RefundAnswer,
    RefundRefused,
)
from payments.models import Case, Payment, ProviderCall, ProviderCallback, Refund
from payments.provider_calls import MAX_ATTEMPTS, asked_again_at, recorded
from payments.transactions import assert_outside_transaction

logger = logging.getLogger(__name__)

Status = Refund.Status

NO_REASON = "The provider could not carry it out."


def carry_out(refund_id: UUID, *, now: datetime, attempt: int | None = None) -> None:
    """Ask the provider for the refund and record what it answers.

    `attempt`: only if it was tried so often and not since. While the queue is long a
    refund is put there each minute, and its attempts would be over in a moment.
    """
    assert_outside_transaction()
    tried_since = Refund.objects.filter(pk=refund_id, attempts__gt=attempt or 0)
    if attempt is not None and tried_since.exists():
        return
    # Counted before the call: a refund that kills its worker also comes to an end.
    claimed = Refund.objects.filter(
        pk=refund_id, status=Status.REQUESTED, attempts__lt=MAX_ATTEMPTS
    ).update(attempts=F("attempts") + 1, attempted_at=now)
    refund = Refund.objects.select_related("payment").filter(pk=refund_id).first()
    if refund is None or refund.status != Status.REQUESTED:
        logger.info("Refund %s is not open: nothing to do", refund_id)
        return
    if not claimed:
        error = refund.error or "No answer was recorded."
        record_failed(refund_id, error=error, now=now)
        return
    _ask(refund, now=now)


def _ask(refund: Refund, *, now: datetime) -> None:
    payment = refund.payment
    operation = ProviderCall.Operation.REFUND
    try:
        with recorded(operation, payment, key=refund.pk, refund=refund) as call:
            answer = registry.known(payment.provider).refund(refund)
            call.answer = answer.reference
    except RefundRefused as refused:
        record_failed(refund.pk, error=str(refused), now=now)
    except ProviderUnavailable as unavailable:
        logger.warning("Refund %s: no answer: %s", refund.pk, unavailable)
        Refund.objects.filter(pk=refund.pk).update(error=str(unavailable))
        if refund.attempts >= MAX_ATTEMPTS:
            record_failed(refund.pk, error=str(unavailable), now=now)
    else:
        _take_answer(refund, answer, now=now)


def _take_answer(refund: Refund, answer: RefundAnswer, *, now: datetime) -> None:
    # The provider's yes counts also when another attempt gave up meanwhile.
    expected = [Status.REQUESTED, Status.UNDER_WAY, Status.FAILED]
    if not answer.is_done:
        record_under_way(refund.pk, provider_reference=answer.reference)
        return
    recorded = record_done(
        refund.pk, expected=expected, now=now, provider_reference=answer.reference
    )
    if not recorded:
        note_if_settled_otherwise(refund, now=now)


def note_if_settled_otherwise(refund: Refund, *, now: datetime) -> None:
    """The provider paid after all: the order counts on money that has gone, or it has
    gone twice. Somebody has to talk to people."""
    settled = Refund.objects.filter(
        Q(status=Status.WITHDRAWN) | Q(status=Status.DONE) & ~Q(settled_by=""),
        pk=refund.pk,
    )
    if settled.exists():
        cases.about_refund(Case.Kind.REFUND_TWICE, refund, now=now)


def record_under_way(refund_id: UUID, *, provider_reference: str) -> None:
    """The provider has taken it on; its callback or a look-up tells how it ends."""
    Refund.objects.filter(pk=refund_id, status=Status.REQUESTED).update(
        status=Status.UNDER_WAY, error="", provider_reference=provider_reference
    )


def is_due(refund: Refund, *, now: datetime) -> bool:
    """Whether the pause after the last attempt is over."""
    last = refund.attempted_at or refund.requested_at
    return asked_again_at(last, attempts=refund.attempts) <= now


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
        status=Status.DONE, done_at=now, error="", **details
    )
    if not changed:
        logger.info("Refund %s: its result was recorded before", refund_id)
        return False
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    payment = refund.payment
    _update_status(payment.pk)
    kinds = Case.Kind.REFUND_FAILED, Case.Kind.REFUND_BY_HAND
    by = refund.settled_by or cases.ITSELF
    cases.settled(*kinds, subject=str(refund_id), now=now, by=by, note=refund.note)
    signals.payment_refunded.send(
        sender=Refund,
        payment_id=payment.pk,
        order_id=payment.order_id,
        refund_id=refund.pk,
        provider=payment.provider,
        reason=refund.reason,
        amount=refund.amount,
        currency=payment.currency,
        refunded_at=now,
    )
    failure = _failure_of(payment, part=details.get("provider_reference", ""))
    if failure is not None:
        show_failure(refund, error=failure, now=now)
    return True


def _failure_of(payment: Payment, *, part: str) -> str | None:
    """Why the provider said that this very refund came to nothing, if it did.

    A refund that was done may come back from the bank, and never the other way round:
    whichever is told first, the failure is the last word.
    """
    told = ProviderCallback.objects.filter(
        payment=payment, outcome=Outcome.REFUND_FAILED, fact__part_reference=part
    ).exclude(verdict=ProviderCallback.Verdict.REFUSED)
    first = told.order_by("pk").first() if part else None
    return (first.fact["reason"] or NO_REASON) if first else None


@transaction.atomic
def record_failed(refund_id: UUID, *, error: str, now: datetime) -> bool:
    """Give up on a refund until somebody retries or settles it."""
    _announce(refund_id)
    changed = Refund.objects.filter(pk=refund_id, status__in=Refund.IN_FLIGHT).update(
        status=Status.FAILED, error=error
    )
    if not changed:
        return False
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    show_failure(refund, error=error, now=now)
    return True


def show_failure(refund: Refund, *, error: str, now: datetime) -> None:
    """Money that should go back does not: somebody has to see to it."""
    logger.error("Refund %s failed: %s", refund.pk, error)
    cases.about_refund(Case.Kind.REFUND_FAILED, refund, now=now, note=error)
    signals.refund_failed.send(
        sender=Refund,
        payment_id=refund.payment_id,
        order_id=refund.payment.order_id,
        refund_id=refund.pk,
        error=error,
    )


def _announce(refund_id: UUID) -> None:
    refund = Refund.objects.filter(pk=refund_id).first()
    if refund is not None:
        transitions.announce(refund.payment_id)


def _update_status(payment_id: UUID) -> None:
    # Locked before the sum is read: of two refunds done at once the second sees both.
    payment = Payment.objects.select_for_update(no_key=True).get(pk=payment_id)
    done = Refund.objects.filter(payment=payment, status=Status.DONE)
    given_back = done.aggregate(total=Sum("amount"))["total"]
    Payment.objects.filter(pk=payment_id).update(
        status=Payment.Status.REFUNDED
        if given_back >= payment.amount
        else Payment.Status.PARTIALLY_REFUNDED
    )
