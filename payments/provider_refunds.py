"""Refunds as the provider tells of them: ours, or made at the provider itself."""

import logging
from datetime import datetime

from django.db import transaction

from payments import cases, refund_results, transitions
from payments.gateways.base import CallbackFact
from payments.models import PROVIDER_REASON, Case, Payment, Refund
from payments.refund_shares import recount

logger = logging.getLogger(__name__)

Status = Refund.Status


def take(fact: CallbackFact, *, now: datetime) -> bool:
    """Money of a completed payment went back; whether that was news."""
    if fact.refund_id is None:
        return _take_foreign(fact, now=now)
    known = Refund.objects.filter(pk=fact.refund_id, payment_id=fact.payment_id).first()
    if known is None:
        return _take_foreign(fact, now=now)
    is_news = refund_results.record_done(
        known.pk,
        expected=(Status.REQUESTED, Status.UNDER_WAY, Status.FAILED),
        now=now,
        provider_reference=fact.part_reference,
    )
    if not is_news:
        refund_results.note_if_settled_otherwise(known, now=now)
    return is_news


def take_failure(fact: CallbackFact, *, now: datetime) -> bool:
    """A refund that the provider had taken on came to nothing; whether that was news.

    What was tried again meanwhile is under way by another name: that an earlier attempt
    failed says nothing of it.
    """
    refund = _told_of(fact)
    if refund is None or _is_of_earlier_attempt(fact, refund):
        return False
    error = fact.reason or refund_results.NO_REASON
    if refund.status == Status.DONE:
        # Told done and failed: the money is ours again, and the payer does not have it.
        refund_results.show_failure(refund, error=error, now=now)
        return True
    return refund_results.record_failed(refund.pk, error=error, now=now)


def _told_of(fact: CallbackFact) -> Refund | None:
    """The refund that we asked for, or the one that was made at the provider."""
    refunds = Refund.objects.select_related("payment").filter(payment=fact.payment_id)
    ours = refunds.filter(pk=fact.refund_id).first() if fact.refund_id else None
    return ours or (
        refunds.filter(
            reason=PROVIDER_REASON, provider_reference=fact.part_reference
        ).first()
    )


def _is_of_earlier_attempt(fact: CallbackFact, refund: Refund) -> bool:
    names = {fact.part_reference, refund.provider_reference}
    return "" not in names and len(names) > 1


@transaction.atomic
def _take_foreign(fact: CallbackFact, *, now: datetime) -> bool:
    """The organizer gave money back at the provider: it counts like a refund of ours.

    He may give back what we had asked for as well. Then the provider refuses the later
    of the two, and what is reserved is never more than the payment.
    """
    transitions.announce(fact.payment_id)
    payment = Payment.objects.select_for_update(no_key=True).get(pk=fact.payment_id)
    refund, is_new = Refund.objects.get_or_create(
        payment=payment,
        reason=PROVIDER_REASON,
        provider_reference=fact.part_reference,
        defaults={
            "amount": fact.amount,
            "status": Status.UNDER_WAY,
            "requested_at": now,
        },
    )
    if not is_new:
        return False
    if fact.amount > payment.refundable_amount:
        cases.about_refund(Case.Kind.REFUND_TWICE, refund, now=now)
    recount(payment)
    return refund_results.record_done(
        refund.pk,
        expected=[Status.UNDER_WAY],
        now=now,
        provider_reference=fact.part_reference,
    )
