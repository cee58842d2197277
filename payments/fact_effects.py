"""What a fact does to a payment. Facts join: their order makes no difference."""

import logging
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from payments import cases, disputes, provider_refunds, signals, transitions
from payments.gateways.base import CallbackFact, Outcome
from payments.models import Case, Payment, ProviderCallback, ProviderFee

logger = logging.getLogger(__name__)

Verdict = ProviderCallback.Verdict


def apply(fact: CallbackFact, *, now: datetime) -> ProviderCallback.Verdict:
    """Let it have its effect, inside the caller's transaction."""
    return _EFFECTS[fact.outcome](fact, now)


def _note(fact: CallbackFact, now: datetime) -> Verdict:
    """Money was promised, not taken: nothing follows from that."""
    return Verdict.NOTED


def _complete(fact: CallbackFact, now: datetime) -> Verdict:
    is_news = transitions.complete(
        fact.payment_id,
        now=now,
        received=fact.amount,
        occurred_at=fact.occurred_at,
        provider_reference=fact.provider_reference,
    )
    if fact.fee:
        note_fee(fact, fact.fee, now=now)
    if not is_news:
        return Verdict.DUPLICATE
    if _told_later(fact, Outcome.REJECTED):
        _show_contradiction(fact, now=now)
    return Verdict.APPLIED


def _reject(fact: CallbackFact, now: datetime) -> Verdict:
    reference = fact.provider_reference
    if transitions.reject(fact.payment_id, now=now, provider_reference=reference):
        return Verdict.APPLIED
    status = Payment.objects.values_list("status", flat=True).get(pk=fact.payment_id)
    if status not in Payment.TAKEN:
        return Verdict.DUPLICATE
    if _is_older_than_the_payment(fact):
        # An attempt that failed before the one that succeeded.
        return Verdict.NOTED
    _show_contradiction(fact, now=now)
    return Verdict.CONTRADICTING


def _is_older_than_the_payment(fact: CallbackFact) -> bool:
    paid_at = Payment.objects.values_list("occurred_at", flat=True).get(
        pk=fact.payment_id
    )
    return bool(fact.occurred_at and paid_at and fact.occurred_at <= paid_at)


def _told_later(fact: CallbackFact, outcome: Outcome) -> bool:
    """Whether the provider told of this, and not that it was before the fact.

    Where it gave no times, nobody knows which of the two was the last word.
    """
    told = ProviderCallback.objects.filter(payment_id=fact.payment_id, outcome=outcome)
    if fact.occurred_at is not None:
        told = told.exclude(occurred_at__lte=fact.occurred_at)
    return told.exclude(verdict=Verdict.REFUSED).exists()


def _show_contradiction(fact: CallbackFact, *, now: datetime) -> None:
    payment = Payment.objects.get(pk=fact.payment_id)
    cases.about_payment(Case.Kind.REJECTED_AFTER_PAYMENT, payment, now=now)


def note_fee(
    fact: CallbackFact, fee: Decimal, *, now: datetime, reference: str = ""
) -> bool:
    """What the provider keeps of a payment, or charges beside that under a name of its
    own; each once. Whether it was news."""
    payment = Payment.objects.get(pk=fact.payment_id)
    charged, is_new = ProviderFee.objects.get_or_create(
        payment=payment,
        provider_reference=reference,
        defaults={"amount": fee, "charged_at": now},
    )
    if is_new:
        signals.fee_charged.send(
            sender=ProviderFee,
            payment_id=payment.pk,
            order_id=payment.order_id,
            fee_id=charged.pk,
            provider=payment.provider,
            amount=charged.amount,
            currency=payment.currency,
            charged_at=now,
        )
    return is_new


def _after_payment(
    effect: Callable[[CallbackFact, datetime], bool],
) -> Callable[[CallbackFact, datetime], Verdict]:
    """What presumes that money came waits until we know that it did."""

    def apply_or_wait(fact: CallbackFact, now: datetime) -> Verdict:
        status = Payment.objects.values_list("status", flat=True).get(
            pk=fact.payment_id
        )
        if status not in Payment.TAKEN:
            return Verdict.WAITING
        return Verdict.APPLIED if effect(fact, now) else Verdict.DUPLICATE

    return apply_or_wait


def _dispute(fact: CallbackFact, now: datetime) -> bool:
    return disputes.take(fact, now=now)


def _refunded(fact: CallbackFact, now: datetime) -> bool:
    return provider_refunds.take(fact, now=now)


def _refund_failed(fact: CallbackFact, now: datetime) -> bool:
    return provider_refunds.take_failure(fact, now=now)


def _fee(fact: CallbackFact, now: datetime) -> bool:
    return note_fee(fact, fact.amount, now=now, reference=fact.part_reference)


def _fee_returned(fact: CallbackFact, now: datetime) -> bool:
    return note_fee(fact, -fact.amount, now=now, reference=fact.part_reference)


_EFFECTS: dict[Outcome, Callable[[CallbackFact, datetime], Verdict]] = {
    Outcome.CREATED: _note,
    Outcome.AUTHORISED: _note,
    Outcome.COMPLETED: _complete,
    Outcome.REJECTED: _reject,
    Outcome.REFUNDED: _after_payment(_refunded),
    Outcome.REFUND_FAILED: _after_payment(_refund_failed),
    Outcome.DISPUTED: _after_payment(_dispute),
    Outcome.DISPUTE_WON: _after_payment(_dispute),
    Outcome.DISPUTE_LOST: _after_payment(_dispute),
    Outcome.FEE: _after_payment(_fee),
    Outcome.FEE_RETURNED: _after_payment(_fee_returned),
}
