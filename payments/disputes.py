"""Disputes: the payer's bank took money back, and perhaps returns it.

A dispute counts against what can be refunded while it is open and when it is lost, so
that nobody is paid back twice. What is told of one may come in any order.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from payments import cases, signals, transitions
from payments.gateways.base import CallbackFact, Outcome
from payments.models import Case, Dispute, Payment

_ENDS = {
    Outcome.DISPUTE_WON: Dispute.Status.WON,
    Outcome.DISPUTE_LOST: Dispute.Status.LOST,
}


@transaction.atomic
def take(fact: CallbackFact, *, now: datetime) -> bool:
    """Note what is told of a dispute of a completed payment; whether it was news."""
    transitions.announce(fact.payment_id)
    payment = Payment.objects.select_for_update(no_key=True).get(pk=fact.payment_id)
    dispute, is_new = Dispute.objects.get_or_create(
        payment=payment,
        provider_reference=fact.part_reference,
        defaults={"amount": fact.amount, "reason": fact.reason, "opened_at": now},
    )
    if is_new:
        _tell_opened(dispute)
        cases.about_dispute(dispute, now=now)
    is_closed = _close(dispute, fact, now=now)
    if is_new or is_closed:
        _recount(payment)
    return is_new or is_closed


def _close(dispute: Dispute, fact: CallbackFact, *, now: datetime) -> bool:
    end = _ENDS.get(fact.outcome)
    closed = end is not None and Dispute.objects.filter(
        pk=dispute.pk, status=Dispute.Status.OPEN
    ).update(status=end, closed_at=now)
    if not closed:
        return False
    payment = dispute.payment
    if end is Dispute.Status.WON:
        cases.settled(
            Case.Kind.DISPUTED, subject=str(dispute.pk), now=now, note=str(end.label)
        )
    signals.dispute_closed.send(
        sender=Dispute,
        payment_id=payment.pk,
        order_id=payment.order_id,
        dispute_id=dispute.pk,
        provider=payment.provider,
        amount=dispute.amount,
        currency=payment.currency,
        is_won=end is Dispute.Status.WON,
        closed_at=now,
    )
    return True


def _tell_opened(dispute: Dispute) -> None:
    payment = dispute.payment
    signals.dispute_opened.send(
        sender=Dispute,
        payment_id=payment.pk,
        order_id=payment.order_id,
        dispute_id=dispute.pk,
        provider=payment.provider,
        amount=dispute.amount,
        currency=payment.currency,
        reason=dispute.reason,
        opened_at=dispute.opened_at,
    )


def _recount(payment: Payment) -> None:
    against_us = Dispute.objects.filter(payment=payment).exclude(
        status=Dispute.Status.WON
    )
    total = against_us.aggregate(total=Sum(F("amount")))["total"] or Decimal(0)
    Payment.objects.filter(pk=payment.pk).update(disputed_amount=total)
